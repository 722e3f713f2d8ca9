-- How new what each view shows is. Where nothing was received (derived rows, judgements) the time
-- says when they were made, by the records that they follow from.
CREATE VIEW IF NOT EXISTS bi.freshness
(
    view String COMMENT '视图',
    rows UInt64 COMMENT '行数',
    newest_received_at Nullable(DateTime64(3, 'UTC')) COMMENT '最近接收或生成时间',
    newest_recorded_at Nullable(DateTime64(3, 'UTC')) COMMENT '最近发布时间',
    lag_seconds Nullable(Float64) COMMENT '距今秒数：自最近接收，未记接收时间的自最近发布'
)
AS SELECT
    view, rows, newest_received_at, newest_recorded_at,
    dateDiff('millisecond', coalesce(newest_received_at, newest_recorded_at), now64(3)) / 1000
        AS lag_seconds
FROM
(
    SELECT 'observations' AS view, count() AS rows,
        maxOrNull(received_at) AS newest_received_at, maxOrNull(recorded_at) AS newest_recorded_at
    FROM bi.observations
    UNION ALL
    SELECT 'current_values', count(), NULL, maxOrNull(recorded_at) FROM bi.current_values
    UNION ALL
    SELECT 'revisions', count(), NULL, maxOrNull(recorded_at) FROM bi.revisions
    UNION ALL
    SELECT 'findings', count(), NULL, maxOrNull(at) FROM bi.findings
    UNION ALL
    SELECT 'assessments', count(), maxOrNull(assessed_at), max(as_of) FROM bi.assessments
    UNION ALL
    SELECT 'latest_assessments', count(), maxOrNull(assessed_at), max(as_of)
    FROM bi.latest_assessments
    UNION ALL
    SELECT 'alerts', uniqExact(alert), maxOrNull(at), NULL FROM bi.alert_history
    UNION ALL
    SELECT 'alert_history', count(), maxOrNull(at), NULL FROM bi.alert_history
    UNION ALL
    SELECT 'projects', count(), maxOrNull(received_at), maxOrNull(recorded_at) FROM bi.projects
    UNION ALL
    SELECT 'project_history', count(), maxOrNull(received_at), maxOrNull(recorded_at)
    FROM bi.project_history
    UNION ALL
    SELECT 'chargers', count(), NULL, maxOrNull(status_at) FROM bi.chargers
    UNION ALL
    SELECT 'receipts', count(), maxOrNull(received_at), NULL FROM bi.receipts
    UNION ALL
    SELECT 'rejected', count(), maxOrNull(received_at), NULL FROM bi.rejected
    UNION ALL
    SELECT 'indicators', count(), NULL, NULL FROM bi.indicators
    UNION ALL
    SELECT 'entities', count(), NULL, NULL FROM bi.entities
    UNION ALL
    SELECT 'targets', count(), NULL, NULL FROM bi.targets
);

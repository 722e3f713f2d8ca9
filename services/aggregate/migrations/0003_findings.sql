-- What was found in each series; it is replaced with the series.
ALTER TABLE pacekeeper.series
    ADD COLUMN IF NOT EXISTS `found.finding` Array(String),
    ADD COLUMN IF NOT EXISTS `found.kind` Array(LowCardinality(String)),
    ADD COLUMN IF NOT EXISTS `found.scope` Array(LowCardinality(String)),
    ADD COLUMN IF NOT EXISTS `found.period` Array(LowCardinality(String)),
    ADD COLUMN IF NOT EXISTS `found.detail_zh` Array(String),
    ADD COLUMN IF NOT EXISTS `found.detail_en` Array(String),
    ADD COLUMN IF NOT EXISTS `found.event_ids` Array(Array(String)),
    ADD COLUMN IF NOT EXISTS `found.state` Array(LowCardinality(String)),
    ADD COLUMN IF NOT EXISTS `found.at` Array(DateTime64(6, 'UTC'));

-- An id of two contents is corrected once the figure that was set aside has a later vintage.
CREATE VIEW IF NOT EXISTS bi.findings
(
    finding String COMMENT '疑点编号',
    kind String COMMENT '类型：identity_broken 累计与当期不符、cumulative_fell 累计下降、unit_suspect 疑似单位差错、children_differ 下级合计不符、duplicate_conflict 编号重复、late_report 迟报、status_regressed 状态倒退',
    indicator String COMMENT '指标',
    entity String COMMENT '对象',
    scope String COMMENT '口径',
    period String COMMENT '报告期',
    detail_zh String COMMENT '说明',
    detail_en String COMMENT '说明（英文）',
    event_ids Array(String) COMMENT '所依据的事件',
    state String COMMENT '状态：open 待处理、explained 已说明、corrected 已更正',
    at DateTime64(3, 'UTC') COMMENT '出现时间'
)
AS SELECT
    f.finding AS finding, f.kind AS kind, indicator, entity, f.scope AS scope, f.period AS period,
    f.detail_zh AS detail_zh, f.detail_en AS detail_en, f.event_ids AS event_ids,
    f.state AS state, f.at AS at
FROM pacekeeper.series FINAL
ARRAY JOIN found AS f
UNION ALL
SELECT
    c.finding AS finding, 'duplicate_conflict' AS kind, c.indicator AS indicator,
    c.entity AS entity, c.scope AS scope, c.period AS period, c.detail_zh AS detail_zh,
    c.detail_en AS detail_en, [c.event_id] AS event_ids,
    if(r.newest > c.recorded_at, 'corrected', 'open') AS state, c.at AS at
FROM
(
    SELECT * FROM pacekeeper.conflicts FINAL
    WHERE differs
    ORDER BY kafka_partition, kafka_offset, line
    LIMIT 1 BY finding
) AS c
LEFT JOIN
(
    SELECT indicator, entity, scope, measure, period_start, period_end, max(recorded_at) AS newest
    FROM pacekeeper.raw
    WHERE type = 'metric.observed'
        AND (indicator, entity) IN (SELECT indicator, entity FROM pacekeeper.conflicts)
        AND (kafka_partition, kafka_offset, line) NOT IN
            (SELECT kafka_partition, kafka_offset, line FROM pacekeeper.conflicts)
    GROUP BY indicator, entity, scope, measure, period_start, period_end
) AS r USING (indicator, entity, scope, measure, period_start, period_end);

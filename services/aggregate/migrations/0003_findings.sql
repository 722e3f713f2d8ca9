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

-- Projects and chargers are no series: an id used twice for them is told from the conflicts alone.
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
    finding, 'duplicate_conflict' AS kind, indicator, entity, scope, period, detail_zh, detail_en,
    [event_id] AS event_ids, 'open' AS state, at
FROM
(
    SELECT * FROM pacekeeper.conflicts FINAL
    WHERE differs AND indicator = ''
    ORDER BY kafka_partition, kafka_offset, line
    LIMIT 1 BY finding
);

-- The days of each department whose receipts of a time (since, before) differ from what is stored,
-- the way bi.ledger counts: a line without a receipt is its own proof. Where months were dropped, the
-- time begins with those that are kept.
CREATE VIEW IF NOT EXISTS pacekeeper.days_of_books
AS SELECT
    department, day, sum(received) AS received, sum(duplicate) AS duplicate,
    sum(rejected) AS rejected, sum(stored) AS stored,
    toInt64(received) - toInt64(duplicate) - toInt64(rejected) - toInt64(stored) AS difference
FROM
(
    SELECT
        k.department AS department, toDate(k.received_at, 'Asia/Shanghai') AS day,
        k.received AS received, k.duplicate AS duplicate, k.rejected AS rejected, s.stored AS stored
    FROM
    (
        SELECT * FROM pacekeeper.receipts FINAL
        WHERE received_at >= {since:DateTime64(6, 'UTC')}
            AND received_at < {before:DateTime64(6, 'UTC')}
            AND received_at >= (SELECT since FROM pacekeeper.books_since)
    ) AS k
    LEFT JOIN
    (
        SELECT receipt, uniqExact(kafka_partition, kafka_offset, line) AS stored
        FROM pacekeeper.raw
        WHERE received_at >= {since:DateTime64(6, 'UTC')}
            AND received_at < {before:DateTime64(6, 'UTC')}
        GROUP BY receipt
    ) AS s ON k.receipt = s.receipt
)
GROUP BY department, day
ORDER BY department, day;

-- One row an event: of an id that arrived more than once, the least (partition, offset, line).
CREATE VIEW IF NOT EXISTS bi.observations
(
    indicator String COMMENT '指标',
    entity String COMMENT '对象',
    scope String COMMENT '口径',
    period String COMMENT '报告期',
    period_start Date COMMENT '起始日',
    period_end Date COMMENT '截止日',
    measure String COMMENT '计量方式：period 当期、cumulative 累计、stock 存量、rate 增速',
    value Nullable(Decimal(38, 10)) COMMENT '数值（指标的标准单位）',
    unit String COMMENT '单位',
    status String COMMENT '状态（SDMX OBS_STATUS）',
    recorded_at DateTime64(3, 'UTC') COMMENT '发布时间',
    received_at DateTime64(3, 'UTC') COMMENT '接收时间',
    department String COMMENT '报送部门',
    event_id String COMMENT '事件编号',
    source String COMMENT '事件来源',
    receipt String COMMENT '回执'
)
AS SELECT
    indicator, entity, scope, first.1 AS period, period_start, period_end, measure,
    first.2 AS value, first.3 AS unit, first.4 AS status,
    first.5 AS recorded_at, first.6 AS received_at, first.7 AS department,
    event_id, source, first.8 AS receipt
FROM
(
    SELECT
        indicator, entity, scope, measure, period_start, period_end, source, event_id,
        argMin(
            (period, value, unit, status, recorded_at, received_at, department, receipt),
            (kafka_partition, kafka_offset, line)
        ) AS first
    FROM pacekeeper.raw
    WHERE type = 'metric.observed'
        AND (kafka_partition, kafka_offset, line) NOT IN
            (SELECT kafka_partition, kafka_offset, line FROM pacekeeper.conflicts)
    GROUP BY indicator, entity, scope, measure, period_start, period_end, source, event_id
)
-- A few granules of many parts: neither a thread for every read, nor statistics of every part.
SETTINGS local_filesystem_read_method = 'pread', use_statistics = 0;

CREATE VIEW IF NOT EXISTS bi.current_values
(
    indicator String COMMENT '指标',
    entity String COMMENT '对象',
    scope String COMMENT '口径',
    period String COMMENT '报告期',
    period_start Date COMMENT '起始日',
    period_end Date COMMENT '截止日',
    measure String COMMENT '计量方式',
    value Nullable(Decimal(38, 10)) COMMENT '现行数值',
    unit String COMMENT '单位',
    status String COMMENT '状态（SDMX OBS_STATUS）',
    recorded_at DateTime64(3, 'UTC') COMMENT '发布时间',
    vintages UInt32 COMMENT '版本数',
    derived Bool COMMENT '是否推算'
)
AS SELECT
    indicator, entity, scope, period, period_start, period_end, measure, value, unit, status,
    recorded_at, vintages, derived
FROM pacekeeper.series FINAL
-- Column by column: a nested table is put together and taken apart again for every one of them.
ARRAY JOIN now.scope AS scope, now.period AS period, now.start AS period_start,
    now.end AS period_end, now.measure AS measure, now.value AS value, now.unit AS unit,
    now.status AS status, now.recorded_at AS recorded_at, now.vintages AS vintages,
    now.derived AS derived
-- What picks series out picks granules first: FINAL would read whole parts for it. A few granules are
-- neither worth a thread of their own for every read, nor to be shared out in layers.
SETTINGS optimize_move_to_prewhere_if_final = 1, local_filesystem_read_method = 'pread',
    split_intersecting_parts_ranges_into_layers_final = 0;

-- The same as it was published by a moment: of each figure the vintage that was the newest then.
CREATE VIEW IF NOT EXISTS bi.values_as_of
AS SELECT
    CAST(s.indicator AS String) AS indicator, CAST(s.entity AS String) AS entity,
    CAST(of_scope AS String) AS scope, CAST(named AS String) AS period, period_start, period_end,
    CAST(measured AS String) AS measure, value, CAST(in_unit AS String) AS unit,
    CAST(of_status AS String) AS status, toDateTime64(recorded, 3, 'UTC') AS recorded_at,
    vintages, derived
FROM pacekeeper.series AS s FINAL
ARRAY JOIN past.scope AS of_scope, past.period AS named, past.start AS period_start,
    past.end AS period_end, past.measure AS measured, past.value AS value, past.unit AS in_unit,
    past.status AS of_status, past.recorded_at AS recorded, past.until AS until,
    past.vintage AS vintages, past.derived AS derived
WHERE recorded <= {at:DateTime64(6, 'UTC')} AND until > {at:DateTime64(6, 'UTC')}
    AND value IS NOT NULL
SETTINGS optimize_move_to_prewhere_if_final = 1, local_filesystem_read_method = 'pread',
    split_intersecting_parts_ranges_into_layers_final = 0;

CREATE VIEW IF NOT EXISTS bi.revisions
(
    indicator String COMMENT '指标',
    entity String COMMENT '对象',
    scope String COMMENT '口径',
    period String COMMENT '报告期',
    measure String COMMENT '计量方式',
    vintage UInt32 COMMENT '第几版',
    value Nullable(Decimal(38, 10)) COMMENT '数值（撤回时为空）',
    previous Nullable(Decimal(38, 10)) COMMENT '上一版数值',
    change Nullable(Decimal(38, 10)) COMMENT '变动',
    status String COMMENT '状态（SDMX OBS_STATUS）',
    recorded_at DateTime64(3, 'UTC') COMMENT '发布时间',
    unit String COMMENT '单位'
)
AS SELECT
    indicator, entity, scope, period, measure, vintage, value,
    if(vintage = 1 OR isNull(value), NULL, before) AS previous, value - previous AS change, status,
    recorded_at, unit
FROM pacekeeper.series FINAL
ARRAY JOIN past.scope AS scope, past.period AS period, past.measure AS measure,
    past.vintage AS vintage, past.value AS value, past.status AS status,
    past.recorded_at AS recorded_at, past.derived AS derived, past.unit AS unit,
    arrayPopBack(arrayPushFront(past.value, NULL)) AS before
WHERE NOT derived
SETTINGS optimize_move_to_prewhere_if_final = 1, local_filesystem_read_method = 'pread',
    split_intersecting_parts_ranges_into_layers_final = 0;

CREATE VIEW IF NOT EXISTS bi.indicators
(
    indicator String COMMENT '指标',
    name_zh String COMMENT '中文名称',
    name_en String COMMENT '英文名称',
    unit String COMMENT '标准单位',
    measure String COMMENT '计量方式',
    direction String COMMENT '方向：higher 越高越好、lower 越低越好',
    owner String COMMENT '责任部门',
    frequency String COMMENT '报送频率',
    due_days Nullable(Int32) COMMENT '期后报送天数',
    formula String COMMENT '推算公式',
    tolerance Nullable(Decimal(38, 10)) COMMENT '允许偏差',
    tree String COMMENT '所属任务',
    definition String COMMENT '定义',
    levels_comparable Bool COMMENT '总量是否可比',
    scheme_note String COMMENT '灯制说明',
    granted Array(String) COMMENT '获授权报送的部门'
)
AS SELECT
    indicator,
    JSONExtractString(newest, 'name_zh') AS name_zh,
    JSONExtractString(newest, 'name_en') AS name_en,
    JSONExtractString(newest, 'unit') AS unit,
    JSONExtractString(newest, 'measure') AS measure,
    JSONExtractString(newest, 'direction') AS direction,
    JSONExtractString(newest, 'owner') AS owner,
    JSONExtractString(newest, 'frequency') AS frequency,
    JSONExtract(newest, 'due_days', 'Nullable(Int32)') AS due_days,
    if(JSONType(newest, 'formula') = 'Object', JSONExtractRaw(newest, 'formula'), '') AS formula,
    toDecimal128OrNull(JSONExtractString(newest, 'tolerance'), 10) AS tolerance,
    JSONExtractString(newest, 'tree') AS tree,
    JSONExtractString(newest, 'definition') AS definition,
    JSONExtractBool(newest, 'levels_comparable') AS levels_comparable,
    JSONExtractString(newest, 'scheme_note') AS scheme_note,
    JSONExtract(newest, 'granted', 'Array(String)') AS granted
FROM
(
    SELECT indicator, argMax(data, (recorded_at, kafka_partition, kafka_offset, line)) AS newest
    FROM pacekeeper.raw
    WHERE type = 'indicator.defined'
    GROUP BY indicator
);

CREATE VIEW IF NOT EXISTS bi.entities
(
    entity String COMMENT '对象',
    kind String COMMENT '类别',
    name_zh String COMMENT '中文名称',
    name_en String COMMENT '英文名称',
    parent String COMMENT '上级',
    lon Nullable(Float64) COMMENT '经度（WGS-84）',
    lat Nullable(Float64) COMMENT '纬度（WGS-84）',
    crs String COMMENT '坐标系：wgs84，未报位置时为空'
)
AS SELECT
    entity,
    JSONExtractString(newest, 'kind') AS kind,
    JSONExtractString(newest, 'name_zh') AS name_zh,
    JSONExtractString(newest, 'name_en') AS name_en,
    JSONExtractString(newest, 'parent') AS parent,
    JSONExtract(newest, 'wgs84', 'lon', 'Nullable(Float64)') AS lon,
    JSONExtract(newest, 'wgs84', 'lat', 'Nullable(Float64)') AS lat,
    if(isNull(lon), '', 'wgs84') AS crs
FROM
(
    SELECT entity, argMax(data, (recorded_at, kafka_partition, kafka_offset, line)) AS newest
    FROM pacekeeper.raw
    WHERE type = 'entity.defined'
    GROUP BY entity
);

CREATE VIEW IF NOT EXISTS bi.targets
(
    target String COMMENT '目标',
    version UInt32 COMMENT '版本',
    indicator String COMMENT '指标',
    entity String COMMENT '对象',
    scope String COMMENT '口径',
    year Nullable(Int32) COMMENT '年度',
    goal String COMMENT '目标类型',
    goal_value Nullable(Decimal(38, 10)) COMMENT '目标值',
    trajectory String COMMENT '时序',
    lamps String COMMENT '灯制',
    lead String COMMENT '牵头单位',
    responsible Array(String) COMMENT '责任单位',
    supervisor String COMMENT '督查单位',
    effective_from Date COMMENT '生效日',
    approved_by String COMMENT '批准机关',
    parent String COMMENT '上级目标'
)
AS SELECT
    target, version, indicator, entity, scope,
    JSONExtract(first, 'year', 'Nullable(Int32)') AS year,
    JSONExtractString(first, 'goal', 'kind') AS goal,
    coalesce(
        toDecimal128OrNull(JSONExtractString(first, 'goal', 'value'), 10),
        toDecimal128OrNull(JSONExtractString(first, 'goal', 'percent'), 10),
        toDecimal128OrNull(JSONExtractRaw(first, 'goal', 'at_most'), 10)
    ) AS goal_value,
    JSONExtractString(first, 'trajectory', 'kind') AS trajectory,
    JSONExtractString(first, 'lamps') AS lamps,
    JSONExtractString(first, 'lead') AS lead,
    JSONExtract(first, 'responsible', 'Array(String)') AS responsible,
    JSONExtractString(first, 'supervisor') AS supervisor,
    toDate(JSONExtractString(first, 'effective_from')) AS effective_from,
    JSONExtractString(first, 'approved_by') AS approved_by,
    JSONExtractString(first, 'parent') AS parent
FROM
(
    SELECT
        JSONExtractString(data, 'target') AS target,
        toUInt32(JSONExtractUInt(data, 'version')) AS version,
        indicator, entity, scope,
        argMin(data, (kafka_partition, kafka_offset, line)) AS first
    FROM pacekeeper.raw
    WHERE type = 'target.set'
    GROUP BY target, version, indicator, entity, scope
);

CREATE VIEW IF NOT EXISTS bi.assessments
(
    target String COMMENT '目标',
    version UInt32 COMMENT '目标版本',
    indicator String COMMENT '指标',
    entity String COMMENT '对象',
    scope String COMMENT '口径',
    period String COMMENT '报告期',
    period_end Nullable(Date) COMMENT '截止日',
    as_of Nullable(DateTime64(3, 'UTC')) COMMENT '依据的最新发布时间',
    actual Nullable(Decimal(38, 10)) COMMENT '实际',
    expected Nullable(Decimal(38, 10)) COMMENT '时序目标',
    gap Nullable(Decimal(38, 10)) COMMENT '领先（负为落后）',
    pace Nullable(Float64) COMMENT '进度比',
    required_rate Nullable(Decimal(38, 10)) COMMENT '剩余各月所需',
    forecast Nullable(Decimal(38, 10)) COMMENT '全年预计',
    forecast_low Nullable(Decimal(38, 10)) COMMENT '预计下限（80%）',
    forecast_high Nullable(Decimal(38, 10)) COMMENT '预计上限（80%）',
    p_meet Nullable(Float64) COMMENT '完成概率',
    lamp String COMMENT '灯',
    scheme String COMMENT '灯制',
    method String COMMENT '预计方法',
    trajectory_used String COMMENT '所用时序',
    reason String COMMENT '理由代码',
    reason_zh String COMMENT '理由',
    reason_en String COMMENT '理由（英文）',
    basis Array(String) COMMENT '依据的事件',
    assessed_at DateTime64(3, 'UTC') COMMENT '评判时间',
    superseded Bool COMMENT '是否已被取代'
)
AS SELECT
    target, version, indicator, entity, scope, period, period_end,
    CAST(a.as_of AS Nullable(DateTime64(3, 'UTC'))) AS as_of, actual, expected, gap,
    pace, required_rate, forecast, forecast_low, forecast_high, p_meet, lamp, scheme, method,
    trajectory_used, reason, reason_zh, reason_en, basis, assessed_at,
    retracted OR sequence < max(sequence) OVER (PARTITION BY target, period) AS superseded
FROM pacekeeper.assessments AS a FINAL;

CREATE VIEW IF NOT EXISTS bi.latest_assessments
(
    target String COMMENT '目标',
    version UInt32 COMMENT '目标版本',
    indicator String COMMENT '指标',
    entity String COMMENT '对象',
    scope String COMMENT '口径',
    period String COMMENT '报告期',
    period_end Nullable(Date) COMMENT '截止日',
    as_of Nullable(DateTime64(3, 'UTC')) COMMENT '依据的最新发布时间',
    actual Nullable(Decimal(38, 10)) COMMENT '实际',
    expected Nullable(Decimal(38, 10)) COMMENT '时序目标',
    gap Nullable(Decimal(38, 10)) COMMENT '领先（负为落后）',
    pace Nullable(Float64) COMMENT '进度比',
    required_rate Nullable(Decimal(38, 10)) COMMENT '剩余各月所需',
    forecast Nullable(Decimal(38, 10)) COMMENT '全年预计',
    forecast_low Nullable(Decimal(38, 10)) COMMENT '预计下限（80%）',
    forecast_high Nullable(Decimal(38, 10)) COMMENT '预计上限（80%）',
    p_meet Nullable(Float64) COMMENT '完成概率',
    lamp String COMMENT '灯',
    scheme String COMMENT '灯制',
    method String COMMENT '预计方法',
    trajectory_used String COMMENT '所用时序',
    reason String COMMENT '理由代码',
    reason_zh String COMMENT '理由',
    reason_en String COMMENT '理由（英文）',
    basis Array(String) COMMENT '依据的事件',
    assessed_at DateTime64(3, 'UTC') COMMENT '评判时间',
    superseded Bool COMMENT '是否已被取代'
)
AS SELECT * FROM bi.assessments
WHERE NOT superseded
ORDER BY target, period_end DESC NULLS LAST
LIMIT 1 BY target;

CREATE VIEW IF NOT EXISTS bi.alert_history
(
    alert String COMMENT '预警',
    seq UInt32 COMMENT '序号',
    state String COMMENT '状态',
    reason String COMMENT '缘由',
    by String COMMENT '何人（data 为数据）',
    at DateTime64(3, 'UTC') COMMENT '时间',
    basis Array(String) COMMENT '依据的事件',
    command_id String COMMENT '指令编号',
    period String COMMENT '报告期',
    lamp String COMMENT '灯'
)
AS SELECT alert, seq, state, reason, by, at, basis, command_id, period, lamp
FROM pacekeeper.alerts FINAL;

CREATE VIEW IF NOT EXISTS bi.alerts
(
    alert String COMMENT '预警',
    target String COMMENT '目标',
    kind String COMMENT '类型',
    indicator String COMMENT '指标',
    entity String COMMENT '对象',
    state String COMMENT '状态',
    lamp String COMMENT '灯',
    severity String COMMENT '严重程度',
    opened_at DateTime64(3, 'UTC') COMMENT '发出时间',
    opened_period String COMMENT '首次落后的报告期',
    period String COMMENT '最近报告期',
    gap Nullable(Decimal(38, 10)) COMMENT '领先（负为落后）',
    lead String COMMENT '牵头单位',
    responsible Array(String) COMMENT '责任单位',
    supervisor String COMMENT '督查单位',
    due_on Nullable(Date) COMMENT '整改期限',
    overdue Bool COMMENT '是否逾期',
    acknowledged_by String COMMENT '签收人',
    acknowledged_at Nullable(DateTime64(3, 'UTC')) COMMENT '签收时间',
    notes Array(String) COMMENT '批注',
    closed_at Nullable(DateTime64(3, 'UTC')) COMMENT '办结时间',
    reopened UInt32 COMMENT '重开次数'
)
AS SELECT
    alert, target, kind, indicator, entity, state, lamp, severity, opened_at, opened_period, period,
    gap, lead, responsible, supervisor, due_on,
    coalesce(due_on < toDate(now('Asia/Shanghai')), false)
        AND state NOT IN ('cured', 'closed', 'withdrawn') AS overdue,
    acknowledged_by, acknowledged_at, notes, closed_at, reopened
FROM pacekeeper.alerts FINAL
ORDER BY alert, seq DESC
LIMIT 1 BY alert;

-- Since when the books are whole: what was received before may have been dropped, or half of it.
CREATE VIEW IF NOT EXISTS pacekeeper.books_since
AS SELECT
    argMax(k.months, k.at) AS months,
    greatest(
        max(k.since),
        if(
            months = 0, toDateTime64(0, 6, 'UTC'),
            toDateTime64(
                subtractMonths(toStartOfMonth(now('Asia/Shanghai')), months), 6, 'Asia/Shanghai'
            )
        )
    ) AS since
FROM pacekeeper.raw_kept AS k;

-- How far the accepted lines of each receipt are: stored, and judged if a target rests on them, on
-- their own series or on one that is derived from it. A series that was never judged is at nothing.
CREATE VIEW IF NOT EXISTS pacekeeper.stored_events
AS SELECT
    r.receipt AS receipt, r.event_id AS event_id, r.source AS source,
    any(r.department) AS department, min(r.received_at) AS received_at,
    min((r.kafka_partition, r.kafka_offset, r.line)) AS coordinates,
    uniqExact(r.kafka_partition, r.kafka_offset, r.line) AS stored,
    max(notEmpty(t.through)) AS awaits,
    max(notEmpty(t.through) AND arrayAll(
        each -> mapContains(each, r.kafka_partition)
            AND each[r.kafka_partition] >= r.kafka_offset,
        t.through
    )) AS judged
FROM pacekeeper.raw AS r
LEFT JOIN
(
    SELECT w.read.1 AS indicator, w.read.2 AS entity, groupArray(j.through) AS through
    FROM
    (
        SELECT DISTINCT
            (indicator::String, entity::String) AS read, indicator::String AS indicator,
            entity::String AS entity
        FROM pacekeeper.raw
        WHERE type = 'target.set'
        UNION DISTINCT
        SELECT arrayJoin(reads) AS read, indicator::String, entity::String
        FROM pacekeeper.rests FINAL
    ) AS w
    LEFT JOIN (SELECT * FROM pacekeeper.judged FINAL) AS j
        ON w.indicator = j.indicator AND w.entity = j.entity
    GROUP BY indicator, entity
) AS t ON r.indicator = t.indicator AND r.entity = t.entity
WHERE r.received_at >= (SELECT since FROM pacekeeper.books_since)
GROUP BY r.receipt, r.event_id, r.source;

-- How far each event of a request is. Lines whose receipt was never entered (the process died
-- between the two) are the proof of receipt themselves.
CREATE VIEW IF NOT EXISTS pacekeeper.receipt_events
AS SELECT
    receipt, index, id, code, department, received_at,
    multiIf(verdict != 'accepted', verdict, stored = 0, 'accepted', judged, 'assessed', 'stored')
        AS state,
    verdict != 'accepted' OR (stored > 0 AND (judged OR NOT awaits)) AS done
FROM
(
    SELECT
        e.receipt AS receipt, e.department AS department, e.received_at AS received_at,
        e.event_index AS index, e.event_id AS id, e.event_code AS code,
        e.event_verdict AS verdict, s.stored AS stored, s.judged AS judged, s.awaits AS awaits
    FROM
    (
        SELECT receipt, department, received_at, event_index, event_id, event_source,
            event_verdict, event_code
        FROM pacekeeper.receipts FINAL
        ARRAY JOIN event_index, event_id, event_source, event_verdict, event_code
        WHERE received_at >= (SELECT since FROM pacekeeper.books_since)
    ) AS e
    LEFT JOIN pacekeeper.stored_events AS s
        ON e.receipt = s.receipt AND e.event_id = s.event_id AND e.event_source = s.source
    UNION ALL
    SELECT
        receipt, department, received_at,
        toUInt32(row_number() OVER (PARTITION BY receipt ORDER BY coordinates) - 1) AS index,
        event_id AS id, '' AS code, 'accepted' AS verdict, stored, judged, awaits
    FROM pacekeeper.stored_events
    WHERE receipt NOT IN (SELECT receipt FROM pacekeeper.receipts)
);

CREATE VIEW IF NOT EXISTS bi.receipts
(
    receipt String COMMENT '回执',
    department String COMMENT '报送部门',
    received_at DateTime64(3, 'UTC') COMMENT '接收时间',
    accepted UInt64 COMMENT '接受',
    duplicate UInt64 COMMENT '重复',
    rejected UInt64 COMMENT '退回',
    stored UInt64 COMMENT '入库',
    assessed UInt64 COMMENT '已评判',
    complete Bool COMMENT '是否办结'
)
AS SELECT
    receipt, any(department) AS department, min(received_at) AS received_at,
    countIf(state IN ('accepted', 'stored', 'assessed')) AS accepted,
    countIf(state = 'duplicate') AS duplicate,
    countIf(state = 'rejected') AS rejected,
    countIf(state IN ('stored', 'assessed')) AS stored,
    countIf(state = 'assessed') AS assessed,
    min(done) AS complete
FROM pacekeeper.receipt_events
GROUP BY receipt;

CREATE VIEW IF NOT EXISTS bi.rejected
(
    id String COMMENT '退回编号',
    department String COMMENT '报送部门',
    received_at DateTime64(3, 'UTC') COMMENT '接收时间',
    code String COMMENT '退回代码',
    field String COMMENT '字段',
    message String COMMENT '说明',
    message_en String COMMENT '说明（英文）',
    state String COMMENT '状态：rejected 已退回、resubmitted 改正后已接受',
    raw String COMMENT '原文',
    event_id String COMMENT '事件编号',
    receipt String COMMENT '回执'
)
AS SELECT
    id, department, received_at, code, field, message_zh AS message, message_en,
    if(
        (department, id) IN (SELECT department, id FROM pacekeeper.resubmitted),
        'resubmitted', 'rejected'
    ) AS state,
    raw, event_id, receipt
FROM pacekeeper.rejected FINAL;

CREATE VIEW IF NOT EXISTS bi.ledger
(
    department String COMMENT '报送部门',
    day Date COMMENT '日期（上海）',
    received UInt64 COMMENT '收到',
    accepted UInt64 COMMENT '接受',
    duplicate UInt64 COMMENT '重复',
    rejected UInt64 COMMENT '退回',
    stored UInt64 COMMENT '入库',
    difference Int64 COMMENT '差额'
)
AS SELECT
    department, day, sum(received) AS received, sum(accepted) AS accepted,
    sum(duplicate) AS duplicate, sum(rejected) AS rejected, sum(stored) AS stored,
    toInt64(received) - toInt64(duplicate) - toInt64(rejected) - toInt64(stored) AS difference
FROM
(
    SELECT
        if(k.receipt != '', k.department, s.department) AS department,
        toDate(if(k.receipt != '', k.received_at, s.received_at), 'Asia/Shanghai') AS day,
        if(k.receipt != '', k.received, s.stored) AS received,
        if(k.receipt != '', k.accepted, s.stored) AS accepted,
        k.duplicate AS duplicate, k.rejected AS rejected, s.stored AS stored
    FROM
    (
        SELECT * FROM pacekeeper.receipts FINAL
        WHERE received_at >= (SELECT since FROM pacekeeper.books_since)
    ) AS k
    FULL JOIN
    (
        SELECT receipt, any(department) AS department, min(received_at) AS received_at,
            uniqExact(kafka_partition, kafka_offset, line) AS stored
        FROM pacekeeper.raw AS r
        WHERE r.received_at >= (SELECT since FROM pacekeeper.books_since)
        GROUP BY receipt
    ) AS s ON k.receipt = s.receipt
)
GROUP BY department, day;

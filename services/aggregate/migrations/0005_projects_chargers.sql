-- Every state of a project, one row an event: of an id that arrived more than once the first arrival.
CREATE VIEW IF NOT EXISTS pacekeeper.project_updates
AS SELECT
    source, event_id, first.1 AS entity, first.2 AS recorded_at, first.3 AS received_at,
    first.4 AS department, (recorded_at, first.5, first.6, first.7) AS rank,
    JSONExtract(first.8, 'Tuple(project String, name String, category String,
        amount Tuple(value Decimal(38, 10), currency String), stage String, on Date,
        invested Nullable(Decimal(38, 10)), plan_year_investment Nullable(Decimal(38, 10)),
        progress Nullable(Decimal(38, 10)), location Tuple(lon String, lat String, crs String),
        wgs84 Tuple(lon Nullable(Float64), lat Nullable(Float64)), lead String,
        responsible Array(String))') AS d
FROM
(
    SELECT
        source, event_id,
        argMin(
            (entity, recorded_at, received_at, department, kafka_partition, kafka_offset, line, data),
            (kafka_partition, kafka_offset, line)
        ) AS first
    FROM pacekeeper.raw
    WHERE type = 'project.updated'
        AND (kafka_partition, kafka_offset, line) NOT IN
            (SELECT kafka_partition, kafka_offset, line FROM pacekeeper.conflicts)
    GROUP BY source, event_id
);

CREATE VIEW IF NOT EXISTS bi.project_history
(
    project String COMMENT '项目',
    name String COMMENT '名称',
    entity String COMMENT '对象',
    category String COMMENT '类别',
    amount Nullable(Decimal(38, 10)) COMMENT '总投资（元或美元，不折算）',
    currency String COMMENT '币种：CNY、USD',
    stage String COMMENT '阶段：signed 签约、registered 入库、started 开工、building 在建、completed 竣工、producing 投产、cancelled 取消',
    `on` Date COMMENT '达到该阶段的日期',
    invested Nullable(Decimal(38, 10)) COMMENT '本年已完成投资',
    plan_year_investment Nullable(Decimal(38, 10)) COMMENT '本年计划投资',
    progress Nullable(Decimal(38, 10)) COMMENT '进度（%）',
    lon Nullable(Float64) COMMENT '经度（WGS-84）',
    lat Nullable(Float64) COMMENT '纬度（WGS-84）',
    crs String COMMENT '坐标系：wgs84，未报位置时为空',
    reported_lon Nullable(Float64) COMMENT '原报经度',
    reported_lat Nullable(Float64) COMMENT '原报纬度',
    reported_crs String COMMENT '原报坐标系',
    lead String COMMENT '牵头单位',
    responsible Array(String) COMMENT '责任单位',
    recorded_at DateTime64(3, 'UTC') COMMENT '发布时间',
    received_at DateTime64(3, 'UTC') COMMENT '接收时间',
    department String COMMENT '报送部门',
    event_id String COMMENT '事件编号',
    source String COMMENT '事件来源'
)
AS SELECT
    d.project AS project, d.name AS name, entity, d.category AS category,
    d.amount.value AS amount, d.amount.currency AS currency, d.stage AS stage, d.on AS `on`,
    d.invested AS invested, d.plan_year_investment AS plan_year_investment,
    d.progress AS progress, d.wgs84.lon AS lon, d.wgs84.lat AS lat,
    if(isNull(d.wgs84.lon), '', 'wgs84') AS crs,
    toFloat64OrNull(d.location.lon) AS reported_lon, toFloat64OrNull(d.location.lat) AS reported_lat,
    d.location.crs AS reported_crs, d.lead AS lead, d.responsible AS responsible, recorded_at,
    received_at, department, event_id, source
FROM pacekeeper.project_updates;

-- A stage is reached on the earliest day of that or a later one; a cancelled one is none of them.
CREATE VIEW IF NOT EXISTS bi.projects
(
    project String COMMENT '项目',
    name String COMMENT '名称',
    entity String COMMENT '对象',
    category String COMMENT '类别',
    amount Nullable(Decimal(38, 10)) COMMENT '总投资（元或美元，不折算）',
    currency String COMMENT '币种：CNY、USD',
    stage String COMMENT '阶段：signed 签约、registered 入库、started 开工、building 在建、completed 竣工、producing 投产、cancelled 取消',
    `on` Date COMMENT '达到该阶段的日期',
    invested Nullable(Decimal(38, 10)) COMMENT '本年已完成投资',
    plan_year_investment Nullable(Decimal(38, 10)) COMMENT '本年计划投资',
    progress Nullable(Decimal(38, 10)) COMMENT '进度（%）',
    lon Nullable(Float64) COMMENT '经度（WGS-84）',
    lat Nullable(Float64) COMMENT '纬度（WGS-84）',
    crs String COMMENT '坐标系：wgs84，未报位置时为空',
    reported_lon Nullable(Float64) COMMENT '原报经度',
    reported_lat Nullable(Float64) COMMENT '原报纬度',
    reported_crs String COMMENT '原报坐标系',
    lead String COMMENT '牵头单位',
    responsible Array(String) COMMENT '责任单位',
    recorded_at DateTime64(3, 'UTC') COMMENT '发布时间',
    received_at DateTime64(3, 'UTC') COMMENT '接收时间',
    department String COMMENT '报送部门',
    event_id String COMMENT '事件编号',
    source String COMMENT '事件来源',
    signed_on Nullable(Date) COMMENT '签约日期',
    registered_on Nullable(Date) COMMENT '入库日期',
    started_on Nullable(Date) COMMENT '开工日期',
    building_on Nullable(Date) COMMENT '在建日期',
    completed_on Nullable(Date) COMMENT '竣工日期',
    producing_on Nullable(Date) COMMENT '投产日期'
)
AS SELECT
    h.*, stages.reached[1] AS signed_on, stages.reached[2] AS registered_on,
    stages.reached[3] AS started_on, stages.reached[4] AS building_on,
    stages.reached[5] AS completed_on, stages.reached[6] AS producing_on
FROM
(
    SELECT
        argMax((source, event_id), rank) AS newest,
        groupArray((
            indexOf(
                ['signed', 'registered', 'started', 'building', 'completed', 'producing'], d.stage
            ),
            d.on
        )) AS steps,
        arrayMap(
            step -> arrayMin(arrayMap(
                s -> if(s.1 >= step, toNullable(s.2), NULL), steps
            )),
            range(1, 7)
        ) AS reached
    FROM pacekeeper.project_updates
    GROUP BY d.project
) AS stages
INNER JOIN bi.project_history AS h ON (h.source, h.event_id) = stages.newest;

-- Every state of a charger that was reported, one row an event: of an id that arrived more than once
-- the first arrival stays, since it has the greatest `earliness`. Repeats and order leave no trace.
-- The greater `rank` is the newer state: (status_at, sequence, recorded_at, coordinates) as one
-- number. A connector's state is the rank with its status in the four lowest bits.
CREATE TABLE IF NOT EXISTS pacekeeper.charger_updates
(
    operator LowCardinality(String),
    station String,
    charger String,
    source LowCardinality(String),
    event_id String,
    kafka_partition UInt16,
    earliness UInt64,
    rank UInt256,
    recorded_at DateTime64(6, 'UTC'),
    received_at DateTime64(6, 'UTC'),
    status_at DateTime64(6, 'UTC'),
    entity LowCardinality(String),
    use LowCardinality(String),
    stage LowCardinality(String),
    power_kw Nullable(Decimal(38, 10)),
    commissioned_on Nullable(Date),
    commissioned_basis LowCardinality(String),
    lon Nullable(Float64),
    lat Nullable(Float64),
    reported_lon Nullable(Float64),
    reported_lat Nullable(Float64),
    reported_crs LowCardinality(String),
    connectors Map(String, UInt256)
)
ENGINE = ReplacingMergeTree(earliness)
ORDER BY (operator, station, charger, source, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The write role puts chargers' rows of raw in here too, and a block that is written again once more.
-- A view on raw itself would be planned anew with every insert of figures: 12 ms each.
CREATE TABLE IF NOT EXISTS pacekeeper.charger_intake
(
    entity String,
    kafka_partition UInt16,
    kafka_offset UInt64,
    line UInt32,
    source String,
    event_id String,
    recorded_at DateTime64(6, 'UTC'),
    received_at DateTime64(6, 'UTC'),
    data String
)
ENGINE = Null;

-- All arrivals of one charger lie in one partition: offset and line tell which was first.
CREATE MATERIALIZED VIEW IF NOT EXISTS pacekeeper.charger_feed TO pacekeeper.charger_updates
AS WITH
    -- Microseconds from 1900 to 1970: earlier states are kept in order too.
    2208988800000000 AS epoch,
    -- Of the connectors of a charger the least decides.
    ['CHARGING', 'RESERVED', 'BLOCKED', 'AVAILABLE', 'OUTOFORDER', 'INOPERATIVE', 'UNKNOWN',
        'PLANNED', 'REMOVED'] AS words
SELECT
    d.operator AS operator, d.station AS station, d.charger AS charger, source, event_id,
    kafka_partition, bitNot(bitShiftLeft(toUInt64(kafka_offset), 16) + line) AS earliness,
    parseDateTime64BestEffort(d.status_at, 6, 'UTC') AS status_at,
    bitShiftLeft(toUInt256(toUnixTimestamp64Micro(status_at) + epoch), 192)
        + bitShiftLeft(toUInt256(ifNull(d.sequence, -1) + 1), 136)
        + bitShiftLeft(toUInt256(toUnixTimestamp64Micro(recorded_at) + epoch), 72)
        + bitShiftLeft(toUInt256(bitNot(earliness)), 4) AS rank,
    recorded_at, received_at,
    entity, d.use AS use, d.stage AS stage, d.power_kw AS power_kw,
    d.commissioned_on AS commissioned_on, ifNull(d.commissioned_basis, '') AS commissioned_basis,
    d.wgs84.lon AS lon, d.wgs84.lat AS lat,
    toFloat64OrNull(d.location.lon) AS reported_lon, toFloat64OrNull(d.location.lat) AS reported_lat,
    d.location.crs AS reported_crs,
    mapFromArrays(
        d.connectors.connector, arrayMap(s -> rank + indexOf(words, s), d.connectors.status)
    ) AS connectors
FROM
(
    SELECT source, event_id, kafka_partition, kafka_offset, line, recorded_at, received_at, entity,
        JSONExtract(data, 'Tuple(operator String, station String, charger String, use String,
            stage String, status_at String, sequence Nullable(Int64),
            power_kw Nullable(Decimal(38, 10)), commissioned_on Nullable(Date),
            commissioned_basis Nullable(String),
            location Tuple(lon String, lat String, crs String),
            wgs84 Tuple(lon Nullable(Float64), lat Nullable(Float64)),
            connectors Nested(connector String, status String))') AS d
    FROM pacekeeper.charger_intake
);

-- What was stored before this migration.
INSERT INTO pacekeeper.charger_intake
SELECT entity, kafka_partition, kafka_offset, line, source, event_id, recorded_at, received_at, data
FROM pacekeeper.raw
WHERE type = 'charger.updated';

-- Without what came under an id that was used before.
CREATE VIEW IF NOT EXISTS pacekeeper.charger_states
AS SELECT *
FROM pacekeeper.charger_updates FINAL
WHERE (kafka_partition, earliness) NOT IN
(
    SELECT kafka_partition, bitNot(bitShiftLeft(kafka_offset, 16) + line) FROM pacekeeper.conflicts
);

-- What an event leaves out stays as it was said last: connectors each have their own newest state,
-- by their own time and never by arrival; of an optional field the newest that was given counts.
CREATE VIEW IF NOT EXISTS bi.chargers
(
    station String COMMENT '充电站',
    charger String COMMENT '充电桩',
    operator String COMMENT '运营商',
    use String COMMENT '用途：public 公共、dedicated 专用、private 自用、unknown 未知',
    power_kw Nullable(Decimal(38, 10)) COMMENT '功率（千瓦）',
    stage String COMMENT '阶段：planned 规划、building 在建、in_service 在用、closed 停用、removed 拆除',
    status String COMMENT '状态（OCPI 用词）：有枪充电即为充电，其次预约、占用、空闲、故障、停用、未知',
    status_at DateTime64(3, 'UTC') COMMENT '状态时间',
    connectors UInt64 COMMENT '枪数（不含已拆除）',
    commissioned_on Nullable(Date) COMMENT '投用日期',
    commissioned_basis String COMMENT '投用日期的依据：reported 报送、observed 首次见到在用',
    lon Nullable(Float64) COMMENT '经度（WGS-84）',
    lat Nullable(Float64) COMMENT '纬度（WGS-84）',
    crs String COMMENT '坐标系：wgs84，未报位置时为空',
    entity String COMMENT '对象',
    reported_lon Nullable(Float64) COMMENT '原报经度',
    reported_lat Nullable(Float64) COMMENT '原报纬度',
    reported_crs String COMMENT '原报坐标系'
)
AS SELECT
    station, charger, operator, said.2 AS use, power AS power_kw, said.3 AS stage,
    if(plug_status BETWEEN 1 AND 6, ['CHARGING', 'RESERVED', 'BLOCKED', 'AVAILABLE', 'OUTOFORDER',
        'INOPERATIVE'][plug_status], 'UNKNOWN') AS status,
    last_at AS status_at, toUInt64(plugs) AS connectors,
    coalesce(commissioned.1, seen_on) AS commissioned_on,
    multiIf(notEmpty(commissioned.2), commissioned.2, isNull(seen_on), '', 'observed')
        AS commissioned_basis,
    place.1 AS lon, place.2 AS lat, if(isNull(place.1), '', 'wgs84') AS crs, said.1 AS entity,
    place.3 AS reported_lon, place.4 AS reported_lat, place.5 AS reported_crs
FROM
(
    SELECT
        operator, station, charger, max(status_at) AS last_at,
        argMax((entity, use, stage), rank) AS said,
        argMax(power_kw, rank) AS power,
        argMaxIf((commissioned_on, commissioned_basis), rank, isNotNull(commissioned_on))
            AS commissioned,
        argMaxIf((lon, lat, reported_lon, reported_lat, reported_crs), rank, isNotNull(lon)) AS place,
        minIf(toNullable(toDate(status_at, 'Asia/Shanghai')), stage = 'in_service') AS seen_on,
        arrayMap(state -> toUInt8(bitAnd(state, 15)), mapValues(maxMap(connectors))) AS states,
        arrayMin(states) AS plug_status,
        countEqual(states, 9) AS gone,
        length(states) - gone AS plugs
    FROM pacekeeper.charger_states
    GROUP BY operator, station, charger
);

-- The state of every charger after each of its updates, in their order; `now` is what it adds to
-- its entity and use: chargers, connectors, kW, faulty ones.
CREATE VIEW IF NOT EXISTS pacekeeper.charger_course
AS SELECT
    operator, station, charger, rank,
    toDate(status_at, 'Asia/Shanghai') AS day,
    last_value(power_kw) IGNORE NULLS OVER so_far AS power,
    last_value(commissioned_on) IGNORE NULLS OVER whole AS commissioned,
    row_number() OVER so_far = 1 AND stage = 'in_service' AND ifNull(commissioned < day, false)
        AS earlier,
    arrayMap(state -> toUInt8(bitAnd(state, 15)), mapValues(maxMap(connectors) OVER so_far))
        AS states,
    if(
        stage = 'in_service',
        (
            entity, use, toInt64(1), toInt64(length(states) - countEqual(states, 9)),
            ifNull(power, 0), toInt64(arrayMin(states) BETWEEN 5 AND 6)
        ),
        ('', '', 0, 0, 0, 0)
    ) AS now
FROM pacekeeper.charger_states
WINDOW
    so_far AS (
        PARTITION BY operator, station, charger ORDER BY rank
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ),
    whole AS (
        PARTITION BY operator, station, charger ORDER BY rank
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    );

-- By how much each charger changes its entity and use on a day. One that was in service when it was
-- first heard of has been so since it was commissioned, and without a fault as far as is known.
CREATE VIEW IF NOT EXISTS pacekeeper.charger_changes
AS SELECT
    side.1 AS day, side.3.1 AS entity, side.3.2 AS use, operator, station, charger,
    sum(side.2 * side.3.3) AS chargers, sum(side.2 * side.3.4) AS connectors,
    sum(side.2 * side.3.5) AS kw, sum(side.2 * side.3.6) AS faulty
FROM
(
    SELECT
        operator, station, charger, day AS today, commissioned, earlier, now,
        if(
            earlier,
            (now.1, now.2, now.3, now.4, now.5, 0),
            lagInFrame(now) OVER (
                PARTITION BY operator, station, charger ORDER BY rank
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
            )
        ) AS before
    FROM pacekeeper.charger_course
)
ARRAY JOIN
    [
        (today, toInt8(1), now), (today, toInt8(-1), before),
        (ifNull(commissioned, today), toInt8(earlier), before)
    ] AS side
WHERE (earlier OR now != before) AND side.2 * side.3.3 != 0
GROUP BY day, entity, use, operator, station, charger
HAVING (chargers, connectors, kw, faulty) != (0, 0, 0, 0);

CREATE VIEW IF NOT EXISTS bi.charger_daily
(
    day Date COMMENT '日期（上海）',
    entity String COMMENT '对象',
    use String COMMENT '用途',
    stations UInt64 COMMENT '当日末有在用桩的充电站',
    chargers UInt64 COMMENT '当日末在用的充电桩',
    connectors UInt64 COMMENT '当日末在用桩的枪数',
    added UInt64 COMMENT '新增桩',
    removed UInt64 COMMENT '减少桩',
    net Int64 COMMENT '净增桩',
    kw Nullable(Decimal(38, 10)) COMMENT '在用桩的功率合计（千瓦），未报的不计',
    fault_share Nullable(Float64) COMMENT '故障或停用的桩占在用桩的比例'
)
AS SELECT
    arrayJoin(arrayMap(n -> since + n, range(until - since))) AS day, entity, use,
    d_stations AS stations, d_chargers AS chargers, d_connectors AS connectors,
    -- What changed did so on the first of these days.
    if(day = since, came, 0) AS added, if(day = since, went, 0) AS removed,
    toInt64(added) - toInt64(removed) AS net,
    d_kw AS kw, if(chargers = 0, NULL, d_faulty / chargers) AS fault_share
FROM
(
    SELECT
        since, entity, use, came, went,
        sum(stations) OVER so_far AS d_stations, sum(chargers) OVER so_far AS d_chargers,
        sum(connectors) OVER so_far AS d_connectors, sum(kw) OVER so_far AS d_kw,
        sum(faulty) OVER so_far AS d_faulty,
        leadInFrame(
            since, 1,
            assumeNotNull((
                SELECT max(toDate(status_at, 'Asia/Shanghai')) + 1 FROM pacekeeper.charger_states
            ))
        ) OVER (
            PARTITION BY entity, use ORDER BY since
            ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        ) AS until
    FROM
    (
        SELECT
            day AS since, entity, use, sum(opened) AS stations, sum(net) AS chargers,
            sum(net_connectors) AS connectors, sum(net_kw) AS kw, sum(net_faulty) AS faulty,
            sum(added) AS came, sum(removed) AS went
        FROM
        (
            SELECT
                *,
                sum(net) OVER (
                    PARTITION BY entity, use, operator, station ORDER BY day
                    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) AS there,
                toInt64(there > 0) - toInt64(there - net > 0) AS opened
            FROM
            (
                SELECT
                    day, entity, use, operator, station, sum(chargers) AS net,
                    sum(connectors) AS net_connectors, sum(kw) AS net_kw, sum(faulty) AS net_faulty,
                    countIf(chargers > 0) AS added, countIf(chargers < 0) AS removed
                FROM pacekeeper.charger_changes
                GROUP BY day, entity, use, operator, station
            )
        )
        GROUP BY day, entity, use
    )
    WINDOW so_far AS (
        PARTITION BY entity, use ORDER BY since
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
);

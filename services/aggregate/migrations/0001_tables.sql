-- Every arrival once, by its Kafka coordinates: writing a block again changes nothing.
-- Partitioned by the month of receipt, so that back-filling years does not open hundreds of parts.
-- A touched series is read back from every part: small granules in small blocks.
CREATE TABLE IF NOT EXISTS pacekeeper.raw
(
    type LowCardinality(String),
    indicator LowCardinality(String),
    entity LowCardinality(String),
    scope LowCardinality(String),
    measure LowCardinality(String),
    period_start Date,
    period_end Date,
    kafka_partition UInt16,
    kafka_offset UInt64,
    line UInt32,
    source LowCardinality(String),
    event_id String,
    receipt String,
    department LowCardinality(String),
    recorded_at DateTime64(6, 'UTC'),
    received_at DateTime64(6, 'UTC'),
    period LowCardinality(String),
    value Nullable(Decimal(38, 10)),
    unit LowCardinality(String),
    status LowCardinality(String),
    sent_value String,
    sent_unit LowCardinality(String),
    note String,
    data String,
    INDEX receipts receipt TYPE bloom_filter GRANULARITY 4,
    INDEX ids cityHash64(concat(source, '\0', event_id)) TYPE bloom_filter GRANULARITY 4
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (type, indicator, entity, scope, measure, period_start, period_end, kafka_partition, kafka_offset, line)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 512, min_compress_block_size = 16384;

-- What each series says: its figures now, derived ones too, and every vintage that they ever had, each
-- with the moment until which it was the newest. One row a series, replaced as a whole: nothing that no
-- longer holds can stay behind. A row is kilobytes and is looked up alone: small granules.
CREATE TABLE IF NOT EXISTS pacekeeper.series
(
    indicator LowCardinality(String),
    entity LowCardinality(String),
    version UInt64,
    now Nested
    (
        scope LowCardinality(String),
        measure LowCardinality(String),
        start Date,
        end Date,
        period LowCardinality(String),
        value Decimal(38, 10),
        unit LowCardinality(String),
        status LowCardinality(String),
        recorded_at DateTime64(6, 'UTC'),
        vintages UInt32,
        derived Bool
    ),
    past Nested
    (
        scope LowCardinality(String),
        measure LowCardinality(String),
        start Date,
        end Date,
        period LowCardinality(String),
        value Nullable(Decimal(38, 10)),
        unit LowCardinality(String),
        status LowCardinality(String),
        recorded_at DateTime64(6, 'UTC'),
        until DateTime64(6, 'UTC'),
        vintage UInt32,
        derived Bool
    )
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (indicator, entity)
SETTINGS index_granularity = 64, min_compress_block_size = 16384;

CREATE TABLE IF NOT EXISTS pacekeeper.receipts
(
    receipt String,
    department LowCardinality(String),
    received_at DateTime64(6, 'UTC'),
    received UInt32,
    accepted UInt32,
    duplicate UInt32,
    rejected UInt32,
    event_index Array(UInt32),
    event_id Array(String),
    event_source Array(String),
    event_verdict Array(LowCardinality(String)),
    event_code Array(LowCardinality(String))
)
ENGINE = ReplacingMergeTree
ORDER BY receipt;

-- How many months arrivals stay (0: for ever) since `at`, and since when none was dropped until then.
-- Nothing lies here where they always stayed.
CREATE TABLE IF NOT EXISTS pacekeeper.raw_kept
(
    since DateTime64(6, 'UTC'),
    months UInt16,
    at DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = MergeTree
ORDER BY at;

CREATE TABLE IF NOT EXISTS pacekeeper.rejected
(
    id String,
    receipt String,
    department LowCardinality(String),
    received_at DateTime64(6, 'UTC'),
    line UInt32,
    event_id String,
    code LowCardinality(String),
    field String,
    message_zh String,
    message_en String,
    raw String,
    coordinates String
)
ENGINE = ReplacingMergeTree
ORDER BY (department, id);

-- Of two rows of one target, version, period and as_of, the one with the greater sequence holds.
CREATE TABLE IF NOT EXISTS pacekeeper.assessments
(
    target LowCardinality(String),
    period LowCardinality(String),
    version UInt32,
    as_of Nullable(DateTime64(6, 'UTC')),
    indicator LowCardinality(String),
    entity LowCardinality(String),
    scope LowCardinality(String),
    period_end Nullable(Date),
    actual Nullable(Decimal(38, 10)),
    expected Nullable(Decimal(38, 10)),
    gap Nullable(Decimal(38, 10)),
    pace Nullable(Float64),
    required_rate Nullable(Decimal(38, 10)),
    forecast Nullable(Decimal(38, 10)),
    forecast_low Nullable(Decimal(38, 10)),
    forecast_high Nullable(Decimal(38, 10)),
    p_meet Nullable(Float64),
    lamp LowCardinality(String),
    scheme LowCardinality(String),
    method LowCardinality(String),
    trajectory_used LowCardinality(String),
    reason LowCardinality(String),
    reason_zh String,
    reason_en String,
    basis Array(String),
    assessed_at DateTime64(3, 'UTC'),
    sequence UInt64,
    retracted Bool
)
ENGINE = ReplacingMergeTree(sequence)
ORDER BY (target, period, version, as_of)
SETTINGS allow_nullable_key = 1;

-- How far judging has come, per series: everything up to this offset of its partition, and of what
-- it is derived from everything `through` the offset of each one. `sequence` is the offset of the
-- dossier that was judged.
CREATE TABLE IF NOT EXISTS pacekeeper.judged
(
    indicator LowCardinality(String),
    entity LowCardinality(String),
    kafka_partition UInt16,
    kafka_offset UInt64,
    through Map(UInt16, UInt64),
    sequence UInt64
)
ENGINE = ReplacingMergeTree(sequence)
ORDER BY (indicator, entity);

-- Of series with a target what they are derived from, step by step.
CREATE TABLE IF NOT EXISTS pacekeeper.rests
(
    indicator LowCardinality(String),
    entity LowCardinality(String),
    version UInt64,
    reads Array(Tuple(String, String))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (indicator, entity);

-- Refused events that were sent again and taken.
CREATE TABLE IF NOT EXISTS pacekeeper.resubmitted
(
    department LowCardinality(String),
    id String,
    receipt String,
    at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (department, id);

-- `record` is the transition as it was published: what the worker remembers follows from it.
CREATE TABLE IF NOT EXISTS pacekeeper.alerts
(
    alert String,
    seq UInt32,
    target LowCardinality(String),
    kind LowCardinality(String),
    indicator LowCardinality(String),
    entity LowCardinality(String),
    state LowCardinality(String),
    reason LowCardinality(String),
    by String,
    at DateTime64(3, 'UTC'),
    lamp LowCardinality(String),
    severity LowCardinality(String),
    opened_at DateTime64(3, 'UTC'),
    opened_period LowCardinality(String),
    period LowCardinality(String),
    gap Nullable(Decimal(38, 10)),
    lead LowCardinality(String),
    responsible Array(String),
    supervisor LowCardinality(String),
    due_on Nullable(Date),
    acknowledged_by String,
    acknowledged_at Nullable(DateTime64(3, 'UTC')),
    notes Array(String),
    closed_at Nullable(DateTime64(3, 'UTC')),
    reopened UInt32,
    basis Array(String),
    command_id String,
    record String CODEC(ZSTD)
)
ENGINE = ReplacingMergeTree
ORDER BY (alert, seq);

CREATE TABLE IF NOT EXISTS pacekeeper.notices
(
    notice String,
    receiver String,
    alert String,
    seq UInt32,
    at DateTime64(3, 'UTC'),
    state LowCardinality(String),
    attempts UInt32,
    error String,
    body String,
    rank UInt8
)
ENGINE = ReplacingMergeTree(rank)
ORDER BY notice;

-- Arrivals under an id that had come before with other content, in any series: no figure rests on
-- them.
CREATE TABLE IF NOT EXISTS pacekeeper.conflicts
(
    kafka_partition UInt16,
    kafka_offset UInt64,
    line UInt32,
    differs Bool,
    finding String,
    indicator LowCardinality(String),
    entity LowCardinality(String),
    scope LowCardinality(String),
    measure LowCardinality(String),
    period_start Date,
    period_end Date,
    period String,
    detail_zh String,
    detail_en String,
    source String,
    event_id String,
    recorded_at DateTime64(6, 'UTC'),
    at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (kafka_partition, kafka_offset, line);

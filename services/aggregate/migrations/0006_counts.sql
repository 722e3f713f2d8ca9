-- What each charger counts for, and since when that is known: `commissioned` on a day, `in_service`
-- from a day on, at a place (WGS-84); and in which months it was heard of. One row a charger, replaced as a whole, so that a touched
-- entity is counted by adding up, and a push that changes no count is told by the fingerprint.
CREATE TABLE IF NOT EXISTS pacekeeper.charger_counts
(
    operator LowCardinality(String),
    station String,
    charger String,
    version UInt64,
    fingerprint UInt64,
    received_at DateTime64(6, 'UTC'),
    change Nested
    (
        at DateTime64(6, 'UTC'),
        what LowCardinality(String),
        entity LowCardinality(String),
        use LowCardinality(String),
        day Date,
        chargers Int32,
        event_id String,
        lon Nullable(Float64),
        lat Nullable(Float64)
    ),
    heard Nested
    (
        at DateTime64(6, 'UTC'),
        entity LowCardinality(String),
        day Date,
        event_id String
    )
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (operator, station, charger);

-- How far a rebuild is: `done` of `total` of one step.
CREATE TABLE IF NOT EXISTS pacekeeper.rebuilds
(
    rebuild String,
    source LowCardinality(String),
    state LowCardinality(String),
    step LowCardinality(String),
    done UInt64,
    total UInt64,
    at DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = MergeTree
ORDER BY (rebuild, at);

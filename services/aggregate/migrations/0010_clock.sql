-- The newest tick of the clock that was derived: targets that are judged by the day were seen then.
CREATE TABLE IF NOT EXISTS pacekeeper.clock
(
    name LowCardinality(String),
    at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(at)
ORDER BY name;

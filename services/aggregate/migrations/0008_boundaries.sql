-- Boundaries that operators gave, each with where it is from and on what terms: rings of longitude
-- and latitude (WGS-84), the box around them, and how many points of the 100 m grid lie in them.
CREATE TABLE IF NOT EXISTS pacekeeper.boundaries
(
    area String,
    source String,
    licence String,
    polygons Array(Array(Array(Tuple(Float64, Float64)))),
    west Float64,
    south Float64,
    east Float64,
    north Float64,
    points UInt32,
    taken_at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(taken_at)
ORDER BY area
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

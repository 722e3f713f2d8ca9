"""A city's tables for the engine's benchmarks: filling them, reading them, writing to them."""

import struct

SERIES = 1000
MONTHS = 24
# The offset of every row of a block from `block_of`, for `numbered` to replace.
_MARK = struct.pack("<Q", 0x0102030405060708)

_RAW_COLUMNS = """
    'metric.observed' AS type, {indicator} AS indicator,
    concat('town-', toString({series})) AS entity, '' AS scope, 'cumulative' AS measure,
    toDate('2023-01-01') AS period_start,
    toLastDayOfMonth(addMonths(toDate('2023-01-01'), {month})) AS period_end,
    toUInt16({partition}) AS kafka_partition, toUInt64({offset}) AS kafka_offset,
    toUInt32(number % 500) AS line, 'urn:pacekeeper:bench' AS source,
    concat('event-', toString(number)) AS event_id, 'receipt-bench' AS receipt,
    'bench' AS department, toDateTime64('2024-07-10 09:00:00', 6, 'UTC') AS recorded_at,
    toDateTime64('2024-07-10 09:00:00', 6, 'UTC') AS received_at,
    formatDateTime(period_end, '%Y-%m') AS period,
    toNullable(toDecimal128(number / 7, 10)) AS value, '万辆' AS unit, 'P' AS status,
    toString(number) AS sent_value, '万辆' AS sent_unit, '' AS note, '' AS data
"""

FILL = (
    "INSERT INTO pacekeeper.raw SELECT"
    + _RAW_COLUMNS.format(
        indicator="concat('indicator-', toString(number % 10))",
        series=f"number % {SERIES}",
        month=f"intDiv(number, {SERIES}) % {MONTHS}",
        partition="number % 8",
        offset="number",
    )
    + f"FROM numbers({SERIES * MONTHS * 4})",
    "INSERT INTO pacekeeper.series (indicator, entity, version, `now.scope`, `now.measure`,"
    " `now.start`, `now.end`, `now.period`, `now.value`, `now.unit`, `now.status`,"
    " `now.recorded_at`, `now.vintages`, `now.derived`)"
    " SELECT indicator, entity, 1, groupArray(scope), groupArray(measure), groupArray(start),"
    " groupArray(end), groupArray(name), groupArray(newest), groupArray(counted),"
    " groupArray(final), groupArray(recorded), groupArray(toUInt32(vintages)), groupArray(false)"
    " FROM (SELECT indicator, entity, scope, measure, period_start AS start, period_end AS end,"
    " any(period) AS name, max(assumeNotNull(value)) AS newest, any(unit) AS counted,"
    " any(status) AS final, max(recorded_at) AS recorded, count() AS vintages"
    " FROM pacekeeper.raw GROUP BY indicator, entity, scope, measure, period_start, period_end)"
    " GROUP BY indicator, entity",
    "INSERT INTO pacekeeper.assessments (target, period, version, as_of, indicator, entity,"
    " period_end, actual, expected, gap, pace, lamp, scheme, assessed_at, sequence, retracted)"
    " SELECT concat('target-', entity), period, 1, recorded_at, indicator, entity, period_end,"
    " value, value, 0, 1, ['green', 'yellow', 'red'][1 + cityHash64(entity, period) % 3],"
    " 'standard', recorded_at, 1, false FROM bi.current_values",
)

# A million stored rows, and the same number made on the way, of which the engine makes 1 GB/s.
MILLION = (
    "CREATE TABLE pacekeeper.million ENGINE = MergeTree ORDER BY (indicator, entity, period_end)"
    " AS SELECT indicator, entity, period_end, value, unit, recorded_at, event_id FROM ("
    "SELECT"
    + _RAW_COLUMNS.format(
        indicator="concat('indicator-', toString(number % 10))",
        series=f"number % {SERIES}",
        month=f"intDiv(number, {SERIES}) % {MONTHS}",
        partition="0",
        offset="number",
    )
    + "FROM numbers(1000000))"
)
RESULTS = {
    "stored": "SELECT * FROM pacekeeper.million",
    "made": "SELECT number, number / 7, toString(number) FROM numbers(1000000)",
}

# What a board of the city asks: lamps, the series behind a chart, the newest figures, arrivals.
DASHBOARD = (
    "SELECT lamp, count() FROM bi.latest_assessments GROUP BY lamp ORDER BY lamp",
    "SELECT period, sum(value) FROM bi.current_values WHERE indicator = 'indicator-{n}'"
    " GROUP BY period ORDER BY period",
    "SELECT entity, period, value, unit FROM bi.current_values"
    " WHERE indicator = 'indicator-{n}' AND period = '2024-06' ORDER BY value DESC LIMIT 100",
    "SELECT target, period, actual, expected, gap, lamp FROM bi.assessments"
    " WHERE entity = 'town-{n}' AND NOT superseded ORDER BY period",
    "SELECT toStartOfMonth(period_end) AS month, department, count()"
    " FROM bi.observations WHERE indicator = 'indicator-{n}' GROUP BY month, department"
    " ORDER BY month",
    "SELECT state, count() FROM bi.alerts GROUP BY state",
)


def rows_of(count: int, writer: int) -> str:
    """A query whose result in Native is a block that `pacekeeper.raw` takes."""
    offset = struct.unpack("<Q", _MARK)[0]
    columns = _RAW_COLUMNS.format(
        indicator=f"'written-{writer}'",
        series="intDiv(number, 500) % 100",
        month="number % 24",
        partition=writer,
        offset=offset,
    )
    return f"SELECT{columns}FROM numbers({count})"


def numbered(block: bytes, offset: int) -> bytes:
    """The block with another Kafka offset, so that no two of a run are the same rows."""
    return block.replace(_MARK, struct.pack("<Q", offset))

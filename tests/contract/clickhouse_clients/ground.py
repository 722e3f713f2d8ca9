"""What stands on the server before a client comes, and what every client must find there."""

from __future__ import annotations

import time

from tests.integration.embedded_clickhouse import Running

# One column a type, in the order in which clients select them; two rows, the second of them empty.
TYPES = {
    "id": ("UInt8", "1", "2"),
    "flag": ("Bool", "true", "false"),
    "small": ("Int8", "-128", "0"),
    "large": ("UInt64", "18446744073709551615", "0"),
    "huge": ("Int256", "-170141183460469231731687303715884105729", "0"),
    "ratio": ("Float64", "0.1", "0"),
    "amount": ("Decimal(38, 10)", "1234567890123456789012345678.0123456789", "0"),
    "name": ("String", "'常州市武进区“新能源”整车产量：41.5 万辆'", "''"),
    "code": ("FixedString(4)", "'AB12'", "'\\0\\0\\0\\0'"),
    "kind": ("LowCardinality(String)", "'整车'", "''"),
    "note": ("Nullable(String)", "'补报'", "NULL"),
    "tag": ("LowCardinality(Nullable(String))", "'推定'", "NULL"),
    "change": ("Nullable(Decimal(18, 4))", "-12.3456", "NULL"),
    "lamp": ("Enum8('红' = 1, '黄' = 2, '绿' = 3)", "'红'", "'绿'"),
    "day": ("Date", "'2024-07-10'", "'1970-01-01'"),
    "founded": ("Date32", "'1949-10-01'", "'1970-01-01'"),
    "at": ("DateTime('UTC')", "'2024-07-10 01:00:00'", "'1970-01-01 00:00:00'"),
    "recorded": ("DateTime64(3, 'UTC')", "'2024-07-10 01:00:00.123'", "'1970-01-01 00:00:00'"),
    "local": (
        "DateTime64(6, 'Asia/Shanghai')",
        "'2024-07-10 09:00:00.123456'",
        "'1970-01-01 08:00:00'",
    ),
    "uuid": (
        "UUID",
        "'61f0c404-5cb3-11e7-907b-a6006ad3dba0'",
        "'00000000-0000-0000-0000-000000000000'",
    ),
    "ip": ("IPv4", "'192.0.2.17'", "'0.0.0.0'"),
    "ip6": ("IPv6", "'2001:db8::17'", "'::'"),
    "words": ("Array(String)", "['武进', '新北']", "[]"),
    "gaps": ("Array(Nullable(Int32))", "[1, NULL, 3]", "[]"),
    "shares": ("Map(String, Decimal(9, 2))", "{'公共桩': 12.50, '专用桩': 3.25}", "{}"),
    "place": ("Tuple(lon Float64, lat Float64)", "(119.95, 31.78)", "(0, 0)"),
    "pair": ("Tuple(String, UInt32)", "('序时', 7)", "('', 0)"),
}

VIEW = "all_types"
COLUMNS = list(TYPES)
COMMENT = "名称"
SERIES_ROWS = 200_000
INSERTED_ROWS = 10_000
SERIES_SUM = SERIES_ROWS * (SERIES_ROWS - 1) // 2
# What takes the engine longer than any test waits, and few bytes.
SLOW = "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))"


def build(server: Running) -> None:
    """Tables in `pacekeeper`, and the views of `bi` over them that both accounts read."""
    for statement in _statements():
        server.ask(statement).raise_for_status()


def wait_until_idle(server: Running) -> None:
    """Return once nobody's slow query is at work any more; a test fails that waits too long."""
    deadline = time.monotonic() + 10
    ask = "SELECT count() FROM system.processes WHERE query LIKE '%1000000000000%'"
    while server.ask(ask + " AND query NOT LIKE '%processes%'").text != "0\n":
        assert time.monotonic() < deadline, "a slow query goes on"
        time.sleep(0.05)


def _statements() -> list[str]:
    columns = ", ".join(
        f"`{name}` {kind}" + (f" COMMENT '{COMMENT}'" if name == "name" else "")
        for name, (kind, _, _) in TYPES.items()
    )
    first, second = (
        ", ".join(row) for row in zip(*((a, b) for _, a, b in TYPES.values()), strict=True)
    )
    return [
        f"CREATE TABLE pacekeeper.all_types ({columns}) ENGINE = MergeTree ORDER BY id",
        f"INSERT INTO pacekeeper.all_types VALUES ({first}), ({second})",
        f"CREATE VIEW bi.{VIEW} ({columns}) AS SELECT * FROM pacekeeper.all_types",
        "CREATE TABLE pacekeeper.series (id UInt32, name String, value Decimal(38, 10)) "
        "ENGINE = MergeTree ORDER BY id",
        "INSERT INTO pacekeeper.series SELECT number, concat('区县', toString(number % 7)), "
        f"toDecimal128(number, 10) / 4 FROM numbers({SERIES_ROWS})",
        "CREATE VIEW bi.series AS SELECT * FROM pacekeeper.series",
        "CREATE VIEW bi.values_as_of AS SELECT id, recorded FROM pacekeeper.all_types "
        "WHERE recorded <= {at:DateTime64(3)}",
        "CREATE TABLE pacekeeper.inserted (client String, id UInt32, name String, "
        "value Decimal(38, 10), at DateTime64(3, 'UTC'), words Array(String)) "
        "ENGINE = MergeTree ORDER BY (client, id)",
    ]

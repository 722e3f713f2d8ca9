"""Native blocks get what a protocol version asks for, and keep every byte of their data."""

from __future__ import annotations

import pytest

from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.native import Framer, columns, whole_blocks

INFO = bytes.fromhex("010002ffffffff00")
MOMENT = b"\x42\x5f\xeb\x63"


def text(value: str) -> bytes:
    return bytes([len(value.encode())]) + value.encode()


def head(name: str, type: str) -> bytes:
    return text(name) + text(type)


def block(rows: int, *parts: bytes) -> bytes:
    return bytes([len(parts), rows]) + b"".join(parts)


def unasked() -> list[tuple[str, str]]:
    raise AssertionError("this block tells everything itself")


MOMENTS = block(1, head("dt", "DateTime") + MOMENT, head("n", "UInt8") + b"\x07")


def test_a_client_of_no_version_gets_what_the_engine_wrote() -> None:
    assert Framer(0, unasked).feed(MOMENTS) == MOMENTS


def test_from_version_54337_a_time_names_its_zone() -> None:
    framer = Framer(54337, lambda: [("dt", "DateTime('Asia/Shanghai')"), ("n", "UInt8")])
    zoned = head("dt", "DateTime('Asia/Shanghai')") + MOMENT
    assert framer.feed(MOMENTS) == INFO + block(1, zoned, head("n", "UInt8") + b"\x07")


def test_from_version_54454_every_column_says_how_it_is_serialized() -> None:
    plain = block(
        2, head("s", "String") + text("\u4e2d") + text(""), head("n", "UInt8") + b"\x07\x08"
    )
    marked = block(
        2,
        head("s", "String") + b"\x00" + text("\u4e2d") + text(""),
        head("n", "UInt8") + b"\x00" + b"\x07\x08",
    )
    assert Framer(54460, unasked).feed(plain) == INFO + marked


def test_a_zone_that_nobody_can_tell_is_left_out() -> None:
    assert Framer(54405, list).feed(MOMENTS) == INFO + MOMENTS


def test_data_of_unknown_length_end_at_the_next_columns_head() -> None:
    opaque = head("j", "JSON") + b"\x02\x01n\x05UInt8 or so"
    plain = block(1, opaque, head("n", "UInt8") + b"\x07")
    assert columns(plain) is None
    found = columns(plain, [("j", "JSON"), ("n", "UInt8")])
    assert found is not None
    assert [plain[c.data : c.end] for c in found] == [b"\x02\x01n\x05UInt8 or so", b"\x07"]
    with pytest.raises(DatabaseError, match="cannot be framed"):
        Framer(54460, list).feed(plain)


@pytest.mark.parametrize(
    ("type", "rows", "data"),
    [
        ("Nullable(UInt16)", 2, b"\x00\x01\x01\x00\x00\x00"),
        ("FixedString(3)", 2, b"abcdef"),
        ("Decimal(18, 4)", 1, b"\x00" * 8),
        ("DateTime64(3, 'Asia/Shanghai')", 1, b"\x00" * 8),
        ("Enum8('a(' = 1, '\\'' = 2)", 3, b"\x01\x02\x01"),
        ("Array(String)", 2, b"\x01" + b"\x00" * 7 + b"\x02" + b"\x00" * 7 + b"\x01a\x00"),
        ("Array(UInt8)", 1, b"\x00" * 8),
        ("Map(String, UInt8)", 1, b"\x01" + b"\x00" * 7 + b"\x01a\x05"),
        ("Tuple(a UInt8, `b c` String)", 2, b"\x01\x02\x01x\x01y"),
        ("Ring", 1, b"\x01" + b"\x00" * 23),
        ("IntervalDay", 1, b"\x00" * 8),
        (
            "LowCardinality(String)",
            2,
            b"\x01"
            + b"\x00" * 7
            + b"\x00\x06"
            + b"\x00" * 6
            + b"\x02"
            + b"\x00" * 7
            + b"\x00\x01a"
            + b"\x02"
            + b"\x00" * 7
            + b"\x01\x01",
        ),
    ],
)
def test_a_column_ends_where_its_type_says(type: str, rows: int, data: bytes) -> None:
    plain = block(rows, head("c", type) + data, head("n", "UInt8") + b"\x07" * rows)
    found = columns(plain)
    assert found is not None
    assert plain[found[0].data : found[0].end] == data


def test_several_blocks_in_a_piece_are_told_apart() -> None:
    one = block(1, head("name", "String") + text("bi"))
    two = block(2, head("name", "String") + text("default") + text("system"))
    assert whole_blocks(one + two) == [one, two]
    assert Framer(1, unasked).feed(one + two) == INFO + one + INFO + two


def test_a_text_that_looks_like_a_head_is_a_text() -> None:
    tricky = block(2, head("s", "String") + text("x\x01\x02\x01s\x06String") + text("y"))
    assert whole_blocks(tricky) == [tricky]

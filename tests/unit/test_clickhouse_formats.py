"""Pieces of a result joined: nothing is repeated and nothing is lost."""

from __future__ import annotations

import pytest

from deploy.local.clickhouse.formats import Joiner, joinable, twisted


@pytest.mark.parametrize(
    "format",
    ["CSV", "csvWithNames", "TSV", "TSVRaw", "Native", "JSONEachRow", "RowBinaryWithNamesAndTypes"],
)
def test_formats_of_rows_are_joined(format: str) -> None:
    assert joinable(format)


@pytest.mark.parametrize(
    "format",
    ["JSON", "Arrow", "ArrowStream", "Parquet", "Pretty", "Values", "XML", "TSVRawWithNames"],
)
def test_formats_with_a_frame_are_not(format: str) -> None:
    assert not joinable(format)


@pytest.mark.parametrize(
    ("format", "pieces", "whole"),
    [
        ("CSV", [b"1\n", b"1\n"], b"1\n1\n"),
        ("CSVWithNames", [b'"a\n""b",c\n1,2\n', b'"a\n""b",c\n3,4\n'], b'"a\n""b",c\n1,2\n3,4\n'),
        ("TSVWithNamesAndTypes", [b"a\nInt8\n1\n", b"a\nInt8\n2\n"], b"a\nInt8\n1\n2\n"),
        ("JSONCompactEachRowWithNames", [b'["a"]\n[1]\n', b'["a"]\n'], b'["a"]\n[1]\n'),
        ("RowBinaryWithNames", [b"\x01\x01a\x07", b"\x01\x01a\x08"], b"\x01\x01a\x07\x08"),
        (
            "RowBinaryWithNamesAndTypes",
            [b"\x01\x01a\x05UInt8\x01", b"\x01\x01a\x05UInt8\x01"],
            b"\x01\x01a\x05UInt8\x01\x01",
        ),
    ],
)
def test_a_head_stands_once(format: str, pieces: list[bytes], whole: bytes) -> None:
    joiner = Joiner(format)
    assert b"".join(map(joiner.feed, pieces)) == whole


def test_totals_and_extremes_stand_outside_the_rows() -> None:
    assert twisted("SELECT a, sum(b) FROM t GROUP BY a WITH TOTALS")
    assert twisted("output_format_json_array_of_rows")
    assert not twisted("SELECT 1")

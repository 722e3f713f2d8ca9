"""Where statements begin and end, told from their bytes alone."""

from __future__ import annotations

import pytest

from deploy.local.clickhouse.statement import (
    as_subquery,
    first_word,
    from_file,
    insert_head,
    into_file,
    output_format,
)


@pytest.mark.parametrize(
    ("text", "statement", "format", "data"),
    [
        (b"INSERT INTO t FORMAT Native\n\x00\xff", b"INSERT INTO t ", "Native", b"\x00\xff"),
        (b"INSERT INTO t FORMAT Native\n\n", b"INSERT INTO t ", "Native", b"\n"),
        (b"INSERT INTO t FORMAT RowBinary\r\n\x01", b"INSERT INTO t ", "RowBinary", b"\x01"),
        (b"insert into t (a, `b)`) values (1)", b"insert into t (a, `b)`) ", "Values", b" (1)"),
        (b"INSERT INTO `FORMAT` FORMAT CSV 1,2", b"INSERT INTO `FORMAT` ", "CSV", b"1,2"),
        (b"INSERT INTO t -- FORMAT CSV\nFORMAT TSV\n1", None, "TSV", b"1"),
        (b"/* x */ INSERT INTO t (values) FORMAT CSV\n1", None, "CSV", b"1"),
        ("INSERT INTO t (\u4e2d\u6587) VALUES (1)".encode(), None, "Values", b" (1)"),
        (b"INSERT INTO FUNCTION null('a Int') VALUES (1)", None, "Values", b" (1)"),
        (b"INSERT INTO t SETTINGS a='VALUES' VALUES (1)", None, "Values", b" (1)"),
        (b"WITH {SELECT:Int8} AS x INSERT INTO t FORMAT TSV\n1;", None, "TSV", b"1;"),
    ],
)
def test_data_begin_behind_the_format(
    text: bytes, statement: bytes | None, format: str, data: bytes
) -> None:
    head = insert_head(text)
    assert head is not None
    assert (head.format, text[head.data_at :]) == (format, data)
    assert statement in (None, head.statement)


@pytest.mark.parametrize(
    "text",
    [
        b"SELECT 1",
        b"INSERT INTO t SELECT 1",
        b"INSERT INTO t (a) WITH x AS (SELECT 1) SELECT * FROM x",
        b"INSERT INTO t (SELECT 1)",
        b"INSERT INTO t FROM INFILE 'x' FORMAT CSV",
        b"INSERT INTO t; SELECT 1 FORMAT CSV",
        b"INSERT INTO t",
        b"-- INSERT INTO t VALUES (1)",
        b"",
    ],
)
def test_other_texts_carry_no_data(text: bytes) -> None:
    assert insert_head(text) is None


def test_a_statement_that_came_apart_from_its_data_may_leave_the_format_out() -> None:
    text = b"INSERT INTO t (a)\nVALUES are what follows"
    head = insert_head(text, whole=18)
    assert head is not None
    assert (head.statement, head.format, head.data_at) == (text[:18], "", 18)


@pytest.mark.parametrize(
    ("text", "format"),
    [
        (b"SELECT 1", None),
        (b"SELECT 1 FORMAT JSON", "JSON"),
        (b"SELECT 1 format JSON ;", "JSON"),
        (b"SELECT 1 FORMAT JSON -- FORMAT CSV", "JSON"),
        (b"SELECT 1 FORMAT JSON SETTINGS a = 1, b = 'FORMAT CSV'", "JSON"),
        (b"SELECT 1 SETTINGS a = 1 FORMAT CSV", "CSV"),
        (b"SELECT 'FORMAT JSON'", None),
        (b"SELECT $$ FORMAT JSON $$", None),
        (b"SELECT format FROM t", None),
        (b"SELECT format(x, 'FORMAT CSV') AS format", None),
        (b"SELECT * FROM (SELECT 1 FORMAT CSV)", None),
        (b"SHOW TABLES FORMAT TSVRaw", "TSVRaw"),
    ],
)
def test_a_format_clause_is_told_from_the_word(text: bytes, format: str | None) -> None:
    assert output_format(text) == format


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (b" (( select 1", "SELECT"),
        ("\ufeff\u00a0WITH 1 AS x SELECT x".encode(), "WITH"),
        (b"# comment\n#!x\n/* a */ -- b\nShow tables", "SHOW"),
        (b"/* never closed SELECT", ""),
        (b"1", ""),
        (b"", ""),
    ],
)
def test_the_first_word_stands_behind_blanks_and_comments(text: bytes, word: str) -> None:
    assert first_word(text) == word


@pytest.mark.parametrize("text", [b"WITH 1 AS x SELECT x", b"WITH 1 AS insert SELECT 1", b"WITH"])
def test_a_with_before_a_select_carries_no_data(text: bytes) -> None:
    assert insert_head(text) is None


@pytest.mark.parametrize(
    ("text", "there"),
    [
        (b"SELECT 1", b"SELECT 1\nINTO OUTFILE '/a\\'b' FORMAT JSON\n"),
        (b"SELECT 1 ; -- end", b"SELECT 1\nINTO OUTFILE '/a\\'b' FORMAT JSON\n  -- end"),
        (
            b"SELECT 1 FORMAT JSON SETTINGS max_threads = 1;",
            b"SELECT 1 \nINTO OUTFILE '/a\\'b' FORMAT JSON\n SETTINGS max_threads = 1",
        ),
    ],
)
def test_a_result_goes_to_a_file_instead_of_its_format(text: bytes, there: bytes) -> None:
    assert into_file(text, "/a'b", "JSON") == there


@pytest.mark.parametrize(
    ("text", "there"),
    [
        (b"INSERT INTO t", b"INSERT INTO t\n@\n\nFORMAT CSV"),
        (b"INSERT INTO t (a) -- all", b"INSERT INTO t (a) -- all\n@\n\nFORMAT CSV"),
        (
            b"INSERT INTO t (a) SETTINGS async_insert = 1",
            b"INSERT INTO t (a) \n@\nSETTINGS async_insert = 1\nFORMAT CSV",
        ),
        (b"INSERT INTO settings (a)", b"INSERT INTO settings (a)\n@\n\nFORMAT CSV"),
    ],
)
def test_the_data_of_an_insert_come_from_a_file(text: bytes, there: bytes) -> None:
    source = b"FROM INFILE '/a\\'b' COMPRESSION 'none'"
    assert from_file(text, "/a'b", "CSV") == there.replace(b"@", source)


def test_a_statement_in_brackets_has_no_format_and_no_end() -> None:
    assert as_subquery(b"SELECT 1 -- x\nFORMAT Native;") == b"(\nSELECT 1 -- x\n \n)"


@pytest.mark.parametrize(
    "blank", ["\x85", "\xa0", "\u2003", "\u200c", "\u2060", "\u3000", "\ufeff"]
)
def test_every_blank_of_unicode_ends_a_word(blank: str) -> None:
    assert first_word(f"{blank}SYSTEM{blank}SHUTDOWN".encode()) == "SYSTEM"
    head = insert_head(f"INSERT{blank}INTO{blank}表 VALUES (1)".encode())
    assert head is not None
    assert head.statement.endswith("表 ".encode())

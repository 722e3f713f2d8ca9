"""Reads a statement's shape from its bytes: first word, FORMAT, where an INSERT's data begin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# The engine takes all of Unicode's blanks for blanks, those without width and the byte order mark
# too: in UTF-8, and none of them a part of a word.
_WIDE_BLANK = (
    rb"\xc2[\x85\xa0]|\xe1\xa0\x8e|\xe2\x80[\x80-\x8d\xa8\xa9\xaf]|\xe2\x81[\x9f\xa0]"
    rb"|\xe3\x80\x80|\xef\xbb\xbf"
)
_LETTER = rb"[A-Za-z_]|(?!" + _WIDE_BLANK + rb")[\x80-\xff]"
_TOKEN = re.compile(
    rb"(?P<blank>(?:\s|\x00|"
    + _WIDE_BLANK
    + rb")+|--[^\n]*|\#[ !][^\n]*|/\*.*?(?:\*/|\Z))"
    + rb"|(?P<word>(?:"
    + _LETTER
    + rb")(?:[0-9]|"
    + _LETTER
    + rb")*)"
    + rb"|(?P<quoted>'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\"|`(?:[^`\\]|\\.|``)*`)"
    + rb"|(?P<heredoc>\$(?P<tag>[A-Za-z0-9_]*)\$.*?\$(?P=tag)\$)"
    + rb"|(?P<number>[0-9][A-Za-z0-9_.]*)"
    + rb"|(?P<sign>.)",
    re.DOTALL,
)
_OPENING, _CLOSING = (b"(", b"[", b"{"), (b")", b"]", b"}")
_DATA_GAP = re.compile(rb";?[ \t\f]*\r?\n?")


@dataclass(frozen=True, slots=True)
class Token:
    """One token outside comments; `depth` counts the brackets around it."""

    kind: str
    text: bytes
    start: int
    end: int
    depth: int

    @property
    def upper(self) -> bytes:
        return self.text.upper() if self.kind == "word" else b""


@dataclass(frozen=True, slots=True)
class InsertHead:
    """An INSERT with data: the statement without its FORMAT, the format, where data begin."""

    statement: bytes
    format: str
    data_at: int


def tokens(text: bytes, start: int = 0) -> Iterator[Token]:
    """Yield the tokens of a text, skipping blanks and comments."""
    depth = 0
    for found in _TOKEN.finditer(text, start):
        kind = found.lastgroup or "sign"
        if kind == "blank":
            continue
        if kind == "tag":
            kind = "heredoc"
        word = found[0]
        if word in _CLOSING:
            depth = max(0, depth - 1)
        yield Token(kind, word, found.start(), found.end(), depth)
        if word in _OPENING:
            depth += 1


def first_word(text: bytes) -> str:
    """The word that says what a statement is: SELECT, INSERT, …; brackets before it are passed."""
    for token in tokens(text):
        if token.kind == "word":
            return token.upper.decode("utf-8", "replace")
        if token.text != b"(":
            return ""
    return ""


def insert_head(text: bytes, *, whole: int | None = None) -> InsertHead | None:
    """Where an INSERT's data begin; None if the text is none or takes its rows from a SELECT.

    `whole` is the length of a statement that came apart from its data: one without FORMAT and
    VALUES is then an INSERT whose data begin there.
    """
    stream = tokens(text)
    if not _reach_insert(stream):
        return None
    for token in stream:
        if whole is not None and token.start >= whole:
            break
        if token.depth:
            continue
        if token.text == b";" or token.upper in (b"SELECT", b"WITH", b"INFILE", b"WATCH"):
            return None
        if token.upper == b"VALUES":
            return InsertHead(text[: token.start], "Values", token.end)
        if token.upper == b"FORMAT":
            name = next(stream, _NOTHING)
            if name.kind == "word":
                gap = _DATA_GAP.match(text, name.end)
                data_at = gap.end() if gap else name.end
                return InsertHead(text[: token.start], name.text.decode(), data_at)
            return None
        if token.text == b"(" and _opens_select(text, token.end):
            return None
    return InsertHead(text[:whole], "", whole) if whole is not None else None


@dataclass(frozen=True, slots=True)
class FormatClause:
    """Where a statement's FORMAT clause stands, or, with an empty name, where one would."""

    name: str
    start: int
    end: int


def format_clause(text: bytes) -> FormatClause:
    """Find the FORMAT clause at the end of a statement, before its SETTINGS if it has some."""
    top = [token for token in tokens(text) if not token.depth and token.text != b";"]
    for clause, name, after in zip(top, top[1:], [*top[2:], _NOTHING], strict=False):
        ends = after is _NOTHING or after.upper == b"SETTINGS"
        if clause.upper == b"FORMAT" and name.kind == "word" and ends:
            return FormatClause(name.text.decode("utf-8", "replace"), clause.start, name.end)
    end = top[-1].end if top else 0
    return FormatClause("", end, end)


def output_format(text: bytes) -> str | None:
    """The format that the statement's own FORMAT clause asks for, if it has one."""
    if b"format" not in text.lower():
        return None
    return format_clause(text).name or None


def into_file(text: bytes, path: str, format: str) -> bytes:
    """The statement with its result going to a file in this format."""
    clause = format_clause(text)
    target = f"\nINTO OUTFILE {_quoted(path)} FORMAT {format}\n".encode()
    return text[: clause.start] + target + _without_end(text, clause.end)


def from_file(text: bytes, path: str, format: str) -> bytes:
    """An INSERT without its FORMAT clause, with its data coming from a file in this format."""
    top = [token for token in tokens(text) if not token.depth]
    at = len(text)
    for clause, name, sign in zip(top, top[1:], top[2:], strict=False):
        # A table may have that name too, but nothing is set right behind it.
        if clause.upper == b"SETTINGS" and name.kind == "word" and sign.text == b"=":
            at = clause.start
            break
    source = f"\nFROM INFILE {_quoted(path)} COMPRESSION 'none'\n".encode()
    return text[:at] + source + text[at:] + f"\nFORMAT {format}".encode()


def _quoted(path: str) -> str:
    return "'" + path.replace("\\", "\\\\").replace("'", "\\'") + "'"


def as_subquery(text: bytes) -> bytes:
    """The statement without FORMAT and semicolon, in brackets."""
    clause = format_clause(text)
    return b"(\n" + text[: clause.start] + b" " + _without_end(text, clause.end) + b"\n)"


def _without_end(text: bytes, start: int) -> bytes:
    """What follows, without the semicolons that end a statement."""
    pieces, done = [], start
    for token in tokens(text, start):
        if token.text == b";":
            pieces.append(text[done : token.start])
            done = token.end
    return b"".join([*pieces, text[done:]])


def _reach_insert(stream: Iterator[Token]) -> bool:
    """Read up to INSERT, which may stand behind a WITH that only a SELECT of it could use."""
    first = next(stream, _NOTHING).upper
    if first != b"WITH":
        return first == b"INSERT"
    for token in stream:
        if not token.depth and token.upper == b"SELECT":
            return False
        if not token.depth and token.upper == b"INSERT":
            return next(stream, _NOTHING).upper == b"INTO"
    return False


def _opens_select(text: bytes, start: int) -> bool:
    return next(tokens(text, start), _NOTHING).upper in (b"SELECT", b"WITH")


_NOTHING = Token("nothing", b"", 0, 0, 0)

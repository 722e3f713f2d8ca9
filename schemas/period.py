"""Periods of the calendar: the span a figure covers, in every spelling the contract allows.

`2024`, `2024-H1`, `2024-Q1`, `2024-03`, `2024-03-15`, or an interval of two of them:
`2024-01/2024-02`.
"""

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Any, NamedTuple

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from schemas.rejects import RejectCode, finding

_ATOM = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?:H(?P<half>[12])|Q(?P<quarter>[1-4])"
    r"|(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?))?"
)
PATTERN = (
    r"^[0-9]{4}(-(H[12]|Q[1-4]|[0-9]{2}(-[0-9]{2})?))?"
    r"(/[0-9]{4}(-(H[12]|Q[1-4]|[0-9]{2}(-[0-9]{2})?))?)?$"
)


class Span(NamedTuple):
    """First and last day, both inside."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """Number of days, both ends counted."""
        return (self.end - self.start).days + 1


@lru_cache(maxsize=8192)
def month_end(day: date) -> date:
    """The last day of the month that `day` lies in."""
    return day.replace(day=monthrange(day.year, day.month)[1])


@lru_cache(maxsize=8192)
def is_month_end(day: date) -> bool:
    """Is it the last day of its month?"""
    return (day + timedelta(days=1)).day == 1


@lru_cache(maxsize=8192)
def same_day_last_year(day: date, years: int = 1) -> date:
    """The same day `years` earlier; a month's end stays a month's end (29 February included)."""
    year = day.year - years
    if is_month_end(day):
        return date(year, day.month, monthrange(year, day.month)[1])
    return day.replace(year=year)


def _months(year: int, first: int, last: int) -> Span:
    return Span(date(year, first, 1), month_end(date(year, last, 1)))


def _atom(text: str) -> Span:
    found = _ATOM.fullmatch(text)
    if not found:
        raise ValueError(text)
    year = int(found["year"])
    if year < 1:
        raise ValueError(text)
    if found["half"]:
        first = 6 * int(found["half"]) - 5
        return _months(year, first, first + 5)
    if found["quarter"]:
        first = 3 * int(found["quarter"]) - 2
        return _months(year, first, first + 2)
    if found["day"]:
        day = date(year, int(found["month"]), int(found["day"]))
        return Span(day, day)
    if found["month"]:
        return _months(year, int(found["month"]), int(found["month"]))
    return _months(year, 1, 12)


@lru_cache(maxsize=8192)
def parse(text: str) -> Span:
    """Read a period; ValueError when it is none."""
    first, slash, last = text.partition("/")
    span = _atom(first)
    if not slash:
        return span
    whole = Span(span.start, _atom(last).end)
    if whole.end < whole.start:
        raise ValueError(text)
    return whole


@lru_cache(maxsize=8192)
def end_name(end: date) -> str:
    """Canonical period of a cumulative or a stock: named by its end alone."""
    return f"{end:%Y-%m}" if is_month_end(end) else end.isoformat()


@lru_cache(maxsize=8192)
def span_name(span: Span) -> str:
    """Canonical period of a period value: day, month, quarter, half, year, else the interval."""
    start, end = span
    if start == end:
        return start.isoformat()
    if start.day != 1 or not is_month_end(end):
        return f"{start.isoformat()}/{end.isoformat()}"
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    if months == 1:
        return f"{start:%Y-%m}"
    if months == 3 and start.month % 3 == 1:
        return f"{start.year}-Q{start.month // 3 + 1}"
    if months == 6 and start.month % 6 == 1:
        return f"{start.year}-H{start.month // 6 + 1}"
    if months == 12 and start.month == 1:
        return f"{start.year}"
    return f"{start:%Y-%m}/{end:%Y-%m}"


@lru_cache(maxsize=512)
def year_span(year: int) -> Span:
    """1 January to 31 December."""
    return Span(date(year, 1, 1), date(year, 12, 31))


# What a Date column of ClickHouse keeps without wrapping around.
FIRST_YEAR, LAST_YEAR = 1970, 2148


def _validate(value: Any) -> str:
    if isinstance(value, str) and _storable(value):
        return value
    raise finding(
        RejectCode.BAD_PERIOD,
        "应为 1970 至 2148 年间的报告期，如 2024、2024-H1、2024-Q1、2024-03、2024-03-15 "
        "或 2024-01/2024-02",
        "a period from 1970 to 2148 is expected, like 2024, 2024-H1, 2024-Q1, 2024-03, 2024-03-15 "
        "or 2024-01/2024-02",
    )


def _storable(text: str) -> bool:
    try:
        span = parse(text)
    except ValueError:
        return False
    return span.start.year >= FIRST_YEAR and span.end.year <= LAST_YEAR


PeriodText = Annotated[
    str,
    PlainValidator(_validate),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": PATTERN}),
]

"""Constrained words: ids, printable text, dates and times as the contract allows them."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from schemas.rejects import RejectCode, finding

PREFIX = "pacekeeper."

# Marks that reorder text, line and paragraph separators, and the byte order mark.
_DECEIVING = r"\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF"
# What is not seen at all: two ids must not differ in that alone.
_UNSEEN = r"\u00AD\u200B-\u200D\u2060-\u2065\u206A-\u206F\uFFF9-\uFFFB"
SLUG = r"^[a-z0-9][a-z0-9_.-]{0,95}$"
SOURCE = r"^urn:pacekeeper:[a-z0-9][a-z0-9_.-]{0,95}$"
TRACEPARENT = r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"
PRINTABLE = rf"^[^\u0000-\u001F\u007F-\u009F{_DECEIVING}{_UNSEEN}]*$"
ONE_LINE = rf"^[^\u0000-\u001F\u007F-\u009F{_DECEIVING}]*$"
LINES = rf"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F{_DECEIVING}]*$"

Slug = Annotated[str, Field(pattern=SLUG)]
ForeignId = Annotated[str, Field(min_length=1, max_length=64, pattern=PRINTABLE)]
EventId = Annotated[str, Field(min_length=1, max_length=128, pattern=PRINTABLE)]
Source = Annotated[str, Field(pattern=SOURCE)]
Traceparent = Annotated[str, Field(pattern=TRACEPARENT)]
Line = Annotated[str, Field(max_length=512, pattern=ONE_LINE)]
NamedLine = Annotated[str, Field(min_length=1, max_length=512, pattern=ONE_LINE)]
Text = Annotated[str, Field(max_length=4096, pattern=LINES)]
Scope = Annotated[str, Field(max_length=96, pattern=ONE_LINE)]


DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MOMENT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})$"
)


def _written_as(shape: str, zh: str, en: str) -> BeforeValidator:
    compiled = re.compile(shape)

    # A lax date also takes bare numbers, as seconds since 1970: a figure in the wrong field.
    def check(value: Any) -> Any:
        if isinstance(value, date) or (isinstance(value, str) and compiled.fullmatch(value)):
            return value
        raise finding(RejectCode.BAD_VALUE, zh, en)

    return BeforeValidator(check)


def _stored_range(value: datetime) -> datetime:
    # ClickHouse's DateTime64 keeps 1900 to 2299.
    if not 1900 < value.year < 2299:
        raise finding(
            RejectCode.BAD_VALUE,
            "时间应在 1901 至 2298 年之间",
            "a time between 1901 and 2298 is expected",
        )
    return value


def _day_range(value: date) -> date:
    # ClickHouse's Date keeps 1970 to the middle of 2149 and wraps around silently outside.
    if not 1970 <= value.year <= 2148:
        raise finding(
            RejectCode.BAD_VALUE,
            "日期应在 1970 至 2148 年之间",
            "a day between 1970 and 2148 is expected",
        )
    return value


Moment = Annotated[
    AwareDatetime,
    Field(strict=False),
    _written_as(
        MOMENT,
        "应为带时区的时间，如 2024-07-10T09:00:00+08:00",
        "a time with its zone, like 2024-07-10T09:00:00+08:00, is expected",
    ),
    AfterValidator(_stored_range),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": MOMENT}),
]
Day = Annotated[
    date,
    Field(strict=False),
    _written_as(DAY, "应为日期，如 2024-03-15", "a day like 2024-03-15 is expected"),
    AfterValidator(_day_range),
    WithJsonSchema({"type": "string", "format": "date", "pattern": DAY}),
]


def positive(value: Decimal) -> Decimal:
    """Refuse zero and below."""
    if value <= 0:
        raise finding(RejectCode.BAD_VALUE, "应大于零", "a number above zero is expected")
    return value


def not_negative(value: Decimal) -> Decimal:
    """Refuse below zero."""
    if value < 0:
        raise finding(RejectCode.BAD_VALUE, "不得小于零", "a number not below zero is expected")
    return value


class Contract(BaseModel):
    """Every part of an event: strict types, nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", serialize_by_alias=True)

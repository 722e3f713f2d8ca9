"""Constrained words: ids, printable text, dates and times as the contract allows them."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

# Control characters, line and paragraph separators, and the marks that reorder text.
_CLEAN = r"^[^\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]*$"

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,95}$")]
ForeignId = Annotated[str, Field(min_length=1, max_length=64, pattern=_CLEAN)]
EventId = Annotated[str, Field(min_length=1, max_length=128, pattern=_CLEAN)]
Source = Annotated[str, Field(pattern=r"^urn:pacekeeper:[a-z0-9][a-z0-9_.-]{0,95}$")]
Line = Annotated[str, Field(max_length=512, pattern=_CLEAN)]
NamedLine = Annotated[str, Field(min_length=1, max_length=512, pattern=_CLEAN)]
Scope = Annotated[str, Field(max_length=96, pattern=_CLEAN)]


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def _written_as(shape: re.Pattern[str], hint: str) -> BeforeValidator:
    # A lax date also takes bare numbers, as seconds since 1970: a figure in the wrong field.
    def check(value: Any) -> Any:
        if isinstance(value, str) and not shape.fullmatch(value):
            raise PydanticCustomError("bad_value", hint)
        if not isinstance(value, str | date):
            raise PydanticCustomError("bad_value", hint)
        return value

    return BeforeValidator(check)


def _stored_range(value: datetime) -> datetime:
    # ClickHouse's DateTime64 keeps 1900 to 2299.
    if not 1900 < value.year < 2299:
        raise PydanticCustomError("bad_value", "a time between 1901 and 2298 is expected")
    return value


def _day_range(value: date) -> date:
    # ClickHouse's Date keeps 1970 to the middle of 2149 and wraps around silently outside.
    if not 1970 <= value.year <= 2148:
        raise PydanticCustomError("bad_value", "a day between 1970 and 2148 is expected")
    return value


Moment = Annotated[
    AwareDatetime,
    Field(strict=False),
    _written_as(_MOMENT, "a time like 2024-07-10T09:00:00+08:00 is expected"),
    AfterValidator(_stored_range),
]
Day = Annotated[
    date,
    Field(strict=False),
    _written_as(_DAY, "a day like 2024-03-15 is expected"),
    AfterValidator(_day_range),
]


def positive(value: Decimal) -> Decimal:
    """Refuse zero and below."""
    if value <= 0:
        raise PydanticCustomError("bad_value", "a number above zero is expected")
    return value


def not_negative(value: Decimal) -> Decimal:
    """Refuse below zero."""
    if value < 0:
        raise PydanticCustomError("bad_value", "a number not below zero is expected")
    return value


class Contract(BaseModel):
    """Every part of an event: strict types, nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

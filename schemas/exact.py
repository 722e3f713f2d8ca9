"""Exact decimals: what a figure may look like on the wire and how it is stored.

A figure is a JSON string of at most 38 digits, or a JSON number of at most 15 significant digits
(a double carries no more). Stored values are Decimal(38, 10): 28 digits before the point, 10 after.
"""

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

PLACES = 10
WHOLE_DIGITS = 28
CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)

_TEXT = re.compile(r"-?[0-9]{1,38}(?:\.[0-9]{1,38})?")
_DIGITS = 38
_NUMBER_DIGITS = 15
PATTERN = r"^-?[0-9]{1,38}(\.[0-9]{1,38})?$"


def text(value: Decimal) -> str:
    """The canonical string: fixed notation, no trailing zeros, no minus on zero."""
    if value == 0:
        return "0"
    shown = format(value, "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def as_sent(value: Decimal) -> str:
    """Fixed notation with every decimal that was sent: they tell how a figure was rounded."""
    return format(value, "f")


def significant_digits(value: Decimal) -> int:
    """Digits from the first to the last that is not zero."""
    return len("".join(map(str, value.as_tuple().digits)).strip("0"))


def parse(value: Any) -> Decimal:
    """Read a figure from a JSON string or number.

    Raises PydanticCustomError `precision` or `bad_value`. The digits a double has already lost
    cannot be seen here: `schemas.events` looks at the raw text for those.
    """
    if isinstance(value, str):
        if not _TEXT.fullmatch(value):
            raise PydanticCustomError("bad_value", "a decimal like 41.5 is expected")
        if len(value.lstrip("-").replace(".", "")) > _DIGITS:
            raise PydanticCustomError("precision", "at most 38 digits can be kept exactly")
        return Decimal(value)
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("bad_value", "a decimal as string or number is expected")
    number = Decimal(repr(value))
    if not number.is_finite():
        raise PydanticCustomError("bad_value", "a finite number is expected")
    if significant_digits(number) > _NUMBER_DIGITS:
        raise PydanticCustomError(
            "precision", "a JSON number keeps 15 digits; send the figure as a string"
        )
    return number


def fits(value: Decimal) -> bool:
    """Can the value be kept in a Decimal(38, 10) column without rounding?"""
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return False
    trailing = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    needed = max(0, -(exponent + trailing)) if value else 0
    return needed <= PLACES and value.adjusted() < WHOLE_DIGITS


Exact = Annotated[
    Decimal,
    PlainValidator(parse),
    PlainSerializer(as_sent, return_type=str),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": PATTERN}, {"type": "number"}]}),
]

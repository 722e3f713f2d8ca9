"""Exact decimals: what a figure may look like on the wire and how it is stored.

A figure is a JSON string of at most 38 digits, or a JSON number of at most 15 significant digits
(a double carries no more). Stored values are Decimal(38, 10): 28 digits before the point, 10 after.
"""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import reduce
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from schemas.rejects import RejectCode, finding

PLACES = 10
WHOLE_DIGITS = 28
CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)

_TEXT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_DIGITS = 38
NUMBER_DIGITS = 15
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


def sum_of(values: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    return reduce(CONTEXT.add, values, Decimal(0))


def significant_digits(value: Decimal) -> int:
    """Digits from the first to the last that is not zero."""
    return len("".join(map(str, value.as_tuple().digits)).strip("0"))


def parse(value: Any) -> Decimal:
    """Read a figure from a JSON string or number.

    Raises a finding `precision` or `bad_value`. The digits a double has already lost cannot be
    seen here: `schemas.digits` looks at the raw text for those.
    """
    if isinstance(value, str):
        if not _TEXT.fullmatch(value):
            raise finding(
                RejectCode.BAD_VALUE, "应为 41.5 这样的十进制数", "a decimal like 41.5 is expected"
            )
        return _within_38_digits(value, Decimal(value))
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise finding(
            RejectCode.BAD_VALUE,
            "应为字符串或数字形式的十进制数",
            "a decimal as string or number is expected",
        )
    number = Decimal(repr(value))
    if not number.is_finite():
        raise finding(RejectCode.BAD_VALUE, "应为有限的数", "a finite number is expected")
    if significant_digits(number) > NUMBER_DIGITS:
        raise finding(
            RejectCode.PRECISION,
            "JSON 数字只保留 15 位有效数字，请以字符串发送",
            "a JSON number keeps 15 digits; send the figure as a string",
        )
    return _within_38_digits(as_sent(number), number)


def with_zeros(value: Decimal, written: str) -> Decimal:
    """A number as it was written in plain decimals, unless those are more than can be kept."""
    exactly = Decimal(written)
    return exactly if exactly == value and _digits(written) <= _DIGITS else value


def _digits(written: str) -> int:
    return len(written.lstrip("-").replace(".", ""))


def _within_38_digits(written: str, value: Decimal) -> Decimal:
    # What is read must be readable again as it is written: 1e-60 has 61 digits in fixed notation.
    if _digits(written) > _DIGITS:
        raise finding(
            RejectCode.PRECISION,
            "最多可精确保存 38 位数字，请减少位数",
            "at most 38 digits can be kept exactly: send fewer",
        )
    return value


def fits(value: Decimal) -> bool:
    """Can the value be kept in a Decimal(38, 10) column without rounding?"""
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return False
    trailing = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    needed = max(0, -(exponent + trailing)) if value else 0
    return needed <= PLACES and value.adjusted() < WHOLE_DIGITS


# How it is written, as JSON Schema.
WRITTEN: dict[str, Any] = {"anyOf": [{"type": "string", "pattern": PATTERN}, {"type": "number"}]}
Exact = Annotated[
    Decimal,
    PlainValidator(parse),
    PlainSerializer(as_sent, return_type=str),
    WithJsonSchema(WRITTEN),
]

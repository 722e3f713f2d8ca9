"""Exact arithmetic between figures of two indicators, in the unit of a third; pure."""

from decimal import Decimal

from schemas import unit
from schemas.data import IndicatorDefined
from schemas.exact import CONTEXT
from services.aggregate.formulas.question import Undefined

_HUNDRED = Decimal(100)


def kind(indicator: IndicatorDefined) -> str:
    """What the indicator counts."""
    return unit.parse(indicator.unit).kind


def converted(value: Decimal, given: IndicatorDefined, wanted: IndicatorDefined) -> Decimal | None:
    """The amount in another indicator's unit; None when that is of another kind."""
    if kind(given) != kind(wanted):
        return None
    return unit.convert(value, unit.parse(given.unit), unit.parse(wanted.unit))


def divided(
    a: Decimal,
    in_a: IndicatorDefined,
    b: Decimal,
    in_b: IndicatorDefined,
    wanted: IndicatorDefined,
) -> Decimal | Undefined:
    """a / b, × 100 if the unit is %. Rounded once, to 60 digits.

    Units convert where they can be told: two of one kind, or `元/亩` of 亿元 and 万亩. Else the
    numbers are divided as they are.
    """
    if b == 0:
        return Undefined("zero_divisor")
    one, other, unit_of = unit.parse(in_a.unit), unit.parse(in_b.unit), unit.parse(wanted.unit)
    times = _HUNDRED if unit_of.kind == "%" else Decimal(1)
    if one.kind == other.kind:
        a, b = CONTEXT.multiply(a, one.factor), CONTEXT.multiply(b, other.factor)
    elif unit_of.kind == f"{one.kind}/{other.kind}":
        a = CONTEXT.multiply(a, one.factor)
        b = CONTEXT.multiply(b, CONTEXT.multiply(other.factor, unit_of.factor))
    return CONTEXT.divide(CONTEXT.multiply(a, times), b)

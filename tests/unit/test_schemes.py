"""The standard scheme at its limits."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Lamp
from services.alerts.domain.schemes import SCHEMES, Scheme, lamp_of
from services.alerts.domain.standing import Sort, Standing
from tests.unit.judging import at_least, fact, judged, target

STANDARD = SCHEMES["standard"]


def amount(actual: str, expected: str, *, goal: str = "1000", at_end: bool = False) -> Standing:
    return Standing(Sort.AMOUNT, True, D(actual), D(expected), D(goal), (), at_end)


@pytest.mark.parametrize(
    ("actual", "lamp"),
    [
        ("100", Lamp.GREEN),
        ("99.99999999999999999999", Lamp.YELLOW),  # lamps compare what was not rounded
        ("90", Lamp.YELLOW),
        ("89.99999999999999999999", Lamp.RED),
        ("0", Lamp.RED),
        ("-1", Lamp.RED),
    ],
)
def test_amounts_by_pace(actual: str, lamp: Lamp) -> None:
    assert lamp_of(STANDARD, amount(actual, "100")) is lamp


def test_where_nothing_is_due_yet_the_gap_decides() -> None:
    assert lamp_of(STANDARD, amount("0", "0")) is Lamp.GREEN
    assert lamp_of(STANDARD, amount("-1", "0")) is Lamp.RED


def test_a_scheme_may_show_no_blue() -> None:
    reached = Standing(Sort.AMOUNT, True, D(2), D(1), D(2), (), False, can_be_blue=True)
    assert lamp_of(STANDARD, reached) is Lamp.BLUE
    assert lamp_of(Scheme(STANDARD.lamp, blue=False), reached) is Lamp.GREEN


def test_a_strict_red_stays_red() -> None:
    standing = Standing(Sort.AMOUNT, True, D(-5), D(-4), D(-5), (), True, strict=True)
    assert lamp_of(STANDARD, standing) is Lamp.RED


def test_an_unknown_scheme_is_grey_in_words() -> None:
    row = judged([fact("2024-06", "9")], target(at_least("100"), lamps="traffic"))["2024-06"]
    assert (row.lamp, row.reason, row.scheme) == (Lamp.GREY, "no_comparison", "traffic")
    assert "traffic" in row.reason_zh


_VALUES = st.decimals(-(10**6), 10**6, places=4)


@given(_VALUES, _VALUES, st.booleans())
def test_gap_and_lamp_agree(actual: D, expected: D, higher: bool) -> None:
    standing = Standing(Sort.AMOUNT, higher, actual, expected, D(10**9), (), False)
    assert (lamp_of(STANDARD, standing) is Lamp.GREEN) == (standing.gap >= 0)

"""Figures, times and periods as people read them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from services.alerts.console import figures
from services.alerts.console.language import Language


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (Decimal("41.5000000000"), "41.5"),
        (Decimal("1234567.8"), "1,234,567.8"),
        (Decimal("100"), "100"),
        (Decimal("-22.5"), "−22.5"),
        (Decimal("-0.00001"), "0"),
        (Decimal("0E-10"), "0"),
        (Decimal("12.34567"), "12.3457"),
        (Decimal("1E+3"), "1,000"),
    ],
)
def test_an_amount_is_grouped_and_keeps_only_the_digits_that_say_something(
    value: Decimal | None, shown: str
) -> None:
    assert figures.amount(value) == shown


def test_a_gap_says_its_side() -> None:
    assert [figures.signed(Decimal(text)) for text in ("3.1", "-22.5", "0")] == [
        "+3.1",
        "−22.5",
        "0",
    ]
    assert figures.signed(None) == "–"


def test_an_estimate_promises_two_decimals() -> None:
    assert figures.estimate(Decimal("64.2874")) == "64.29"
    assert figures.estimate(Decimal("0.1967")) == "0.1967"
    assert figures.estimate(None) == "–"


def test_a_ratio_is_per_cent() -> None:
    assert figures.percent(0.6429) == "64.3%"
    assert figures.percent(None) == "–"


@pytest.mark.parametrize(
    ("period", "zh", "en"),
    [
        ("2024", "2024年", "2024"),
        ("2024-H1", "2024年上半年", "H1 2024"),
        ("2024-Q3", "2024年三季度", "Q3 2024"),
        ("2024-06", "2024年6月", "Jun 2024"),
        ("2024-03-15", "2024年3月15日", "2024-03-15"),
        ("2024-01/2024-02", "2024年1月 – 2024年2月", "Jan 2024 – Feb 2024"),
        ("", "–", "–"),
        ("first light", "first light", "first light"),
        ("2024-13", "2024年", "2024"),
    ],
)
def test_a_period_is_named_in_the_readers_language(period: str, zh: str, en: str) -> None:
    assert figures.period(period, Language("zh")) == zh
    assert figures.period(period, Language("en")) == en


def test_times_are_those_of_shanghai() -> None:
    aware = datetime(2024, 7, 10, 1, 2, 3, tzinfo=UTC)
    assert figures.moment(aware) == "2024-07-10 09:02"
    assert figures.clock(aware) == "09:02:03"
    assert figures.moment(None) == figures.clock(None) == figures.day(None) == "–"

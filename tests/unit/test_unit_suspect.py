"""A value far off last year's by a round factor is probably in another unit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.aggregate.findings.unit_suspect import slip
from tests.unit.finding_told import Told, found, short

LAST = Told("2023-06", "34.48", "cumulative")


@pytest.mark.parametrize("value", ["344.8", "3448", "344800", "3.448", "0.3448", "0.003448"])
def test_a_value_ten_a_hundred_or_ten_thousand_times_off_is_found(value: str) -> None:
    (one,) = found(LAST, Told("2024-06", value, "cumulative"))
    assert (one.kind, one.period, one.state) == ("unit_suspect", "2024-06", "open")
    assert one.event_ids == ["e-1", "e-0"]


@pytest.mark.parametrize("value", ["34.48", "80", "34480", "9", "0", "-344.8"])
def test_another_value_is_not(value: str) -> None:
    assert short(LAST, Told("2024-06", value, "cumulative")) == []


@pytest.mark.parametrize(
    ("value", "factor"),
    [("4.99", None), ("5", 10), ("20", 10), ("20.01", None), ("49.9", None), ("50", 100)]
    + [("200", 100), ("201", None), ("4999", None), ("5000", 10_000), ("20000", 10_000)],
)
def test_the_ratio_lies_from_half_to_twice_the_factor(value: str, factor: int | None) -> None:
    expected = None if factor is None else Decimal(factor)
    assert slip(Decimal(value), Decimal(1)) == slip(Decimal(1), Decimal(value)) == expected


@given(st.decimals("0.0001", "1000000", places=4), st.sampled_from([10, 100, 10_000]))
def test_a_slip_is_seen_from_both_sides(value: Decimal, factor: int) -> None:
    assert slip(value, value * factor) == slip(-value * factor, -value) == factor


def test_the_unit_sent_does_not_matter_but_the_amount() -> None:
    assert short(LAST, Told("2024-06", "344800", "cumulative", unit="辆")) == []
    assert short(LAST, Told("2024-06", "344800", "cumulative")) == [
        ("unit_suspect", "2024-06", "open")
    ]


def test_last_year_may_follow_from_its_pieces() -> None:
    months = [Told("2023-01", "1"), Told("2023-02", "1")]
    assert short(*months, Told("2024-02", "20", "cumulative")) == [
        ("unit_suspect", "2024-02", "open")
    ]


# All of them a hundred times last year's 10.
NAMES = [
    (Told("2023-03", "10", "cumulative"), Told("2024-Q1", "1000")),
    (Told("2023-Q1", "10"), Told("2024-03", "1000", "cumulative")),
    (Told("2023-12", "10", "cumulative"), Told("2024", "1000")),
    (Told("2023", "10"), Told("2024-12", "1000", "cumulative")),
    (Told("2023-01", "10", "cumulative"), Told("2024-01", "1000")),
    (Told("2023-02", "10", "cumulative"), Told("2024-01/2024-02", "1000")),
    (Told("2023-01/2023-02", "10"), Told("2024-02", "1000", "cumulative")),
    (Told("2024-02", "10", "cumulative"), Told("2025-01/2025-02", "1000")),
]


@pytest.mark.parametrize(("last", "now"), NAMES)
def test_last_year_is_known_by_its_other_name(last: Told, now: Told) -> None:
    (one,) = found(last, now)
    assert (one.kind, one.period, one.state) == ("unit_suspect", now.period, "open")
    assert one.event_ids == ["e-1", "e-0"]
    assert "about 100 times" in one.detail_en


def test_months_that_tile_it_are_last_year_too() -> None:
    # 4 + 6 of January and February; 4 + 6 + 5 of the quarter: 1000 / 15 = 67 is within 50 to 200.
    months = [Told("2023-01", "4"), Told("2023-02", "6"), Told("2023-03", "5")]
    assert short(*months, Told("2024-01/2024-02", "1000")) == [
        ("unit_suspect", "2024-01/2024-02", "open")
    ]
    assert short(*months, Told("2024-Q1", "1000")) == [("unit_suspect", "2024-Q1", "open")]
    assert short(*months, Told("2024-Q1", "16")) == []
    # Without March the quarter does not follow.
    assert short(*months[:2], Told("2024-Q1", "1000")) == []


def test_its_own_name_goes_before_the_other() -> None:
    # 10 times 10.0 as the year-to-date, not of the 90 of the half year under the same name.
    half, total = Told("2023-H1", "90.0"), Told("2023-06", "10.0", "cumulative")
    ours = short(half, total, Told("2024-H1", "100.0"), Told("2024-06", "100.0", "cumulative"))
    assert ("unit_suspect", "2024-06", "open") in ours
    assert ("unit_suspect", "2024-H1", "open") not in ours


def test_it_closes_when_last_year_is_corrected_or_taken_back_under_its_other_name() -> None:
    last, now = Told("2023-03", "10", "cumulative"), Told("2024-Q1", "1000", day=2)
    for value in ("900", None):
        fixed = last._replace(value=value, day=3)
        assert short(last, now, fixed) == [("unit_suspect", "2024-Q1", "corrected")]
    # Its own name, once there, is what counts: 1000 beside 900.
    assert short(last, now, Told("2023-Q1", "10.0", day=1), Told("2023-Q1", "900", day=3)) == [
        ("identity_broken", "2023-03", "open"),
        ("unit_suspect", "2024-Q1", "corrected"),
    ]


def test_a_quarter_within_the_year_has_one_name() -> None:
    assert short(Told("2023-06", "10", "cumulative"), Told("2024-Q2", "1000")) == []


def test_a_forecast_of_last_year_under_its_other_name_is_no_ground() -> None:
    foreseen = Told("2023-03", "10", "cumulative", status="F")
    assert short(foreseen, Told("2024-Q1", "1000")) == []


def test_a_correction_closes_it() -> None:
    slipped = Told("2024-06", "344.8", "cumulative", day=2)
    fixed = Told("2024-06", "41.5", "cumulative", day=3)
    assert short(LAST, slipped, fixed) == [("unit_suspect", "2024-06", "corrected")]


def test_a_rate_a_forecast_and_a_simulated_value_have_no_such_slip() -> None:
    rates = [Told("2023-06", "0.5", "rate", unit="%"), Told("2024-06", "5", "rate", unit="%")]
    assert short(*rates) == []
    assert short(LAST, Told("2024-06", "344.8", "cumulative", status="F")) == []
    assert short(LAST, Told("2024-06", "344.8", "cumulative", status="G")) == []


def test_january_alone_compares_with_january_alone() -> None:
    told = [Told("2023-01", "2"), Told("2024-01", "3.7"), Told("2023-02", "30")]
    assert short(*told) == []

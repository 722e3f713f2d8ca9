"""A period value is what the year-to-dates at its two ends differ by, but for rounding."""

from datetime import timedelta

import pytest

from schemas.data import MetricObserved
from schemas.events import parse_event
from schemas.exact import as_sent
from services.aggregate.facts import Series
from services.aggregate.findings.kinds import find
from services.aggregate.findings.known import Known
from tests.builders import observed
from tests.unit.finding_told import FIRST, Told, found, indicator, series, short

JUNE, JULY = "2023-06", "2023-07"


def total(name: str, value: str | None, **more: object) -> Told:
    return Told(name, value, "cumulative")._replace(**more)  # type: ignore[arg-type]


REAL = [total(JUNE, "696.8"), Told(JULY, "124.3"), total(JULY, "823.2")]


def test_june_total_696_8_and_july_124_3_are_not_the_july_total_823_2() -> None:
    (one,) = found(*REAL)
    assert (one.kind, one.period, one.state, one.scope) == ("identity_broken", JULY, "open", "")
    assert one.event_ids == ["e-2", "e-1", "e-0"]
    assert one.at == FIRST + timedelta(days=1)
    assert "696.8 + 2023-07 124.3 ≠ 2023-07 累计 823.2 万辆，相差 2.1" in one.detail_zh
    assert "off by 2.1 where rounding allows 0.15" in one.detail_en


def test_charger_additions_and_differences_of_stock_off_by_a_tenth_are_rounding() -> None:
    figures = [total("2023-02", "108.7"), Told("2023-03", "5.3"), total("2023-03", "113.9")]
    assert short(*figures) == []
    stock = [Told("2023-02", "186.9", "stock"), Told("2023-03", "195.8", "stock")]
    assert short(*stock, measure="stock") == []


@pytest.mark.parametrize(
    ("month", "unit", "broken"),
    [
        ("1.1", "万辆", False),
        ("1.2", "万辆", True),
        ("0.9", "万辆", False),
        ("0.8", "万辆", True),
        ("1.10", "万辆", False),
        ("1.11", "万辆", True),
        ("11000", "辆", False),
        ("11000.5", "辆", True),
        ("11001", "辆", True),
    ],
)
def test_the_tolerance_is_half_a_unit_of_the_last_decimal_of_each_as_sent(
    month: str, unit: str, broken: bool
) -> None:
    # The two totals allow 0.05 each; the month adds half of its own last decimal.
    told = [total("2024-02", "1.0"), Told("2024-03", month, unit=unit), total("2024-03", "2.0")]
    assert short(*told) == ([("identity_broken", "2024-03", "open")] if broken else [])


@pytest.mark.parametrize(
    ("number", "allowed"), [("41.50", "0.105"), ("41.5", "0.15"), ("41.500", "0.1005")]
)
def test_a_number_allows_what_its_zeros_say(number: str, allowed: str) -> None:
    # 50.0 and 9.0 allow 0.05 each, the month half of its last decimal as it stands in the JSON.
    raw = observed(41.5, measure="period").replace(b"41.5", number.encode())
    data = parse_event(raw).data
    assert isinstance(data, MetricObserved)
    assert data.value is not None
    told = [total("2024-02", "9.0"), Told("2024-03", as_sent(data.value)), total("2024-03", "60.0")]
    (one,) = found(*told)
    assert f"off by 9.5 where rounding allows {allowed}" in one.detail_en


def test_of_two_names_recorded_at_one_moment_the_one_that_came_later_is_the_total() -> None:
    half, rest = Told("2023-H1", "696.8"), [Told(JULY, "124.3"), total(JULY, "821.1")]
    june, july = ("identity_broken", JUNE, "open"), ("identity_broken", JULY, "open")
    assert short(total(JUNE, "600.0"), half, *rest) == [june]
    assert sorted(short(half, total(JUNE, "600.0"), *rest)) == [june, july]


def test_a_correction_closes_it_and_the_same_again_is_another() -> None:
    fixed = [*REAL, Told(JULY, "126.4", day=5)]
    (one,) = found(*fixed)
    assert (one.state, one.event_ids) == ("corrected", ["e-2", "e-1", "e-0"])
    again = found(*fixed, Told(JULY, "124.3", day=9))
    assert [each.state for each in again] == ["corrected", "open"]
    assert again[0].finding == one.finding != again[1].finding
    assert again[1].at == FIRST + timedelta(days=9)


def test_what_was_taken_back_and_broken_by_the_same_figures_again_is_another() -> None:
    # The half year goes before the total as long as it stands.
    half = Told("2023-H1", "698.9", day=5)
    told = [*REAL, half, half._replace(value=None, day=9)]
    ours = [each for each in found(*told) if each.period == JULY]
    assert [(each.state, each.event_ids) for each in ours] == [
        ("corrected", ["e-2", "e-1", "e-0"]),
        ("open", ["e-2", "e-1", "e-0"]),
    ]
    assert ours[0].finding != ours[1].finding


def test_a_correction_that_does_not_suffice_leaves_it_open_with_the_newer_figures() -> None:
    (before,) = found(*REAL)
    (after,) = found(*REAL, Told(JULY, "124.4", day=5))
    assert (after.finding, after.state, after.at) == (before.finding, "open", before.at)
    assert after.event_ids == ["e-2", "e-3", "e-0"]


def test_a_figure_taken_back_closes_it() -> None:
    assert short(*REAL, total(JUNE, None, day=3)) == [("identity_broken", JULY, "corrected")]


def test_a_note_on_one_of_its_figures_published_since_explains_it() -> None:
    noted = Told(JULY, "124.3", note="6 月数据已修订", day=5)
    assert short(*REAL, noted) == [("identity_broken", JULY, "explained")]
    early = Told(JULY, "124.3", note="快报数，以年报核实为准")
    assert short(REAL[0], early, REAL[2]) == [("identity_broken", JULY, "open")]


def test_two_names_of_one_year_to_date_must_agree() -> None:
    told = [Told("2024-H1", "41.5"), total("2024-06", "42.5", day=2)]
    assert short(*told) == [("identity_broken", "2024-06", "open")]
    assert short(told[0], total("2024-06", "41.53")) == []


def test_a_quarter_stands_between_the_year_to_dates_at_its_ends() -> None:
    told = [Told("2024-Q1", "10"), Told("2024-Q2", "12"), total("2024-06", "30")]
    assert short(*told) == [("identity_broken", "2024-06", "open")]


@pytest.mark.parametrize(
    "other", [{"scope": "含经开区"}, {"status": "G"}, {"status": "F"}], ids=["scope", "G", "F"]
)
def test_what_does_not_compare_is_not_compared(other: dict[str, object]) -> None:
    assert short(total(JUNE, "696.8", **other), *REAL[1:]) == []


def test_a_period_over_two_years_has_no_year_to_date() -> None:
    assert short(Told("2023-12/2024-01", "5"), total("2024-01", "3")) == []


def test_a_value_of_which_it_is_not_known_how_it_was_sent_has_no_rounding() -> None:
    of = indicator()
    told = [total("2024-02", "1.0"), Told("2024-03", "1.1"), total("2024-03", "2.0")]
    unsent = [
        figure._replace(vintages=tuple(v._replace(sent_value="") for v in figure.vintages))
        for figure in series(of, *told).figures
    ]
    assert short(*told) == []
    assert len(find(Known.of(of, "changzhou", Series(of, unsent)))) == 1

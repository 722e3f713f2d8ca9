"""The entities below add up to what was reported of the whole."""

import pytest

from schemas.data import Measure
from services.aggregate.findings.kinds import find
from services.aggregate.findings.known import Known
from services.aggregate.tables import Finding
from tests.unit import formula_world
from tests.unit.finding_told import Told, indicator, series
from tests.unit.formula_world import World


def whole(value: str | None, name: str = "2024-06", **more: str) -> Told:
    return Told(name, value, "cumulative", **more)  # type: ignore[arg-type]


def found(own: list[Told], *below: list[Told]) -> list[Finding]:
    of = indicator()
    parts = {f"part-{n}": series(of, *told) for n, told in enumerate(below)}
    return find(Known.of(of, "changzhou", series(of, *own), parts))


def states(own: list[Told], *below: list[Told]) -> list[tuple[str, str]]:
    return [(each.kind, each.state) for each in found(own, *below)]


OPEN = [("children_differ", "open")]


def test_a_whole_that_is_not_the_sum_is_found() -> None:
    (one,) = found([whole("10.0")], [whole("4.0", id="a")], [whole("5.5", id="b")])
    assert (one.kind, one.period, one.state) == ("children_differ", "2024-06", "open")
    assert one.event_ids == ["e-0", "a", "b"]
    assert "2 个下级合计 9.5，相差 0.5，超出舍入误差 0.15" in one.detail_zh


def test_rounding_is_no_difference() -> None:
    assert states([whole("10.0")], [whole("4.0")], [whole("5.9")]) == []


def test_nobody_is_missed_who_never_reported_but_who_did_is() -> None:
    other_period = [whole("5.5", "2024-05")]
    assert states([whole("10.0")], [whole("4.0")], other_period) == []
    assert states([whole("10.0")], [whole("4.0")], []) == OPEN
    assert states([whole("10.0")]) == []


def test_scopes_simulated_figures_and_rates_are_apart() -> None:
    assert states([whole("10.0")], [whole("4.0", scope="s")]) == []
    assert states([whole("10.0")], [whole("4.0", status="G")]) == []
    rate = [Told("2024-06", "5", "rate", unit="%")]
    assert states(rate, [Told("2024-06", "6", "rate", unit="%")]) == []


MONTHS = [Told("2024-01", "10", id="jan"), Told("2024-02", "10", id="feb")]
TWENTY = whole("20", "2024-02", id="b")


def test_the_sum_that_is_shown_is_the_one_that_is_compared() -> None:
    # a says 10 and 10 by months, b 20 to the end of February: 40 beside the 100 that is reported.
    total = {"kind": "sum_of_children", "indicator": "g"}
    w = World(
        formula_world.indicator("g"),
        formula_world.indicator("sum", total, unit="亿元", measure="cumulative"),
        below={"a": "city", "b": "city"},
    )
    for name in ("2024-01", "2024-02"):
        w.tell("g", "a", name, "10", measure=Measure.PERIOD)
    w.tell("g", "b", "2024-02", "20").tell("g", "city", "2024-02", "100")
    assert w.said("sum", "city")["2024-02"] == "40"
    below = {child: w.series("g", child) for child in ("a", "b")}
    (one,) = find(Known.of(w.indicators["g"], "city", w.series("g", "city"), below))
    assert (one.kind, one.period, one.state) == ("children_differ", "2024-02", "open")
    assert one.event_ids == ["e-4", "e-1", "e-2", "e-3"]
    assert "2 个下级合计 40，相差 60" in one.detail_zh


@pytest.mark.parametrize(
    ("own", "below"),
    [
        (whole("100", "2024-03"), Told("2024-Q1", "10")),
        (Told("2024-Q1", "100"), whole("10", "2024-03")),
        (Told("2024-01", "100"), whole("10", "2024-01")),
        (Told("2024", "100"), whole("10", "2024-12")),
    ],
)
def test_a_child_says_it_under_its_other_name(own: Told, below: Told) -> None:
    assert states([own], [below]) == OPEN
    assert states([own], [below._replace(value="100")]) == []
    assert states([own], [below._replace(status="F")]) == []
    assert states([own], [below._replace(scope="s")]) == []


def test_a_month_below_follows_from_two_year_to_dates() -> None:
    totals = [whole("10.0", "2024-01"), whole("30.0", "2024-02")]
    assert states([Told("2024-02", "100")], totals) == OPEN
    assert states([Told("2024-02", "20")], totals) == []


def test_its_own_name_goes_before_the_other() -> None:
    # 10 as the total reported is what 10 to the end of June below are; the half year says 90.
    assert states([whole("10")], [whole("10"), Told("2024-H1", "90")]) == []


@pytest.mark.parametrize(
    ("january", "february", "differs"),
    [
        # 20.0 allows 0.05, every month half of its own last decimal.
        ("10.0", "9.9", False),  # off 0.1, allowed 0.15
        ("9.9", "9.9", True),  # off 0.2
        ("9.95", "9.99", False),  # off 0.06, allowed 0.06
        ("9.95", "9.98", True),  # off 0.07
    ],
)
def test_every_piece_is_a_term_of_the_tolerance(january: str, february: str, differs: bool) -> None:
    below = [Told("2024-01", january), Told("2024-02", february)]
    assert states([whole("20.0", "2024-02")], below) == (OPEN if differs else [])


@pytest.mark.parametrize(("value", "differs"), [("5.9", False), ("5.8", True)])
def test_a_piece_of_both_year_to_dates_is_no_term(value: str, differs: bool) -> None:
    # February is 5 + 4.0 + 5.8 less the 5 of January: off 0.2 where 10.0, 4.0 and 5.8 allow 0.15.
    halves = [Told("2024-02-01/2024-02-15", "4.0"), Told("2024-02-16/2024-02-29", value)]
    below = [Told("2024-01", "5"), *halves]
    assert states([Told("2024-02", "10.0")], below) == (OPEN if differs else [])


def test_a_piece_that_is_corrected_or_taken_back_closes_it() -> None:
    own = [whole("100", "2024-02")]
    assert states(own, MONTHS, [TWENTY]) == OPEN
    for value in ("70", None):  # 10 + 70 + 20, or no year-to-date at all
        fixed = [*MONTHS, Told("2024-02", value, day=2)]
        assert states(own, fixed, [TWENTY]) == [("children_differ", "corrected")]


def test_pieces_that_do_not_tile_say_nothing() -> None:
    assert states([whole("100", "2024-02")], MONTHS[1:], [TWENTY]) == []


def test_a_correction_below_closes_it() -> None:
    fixed = [whole("4.0"), Told("2024-06", "10.0", "cumulative", day=2)]
    assert states([whole("10.0")], fixed) == [("children_differ", "corrected")]

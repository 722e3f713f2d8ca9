"""A finding lasts from the moment it holds to the vintage that removes it, in any order."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from schemas import period
from schemas.data import Measure
from services.aggregate.decode import fact_span
from services.aggregate.findings.kinds import KINDS, find
from services.aggregate.findings.known import Known
from tests.unit.finding_told import FIRST, Told, found, indicator, series

PERIODS = ["2024-01", "2024-02", "2024-03", "2024-Q1", "2024-04", "2023-02", "2023-03"]


def _span(told: Told) -> period.Span:
    return fact_span(Measure(told.measure), period.parse(told.period))


TOLD = st.lists(
    st.tuples(
        st.sampled_from(PERIODS),
        st.none() | st.sampled_from(["1", "2", "3", "10.0", "25"]),
        st.sampled_from(["period", "cumulative"]),
        st.integers(0, 60),
        st.sampled_from("PPPEGFA"),
        st.just(""),
        st.sampled_from(["", "", "说明"]),
    ).map(lambda sent: Told(*sent)),
    max_size=12,
    # Two vintages, or two names, of one figure and moment are ordered by where they lie.
    unique_by=lambda told: (*_span(told), told.day),
)


def named(told: list[Told]) -> list[Told]:
    return [each._replace(id=f"e-{n}") for n, each in enumerate(told)]


@given(TOLD, st.randoms())
def test_the_order_of_arrival_changes_nothing(told: list[Told], shuffled: object) -> None:
    told = named(told)
    before = found(*told, due_days=20)
    getattr(shuffled, "shuffle")(told)  # noqa: B009
    assert found(*told, due_days=20) == before


@given(TOLD, st.integers(0, 60))
def test_what_was_open_at_a_moment_is_what_is_found_in_the_figures_known_then(
    told: list[Told], day: int
) -> None:
    told = named(told)
    at = FIRST + timedelta(days=day)
    then = {
        (one.finding, one.at)
        for one in found(*(each for each in told if each.day <= day), due_days=20)
    }
    now = {(one.finding, one.at) for one in found(*told, due_days=20) if one.at <= at}
    assert then == now


@given(TOLD)
def test_what_is_open_holds_for_the_newest_figures_alone(told: list[Told]) -> None:
    of = indicator(due_days=20)
    everything = Known.of(of, "changzhou", series(of, *named(told)))
    for kind, places in KINDS.items():
        held = 0
        for place in places(everything):
            last = max(moment for term in place.terms for moment in term.moments)
            held += place.check([term.at(last) for term in place.terms]) is not None
        states = [one.state for one in find(everything) if one.kind == kind]
        assert held == sum(state != "corrected" for state in states)


def test_ids_differ_by_kind_place_and_grounds() -> None:
    told = [Told(f"2024-{n:02}", str(9 - n), "cumulative", id="same") for n in range(1, 6)]
    ids = [each.finding for each in found(*told)]
    assert len(set(ids)) == len(ids) == 4
    assert all(each.startswith("cumulative_fell-") and len(each) < 96 for each in ids)


def test_a_series_without_figures_has_no_findings() -> None:
    assert found() == []

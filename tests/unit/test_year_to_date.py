"""Year-to-date sums: what follows from what was reported."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import period
from schemas.data import Measure
from schemas.status import Status
from services.aggregate.decode import fact_name, fact_span
from services.aggregate.derived import Derived, Key
from services.aggregate.fact import Fact
from services.aggregate.history import history


def fact(name: str, value: str, measure: str = "period", at: int = 1, status: str = "P") -> Fact:
    kind = Measure(measure)
    span = fact_span(kind, period.parse(name))
    moment = datetime(2025, 1, at, tzinfo=UTC)
    return Fact(
        scope="",
        measure=kind,
        start=span.start,
        end=span.end,
        period=fact_name(kind, span),
        value=Decimal(value),
        status=Status(status),
        recorded_at=moment,
        first_recorded_at=moment,
        event=f"{measure}-{name}",
    )


NOW = datetime(2025, 2, 1, tzinfo=UTC)


def derived(*facts: Fact) -> dict[Key, Derived]:
    """What follows, year by year."""
    known = ((NOW, Key(f.scope, f.measure, f.start, f.end), f) for f in facts)
    return {key: vintages[-1] for key, vintages in history(known).items()}


def test_of_two_names_recorded_at_one_moment_the_one_that_came_later_is_the_year_to_date() -> None:
    cumulative = fact("2024-06", "10", "cumulative")._replace(where=(3, 7, 0))
    half, july = fact("2024-H1", "12"), fact("2024-07", "1")
    for where, total in (((3, 7, 1), "13"), ((3, 6, 9), "11")):
        assert sums(half._replace(where=where), cumulative, july) == {"2024-07": total}


def sums(*facts: Fact) -> dict[str, str]:
    return {
        period.end_name(key.end): str(each.value)
        for key, each in derived(*facts).items()
        if key.measure is Measure.CUMULATIVE
    }


def months(*facts: Fact) -> dict[str, str]:
    return {
        period.span_name(period.Span(key.start, key.end)): str(each.value)
        for key, each in derived(*facts).items()
        if key.measure is Measure.PERIOD
    }


def test_months_add_up_from_january() -> None:
    reported = [fact(f"2024-0{m}", f"{m}.5") for m in (1, 2, 3)]
    assert sums(*reported) == {"2024-01": "1.5", "2024-02": "4.0", "2024-03": "7.5"}


def test_a_cumulative_to_may_and_a_month_of_june_give_the_half_year() -> None:
    # Real: 79.15 + 23.33 = 102.48, though no single month before April was published.
    assert sums(fact("2024-05", "79.15", "cumulative"), fact("2024-06", "23.33")) == {
        "2024-06": "102.48"
    }


def test_january_and_february_count_as_one_piece() -> None:
    assert sums(fact("2024-01/2024-02", "10"), fact("2024-03", "6")) == {
        "2024-02": "10",
        "2024-03": "16",
    }


def test_february_without_january_is_no_year_to_date() -> None:
    assert sums(fact("2024-02", "5"), fact("2024-03", "5")) == {}


def test_a_reported_cumulative_is_not_derived_again() -> None:
    found = sums(fact("2024-01", "1"), fact("2024-02", "1"), fact("2024-02", "2.1", "cumulative"))
    assert found == {"2024-01": "1"}


def test_what_follows_rests_on_the_reported_cumulative_not_on_the_months() -> None:
    found = sums(
        fact("2024-01", "1"),
        fact("2024-02", "1"),
        fact("2024-02", "2.1", "cumulative"),
        fact("2024-03", "1"),
    )
    assert found["2024-03"] == "3.1"


def test_fewest_pieces_win_over_finer_ones() -> None:
    # Q1 + Q2 (two pieces: 3 + 4) and not six months of 1.
    finer = [fact(f"2024-0{m}", "1") for m in range(2, 7)]
    found = sums(*finer, fact("2024-Q2", "4"), fact("2024-Q1", "3"))
    assert found["2024-06"] == "7"


def test_an_earlier_cumulative_serves_when_nothing_follows_the_last_one() -> None:
    found = sums(
        fact("2024-03", "30", "cumulative"),
        fact("2024-05", "52", "cumulative"),
        fact("2024-Q2", "31"),
    )
    assert found == {"2024-06": "61"}


def test_of_two_names_of_one_fact_the_newer_counts() -> None:
    older = fact("2024-03", "30", "cumulative", at=1)
    newer = fact("2024-Q1", "33", at=2)
    assert sums(older, newer, fact("2024-04", "1"))["2024-04"] == "34"


def test_a_year_does_not_reach_into_the_next() -> None:
    assert sums(fact("2023-12", "9", "cumulative"), fact("2024-02", "1")) == {}


def test_simulated_figures_add_up_with_simulated_ones_only() -> None:
    assert sums(fact("2024-01", "1", status="G"), fact("2024-02", "1")) == {"2024-01": "1"}


def test_a_forecast_is_no_piece() -> None:
    assert sums(fact("2024-01", "1"), fact("2024-02", "1", status="F")) == {"2024-01": "1"}


@pytest.mark.parametrize(("pieces", "sum_of"), [("AP", "P"), ("PE", "E"), ("VA", "V"), ("AA", "A")])
def test_a_sum_is_as_final_as_its_least_final_piece(pieces: str, sum_of: str) -> None:
    facts = [fact(f"2024-0{m}", "1", status=s) for m, s in enumerate(pieces, 1)]
    last = derived(*facts)[Key("", Measure.CUMULATIVE, date(2024, 1, 1), date(2024, 2, 29))]
    assert last.status.value == sum_of


@given(st.lists(st.decimals("-1e9", "1e9", places=4), min_size=1, max_size=12), st.randoms())
def test_months_in_any_order_sum_exactly(values: list[Decimal], shuffled: object) -> None:
    facts = [fact(f"2024-{m:02}", str(v)) for m, v in enumerate(values, 1)]
    expected = {f"2024-{m:02}": sum(values[:m]) for m in range(1, len(values) + 1)}
    getattr(shuffled, "shuffle")(facts)  # noqa: B009
    found = {period.end_name(key.end): each.value for key, each in derived(*facts).items()}
    assert found == expected


def test_a_month_follows_from_the_year_to_date_at_its_two_ends() -> None:
    reported = [
        fact("2024-01", "4", "cumulative"),
        fact("2024-02", "6.5", "cumulative"),
        fact("2024-04", "10", "cumulative"),
    ]
    assert months(*reported) == {"2024-01": "4", "2024-02": "2.5"}


def test_a_month_follows_from_a_sum_that_follows_itself() -> None:
    reported = [
        fact("2024-05", "79.15", "cumulative"),
        fact("2024-06", "23.33"),
        fact("2024-07", "110", "cumulative"),
    ]
    assert months(*reported) == {"2024-07": "7.52"}


def test_a_reported_month_is_not_derived_again() -> None:
    assert months(fact("2024-01", "4"), fact("2024-01", "4.1", "cumulative")) == {}


def test_january_and_february_together_are_no_month() -> None:
    assert months(fact("2024-02", "10", "cumulative"), fact("2024-03", "16", "cumulative")) == {
        "2024-03": "6"
    }


def test_a_month_is_as_final_as_the_less_final_end() -> None:
    facts = [
        fact("2024-01", "4", "cumulative", status="E"),
        fact("2024-02", "6", "cumulative", status="A"),
    ]
    month = derived(*facts)[Key("", Measure.PERIOD, date(2024, 2, 1), date(2024, 2, 29))]
    assert (month.status, month.basis) == (
        Status.ESTIMATE,
        ("cumulative-2024-02", "cumulative-2024-01"),
    )

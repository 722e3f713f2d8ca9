"""A series as it is stored tells what was the newest at any moment."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.aggregate.columnar import table
from services.aggregate.facts import Series
from services.aggregate.stored import UNENDED
from services.aggregate.tables import SERIES, SeriesRow
from tests.unit.test_facts import FIRST, TOLD, Told, figures, indicator

Shown = set[tuple[object, ...]]


def shown_at(row: SeriesRow, at: datetime) -> Shown:
    """What `bi.values_as_of` shows."""
    past = zip(
        row.past_measure,
        row.past_period,
        row.past_value,
        row.past_vintage,
        row.past_derived,
        row.past_recorded_at,
        row.past_until,
        strict=True,
    )
    return {
        tuple(shown)
        for *shown, recorded, until in past
        if recorded <= at < until and shown[2] is not None
    }


@given(TOLD, st.integers(0, 5))
def test_the_vintages_of_a_moment_are_what_the_series_said_then(told: list[Told], day: int) -> None:
    at = FIRST + timedelta(days=day)
    then = Series(indicator(), figures([each for each in told if each[2] <= day])).row("e", 1)
    now = zip(
        then.now_measure,
        then.now_period,
        then.now_value,
        then.now_vintages,
        then.now_derived,
        strict=True,
    )
    assert shown_at(Series(indicator(), figures(told)).row("e", 1), at) == set(now)


def test_every_vintage_of_a_reported_figure_is_numbered_a_deletion_too() -> None:
    told: list[Told] = [
        ("2024-03", "cumulative", 1, 5),
        ("2024-03", "cumulative", 2, None),
        ("2024-03", "cumulative", 4, 6),
    ]
    row = Series(indicator(), figures(told)).row("e", 1)
    days = [FIRST + timedelta(days=day) for day in (1, 2, 4)]
    assert (row.past_vintage, row.past_value) == ([1, 2, 3], [5, None, 6])
    assert (row.past_recorded_at, row.past_until) == (days, [*days[1:], UNENDED])


def test_what_follows_from_figures_that_changed_fits_the_columns_of_the_table() -> None:
    told: list[Told] = [
        ("2024-01", "period", 1, 5),
        ("2024-01", "period", 2, None),
        ("2024-01", "period", 3, 6),
    ]
    row = Series(indicator(), figures(told)).row("e", 1)
    assert SERIES.arrow is not None
    columns = table(SERIES.arrow, [row])
    assert columns["past.vintage"].to_pylist() == [[1, 2, 3, 1, 1, 2]]

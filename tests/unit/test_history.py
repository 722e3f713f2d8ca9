"""Every vintage of what follows, against the same found whole at every moment."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import period
from schemas.data import Measure
from schemas.status import Status
from services.aggregate.decode import fact_span
from services.aggregate.derived import Key
from services.aggregate.fact import Fact, period_of
from services.aggregate.history import Change, history
from tests.unit import followed_slowly

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
# Pieces that meet, overlap and leave gaps; two ways of equally fine pieces through the second
# quarter; what reaches into another year, and what has no year-to-date.
PERIODS = [
    *(f"2024-{month:02}" for month in range(1, 8)),
    *(
        "2024-01/2024-02",
        "2024-02/2024-03",
        "2024-Q1",
        "2024-Q2",
        "2024-H1",
        "2024-04/2024-05",
        "2024-05/2024-06",
    ),
    *("2024-01-01/2024-01-15", "2024-01-16/2024-01-31", "2024-01-16", "2023-12", "2024"),
    "2023-12/2024-01",
]
MEASURES = ["period", "period", "cumulative", "rate"]
# Period, measure, day of publication, value (none is a deletion), status, scope.
Said = tuple[str, str, int, int | None, str, str]


def changes(said: list[Said]) -> list[Change]:
    """Figures as they became known, each by an event of its own."""
    found: list[Change] = []
    firsts: dict[Key, datetime] = {}
    for number, (name, measure, day, value, status, scope) in enumerate(said):
        kind, at = Measure(measure), FIRST + timedelta(days=day)
        key = Key(scope, kind, *fact_span(kind, period.parse(name)))
        first = firsts[key] = min(firsts.get(key, at), at)
        fact = Fact(
            *key,
            period_of(*key[1:]),
            Decimal(value or 0),
            Status(status),
            at,
            first,
            event=f"e-{number}",
        )
        found.append((at, key, None if value is None else fact))
    return found


def told(said: list[Change]) -> dict[Key, list[followed_slowly.Told]]:
    return {
        key: [
            (v.recorded_at, None if v.value is None else (v.value, v.status), v.basis)
            for v in vintages
        ]
        for key, vintages in history(said).items()
    }


def _end(published: tuple[str, int]) -> date:
    return period.parse(published[0]).end


SAID = st.lists(
    st.tuples(
        st.sampled_from(PERIODS),
        st.sampled_from(MEASURES),
        st.integers(0, 6),
        st.none() | st.integers(0, 9),
        st.sampled_from("APEPPGF"),
        st.sampled_from(["", "", "a"]),
    ),
    max_size=30,
)


@settings(max_examples=400)
@given(SAID)
def test_every_vintage_is_what_followed_from_all_that_was_known_then(said: list[Said]) -> None:
    known = changes(sorted(said, key=lambda each: each[2]))
    assert told(known) == followed_slowly.history(known)


@settings(max_examples=100)
@given(st.lists(st.sampled_from(PERIODS[:-4]), unique=True), st.randoms())
def test_of_several_rows_the_same_is_taken_whatever_came_first(
    names: list[str], shuffled: object
) -> None:
    getattr(shuffled, "shuffle")(names)  # noqa: B009
    known = changes([(name, "period", day, 1, "P", "") for day, name in enumerate(names)])
    assert told(known) == followed_slowly.history(known)


@given(st.lists(st.tuples(st.sampled_from(PERIODS[:-4]), st.integers(0, 6)), unique_by=_end))
def test_a_year_of_which_nothing_changed_is_no_exception(published: list[tuple[str, int]]) -> None:
    for measure in ("period", "cumulative"):
        said = [(name, measure, day, n, "P", "") for n, (name, day) in enumerate(published)]
        known = changes(said)
        assert told(known) == followed_slowly.history(known)


def test_of_two_equally_fine_rows_the_one_counts_whose_last_piece_begins_earlier() -> None:
    names = ["2024-Q1", "2024-04/2024-05", "2024-06", "2024-04", "2024-05/2024-06"]
    known = changes([(name, "period", 1, 1, "P", "") for name in names])
    half_year = Key("", Measure.CUMULATIVE, date(2024, 1, 1), date(2024, 6, 30))
    (vintage,) = history(known)[half_year]
    assert vintage.basis == ("e-0", "e-3", "e-4")
    assert told(known) == followed_slowly.history(known)


@pytest.mark.timeout(20)  # where every moment looks at the whole year it takes minutes
@pytest.mark.parametrize("order", ["as they happened", "backwards", "at once"])
def test_a_year_of_days_is_followed_day_by_day(order: str) -> None:
    days = [f"{date(2024, 1, 1) + timedelta(days=n)}" for n in range(366)]
    published = {
        "as they happened": range(366),
        "backwards": range(366, 0, -1),
        "at once": [1] * 366,
    }
    known = changes(
        [(day, "period", at, 1, "P", "") for day, at in zip(days, published[order], strict=True)]
    )
    found = history(known)
    whole = found[Key("", Measure.CUMULATIVE, date(2024, 1, 1), date(2024, 12, 31))]
    assert (whole[-1].value, len(whole[-1].basis)) == (366, 366)

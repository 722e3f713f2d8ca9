"""Figures as the engine's columns tell them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.data import Measure
from services.aggregate.figures import Figure, Vintage, read

START = datetime(1970, 1, 1, tzinfo=UTC)


def row(entity: str, at: int, offset: int, **changed: Any) -> tuple[Any, ...]:
    """A row of the query: dates in days, moments in microseconds since 1970."""
    of = {"value": "1.5", "event": f"e-{offset}", "source": "s", "received": at} | changed
    key = ("i", entity, "", "cumulative", 0, 30)
    sent = (of["value"], "辆", "P", of["event"], "15", "千辆", "why")
    return *key, at, 1, offset, 2, *sent, of["source"], of["received"]


def figures(*rows: tuple[Any, ...]) -> list[Figure]:
    return list(read(list(zip(*rows, strict=True)))) if rows else list(read([]))


def test_a_figure_is_read_with_all_that_was_said_of_it() -> None:
    told = Vintage(
        START + timedelta(seconds=1),
        1,
        7,
        2,
        Decimal("1.5"),
        "辆",
        "P",
        "e-7",
        "15",
        "千辆",
        "why",
        "s",
    )
    days = date(1970, 1, 1), date(1970, 1, 31)
    received = START + timedelta(seconds=2)
    assert figures(row("x", 10**6, 7, received=2 * 10**6)) == [
        Figure("i", "x", "", Measure.CUMULATIVE, *days, (told,), received)
    ]


def test_a_deletion_has_no_value() -> None:
    (figure,) = figures(row("x", 1, 1, value=None))
    assert figure.vintages[0].value is None


def test_nothing_is_no_figure() -> None:
    assert figures() == list(read([[]] * 19)) == []


def test_an_id_of_two_sources_is_two_vintages() -> None:
    (figure,) = figures(row("x", 1, 1, event="e"), row("x", 1, 2, event="e", source="t"))
    assert [each.offset for each in figure.vintages] == [1, 2]


ROWS = st.lists(st.tuples(st.sampled_from("xy"), st.integers(0, 3), st.integers(0, 9)))


@given(ROWS, st.randoms())
def test_of_an_id_the_first_arrival_counts_in_whatever_order_rows_come(
    said: list[tuple[str, int, int]], shuffled: object
) -> None:
    rows = [row(entity, at, n, event=f"e-{n % 4}") for entity, at, n in said]
    getattr(shuffled, "shuffle")(rows)  # noqa: B009
    found = figures(*sorted(rows, key=lambda each: each[1]))
    assert [figure.entity for figure in found] == sorted({each[0] for each in said})
    for figure in found:
        mine = [(n, at) for entity, at, n in said if entity == figure.entity]
        firsts = {n % 4: min(m for m, _ in mine if m % 4 == n % 4) for n, _ in mine}
        assert sorted(each.offset for each in figure.vintages) == sorted(firsts.values())
        assert list(figure.vintages) == sorted(figure.vintages)
        assert figure.received_at == START + timedelta(microseconds=max(at for _, at in mine))

"""Which of several figures stands at the end of a period."""

from datetime import date
from decimal import Decimal

import pytest

from schemas.period import Span
from services.series.index import FactIndex
from services.series.measured import judgeable
from tests.unit.judging import fact

HALF = Span(date(2024, 1, 1), date(2024, 6, 30))


@pytest.mark.parametrize(("where", "value"), [((3, 7, 1), "12"), ((3, 6, 9), "10")])
def test_of_two_names_recorded_at_one_moment_the_one_that_came_later_is_judged(
    where: tuple[int, int, int], value: str
) -> None:
    total = fact("2024-06", "10", coordinates=(3, 7, 0))
    half = fact("2024-H1", "12", measure="period", coordinates=where)
    for facts in ([half, total], [total, half]):
        figure = FactIndex(facts).to_date("", *HALF, judgeable)
        assert figure is not None
        assert figure.value == Decimal(value)


@pytest.mark.parametrize(("where", "value"), [((3, 7, 1), "112"), ((3, 6, 9), "110")])
def test_so_it_is_where_they_are_a_piece_of_a_longer_span(
    where: tuple[int, int, int], value: str
) -> None:
    total = fact("2024-06", "10", coordinates=(3, 7, 0))
    half = fact("2024-H1", "12", measure="period", coordinates=where)
    before = fact("2023-12", "100")
    figure = FactIndex([half, total, before]).to_date("", date(2023, 1, 1), HALF.end, judgeable)
    assert figure is not None
    assert figure.value == Decimal(value)


def test_what_was_reported_goes_before_what_follows_from_it() -> None:
    follows = fact("2024-06", "10", derived=True)
    half = fact("2024-H1", "10", measure="period")
    figure = FactIndex([follows, half]).to_date("", *HALF, judgeable)
    assert figure is not None
    assert figure.facts == (half,)

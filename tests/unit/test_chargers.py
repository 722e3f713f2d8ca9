"""Counts of charging facilities."""

from datetime import date

import orjson
import pytest

from schemas.formulas import CountChargers
from services.aggregate.chargers import Charger, count_chargers

END = date(2024, 12, 31)
CHARGERS = [
    Charger("public", "in_service", date(2023, 11, 20)),
    Charger("public", "in_service", date(2024, 1, 1)),
    Charger("public", "closed", date(2024, 3, 31)),
    Charger("public", "removed", date(2024, 3, 31)),
    Charger("public", "planned", date(2024, 3, 31)),
    Charger("public", "building", None),
    Charger("public", "in_service", None),
    Charger("dedicated", "in_service", date(2024, 6, 30)),
    Charger("private", "in_service", date(2024, 6, 30)),
]


def count(use: list[str], until: date = END, **more: str) -> int:
    formula = CountChargers.model_validate_json(
        orjson.dumps({"kind": "count_chargers", "use": use, **more})
    )
    return count_chargers(formula, CHARGERS, until)


@pytest.mark.parametrize(
    ("use", "until", "new", "there"),
    [
        (["public"], END, 3, 3),
        (["public", "dedicated"], END, 4, 4),
        (["private"], END, 1, 1),
        (["unknown"], END, 0, 0),
        (["public"], date(2024, 1, 31), 1, 3),
        (["public"], date(2024, 3, 31), 3, 3),
        (["public"], date(2023, 12, 31), 1, 2),
        (["dedicated"], date(2024, 5, 31), 0, 0),
    ],
)
def test_new_ones_stay_new_when_they_close_and_stock_is_what_serves(
    use: list[str], until: date, new: int, there: int
) -> None:
    assert count(use, until, since="year") == new
    assert count(use, until) == there


def test_fewer_new_ones_than_last_year_are_counted_as_they_are() -> None:
    """4600 in 2023, 3500 as the target of 2024: nothing is to be corrected there."""
    formula = CountChargers.model_validate_json(
        b'{"kind": "count_chargers", "use": ["public", "dedicated"], "since": "year"}'
    )
    came = [Charger("public", "in_service", date(2023, 5, 1))] * 4600
    came += [Charger("dedicated", "in_service", date(2024, 5, 1))] * 3500
    assert count_chargers(formula, came, date(2023, 12, 31)) == 4600
    assert count_chargers(formula, came, END) == 3500

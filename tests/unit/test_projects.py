"""Counts of projects by class and stage, and the progress of their investment."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.formulas import ProjectFilter
from schemas.goals import Stage
from services.aggregate.decode import Coordinates
from services.aggregate.projects import (
    ProjectState,
    count_projects,
    investment_progress,
    projects,
)

END = date(2024, 12, 31)
YI = 10**8


def state(project: str = "p", stage: str = "signed", on: str = "2024-03-01", **more: Any) -> Any:
    given = {
        "project": project,
        "category": "",
        "amount": Decimal(120 * YI),
        "currency": "CNY",
        "stage": Stage(stage),
        "on": date.fromisoformat(on),
        "invested": None,
        "plan_year_investment": None,
        "recorded_at": datetime(2024, 6, 1, tzinfo=UTC),
        "at": Coordinates(0, 0, 0),
    }
    return ProjectState(**(given | more))


def where(
    at_least: dict[str, int] | None = None, below: dict[str, int] | None = None, **more: Any
) -> ProjectFilter:
    """A class, its limits in 亿 of each currency."""

    def money(limits: dict[str, int] | None) -> list[dict[str, str]]:
        return [
            {"value": str(limit * YI), "currency": currency}
            for currency, limit in (limits or {}).items()
        ]

    return ProjectFilter.model_validate_json(
        orjson.dumps({"at_least": money(at_least), "below": money(below), **more})
    )


def count(condition: ProjectFilter, states: list[ProjectState], until: date = END) -> int:
    return count_projects(condition, projects(states), until)


def test_nested_classes_in_two_currencies_each_count_a_project_once() -> None:
    """超百亿元或超十亿美元, and below it 50亿元 or 5亿美元: no exchange rate joins them."""
    amounts = [("CNY", 100), ("CNY", 99), ("CNY", 50), ("CNY", 49), ("USD", 10), ("USD", 9)]
    amounts += [("USD", 5), ("USD", 4)]
    states = [
        state(f"p-{n}", amount=Decimal(amount * YI), currency=currency)
        for n, (currency, amount) in enumerate(amounts)
    ]
    great = {"CNY": 100, "USD": 10}
    large = {"CNY": 50, "USD": 5}
    assert count(where(great), states) == 2
    assert count(where(large), states) == 6
    assert count(where(large, below=great), states) == 4
    assert count(where(below=large), states) == 2
    assert count(where({"CNY": 50}), states) == 3


@pytest.mark.parametrize(
    ("stage", "until", "counted"),
    [
        ("signed", END, 1),
        ("signed", date(2024, 2, 28), 0),
        ("signed", date(2024, 2, 29), 1),
        ("registered", date(2024, 5, 31), 0),
        ("registered", date(2024, 6, 1), 1),
        ("started", END, 1),
        ("building", END, 0),
        (None, date(2024, 2, 29), 1),
        ("signed", date(2025, 12, 31), 0),
    ],
)
def test_a_stage_is_reached_on_the_earliest_day_of_that_or_a_later_one(
    stage: str | None, until: date, counted: int
) -> None:
    """Signed is not registered (招引 is not 入库), and who started has registered at the latest."""
    states = [
        state(stage="signed", on="2024-02-29"),
        state(stage="started", on="2024-06-01", recorded_at=datetime(2024, 7, 1, tzinfo=UTC)),
    ]
    assert count(where(stage=stage), states, until) == counted


def test_a_later_stage_with_an_earlier_day_tells_when_the_earlier_one_was_reached() -> None:
    states = [state(stage="signed", on="2024-02-01"), state(stage="started", on="2023-12-01")]
    assert count(where(stage="signed"), states) == 0
    assert count(where(stage="signed"), states, date(2023, 12, 31)) == 1


def test_a_project_whose_newest_stage_is_cancelled_does_not_count() -> None:
    gone = state(stage="cancelled", on="2024-05-01", recorded_at=datetime(2024, 7, 1, tzinfo=UTC))
    assert count(where(), [state(), gone]) == 0
    back = state(stage="started", on="2024-08-01", recorded_at=datetime(2024, 9, 1, tzinfo=UTC))
    assert count(where(), [state(), gone, back]) == 1
    assert count(where(stage="registered"), [gone, back]) == 1


def test_a_category_and_the_newest_amount_decide_the_class() -> None:
    small = state(category="电池", amount=Decimal(YI), recorded_at=datetime(2024, 7, 1, tzinfo=UTC))
    assert count(where({"CNY": 100}), [state(category="电池")]) == 1
    assert count(where({"CNY": 100}), [state(category="电池"), small]) == 0
    assert count(where(category=["电池", "光伏"]), [small]) == 1
    assert count(where(category=["光伏"]), [small]) == 0


def test_of_two_states_recorded_at_one_moment_the_later_arrival_is_newer() -> None:
    states = [state(at=Coordinates(0, 7, 0), stage="cancelled"), state(at=Coordinates(0, 3, 0))]
    assert count(where(), states) == 0


@given(st.permutations([(n % 5, n % 6, n) for n in range(14)]))
def test_the_order_of_arrival_does_not_matter(told: list[tuple[int, int, int]]) -> None:
    def said(project: int, stage: int, n: int) -> ProjectState:
        moment = datetime(2024, 1, 1 + n, tzinfo=UTC)
        name = list(Stage)[stage].value
        return state(f"p-{project}", name, f"2024-0{1 + n % 9}-01", recorded_at=moment)

    ordered = [said(*each) for each in sorted(told, key=lambda each: each[2])]
    condition = where(stage="registered")
    assert count(condition, [said(*each) for each in told]) == count(condition, ordered)


def progress(states: list[ProjectState], until: date = END, **more: Any) -> Decimal | None:
    return investment_progress(where(**more), projects(states), until)


def test_progress_is_what_was_invested_over_the_plan() -> None:
    states = [
        state("a", invested=Decimal(30), plan_year_investment=Decimal(40)),
        state("b", invested=None, plan_year_investment=Decimal(60)),
        state("c", invested=Decimal(3), plan_year_investment=None),
        state("d", stage="cancelled", invested=Decimal(9), plan_year_investment=Decimal(9)),
    ]
    assert progress(states) == Decimal("0.33")


def test_progress_counts_projects_that_have_reached_the_stage_in_any_year() -> None:
    money = {"invested": Decimal(1), "plan_year_investment": Decimal(2)}
    states = [state("a", "started", "2022-01-01", **money), state("b", "signed", **money)]
    assert progress(states, stage="started") == Decimal("0.5")
    assert progress(states, stage="building") is None


def test_figures_of_another_year_are_no_progress_of_this_one() -> None:
    new_year = datetime(2023, 12, 31, 16, tzinfo=UTC)
    told = {"invested": Decimal(1), "plan_year_investment": Decimal(2)}
    assert progress([state(recorded_at=new_year, **told)]) == Decimal("0.5")
    assert progress([state(recorded_at=new_year, **told)], date(2023, 12, 31)) is None


def test_two_currencies_are_never_added() -> None:
    money = {"invested": Decimal(1), "plan_year_investment": Decimal(2)}
    states = [state("a", **money), state("b", currency="USD", **money)]
    assert progress(states) is None
    assert progress(states, at_least={"USD": 1}) == Decimal("0.5")

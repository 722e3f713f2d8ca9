"""Counts of projects by class and stage, and the progress of their investment."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.exact import CONTEXT
from schemas.formulas import OfProjects, ProjectFilter
from schemas.goals import Stage
from services.aggregate.decode import Coordinates
from services.aggregate.projects import ProjectState, counted

END = date(2024, 12, 31)
YI = 10**8


def state(project: str = "p", stage: str = "signed", on: str = "2024-03-01", **more: Any) -> Any:
    given = {
        "project": project,
        "entity": "wujin",
        "category": "",
        "amount": Decimal(120 * YI),
        "currency": "CNY",
        "stage": Stage(stage),
        "on": date.fromisoformat(on),
        "invested": None,
        "plan_year_investment": None,
        "recorded_at": datetime(2024, 6, 1, tzinfo=UTC),
        "received_at": datetime(2024, 6, 2, tzinfo=UTC),
        "at": Coordinates(0, 0, 0),
        "event_id": project,
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
    (found,) = totals("count_projects", condition, states, until) or (Decimal(0),)
    return int(found)


def totals(
    kind: str, condition: ProjectFilter, states: list[ProjectState], until: date
) -> tuple[Decimal, ...]:
    """What is counted from 1 January to the day; nothing where nothing changes it."""
    told = counted(formula(kind).model_copy(update={"where": condition}), states, {"wujin"})
    first = until.replace(month=1, day=1)
    amounts = [each.amounts for each in told.changes if first <= each.day <= until]
    return tuple(sum(column, Decimal(0)) for column in zip(*amounts, strict=True))


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
    found = totals("investment_progress", where(**more), states, until)
    if not found or not found[1] or (found[2] and found[3]):
        return None
    return CONTEXT.divide(found[0], found[1])


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


def test_a_project_counts_where_it_is_said_to_lie_last() -> None:
    away = state(entity="xinbei", recorded_at=datetime(2024, 7, 1, tzinfo=UTC))
    assert count(where(), [state()]) == 1
    assert count(where(), [state(), away]) == 0


def test_what_was_known_before_stays_what_it_was() -> None:
    later = state(stage="cancelled", recorded_at=datetime(2024, 7, 1, tzinfo=UTC), event_id="gone")
    told = counted(formula("count_projects"), [state(), later], {"wujin"})
    assert [(str(c.at.date()), int(c.amounts[0]), c.event_id) for c in told.changes] == [
        ("2024-06-01", 1, "p"),
        ("2024-07-01", -1, "gone"),
    ]
    assert told.received_at == datetime(2024, 6, 2, tzinfo=UTC)


def test_a_count_is_heard_of_on_the_day_of_the_stage_and_progress_when_it_was_recorded() -> None:
    for kind, day in (("count_projects", "2024-03-01"), ("investment_progress", "2024-06-01")):
        (heard,) = counted(formula(kind), [state(), state(entity="x")], {"wujin"}).heard
        assert str(heard.day) == day


def test_progress_goes_by_what_each_project_said_last_by_a_day() -> None:
    told = [
        state(invested=Decimal(n), plan_year_investment=Decimal(10), recorded_at=moment)
        for n, moment in (
            (1, datetime(2024, 2, 1, tzinfo=UTC)),
            (4, datetime(2024, 5, 1, tzinfo=UTC)),
            (5, datetime(2024, 5, 1, 1, tzinfo=UTC)),
            (2, datetime(2025, 2, 1, tzinfo=UTC)),
        )
    ]
    assert progress(told, date(2024, 1, 31)) is None
    assert progress(told, date(2024, 4, 30)) == Decimal("0.1")
    assert progress(told, date(2024, 5, 31)) == Decimal("0.5")
    assert progress(told, date(2024, 12, 31)) == Decimal("0.5")
    assert progress(told, date(2025, 1, 31)) is None
    assert progress(told, date(2025, 12, 31)) == Decimal("0.2")


def test_a_stage_that_lies_ahead_counts_from_its_day_on() -> None:
    money = {"invested": Decimal(1), "plan_year_investment": Decimal(2)}
    ahead = state(stage="started", on="2024-09-01", **money)
    assert progress([ahead], date(2024, 8, 31), stage="started") is None
    assert progress([ahead], date(2024, 9, 30), stage="started") == Decimal("0.5")
    next_year = state(stage="started", on="2025-01-01", **money)
    assert progress([next_year], date(2025, 12, 31), stage="started") is None


def formula(kind: str) -> OfProjects:
    return OfProjects.model_validate_json(orjson.dumps({"kind": kind, "where": {}}))

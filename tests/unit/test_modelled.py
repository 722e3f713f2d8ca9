"""What the worker publishes is the same however fast, how often or whether the model answers."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.records.dossier import Fact, TargetVersion
from services.alerts.domain.loop import Settings
from services.alerts.domain.state import SeriesState
from services.alerts.pipeline import Bench
from services.alerts.poison import Input
from services.series.answers import NO_MODEL, Asking, Question
from tests.unit.alerts_fakes import BrokerAwayError, MemoryOutlet, arrived, final, rows, transitions
from tests.unit.judging import PROFILE, at_least, dossier, target
from tests.unit.test_models import EVEN, HISTORY, months

GOAL = target(at_least("130"), trajectory=PROFILE)
OLDER = months(2021, *["8"] * 12)


@dataclass
class Mean:
    """Every month is like the mean of the last twelve; with `silent` it cannot tell.

    `before` is what the outlet had been sent when each question came.
    """

    outlet: MemoryOutlet
    silent: bool = False
    installed: bool = True
    asked: list[Question] = field(default_factory=list)
    before: list[int] = field(default_factory=list)

    async def answer(self, questions: Mapping[str, Question]) -> dict[str, D | None]:
        self.asked += questions.values()
        self.before += [len(self.outlet.sent)] * len(questions)
        return {name: self._said(asked) for name, asked in questions.items()}

    def _said(self, asked: Question) -> D | None:
        return None if self.silent else sum(asked.points[-12:], D(0)) / 12 * asked.months


def a_dossier(
    offset: int,
    through: int,
    *,
    key: bytes = b"i|e",
    first: str = "10",
    goal: TargetVersion = GOAL,
) -> Input:
    """2024 up to a month, with three years before."""
    facts: list[Fact] = [*OLDER, *HISTORY, *months(2024, first, *EVEN[: through - 1])]
    body = dossier(facts, goal).model_dump_json(by_alias=True)
    return arrived("indicators", body.encode(), offset, key)


def bench(outlet: MemoryOutlet, model: Asking = NO_MODEL) -> Bench:
    return Bench(outlet, Settings(), ["webhook"], model)


def take(worker: Bench, *inputs: Input) -> None:
    asyncio.run(worker.take(inputs))


def test_a_dossier_is_published_once_with_what_the_model_says() -> None:
    outlet = MemoryOutlet()
    take(bench(outlet, Mean(outlet)), a_dossier(0, 6))
    found = [row for row in rows(outlet) if row.period == "2024-06"]
    assert [(row.method, row.forecast) for row in found] == [("autoets", D(120))]
    assert found[0].p_meet == D("0.200000")


def test_the_alert_follows_the_model_from_the_first_judgement() -> None:
    """65 of 129, 64.5 due by months: on pace. By 2023's profile the year ends at 130; the last
    twelve months came to 125, so that the model expects 127.5: only it doubts the goal."""
    goal = target(at_least("129"), trajectory={"kind": "linear_months"})
    given = a_dossier(0, 6, first="15", goal=goal)
    plain, outlet = MemoryOutlet(), MemoryOutlet()
    take(bench(plain), given)
    take(bench(outlet, Mean(outlet)), given)
    assert transitions(plain) == []
    assert [(moved.kind, moved.seq) for moved in transitions(outlet)] == [("forecast_miss", 1)]


def test_what_was_judged_before_does_not_wait_for_the_model() -> None:
    outlet = MemoryOutlet()
    model = Mean(outlet)
    plain = dossier(months(2024, *EVEN[:3]), GOAL).model_dump_json(by_alias=True)
    take(bench(outlet, model), arrived("indicators", plain.encode(), 4, b"j|e"), a_dossier(5, 6))
    left = [key for _, key, _ in outlet.sent[: model.before[0]]]
    assert b"j|e" in left
    assert b"i|e" not in left


def test_a_new_month_asks_only_what_is_new() -> None:
    outlet = MemoryOutlet()
    model = Mean(outlet)
    worker = bench(outlet, model)
    take(worker, a_dossier(0, 5))
    known = len(model.asked)
    take(worker, a_dossier(1, 6))
    new = model.asked[known:]
    # Mid-2023, then mid-2022 and today.
    assert sorted(len(asked.points) for asked in new) == [18, 30, 42]
    assert {asked.months for asked in new} == {6}


def test_a_restart_hears_what_was_said_and_asks_nothing() -> None:
    outlet = MemoryOutlet()
    take(bench(outlet, Mean(outlet)), a_dossier(0, 6))
    once = list(outlet.sent)
    silent = Mean(outlet, silent=True)
    take(bench(outlet, silent), a_dossier(0, 6))
    assert silent.asked == []
    assert sorted(outlet.sent[len(once) :]) == sorted(once)


def test_a_method_that_was_skipped_stays_skipped_in_a_replay() -> None:
    outlet = MemoryOutlet()
    take(bench(outlet, Mean(outlet, silent=True)), a_dossier(0, 6))
    once = list(outlet.sent)
    assert "autoets" not in {row.method for row in rows(outlet)}
    again = Mean(outlet)
    take(bench(outlet, again), a_dossier(0, 6))
    assert again.asked == []
    assert sorted(outlet.sent[len(once) :]) == sorted(once)


def test_without_statsforecast_the_reason_says_so_and_nobody_is_asked() -> None:
    outlet = MemoryOutlet()
    absent = Mean(outlet, installed=False)
    take(bench(outlet, absent), a_dossier(0, 6))
    (row,) = [row for row in rows(outlet) if row.period == "2024-06"]
    assert (row.method, absent.asked) == ("profile", [])
    assert "未安装 AutoETS" in row.reason_zh
    assert asyncio.run(NO_MODEL.answer({"a": Question((D(1),), 1)})) == {"a": None}


def test_answers_that_no_verdict_uses_any_more_are_forgotten() -> None:
    outlet = MemoryOutlet()
    worker = bench(outlet, Mean(outlet))
    take(worker, a_dossier(0, 6))
    before = SeriesState.model_validate_json(outlet.table[b"i|e"]).modelled
    take(worker, a_dossier(1, 6, first="11"))
    after = SeriesState.model_validate_json(outlet.table[b"i|e"]).modelled
    assert len(after) == len(before)
    assert before.keys() != after.keys()


class OwnerChangedError(Exception):
    """As the worker's agents raise it."""


def test_who_lost_the_partition_while_asking_leaves_the_rest_to_the_next() -> None:
    @dataclass
    class Lost(Mean):
        async def answer(self, questions: Mapping[str, Question]) -> dict[str, D | None]:
            raise OwnerChangedError

    outlet, calm = MemoryOutlet(), MemoryOutlet()
    worker = bench(outlet, Lost(outlet))
    with pytest.raises(OwnerChangedError):
        take(worker, a_dossier(0, 6))
    assert (rows(outlet), outlet.table) == ([], {})
    take(bench(outlet, Mean(outlet)), a_dossier(0, 6))
    take(bench(calm, Mean(calm)), a_dossier(0, 6))
    assert final(outlet) == final(calm)


STORY = [
    a_dossier(0, 4),
    a_dossier(1, 4, key=b"j|e"),
    a_dossier(2, 6),
    a_dossier(3, 6, key=b"j|e", first="2"),
    a_dossier(4, 7),
]


@pytest.mark.parametrize("calls", range(14))
def test_a_crash_anywhere_ends_in_the_same_tables(calls: int) -> None:
    calm = MemoryOutlet()
    take(bench(calm, Mean(calm)), *STORY)
    outlet = MemoryOutlet(fail_after=calls)
    try:
        take(bench(outlet, Mean(outlet)), *STORY)
    except BrokerAwayError:
        outlet.fail_after = None
        take(bench(outlet, Mean(outlet)), *STORY)
    assert final(outlet) == final(calm)


@settings(deadline=None, max_examples=12)
@given(st.lists(st.booleans(), min_size=len(STORY), max_size=len(STORY)))
def test_how_the_inputs_are_cut_into_batches_changes_nothing(cuts: list[bool]) -> None:
    calm, outlet = MemoryOutlet(), MemoryOutlet()
    take(bench(calm, Mean(calm)), *STORY)
    worker, batch = bench(outlet, Mean(outlet)), []
    for each, cut in zip(STORY, cuts, strict=True):
        batch.append(each)
        if cut:
            take(worker, *batch)
            batch = []
    take(worker, *batch)
    assert final(outlet) == final(calm)

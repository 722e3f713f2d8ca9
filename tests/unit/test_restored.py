"""What was published says what has to be remembered, whatever was taken before."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas import topics
from schemas.records.alert import Tick
from schemas.records.assessment import Judged
from services.alerts.domain.loop import Settings
from services.alerts.domain.restored import restored
from services.alerts.domain.state import SeriesState
from services.alerts.pipeline import Bench
from services.alerts.poison import Input
from tests.unit.alerts_fakes import MemoryOutlet, arrived, rows, transitions
from tests.unit.judging import at_least, fact, target
from tests.unit.test_alerts_pipeline import DIFFERS, LATE, a_balance, a_command, a_dossier

KEY = b"i|e"
GOAL = target(at_least("100"), trajectory={"kind": "linear_months"})
EASED = target(at_least("10"), trajectory={"kind": "linear_months"}, version=2)
DROPPED = target({"kind": "withdrawn"}, version=3)
MONTHS = ("2024-02", "2024-03", "2024-04", "2024-05")

facts = st.lists(
    st.tuples(st.sampled_from(MONTHS), st.sampled_from(("9", "24", "40", "100.5"))),
    max_size=4,
    unique_by=lambda one: one[0],
)
targets = st.sampled_from([(GOAL,), (GOAL, EASED), (GOAL, EASED, DROPPED), ()])
dossiers = st.builds(
    lambda some, versions, found: ("dossier", some, versions, found),
    facts,
    targets,
    st.sampled_from([(), (LATE,)]),
)
commands = st.builds(
    lambda action: ("command", action),
    st.sampled_from(["acknowledge", "dispatch", "note", "reopen", "request_close"]),
)
ticks = st.just(("tick",))
inputs = st.lists(st.one_of(dossiers, dossiers, commands, ticks), max_size=12)


def as_input(number: int, said: tuple[Any, ...]) -> Input:
    if said[0] == "dossier":
        _, some, versions, found = said
        given = [fact(period, value) for period, value in some]
        return a_dossier(number, *given, targets=versions, findings=found)
    if said[0] == "command":
        return a_command(said[1], f"c{number}", note="看过", unit="u")
    line = Tick(at=datetime(2030, 1, 1, tzinfo=UTC)).model_dump_json().encode()
    return arrived(topics.COMMANDS.name, line)


def comparable(state: SeriesState) -> dict[str, Any]:
    """What judging goes by: not what only resumes a crash, nor the model's answers."""
    said = state.model_dump(exclude={"transitions", "taken_back", "modelled", "commands"})
    said["targets"] = {
        name: target
        for name, target in said["targets"].items()
        if target["rows"] or target["alerts"]
    }
    return said | {"commands": set(state.commands)}


def of_outlet(outlet: MemoryOutlet) -> SeriesState:
    marks = [
        Judged.model_validate_json(value)
        for value in outlet.of("assessments")
        if b'"judged"' in value
    ]
    return restored(
        reversed(rows(outlet)),
        reversed(transitions(outlet)),
        max((mark.sequence for mark in marks), default=-1),
    )


@given(inputs)
def test_rows_and_transitions_give_the_state_that_published_them(
    said: list[tuple[Any, ...]],
) -> None:
    outlet = MemoryOutlet()
    worker = Bench(outlet, Settings(), ["webhook"])
    for number, one in enumerate(said):
        asyncio.run(worker.take([as_input(number, one)]))
    remembered = outlet.table.get(KEY)
    state = SeriesState.model_validate_json(remembered) if remembered else SeriesState()
    assert comparable(of_outlet(outlet)) == comparable(state)


@given(inputs, inputs)
def test_whoever_goes_on_from_what_was_published_says_the_same(
    before: list[tuple[Any, ...]], after: list[tuple[Any, ...]]
) -> None:
    outlet = MemoryOutlet()
    first = Bench(outlet, Settings(), [])
    for number, one in enumerate(before):
        asyncio.run(first.take([as_input(number, one)]))
    other = MemoryOutlet()
    if KEY in outlet.table:
        other.table[KEY] = of_outlet(outlet).model_dump_json().encode()
    second = Bench(other, Settings(), [])
    sent = len(outlet.sent)
    for number, one in enumerate(after, len(before)):
        given = as_input(number, one)
        asyncio.run(first.take([given]))
        asyncio.run(second.take([given]))
    ours = MemoryOutlet(sent=outlet.sent[sent:])
    # What was published last is published again: sinks know it by its number.
    again = {(move.alert, move.seq) for move in transitions(MemoryOutlet(sent=outlet.sent[:sent]))}
    moved = [move for move in transitions(other) if (move.alert, move.seq) not in again]
    assert moved == transitions(ours)


def test_the_books_of_a_department_are_restored_too() -> None:
    outlet = MemoryOutlet()
    worker = Bench(outlet, Settings(), [])
    asyncio.run(worker.take([a_balance(1, DIFFERS)]))
    asyncio.run(worker.take([a_balance(2)]))
    asyncio.run(worker.take([a_balance(3, DIFFERS)]))
    state = SeriesState.model_validate_json(outlet.table[b"|czgxj"])
    found = of_outlet(outlet)
    # No dossier was judged, so none may be taken for judged.
    assert found.offset == -1
    assert found.targets == state.targets
    assert found.transitions[-1] == state.transitions[-1]

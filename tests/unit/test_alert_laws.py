"""What holds of alerts whatever comes in whatever order: the laws of the loop."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.events import COMMANDS, AlertCommandEvent
from schemas.records.alert import AlertChanged, AlertState
from schemas.records.assessment import Lamp
from schemas.records.dossier import Dossier, Fact, TargetVersion
from services.alerts.domain.loop import Settings
from services.alerts.domain.series import Step, take_command, take_dossier
from services.alerts.domain.state import ENDED, SeriesState
from tests.unit.judging import at_least, comparand, dossier, fact, target

MONTHS = {"kind": "linear_months"}
GOALS = [
    target(at_least("100"), trajectory=MONTHS),
    target(at_least("60"), 2, trajectory=MONTHS, effective_from="2024-02-01"),
    target({"kind": "withdrawn"}, 3, effective_from="2024-02-01"),
]
LAST_YEAR = [fact("2023-03", "24"), fact("2023-04", "32"), fact("2023-12", "80")]
TROUBLE = (Lamp.YELLOW, Lamp.RED)
# From which state to which an alert may come without anybody's command.
BY_DATA = {
    None: {"open"},
    AlertState.OPEN: {"open", "cured", "withdrawn", "closed"},
    AlertState.ACKNOWLEDGED: {"acknowledged", "cured", "withdrawn", "closed"},
    AlertState.CURED: {"open", "closed", "withdrawn"},
    AlertState.CLOSED: {"open"},
    AlertState.WITHDRAWN: set(),
}

# A figure of a month (None deletes it), the newest version of the target, or a command.
_FIGURE = st.tuples(
    st.sampled_from(["2024-01", "2024-02", "2024-03", "2024-04", "2024-05"]),
    st.one_of(st.none(), st.integers(0, 110)),
)
_EVENTS: Any = st.lists(
    st.one_of(_FIGURE, _FIGURE, st.integers(1, 3), st.sampled_from(["acknowledge", "reopen"])),
    min_size=1,
    max_size=14,
)
_CLEAR = st.integers(1, 3)
Input = Dossier | AlertCommandEvent


def command(action: str, number: int) -> AlertCommandEvent:
    event = {
        "specversion": "1.0",
        "id": f"c-{number}",
        "source": "urn:pacekeeper:czzfb",
        "type": "pacekeeper.alert.command.v1",
        "time": "2026-01-06T09:00:00+08:00",
        "data": {"command_id": f"c-{number}", "alert": "t-behind-1", "action": action},
    }
    return COMMANDS.validate_json(json.dumps(event))


def inputs(events: list[Any]) -> Iterator[Input]:
    """What the worker reads: a dossier for each change, with all that is known by then."""
    facts: dict[str, Fact] = {each.period: each for each in LAST_YEAR}
    versions = 1
    for number, event in enumerate(events):
        if isinstance(event, str):
            yield command(event, number)
            continue
        if isinstance(event, int):
            versions = max(versions, event)
        else:
            month, value = event
            facts.pop(month, None)
            if value is not None:
                facts[month] = fact(month, str(value), f"{month}-28")
        at = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=number)
        yield dossier([*facts.values()], *GOALS[:versions], at=at)


def take(state: SeriesState, given: Input, number: int, clear_periods: int = 1) -> Step:
    if isinstance(given, Dossier):
        return take_dossier(state, given, number, Settings(clear_periods))
    return take_command(state, given)


@given(_EVENTS, _CLEAR)
@settings(max_examples=200)
def test_a_step_is_one_of_the_loop_and_what_was_withdrawn_stays_so(
    events: list[Any], clear_periods: int
) -> None:
    state, last = SeriesState(), dict[str, AlertChanged]()
    for number, each in enumerate(inputs(events)):
        step = take(state, each, number, clear_periods)
        for changed in step.transitions:
            before = last.get(changed.alert)
            assert changed.seq == (before.seq + 1 if before else 1)
            if not changed.command_id:
                assert changed.state in BY_DATA[before.state if before else None]
            last[changed.alert] = changed
        state = step.state
        kept = {a.last.alert: a.last for t in state.targets.values() for a in t.alerts.values()}
        assert kept.items() <= last.items()


@given(_EVENTS, _CLEAR)
@settings(max_examples=200)
def test_of_a_target_and_kind_one_alert_is_open_at_most(
    events: list[Any], clear_periods: int
) -> None:
    state, last = SeriesState(), dict[str, AlertChanged]()
    for number, each in enumerate(inputs(events)):
        step = take(state, each, number, clear_periods)
        state = step.state
        last |= {changed.alert: changed for changed in step.transitions}
        is_open = [each.kind for each in last.values() if each.state not in ENDED]
        assert len(is_open) == len(set(is_open))


@given(_EVENTS, _CLEAR, st.data())
@settings(max_examples=100)
def test_what_comes_again_changes_nothing(
    events: list[Any], clear_periods: int, data: st.DataObject
) -> None:
    state, read = SeriesState(), list[tuple[int, Input]]()
    for number, each in enumerate(inputs(events)):
        step = take(state, each, number, clear_periods)
        state = step.state
        # A command that named no alert is put aside, and is no part of the series.
        if step.reason != "unknown_alert":
            read.append((number, each))
        for again in data.draw(st.lists(st.sampled_from(read), max_size=3)) if read else []:
            told = take(state, again[1], again[0], clear_periods)
            assert (told.state, told.transitions, told.assessments) == (state, (), ())


@given(_EVENTS, _CLEAR, st.randoms(use_true_random=False))
def test_equal_content_in_another_order_makes_the_same_transitions(
    events: list[Any], clear_periods: int, random: Any
) -> None:
    one, other = SeriesState(), SeriesState()
    for number, each in enumerate(inputs(events)):
        mixed = each
        if isinstance(each, Dossier):
            parts = {
                name: tuple(random.sample(every, len(every)))
                for name, every in (("facts", each.facts), ("targets", each.targets))
            }
            mixed = each.model_copy(update=parts)
        told, told_mixed = (
            take(one, each, number, clear_periods),
            take(other, mixed, number, clear_periods),
        )
        assert told == told_mixed
        one, other = told.state, told_mixed.state


_VINTAGES = st.lists(
    st.tuples(st.sampled_from(["2024-02", "2024-03", "2024-04"]), st.integers(0, 110)),
    min_size=1,
    max_size=8,
)


def stands(vintages: list[tuple[int, str, int]]) -> dict[str, Any]:
    """Rows and open alert after vintages (when it was published, month, value) came so."""
    facts, state = dict[str, Fact](), SeriesState()
    for number, (published, month, value) in enumerate(vintages):
        at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=published)
        known = facts.get(month)
        if known is None or known.recorded_at <= at:
            facts[month] = fact(month, str(value), recorded_at=at)
        given = dossier([*facts.values()], GOALS[0])
        state = take_dossier(state, given, number, Settings()).state
    found = state.targets["t"]
    behind = found.alerts.get("behind")
    alert = behind.last if behind and behind.active else None
    return {
        "rows": {period: row.digest for period, row in found.rows.items()},
        "alert": alert and (alert.state, alert.period, alert.lamp, alert.gap, alert.severity),
    }


@given(_VINTAGES, st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_whichever_vintage_arrives_first_the_same_is_judged_and_open_in_the_end(
    vintages: list[tuple[str, int]], random: Any
) -> None:
    published = [(number, *vintage) for number, vintage in enumerate(vintages)]
    assert stands(published) == stands(random.sample(published, len(published)))


_SHARE = {"measure": "stock", "unit": "%"}
_OTHER = {"indicator": "vehicle_output", "entity": "jiangsu"}
_EVERY_KIND: Mapping[str, dict[str, Any]] = {
    "at_least": at_least("100"),
    "at_most": {"kind": "at_most", "value": "100"},
    "increase": {"kind": "increase", "value": "50"},
    "above": {"kind": "above", "other": _OTHER},
    "in_sync": {"kind": "in_sync", "other": _OTHER, "tolerance": "2"},
    "not_below_last": {"kind": "not_below_last", "versus": "same_period_last_year"},
    "keep_falling": {"kind": "keep_falling"},
    "rank": {"kind": "rank", "at_most": 1, "among": ["jiangsu"]},
}
_VALUES = st.decimals(0, 100, places=1)


def compared(goal: TargetVersion, own: D, other: D, last: D) -> Dossier:
    """A share in June 2024, the province's, and its own a year and half a year ago."""
    facts = [
        fact("2024-06", str(own), measure="stock"),
        fact("2023-06", str(last), measure="stock"),
        fact("2023-12-31", str(last), measure="stock"),
    ]
    province = comparand("jiangsu", fact("2024-06", str(other), measure="stock"), **_SHARE)
    return dossier(facts, goal, beside={"comparands": (province,)}, **_SHARE)


@given(st.sampled_from(sorted(_EVERY_KIND)), _VALUES, _VALUES, _VALUES, _VALUES)
@settings(max_examples=200)
def test_a_restatement_and_back_leaves_every_kind_where_it_was(
    kind: str, first: D, then: D, other: D, last: D
) -> None:
    goal = target(_EVERY_KIND[kind], trajectory=MONTHS)
    state, said = SeriesState(), list[Any]()
    for number, value in enumerate((first, then, first)):
        given = compared(goal, value, other, last)
        state = take_dossier(state, given, number, Settings()).state
        found = state.targets["t"]
        row, behind = found.rows["2024-06"], found.alerts.get("behind")
        is_open = behind is not None and behind.active
        assert is_open == (row.lamp in TROUBLE)
        said.append((row.digest, row.lamp, row.gap, is_open))
    assert said[0] == said[2]

"""Whatever the order and the repeats, the views of chargers are what plain Python makes of it."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.integration.charger_engine import FIRST, Engine, updated
from tests.integration.embedded_clickhouse import with_tables

# Of the connectors of a charger the first of these that is there decides.
DECIDE = ["CHARGING", "RESERVED", "BLOCKED", "AVAILABLE", "OUTOFORDER", "INOPERATIVE", "UNKNOWN"]
STATUS = [*DECIDE, "PLANNED", "REMOVED"]
STAGES = ["planned", "in_service", "in_service", "in_service", "closed"]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with with_tables(tmp_path_factory.mktemp("clickhouse")) as accounts:
        yield Engine(*accounts)


class Update(NamedTuple):
    """A drawn state: charger, hours after FIRST, and what it says."""

    charger: int
    hours: int
    sequence: int | None
    connectors: dict[str, str]
    stage: str
    use: str
    entity: str
    power_kw: int | None
    commissioned: int | None


UPDATES = st.builds(
    Update,
    st.integers(0, 3),
    st.integers(0, 90),
    st.none() | st.integers(0, 3),
    st.dictionaries(st.sampled_from("AB"), st.sampled_from(STATUS)),
    st.sampled_from(STAGES),
    st.sampled_from(["public", "dedicated"]),
    st.sampled_from(["wujin", "jintan"]),
    st.none() | st.integers(1, 200),
    st.none() | st.integers(-3, 3),
)


def event(n: int, update: Update) -> bytes:
    commissioned = None
    if update.commissioned is not None:
        commissioned = (FIRST.date() + timedelta(days=update.commissioned)).isoformat()
    return updated(
        update.connectors,
        FIRST + timedelta(hours=update.hours),
        id=f"e-{n}",
        time=f"2024-07-10T09:00:{n:02}+08:00",
        station=f"s-{update.charger // 2}",
        charger=f"c-{update.charger}",
        sequence=update.sequence,
        stage=update.stage,
        use=update.use,
        entity=update.entity,
        power_kw=None if update.power_kw is None else str(update.power_kw),
        commissioned_on=commissioned,
        commissioned_basis=commissioned and "reported",
    )


class State(NamedTuple):
    """A charger after some of its updates."""

    status: str
    plugs: int
    stage: str
    use: str
    entity: str
    kw: int | None


def state_after(updates: list[Update]) -> State:
    plugs: dict[str, str] = {}
    kw = None
    for update in updates:
        plugs.update(update.connectors)
        kw = kw if update.power_kw is None else update.power_kw
    found = next((word for word in DECIDE if word in plugs.values()), "UNKNOWN")
    count = sum(word != "REMOVED" for word in plugs.values())
    newest = updates[-1]
    return State(found, count, newest.stage, newest.use, newest.entity, kw)


def by_charger(updates: list[Update]) -> dict[int, list[Update]]:
    """The updates of each charger in the order of their own time."""
    numbered = sorted(
        enumerate(updates),
        key=lambda each: (
            each[1].hours,
            -1 if each[1].sequence is None else each[1].sequence,
            each[0],
        ),
    )
    found: dict[int, list[Update]] = {}
    for _, update in numbered:
        found.setdefault(update.charger, []).append(update)
    return found


def day_of(update: Update) -> date:
    return (FIRST + timedelta(hours=update.hours)).date()


def commissioned(updates: list[Update]) -> date | None:
    told = [update.commissioned for update in updates if update.commissioned is not None]
    return FIRST.date() + timedelta(days=told[-1]) if told else None


def expected_chargers(updates: list[Update]) -> set[tuple[Any, ...]]:
    found = set()
    for charger, told in by_charger(updates).items():
        state = state_after(told)
        served = [day_of(update) for update in told if update.stage == "in_service"]
        day = commissioned(told)
        basis = "reported" if day else "observed" if served else ""
        found.add(
            (
                f"c-{charger}",
                *state,
                int((FIRST + timedelta(hours=told[-1].hours)).timestamp()),
                day or (served[0] if served else None),
                basis,
            )
        )
    return found


def expected_days(updates: list[Update]) -> set[tuple[Any, ...]]:
    """The stock at the end of each day, and who was not there, or is no more, since the last."""
    chargers = by_charger(updates)
    last = max(map(day_of, updates))
    day = FIRST.date() - timedelta(days=5)
    before: dict[int, tuple[str, str]] = {}
    seen: set[tuple[str, str]] = set()
    found = set()
    while day <= last:
        now: dict[int, tuple[str, str]] = {}
        states: dict[int, tuple[State, bool]] = {}
        for charger, told in chargers.items():
            known = [update for update in told if day_of(update) <= day]
            since = commissioned(told)
            heard = bool(known)
            if not heard and told[0].stage == "in_service" and since is not None and since <= day:
                known = told[:1]
            if known and known[-1].stage == "in_service":
                state = state_after(known)
                now[charger] = (state.entity, state.use)
                states[charger] = (state, heard)
        seen |= set(now.values())
        for place in seen:
            here = [charger for charger in now if now[charger] == place]
            faulty = [
                charger
                for charger in here
                if states[charger][1] and states[charger][0].status in ("OUTOFORDER", "INOPERATIVE")
            ]
            added = sum(before.get(charger) != place for charger in here)
            removed = sum(was == place and now.get(c) != place for c, was in before.items())
            found.add(
                (
                    day,
                    *place,
                    len({charger // 2 for charger in here}),
                    len(here),
                    sum(states[charger][0].plugs for charger in here),
                    added,
                    removed,
                    added - removed,
                    Decimal(sum(states[charger][0].kw or 0 for charger in here)),
                    len(faulty) / len(here) if here else None,
                )
            )
        before = now
        day += timedelta(days=1)
    return found


@settings(max_examples=60)
@given(st.lists(UPDATES, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_repeats_and_any_order_end_in_the_same_chargers(
    engine: Engine, updates: list[Update], rng: random.Random
) -> None:
    events = [event(n, update) for n, update in enumerate(updates)]
    shuffled = events + [rng.choice(events) for _ in range(4)]
    rng.shuffle(shuffled)
    engine.forget()
    engine.take(shuffled, in_blocks_of=rng.randrange(1, 8))
    chargers = engine.rows(
        "SELECT charger, status, connectors, stage, use, entity, power_kw,"
        " toUnixTimestamp(status_at), commissioned_on, commissioned_basis FROM bi.chargers"
    )
    assert len(chargers) == len(set(chargers))
    assert set(chargers) == expected_chargers(updates)
    days = engine.rows(
        "SELECT day, entity, use, stations, chargers, connectors, added, removed, net, kw,"
        " fault_share FROM bi.charger_daily"
    )
    assert len(days) == len(set(days))
    assert set(days) == expected_days(updates)

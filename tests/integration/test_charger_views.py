"""The views of chargers on the real engine, against what plain Python makes of the same events."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.aggregate import migrate
from services.aggregate.conflicts import conflicts
from services.aggregate.decode import RawRow, decode
from services.aggregate.keep import keep
from services.aggregate.store import ClickHouseStore
from services.aggregate.tables import CONFLICTS
from tests.builders import raw_event, record
from tests.integration.embedded_clickhouse import READER, embedded_server

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2024, 3, 1, 22, tzinfo=SHANGHAI)
# Of the connectors of a charger the first of these that is there decides.
DECIDE = ["CHARGING", "RESERVED", "BLOCKED", "AVAILABLE", "OUTOFORDER", "INOPERATIVE", "UNKNOWN"]
STATUS = [*DECIDE, "PLANNED", "REMOVED"]
STAGES = ["planned", "in_service", "in_service", "in_service", "closed"]


class Engine(NamedTuple):
    """The two accounts of one server."""

    writer: Any
    reader: Any

    def take(self, events: list[bytes], in_blocks_of: int = 7) -> None:
        """Write the events, a record each, as the write role does."""
        store = ClickHouseStore(self.writer)
        rows = []
        for offset, event in enumerate(events):
            found = list(decode(0, offset, record(event, offset=offset).value or b""))
            rows += [row for row in found if isinstance(row, RawRow)]
        assert len(rows) == len(events)
        for start in range(0, len(rows), in_blocks_of):
            keep(store, rows[start : start + in_blocks_of])

    def forget(self) -> None:
        for table in ("raw", "charger_updates", "conflicts"):
            self.writer.command(f"TRUNCATE TABLE pacekeeper.{table}")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.reader.query(query).result_rows]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with embedded_server(tmp_path_factory.mktemp("clickhouse")) as running:
        writer = running.client(autogenerate_session_id=False)
        migrate.migrate(writer)
        reader = running.client(READER, autogenerate_session_id=False)
        yield Engine(writer, reader)
        reader.close()
        writer.close()


@pytest.fixture
def engine(server: Engine) -> Engine:
    server.forget()
    return server


def updated(
    connectors: dict[str, str] | None = None,
    at: datetime = FIRST,
    *,
    id: str = "e-1",
    time: str = "2024-07-10T09:00:00+08:00",
    connectors_as_sent: list[dict[str, str]] | None = None,
    **changed: Any,
) -> bytes:
    """A state of a charger; what is None is left out."""
    data = {
        "station": "s-1",
        "charger": "c-1",
        "operator": "星能充电",
        "use": "public",
        "status_at": at.isoformat(),
        "connectors": connectors_as_sent
        or [
            {"connector": name, "status": status}
            for name, status in ({"A": "AVAILABLE"} if connectors is None else connectors).items()
        ],
        "stage": "in_service",
        "entity": "wujin",
    } | changed
    told = {name: value for name, value in data.items() if value is not None}
    return raw_event("charger.updated", told, id=id, time=time)


def status(engine: Engine) -> tuple[Any, ...]:
    (found,) = engine.rows("SELECT status, connectors FROM bi.chargers")
    return found


@pytest.mark.parametrize(
    ("connectors", "expected"),
    [
        ({"A": "AVAILABLE", "B": "CHARGING"}, ("CHARGING", 2)),
        ({"A": "BLOCKED", "B": "AVAILABLE"}, ("BLOCKED", 2)),
        ({"A": "RESERVED", "B": "BLOCKED"}, ("RESERVED", 2)),
        ({"A": "OUTOFORDER", "B": "AVAILABLE"}, ("AVAILABLE", 2)),
        ({"A": "INOPERATIVE", "B": "OUTOFORDER"}, ("OUTOFORDER", 2)),
        ({"A": "UNKNOWN", "B": "INOPERATIVE"}, ("INOPERATIVE", 2)),
        ({"A": "UNKNOWN", "B": "REMOVED"}, ("UNKNOWN", 1)),
        ({"A": "PLANNED"}, ("UNKNOWN", 1)),
        ({"A": "REMOVED"}, ("UNKNOWN", 0)),
        ({}, ("UNKNOWN", 0)),
    ],
)
def test_the_status_of_a_charger_follows_from_its_connectors(
    engine: Engine, connectors: dict[str, str], expected: tuple[str, int]
) -> None:
    engine.take([updated(connectors)])
    assert status(engine) == expected


def test_an_id_used_for_two_stations_at_the_same_offset_keeps_the_first(engine: Engine) -> None:
    store = ClickHouseStore(engine.writer)
    arrivals = [
        row
        for partition, station in enumerate(("s-1", "s-2"))
        for row in decode(partition, 0, record(updated(station=station)).value or b"")
        if isinstance(row, RawRow)
    ]
    keep(store, arrivals)
    store.insert(CONFLICTS, list(conflicts(arrivals)))
    assert engine.rows("SELECT station FROM bi.chargers") == [("s-1",)]


def test_a_push_that_overtakes_another_stays_the_newer_one(engine: Engine) -> None:
    late = updated({"A": "CHARGING"}, FIRST + timedelta(minutes=1), id="new")
    engine.take([late, updated({"A": "OUTOFORDER"}, id="old")])
    assert status(engine) == ("CHARGING", 1)


def test_within_a_second_the_sequence_decides_and_after_it_the_record(engine: Engine) -> None:
    engine.take(
        [
            updated({"A": "CHARGING"}, id="a", sequence=10),
            updated({"A": "OUTOFORDER"}, id="b", sequence=9),
            updated({"B": "RESERVED"}, id="c", time="2024-07-10T09:00:01+08:00"),
            updated({"B": "BLOCKED"}, id="d", time="2024-07-10T09:00:00+08:00"),
        ]
    )
    assert status(engine) == ("CHARGING", 2)
    engine.take([updated({"A": "REMOVED"}, id="e", sequence=11)])
    assert status(engine) == ("RESERVED", 1)


def test_a_push_of_one_connector_leaves_the_other_as_it_was(engine: Engine) -> None:
    engine.take(
        [
            updated({"A": "CHARGING", "B": "AVAILABLE"}, id="a", power_kw="120"),
            updated({"B": "OUTOFORDER"}, FIRST + timedelta(hours=1), id="b"),
        ]
    )
    assert status(engine) == ("CHARGING", 2)
    assert engine.rows("SELECT power_kw FROM bi.chargers") == [(Decimal(120),)]


def test_a_connector_named_twice_in_one_push_is_one_connector(engine: Engine) -> None:
    twice = [{"connector": "A", "status": status} for status in ("AVAILABLE", "OUTOFORDER")]
    engine.take([updated(connectors_as_sent=twice)])
    assert status(engine)[1] == 1


def test_of_one_id_the_first_arrival_counts(engine: Engine) -> None:
    engine.take([updated({"A": "AVAILABLE"}), updated({"A": "CHARGING"}, FIRST + timedelta(1))])
    assert status(engine) == ("AVAILABLE", 1)


def test_a_place_is_wgs84_and_keeps_how_it_was_reported(engine: Engine) -> None:
    place = {"lon": "119.9741", "lat": "31.8112", "crs": "gcj02"}
    engine.take([updated(location=place), updated(id="b", charger="nowhere")])
    found = engine.rows(
        "SELECT lon, lat, crs, reported_lon, reported_lat, reported_crs FROM bi.chargers"
        " ORDER BY charger"
    )
    assert found == [
        (119.9693603, 31.813254, "wgs84", 119.9741, 31.8112, "gcj02"),
        (None, None, "", None, None, ""),
    ]


def test_without_a_date_a_charger_was_commissioned_when_first_seen_in_service(
    engine: Engine,
) -> None:
    engine.take(
        [
            updated(id="a", charger="planned", stage="planned"),
            updated(id="b", charger="seen", stage="planned"),
            updated(id="c", charger="seen", at=FIRST + timedelta(hours=3)),
            updated(
                id="d",
                charger="told",
                commissioned_on="2023-11-20",
                commissioned_basis="reported",
            ),
        ]
    )
    found = engine.rows(
        "SELECT charger, commissioned_on, commissioned_basis FROM bi.chargers ORDER BY charger"
    )
    assert found == [
        ("planned", None, ""),
        ("seen", date(2024, 3, 2), "observed"),
        ("told", date(2023, 11, 20), "reported"),
    ]


def test_a_day_tells_stock_gross_and_net_additions_and_the_share_of_faults(engine: Engine) -> None:
    day = timedelta(days=1)
    engine.take(
        [
            updated({"A": "AVAILABLE", "B": "CHARGING"}, id="1", power_kw="120"),
            updated({"A": "OUTOFORDER"}, id="2", charger="c-2"),
            updated(id="3", charger="c-3", station="s-2", power_kw="7.5"),
            updated(id="4", charger="c-3", station="s-2", at=FIRST + 2 * day, stage="closed"),
            updated({"A": "AVAILABLE"}, id="5", charger="c-2", at=FIRST + 2 * day),
            updated(id="6", charger="c-4", at=FIRST + 2 * day),
            updated(id="7", charger="c-4", at=FIRST + 3 * day, use="dedicated"),
        ]
    )
    found = engine.rows(
        "SELECT day, use, stations, chargers, connectors, added, removed, net, kw, fault_share"
        " FROM bi.charger_daily ORDER BY use DESC, day"
    )
    assert found == [
        (date(2024, 3, 1), "public", 2, 3, 4, 3, 0, 3, Decimal("127.5"), pytest.approx(1 / 3)),
        (date(2024, 3, 2), "public", 2, 3, 4, 0, 0, 0, Decimal("127.5"), pytest.approx(1 / 3)),
        (date(2024, 3, 3), "public", 1, 3, 4, 1, 1, 0, Decimal("120"), 0),
        (date(2024, 3, 4), "public", 1, 2, 3, 0, 1, -1, Decimal("120"), 0),
        (date(2024, 3, 4), "dedicated", 1, 1, 1, 1, 0, 1, Decimal("0"), 0),
    ]


def test_a_charger_in_service_when_first_heard_of_counts_since_it_was_commissioned(
    engine: Engine,
) -> None:
    told = {"commissioned_on": "2024-02-28", "commissioned_basis": "reported"}
    engine.take([updated({"A": "OUTOFORDER"}, **told)])
    found = engine.rows("SELECT day, chargers, added, fault_share FROM bi.charger_daily")
    assert sorted(found) == [
        (date(2024, 2, 28), 1, 1, 0),
        (date(2024, 2, 29), 1, 0, 0),
        (date(2024, 3, 1), 1, 0, 1),
    ]


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


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
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

"""The ledger of lamps and the tree of targets on the real engine."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from schemas.data import TargetSet
from schemas.events import parse_event
from schemas.period import Span
from schemas.records.assessment import Assessment, Lamp
from services.aggregate import migrate
from services.aggregate.decode import RawRow, decode
from services.aggregate.record_tables import ASSESSMENTS, assessment_row
from services.aggregate.store import ClickHouseStore
from services.aggregate.tables import RAW
from services.alerts.domain.ledger import ledger
from tests.builders import defined, raw_event, record, target
from tests.integration.embedded_clickhouse import READER, Running, embedded_server

START = datetime(2024, 1, 1, tzinfo=UTC)
ENDS = [date(2024, month, 28) for month in range(1, 13)] + [date(2024, 6, 30)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with embedded_server(tmp_path_factory.mktemp("clickhouse")) as running:
        client = running.client()
        migrate.migrate(client)
        client.close()
        yield running


class Tables:
    """Writes as the aggregate does, reads as an analyst does."""

    def __init__(self, running: Running) -> None:
        self._writer = running.client(autogenerate_session_id=False)
        self._reader = running.client(READER, autogenerate_session_id=False)
        self._store = ClickHouseStore(self._writer)
        for name in ("raw", "assessments"):
            self._writer.command(f"TRUNCATE TABLE pacekeeper.{name}")
        self._offset = 0

    def take(self, *events: bytes) -> None:
        self._offset += 1
        packed = record(*events, offset=self._offset)
        rows = decode(0, self._offset, packed.value or b"")
        self._store.insert(RAW, [row for row in rows if isinstance(row, RawRow)])

    def say(self, *rows: Assessment) -> None:
        self._store.insert(ASSESSMENTS, [assessment_row(row) for row in rows])

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._reader.query(sql).result_rows]

    def close(self) -> None:
        self._writer.close()
        self._reader.close()


@pytest.fixture
def tables(server: Running) -> Iterator[Tables]:
    found = Tables(server)
    yield found
    found.close()


def said(
    name: str, version: int, end: date, lamp: Lamp, sequence: int, *, gone: bool = False
) -> Assessment:
    return Assessment(
        target=name,
        version=version,
        indicator="i",
        entity="e",
        # Half a year has a name of its own beside the month's.
        period=end.isoformat() if end.day != 28 else end.strftime("%Y-%m"),
        period_end=end,
        as_of=START + timedelta(days=sequence),
        lamp=lamp,
        scheme="standard",
        reason="met",
        reason_zh="",
        reason_en="",
        assessed_at=START,
        sequence=sequence,
        superseded=gone,
    )


def history(name: str, chance: random.Random) -> list[Assessment]:
    """Verdicts on some periods, spoken in any order, corrected, taken back, under two versions."""
    rows = []
    for sequence in range(chance.randrange(1, 25)):
        end = chance.choice(ENDS[: chance.choice((3, 13))])
        gone = chance.random() < 0.1
        version, lamp = chance.choice((1, 2)), chance.choice(list(Lamp))
        rows.append(said(name, version, end, lamp, sequence, gone=gone))
    return rows


def spanned(name: str, version: int, first: str, last: str) -> bytes:
    data = target(target=name, version=version, **{"from": first, "to": last})
    return data.replace(b'"year":2024,', b"")


def test_the_ledger_of_the_tables_is_the_ledger_of_the_judge(tables: Tables) -> None:
    chance = random.Random(20240630)
    spans, told, events = {}, [], []
    for number in range(150):
        name = f"t-{number}"
        told += history(name, chance)
        until = chance.choice((date(2024, 12, 31), date(2024, 6, 29), date(2024, 4, 28)))
        spans[name, 1] = Span(date(2024, 1, 1), date(2024, 12, 31))
        spans[name, 2] = Span(date(2024, 1, 1), until)
        events += [target(target=name), spanned(name, 2, "2024-01-01", until.isoformat())]
    tables.take(*events)
    chance.shuffle(told)
    half = len(told) // 2
    tables.say(*told[:half])
    tables.say(*told[half:])
    tables.say(*told[:half])
    expected = sorted(
        (e.target, e.period, e.first_lamp.value, e.current_lamp.value, e.made_up_in)
        for e in ledger(told, spans)
    )
    found = tables.read("SELECT * FROM bi.lamp_ledger")
    assert sorted(found) == expected
    assert any(made_up for *_, made_up in found)
    assert any(first == "red" and now == "yellow" for _, _, first, now, _ in found)


def test_a_row_that_is_said_under_another_name_in_the_same_breath_stays(tables: Tables) -> None:
    tables.take(target())
    day = date(2024, 9, 28)
    tables.say(said("vehicles-2024", 1, day, Lamp.RED, 1))
    gone = said("vehicles-2024", 1, day, Lamp.RED, 2, gone=True)
    stays = said("vehicles-2024", 1, day, Lamp.YELLOW, 2).model_copy(update={"period": "due"})
    tables.say(gone, stays)
    assert tables.read("SELECT period, current_lamp FROM bi.lamp_ledger") == [("due", "yellow")]


def test_rows_without_a_period_are_no_part_of_the_ledger(tables: Tables) -> None:
    silent = said("vehicles-2024", 1, date(2024, 1, 28), Lamp.GREY, 1)
    tables.say(silent.model_copy(update={"period": "", "period_end": None, "as_of": None}))
    assert tables.read("SELECT * FROM bi.lamp_ledger") == []


def place(entity: str, kind: str = "district") -> bytes:
    data = {"entity": entity, "kind": kind, "name_zh": entity}
    return raw_event("entity.defined", data, id=f"entity-{entity}")


def child(name: str, value: str, **changed: Any) -> bytes:
    goal = changed.pop("goal", {"kind": "at_least", "value": value, "strict": True})
    return target(target=name, parent="vehicles-2024", goal=goal, **changed)


TREE = """
SELECT child, goal_value, sum_of_children, difference, branch, counted FROM bi.target_tree
WHERE parent = 'vehicles-2024' ORDER BY child
"""


def tree(tables: Tables) -> list[tuple[Any, ...]]:
    return [
        tuple(str(cell.normalize()) if isinstance(cell, Decimal) else cell for cell in row)
        for row in tables.read(TREE)
    ]


def test_children_by_block_and_by_line_are_two_sums_against_the_parent(tables: Tables) -> None:
    tables.take(
        defined(), *map(place, ("changzhou", "wujin", "xinbei")), place("gxj", "department")
    )
    tables.take(
        target(),
        child("wujin", "60", entity="wujin"),
        child("xinbei", "30", entity="xinbei"),
        child("cars", "70", lead="czgxj"),
        child("buses", "30", entity="gxj"),
    )
    assert tree(tables) == [
        ("buses", "3E+1", "1E+2", "0", "line", True),
        ("cars", "7E+1", "1E+2", "0", "line", True),
        ("wujin", "6E+1", "9E+1", "1E+1", "block", True),
        ("xinbei", "3E+1", "9E+1", "1E+1", "block", True),
    ]


def test_only_what_counts_the_same_adds_up(tables: Tables) -> None:
    half = {"from": "2024-01-01", "to": "2024-06-30"}
    tables.take(
        defined(),
        defined(indicator="money", unit="亿元"),
        defined(indicator="share", unit="%", measure="stock"),
        target(),
        child("a", "40", entity="a"),
        child("growth", "", entity="b", goal={"kind": "growth", "percent": "6"}),
        child("added", "", entity="c", goal={"kind": "increase", "value": "5"}),
        child("money", "9", entity="d", indicator="money"),
        child("half", "20", entity="e", **half).replace(b'"year":2024,', b""),
        child("share", "20", entity="f", indicator="share"),
        child("placeholder", "", entity="g", goal={"kind": "assigned", "from": "province"}),
    )
    rows = {row[0]: row[1:] for row in tree(tables)}
    assert {name for name, row in rows.items() if row[-1]} == {"a"}
    assert {row[1:3] for row in rows.values()} == {("4E+1", "6E+1")}
    assert rows["placeholder"][0] is None


def test_a_parent_that_is_no_amount_has_no_sum(tables: Tables) -> None:
    growth = {"kind": "growth", "percent": "6"}
    tables.take(defined(), target(goal=growth), child("a", "", entity="a", goal=growth))
    assert tree(tables) == [("a", "6", None, None, "block", False)]


def test_the_tree_is_that_of_the_versions_in_force(tables: Tables) -> None:
    later = {"version": 3, "effective_from": "2140-01-01"}
    tables.take(
        defined(),
        target(),
        target(version=2, effective_from="2024-03-01", goal={"kind": "at_least", "value": "80"}),
        target(goal={"kind": "at_least", "value": "500"}, **later),
        child("a", "30", entity="a"),
        child("a", "", entity="a", version=2, goal={"kind": "at_least", "value": "50"}),
        child("a", "", entity="a", goal={"kind": "at_least", "value": "999"}, **later),
        child("b", "10", entity="b"),
        child("b", "", entity="b", version=2, goal={"kind": "withdrawn"}),
        child("c", "7", entity="c", effective_from="2140-01-01"),
        child("c", "8", entity="c", version=2, effective_from="2141-01-01"),
    )
    assert [(row[0], row[1]) for row in tree(tables)] == [("a", "5E+1"), ("c", "7")]
    assert tables.read("SELECT DISTINCT parent_goal_value FROM bi.target_tree") == [(Decimal(80),)]


def test_a_placeholder_is_seen_until_its_target_comes(tables: Tables) -> None:
    assigned = {"kind": "assigned", "from": "province"}
    tables.take(defined(), target(goal=assigned), target(target="soon", goal=assigned))
    asked = "SELECT target, awaited_from, since, days > 300, lead FROM bi.awaited_targets"
    since = date(2024, 1, 1)
    assert sorted(tables.read(asked)) == [
        ("soon", "province", since, True, "stats"),
        ("vehicles-2024", "province", since, True, "stats"),
    ]
    tables.take(target(target="soon", version=2))
    assert tables.read(asked) == [("vehicles-2024", "province", since, True, "stats")]


def test_a_definition_is_there_in_full_as_it_was_set_first(tables: Tables) -> None:
    plan = {"kind": "plan", "values": {"2024-06": "40", "2024": "100"}}
    tables.take(target(trajectory=plan), target(version=2))
    tables.take(target(lead="later"))
    rows = tables.read("SELECT version, since, until, definition FROM bi.target_definitions")
    told = {row[0]: TargetSet.model_validate_json(row[3]) for row in rows}
    assert told[1] == parse_event(target(trajectory=plan)).data
    assert told[2] == parse_event(target(version=2)).data
    assert {row[1:3] for row in rows} == {(date(2024, 1, 1), date(2024, 12, 31))}


def test_every_column_says_in_chinese_what_it_is(tables: Tables) -> None:
    for view in ("lamp_ledger", "target_tree", "awaited_targets", "target_definitions"):
        for name, *_, comment in tables.read(
            f"SELECT name, comment FROM system.columns WHERE database = 'bi' AND table = '{view}'"
        ):
            assert comment > "一", (view, name)

"""Both adapters of the console's views give the same answers for the same rows."""

import functools
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.aggregate.migrate import migrate
from services.alerts.console.memory import MemoryViews
from services.alerts.console.rows import (
    AlertRow,
    AssessmentRow,
    EntityRow,
    HistoryRow,
    IndicatorRow,
    LedgerRow,
    RejectedRow,
    TargetRow,
    ValueRow,
)
from services.alerts.console.store import StoreViews
from services.runtime import clickhouse
from services.runtime.errors import AwayError
from services.series.months import day_in_china
from tests.integration.embedded_clickhouse import READER, Running, embedded_server

AT = datetime(2024, 7, 10, 1, tzinfo=UTC)
QUOTED = "it's-a-\\target"
# Whatever day it is: due in three days.
SOON = day_in_china(datetime.now(UTC)) + timedelta(days=3)


def _assessment(period: str, end: date | None, lamp: str, **more: Any) -> AssessmentRow:
    given = {"target": "t-1", "as_of": AT, "actual": Decimal("41.5"), "pace": 0.835, **more}
    return AssessmentRow(
        version=1,
        indicator="i-1",
        entity="e-1",
        period=period,
        period_end=end,
        lamp=lamp,
        scheme="standard",
        reason="behind",
        reason_zh="落后",
        reason_en="behind",
        assessed_at=AT,
        basis=("a", "b"),
        **given,
    )


def _rows() -> MemoryViews:
    views = MemoryViews()
    views.indicators = [
        IndicatorRow("i-1", "产量", "Output", "辆", "cumulative", "higher", "d-1", "month", "任务")
    ]
    views.entities = [EntityRow("e-1", "town", "镇", "Town", "e-0")]
    views.target_rows = [
        TargetRow(
            "t-1", version, "i-1", "e-1", "at_least", "linear_days", "standard",
            date(2024, version, 1), 2024, goal_value=Decimal(100), lead="d-1",
            responsible=("d-2", "d-3"), supervisor="d-4", approved_by="人大",
        )
        for version in (1, 2)
    ]  # fmt: skip
    march = _assessment("2024-03", date(2024, 3, 31), "red")
    views.assessment_rows = [
        replace(march, actual=Decimal(40), as_of=AT - timedelta(days=9), superseded=True),
        march,
        _assessment("2024-06", date(2024, 6, 30), "green"),
        _assessment("", None, "grey", target=QUOTED, as_of=None, actual=None, pace=None),
    ]
    views.value_rows = [
        ValueRow(
            "i-1", "e-1", "2024-06", date(2024, 1, 1), date(2024, 6, 30), "cumulative",
            Decimal("41.5"), "辆", "G", AT, "zone", 2, True,
        ),
        ValueRow(
            "i-1", "e-1", "2024-03", date(2024, 1, 1), date(2024, 3, 31), "cumulative",
            Decimal(20), "辆", "P", AT,
        ),
    ]  # fmt: skip
    for number, state in enumerate(("open", "closed", "acknowledged")):
        opened = AT + timedelta(hours=number)
        views.alert_rows.append(
            AlertRow(
                f"a-{number}", "t-1", "i-1", "e-1", "behind", state, "red", "high", opened,
                "2024-03", "2024-06", Decimal("-8.2"), "d-1", ("d-2",), "d-4",
                due_on=SOON if state == "acknowledged" else date(2024, 7, 31),
                overdue=state == "open", near_due=state == "acknowledged", notes=("先看",),
                reopened=number,
            )
        )  # fmt: skip
        views.history_rows.append(
            HistoryRow(
                f"a-{number}", 1, state, "behind", "admin", opened, ("a",), f"c-{number}",
                "2024-06", "red",
            )
        )  # fmt: skip
    views.ledger_rows = [LedgerRow("d-1", date(2024, 7, 10), 6, 4, 1, 1, 4, 0)]
    views.rejected_rows = [
        RejectedRow(
            "r-1",
            "d-1",
            AT,
            "unit_mismatch",
            "data.unit",
            "不是一类",
            "rejected",
            "{}",
            "no kin",
            "x-1",
        )
    ]
    return views


def _fill(running: Running, views: MemoryViews) -> None:
    client = running.client()

    def insert(table: str, rows: list[dict[str, Any]]) -> None:
        names = list(rows[0])
        values = [[_listed(row[name]) for name in names] for row in rows]
        client.insert(table, values, column_names=names, database="pacekeeper")

    raw = {"recorded_at": AT, "received_at": AT, "department": "d-1", "receipt": "k-1"}
    catalogue = [
        *(("indicator.defined", i.indicator, "", _sent(i)) for i in views.indicators),
        *(("entity.defined", "", e.entity, _sent(e)) for e in views.entities),
        *(("target.set", t.indicator, t.entity, _target_sent(t)) for t in views.target_rows),
    ]
    insert(
        "raw",
        [
            raw | {"type": kind, "indicator": indicator, "entity": entity, "data": data, "line": n}
            for n, (kind, indicator, entity, data) in enumerate(catalogue)
        ],
    )
    insert(
        "assessments",
        [
            {n: v for n, v in asdict(row).items() if n != "superseded"}
            | {"sequence": 1 if row.superseded else 2, "retracted": False}
            for row in views.assessment_rows
        ],
    )
    insert("series", _series(views.value_rows))
    insert(
        "alerts",
        [
            {n: v for n, v in asdict(row).items() if n not in ("overdue", "near_due")}
            | {
                n: v
                for n, v in asdict(step).items()
                if n in ("seq", "by", "at", "basis", "reason", "command_id")
            }
            for row, step in zip(views.alert_rows, views.history_rows, strict=True)
        ],
    )
    (day,) = views.ledger_rows
    insert(
        "receipts",
        [
            {
                n: v
                for n, v in asdict(day).items()
                if n in ("received", "accepted", "duplicate", "rejected")
            }
            | {"receipt": "k-1", "department": "d-1", "received_at": AT}
        ],
    )
    (refused,) = views.rejected_rows
    insert(
        "rejected",
        [
            {n: v for n, v in asdict(refused).items() if n not in ("message", "state")}
            | {"message_zh": refused.message}
        ],
    )


def _series(rows: list[ValueRow]) -> list[dict[str, Any]]:
    """One row a series, its figures in lists."""
    names = {"period_start": "start", "period_end": "end"}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        key = {"indicator": row.indicator, "entity": row.entity}
        series = found.setdefault((row.indicator, row.entity), key | {"version": 1})
        for name, value in asdict(row).items():
            if name not in key:
                series.setdefault(f"now.{names.get(name, name)}", []).append(value)
    return list(found.values())


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _sent(row: IndicatorRow | EntityRow) -> str:
    return json.dumps(asdict(row))


def _target_sent(row: TargetRow) -> str:
    given = asdict(row) | {
        "goal": {"kind": row.goal, "value": str(row.goal_value)},
        "trajectory": {"kind": row.trajectory},
    }
    return json.dumps(given, default=str)


@pytest.fixture(scope="module")
def memory() -> MemoryViews:
    return _rows()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with embedded_server(tmp_path_factory.mktemp("views")) as found:
        migrate(found.client())
        yield found


@pytest.fixture(scope="module")
def store(running: Running, memory: MemoryViews) -> StoreViews:
    views = StoreViews(functools.partial(clickhouse.connect, running.url, *READER))
    empty = views.stamp()
    assert views.ready()
    assert views.snapshot().targets == ()
    _fill(running, memory)
    assert views.stamp() != empty
    return views


def test_the_snapshot_is_the_same(store: StoreViews, memory: MemoryViews) -> None:
    found, expected = store.snapshot(), memory.snapshot()
    assert found.indicators == expected.indicators
    assert found.entities == expected.entities
    assert found.targets == expected.targets
    assert found.latest == expected.latest
    assert [row.lamp for row in found.latest if row.target == "t-1"] == ["green"]
    assert found.alerts == expected.alerts
    assert found.simulated == expected.simulated == {("i-1", "e-1", "zone")}


def test_every_read_is_the_same(store: StoreViews, memory: MemoryViews) -> None:
    for target in ("t-1", QUOTED, "nothing"):
        assert store.assessments(target) == memory.assessments(target)
        assert store.versions(target) == memory.versions(target)
        assert store.alerts_of(target) == memory.alerts_of(target)
    assert store.values("i-1", "e-1") == memory.values("i-1", "e-1")
    assert len(store.values("i-1", "e-1")) == 2
    for closed in (True, False):
        assert store.alerts(closed) == memory.alerts(closed)
    assert store.alert("a-1") == memory.alert("a-1")
    assert store.alert("' OR 1 = 1") is None
    assert store.history("a-2") == memory.history("a-2")
    assert store.ledger() == memory.ledger()
    assert store.rejected() == memory.rejected()


def test_the_stamp_stays_while_nothing_changes_and_moves_with_a_judgement(
    store: StoreViews, running: Running
) -> None:
    before = store.stamp()
    assert store.stamp() == before
    running.client().command(
        "INSERT INTO pacekeeper.assessments (target, period, version, lamp, sequence)"
        " VALUES ('t-9', '2024-06', 1, 'red', 1)"
    )
    assert store.stamp() != before


def test_a_store_that_is_gone_is_away(tmp_path: Path) -> None:
    with embedded_server(tmp_path) as gone:
        views = StoreViews(functools.partial(clickhouse.connect, gone.url, *READER))
    with pytest.raises(AwayError):
        views.stamp()

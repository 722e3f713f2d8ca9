"""AutoETS behind the alerts worker: killing either changes nothing that is published."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import psutil
import pytest

from schemas.records.assessment import Assessment
from schemas.records.dossier import Fact
from services.alerts.domain.loop import Settings
from services.alerts.pipeline import Bench
from services.alerts.poison import Input
from services.runtime.kafka import Record
from services.series.fitting import ModelProcess
from tests.integration.alerts_broker import AlertsStand, alerts_stand, collect
from tests.stack import eventually
from tests.unit.alerts_fakes import AT, MemoryOutlet, final
from tests.unit.judging import at_least, dossier, target
from tests.unit.test_models import months

SERIES = [f"grows{number}" for number in range(4)]


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[AlertsStand]:
    with alerts_stand(tmp_path) as running:
        yield running


def growing(number: int, through: int) -> list[Fact]:
    """A flow that grows by the same amount every month: no two years have one profile."""
    values = [str(10 + number + (2 + number) * month) for month in range(36 + through)]
    years = range(2021, 2025)
    return [
        each
        for year in years
        for each in months(year, *values[12 * (year - 2021) : 12 * (year - 2020)])
    ]


def a_dossier(name: str, number: int, through: int) -> tuple[str, bytes, bytes]:
    goal = target(at_least("1000"), target=name, trajectory={"kind": "linear_months"})
    text = dossier(growing(number, through), goal).model_dump_json(by_alias=True)
    return "indicators", f"{name}|changzhou".encode(), text.encode()


def model_process(stand: AlertsStand) -> psutil.Process | None:
    assert stand.worker.child is not None
    children = psutil.Process(stand.worker.child.pid).children()
    return next((p for p in children if "services.series.autoets" in p.cmdline()), None)


def send_all(stand: AlertsStand, through: int) -> list[Input]:
    records = [a_dossier(name, number, through) for number, name in enumerate(SERIES)]
    sent = stand.send(*records)
    return [
        Input(topic, where.partition, where.offset, AT, key, text)
        for (topic, key, text), where in zip(records, sent, strict=True)
    ]


def calm(inputs: list[Input]) -> tuple[Any, ...]:
    """The same inputs by the pure part and a model that nobody disturbs."""

    async def replay() -> tuple[Any, ...]:
        outlet, model = MemoryOutlet(), ModelProcess()
        try:
            await Bench(outlet, Settings(), (), model).take(inputs)
        finally:
            await model.close()
        return final(outlet)

    return asyncio.run(replay())


def marked(records: list[Record]) -> set[tuple[bytes | None, bytes]]:
    return {(r.key, r.value or b"") for r in records if b'"kind":"judged"' in (r.value or b"")}


def held(records: list[Record]) -> tuple[Any, ...]:
    outlet = MemoryOutlet()
    outlet.sent = [(r.topic, r.key or b"", r.value or b"") for r in records]
    return final(outlet)


def test_neither_the_models_death_nor_the_workers_changes_what_is_published(
    stand: AlertsStand,
) -> None:
    consumer = stand.consumer("assessments", "alerts", "notices")
    inputs = send_all(stand, 5)
    eventually(lambda: model_process(stand) is not None, 60, "the model is asked")
    first = model_process(stand)
    assert first is not None
    first.kill()
    found = collect(consumer, lambda seen: len(marked(seen)) == len(SERIES), 120)
    inputs += send_all(stand, 6)
    stand.kill_worker()
    stand.start_worker()
    found += collect(consumer, lambda seen: _judged(seen, "2024-06") == set(SERIES), 120)
    judged, moved, _ = held(found)
    expected_rows, expected_moves, _ = calm(inputs)
    assert judged == expected_rows
    assert moved == expected_moves
    june = [row for (_, period), row in judged.items() if period == "2024-06"]
    assert {row.method for row in june} == {"autoets"}
    for row in june:
        number = SERIES.index(row.target)
        year = [10 + number + (2 + number) * month for month in range(36, 48)]
        assert row.forecast == pytest.approx(D(sum(year)), rel=D("0.001"))
        assert row.forecast_low is not None
        assert row.forecast_low <= row.forecast <= row.forecast_high


def test_an_orderly_stop_ends_the_model_too(stand: AlertsStand) -> None:
    consumer = stand.consumer("assessments")
    send_all(stand, 4)
    collect(consumer, lambda seen: len(marked(seen)) == len(SERIES), 120)
    model = model_process(stand)
    assert model is not None
    assert stand.worker.end() == 0
    eventually(lambda: not model.is_running(), 10, "the model's process ends")
    said = stand.worker.log.read_text()
    assert "Exception ignored" not in said
    assert "Traceback" not in said


def _judged(records: list[Record], period: str) -> set[str]:
    rows = [
        Assessment.model_validate_json(record.value or b"")
        for record in records
        if record.topic == "assessments" and b'"kind":"judged"' not in (record.value or b"")
    ]
    return {row.target for row in rows if row.period == period}

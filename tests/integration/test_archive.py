"""What the sink stored is enough to remember everything again, to the last digit."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.records.dossier import Fact
from services.aggregate import migrate
from services.aggregate.sink import Sink
from services.aggregate.store import ClickHouseStore
from services.alerts.archive import Archive
from services.alerts.domain.loop import Settings
from services.alerts.domain.state import SeriesState
from services.alerts.pipeline import Bench
from services.runtime.kafka import Record
from tests.integration.embedded_clickhouse import Running, embedded_server
from tests.unit.alerts_fakes import MemoryOutlet
from tests.unit.judging import year_to_date
from tests.unit.test_alerts_pipeline import DIFFERS, LATE, a_balance, a_command, a_dossier
from tests.unit.test_sink import MemorySource

KEY = b"vehicle_output|changzhou"
BOOKS = b"|czgxj"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Archive]]:
    with embedded_server(tmp_path_factory.mktemp("clickhouse")) as running:
        client = running.client()
        migrate.migrate(client)
        client.close()
        yield running, Archive(lambda: running.client(autogenerate_session_id=False))


def to_the_microsecond(facts: list[Fact]) -> list[Fact]:
    """Published at moments that a view does not show in full."""
    off = timedelta(microseconds=123_457)
    return [fact.model_copy(update={"recorded_at": fact.recorded_at + off}) for fact in facts]


def test_states_come_back_as_they_were(archive: tuple[Running, Archive]) -> None:
    running, kept = archive
    before = year_to_date(2022, *(str(7 * n) for n in range(1, 13)))
    before += year_to_date(2023, *(str(8 * n) for n in range(1, 13)))
    year = to_the_microsecond(year_to_date(2024, "5", "10.123", "17", "33.3333"))
    outlet = MemoryOutlet()
    worker = Bench(outlet, Settings(), [])
    inputs = [
        a_dossier(1, *before, *year[:3], key=KEY),
        replace(a_command("acknowledge", "c1", note="看过"), key=KEY),
        a_dossier(2, *before, *year, key=KEY, findings=(LATE,)),
        replace(a_command("plan", "c2", due="2024-09-30"), key=KEY),
        replace(a_command("extend", "c3", due="2024-10-31"), key=KEY),
        a_dossier(3, *before, *year[:2], key=KEY, findings=(LATE,)),
        a_balance(4, DIFFERS),
    ]
    for given in inputs:
        asyncio.run(worker.take([given]))
    records = [
        Record(topic, 0, number, 0, key, value)
        for number, (topic, key, value) in enumerate(outlet.sent)
        if topic in ("assessments", "alerts")
    ]
    client = running.client()
    Sink(MemorySource(), ClickHouseStore(client), threading.Event()).sink(records)
    client.close()
    assert kept.known() == {KEY, BOOKS}
    found = kept.states([KEY, BOOKS])
    state = SeriesState.model_validate_json(outlet.table[KEY])
    assert state.targets["t"].rows["2024-02"].actual is not None
    assert found[KEY].offset == 3
    assert found[KEY].commands == state.commands == ("c1", "c2", "c3")
    assert found[BOOKS].targets == SeriesState.model_validate_json(outlet.table[BOOKS]).targets
    assert found[KEY].targets[""] == state.targets[""]
    shown, remembered = found[KEY].targets["t"], state.targets["t"]
    assert (shown.alerts, shown.opened) == (remembered.alerts, remembered.opened)
    # `as_of` and what was counted are the same to the last digit, and so is the fingerprint.
    assert shown.rows == remembered.rows

"""Changes one thing for the worse in one part, named by PACEKEEPER_MUTATION; for tests only.

Python reads this module at its start when the folder is in PYTHONPATH: the part itself is started
as ever.
"""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any


def _refuse_poison() -> None:
    """The store refuses every block with a figure whose id begins with `poison`."""
    from services.aggregate.store import ClickHouseStore
    from services.aggregate.tables import RAW
    from services.runtime.errors import RefusedError

    insert = ClickHouseStore.insert

    def refusing(self: ClickHouseStore, table: Any, rows: Sequence[tuple[Any, ...]]) -> None:
        if table.name == RAW.name and any(
            str(part).startswith("poison-") for row in rows for part in row
        ):
            raise RefusedError("a row of this block cannot be kept")
        insert(self, table, rows)

    ClickHouseStore.insert = refusing  # type: ignore[method-assign]


def _no_bisect() -> None:
    """What the store refuses is given up as a whole."""
    from services.aggregate.store import ClickHouseStore
    from services.runtime.errors import RefusedError

    _refuse_poison()
    insert = ClickHouseStore.insert

    def giving_up(self: ClickHouseStore, table: Any, rows: Sequence[tuple[Any, ...]]) -> None:
        try:
            insert(self, table, rows)
        except RefusedError:
            return

    ClickHouseStore.insert = giving_up  # type: ignore[method-assign]


def _commit_before_insert() -> None:
    """Offsets of `events` move before anything was stored."""
    from schemas.topics import EVENTS
    from services.runtime.kafka import Consumer, Record

    poll = Consumer.poll

    def committing(self: Consumer, timeout_ms: int, max_records: int | None = None) -> list[Record]:
        records = poll(self, timeout_ms, max_records)
        if records and records[0].topic == EVENTS.name:
            self.commit(records)
        return records

    Consumer.poll = committing  # type: ignore[method-assign]


def _acks_one() -> None:
    """The producer asks for acks=1, and so cannot be idempotent either."""
    from services.runtime.kafka import producer

    made = producer.made

    def careless(kind: Any, bootstrap: str, **settings: Any) -> Any:
        return made(kind, bootstrap, **settings | {"acks": 1, "enable_idempotence": False})

    producer.made = careless


def _dedup_tokens() -> None:
    """Inserts carry ClickHouse's own tokens, and the raw table remembers them."""
    from clickhouse_connect.driver.client import Client

    from services.aggregate import app, store

    migrate = app.migrate

    def remembering(client: Client) -> list[str]:
        done = migrate(client)
        client.command(
            "ALTER TABLE pacekeeper.raw MODIFY SETTING non_replicated_deduplication_window = 1000"
        )
        return done

    app.migrate = remembering
    for settings in (store.WRITE, store._WRITE_ONCE):
        settings["insert_deduplicate"] = 1


def _ack_before_sent() -> None:
    """What the worker publishes stays in its buffer as long as the file PACEKEEPER_UNSENT is there;
    it acknowledges all the same."""
    from services.alerts.app import FaustOutlet

    publish = FaustOutlet.publish
    unsent = os.environ["PACEKEEPER_UNSENT"]

    async def buffering(self: FaustOutlet, records: Sequence[tuple[str, bytes, bytes]]) -> None:
        if not os.path.exists(unsent):
            await publish(self, records)

    FaustOutlet.publish = buffering  # type: ignore[method-assign]


_MUTATIONS: dict[str, tuple[str, Callable[[], None]]] = {
    "refuse_poison": ("services.aggregate", _refuse_poison),
    "no_bisect": ("services.aggregate", _no_bisect),
    "commit_before_insert": ("services.aggregate", _commit_before_insert),
    "acks_one": ("services.ingest", _acks_one),
    "dedup_tokens": ("services.aggregate", _dedup_tokens),
    "ack_before_sent": ("services.alerts", _ack_before_sent),
    "none": ("", lambda: None),
}

_part, _mutate = _MUTATIONS[os.environ["PACEKEEPER_MUTATION"]]
if _part in sys.orig_argv:
    _mutate()

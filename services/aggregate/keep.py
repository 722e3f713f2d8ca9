"""Rows into every table that they belong to."""

from collections.abc import Sequence

from services.aggregate.block import Block
from services.aggregate.decode import RawRow
from services.aggregate.store import Store
from services.aggregate.tables import CHARGERS, RAW, charger_row


def keep(store: Store, rows: Sequence[RawRow]) -> None:
    """The rows in raw, and chargers on their own; again and half-done it changes nothing."""
    store.insert(RAW, rows)
    _keep_chargers(store, rows)


def keep_block(store: Store, block: Block) -> None:
    """The rows of a block, as columns where that is cheaper."""
    whole = block.whole()
    if whole is None:
        keep(store, block.rows)
        return
    store.append(RAW, whole)
    _keep_chargers(store, block.rows)


def _keep_chargers(store: Store, rows: Sequence[RawRow]) -> None:
    chargers = [charger_row(row) for row in rows if row.type == "charger.updated"]
    if chargers:
        store.insert(CHARGERS, chargers)

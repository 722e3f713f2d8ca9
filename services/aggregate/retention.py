"""How long topics, arrivals and their receipts are kept, applied at every start."""

from collections.abc import Callable, Mapping
from typing import Literal

from schemas.topics import DAY_MS, TOPICS, TOUCHED

Months = int | Literal["keep"]

# What ages, and what of it stays: figures are read by definitions and targets of any age.
AGING = {
    "pacekeeper.raw": " WHERE type NOT IN ('indicator.defined', 'entity.defined', 'target.set')",
    "pacekeeper.receipts": "",
}
# Whole months of Shanghai, as the books have its days. They end in the books two days before the
# engine may drop them: wherever its clock is, no month of the books is ever half there.
_GONE = "addDays(addMonths(toStartOfMonth(received_at, 'Asia/Shanghai'), {months}), 2)"
_BOOKS_SINCE = (
    "INSERT INTO pacekeeper.raw_kept (since, months)"
    " SELECT since, {months} FROM pacekeeper.books_since WHERE months != {months}"
)


def topic_configs(days: int) -> dict[str, dict[str, str]]:
    """The settings of every topic that forgets; `touched` is read at once, and keeps its week."""
    return {
        topic.name: {"retention.ms": str(days * DAY_MS)}
        for topic in TOPICS
        if topic.retention_ms is not None and topic is not TOUCHED
    }


def keep_raw(months: Months, now: Mapping[str, str], command: Callable[[str], object]) -> None:
    """Make arrivals, and their receipts, stay for so many months after the one of their receipt.

    `now` is the definition of each table of AGING. The books stop reaching back before anything is
    dropped, and never reach back again to what may have been.
    """
    number = 0 if months == "keep" else months
    command(_BOOKS_SINCE.format(months=number))
    for table, but in AGING.items():
        wanted = f"TTL {_GONE.format(months=number + 1)}{but}"
        if number and wanted not in now[table]:
            command(f"ALTER TABLE {table} MODIFY {wanted}")
        elif not number and "TTL " in now[table]:
            command(f"ALTER TABLE {table} REMOVE TTL")

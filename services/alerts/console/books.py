"""The books per department and day, and what was refused. Pure."""

from dataclasses import dataclass

from services.alerts.console import figures
from services.alerts.console.catalogue import Catalogue
from services.alerts.console.rows import LedgerRow, RejectedRow


@dataclass(frozen=True)
class Entry:
    """One line of the ledger."""

    department: str
    day: str
    received: int
    accepted: int
    duplicate: int
    rejected: int
    stored: int
    difference: int


@dataclass(frozen=True)
class Refusal:
    """One refused event."""

    id: str
    department: str
    at: str
    event_id: str
    code: str
    field: str
    sentence: str
    state: str
    raw: str


@dataclass(frozen=True)
class Books:
    """The page's content; `total` sums the lines."""

    entries: tuple[Entry, ...]
    total: Entry | None
    refusals: tuple[Refusal, ...]


def books(ledger: list[LedgerRow], rejected: list[RejectedRow], names: Catalogue) -> Books:
    """Draw up the page."""
    return Books(
        entries=tuple(_entry(row, names) for row in ledger),
        total=_total(ledger, names) if ledger else None,
        refusals=tuple(
            Refusal(
                id=row.id,
                department=names.entity(row.department),
                at=figures.moment(row.received_at),
                event_id=row.event_id,
                code=row.code,
                field=row.field,
                sentence=names.language.pick(row.message, row.message_en),
                state=row.state,
                raw=row.raw,
            )
            for row in rejected
        ),
    )


def _entry(row: LedgerRow, names: Catalogue) -> Entry:
    return Entry(
        names.entity(row.department),
        figures.day(row.day),
        row.received,
        row.accepted,
        row.duplicate,
        row.rejected,
        row.stored,
        row.difference,
    )


def _total(ledger: list[LedgerRow], names: Catalogue) -> Entry:
    return Entry(
        names.language("books.total"),
        "",
        sum(row.received for row in ledger),
        sum(row.accepted for row in ledger),
        sum(row.duplicate for row in ledger),
        sum(row.rejected for row in ledger),
        sum(row.stored for row in ledger),
        sum(row.difference for row in ledger),
    )

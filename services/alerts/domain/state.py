"""What the worker remembers of one series: judgements published, alerts, what is still unsent."""

from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b

from schemas.period import parse
from schemas.records.alert import AlertChanged, AlertState
from schemas.records.assessment import Assessment, Lamp
from schemas.records.record import Record

ENDED = frozenset({AlertState.CLOSED, AlertState.WITHDRAWN})


class Published(Record):
    """A current row as it was published: enough to know it again, and to take it back."""

    version: int
    scope: str
    end: date | None
    as_of: datetime | None
    lamp: Lamp
    scheme: str
    actual: Decimal | None
    expected: Decimal | None
    gap: Decimal | None
    digest: str
    assessed_at: datetime
    sequence: int


class Alert(Record):
    """An alert as its last transition left it.

    It waits to be acknowledged since `waits_since`; None once it was, or went to the supervisor.
    `opened_on` are the events that a verdict rested on when it was first opened.
    """

    last: AlertChanged
    opened_on: tuple[str, ...] = ()
    waits_since: datetime | None = None

    @property
    def active(self) -> bool:
        """Is the loop still running?"""
        return self.last.state not in ENDED

    @property
    def opened_end(self) -> date:
        """The last day of the period that it was opened for."""
        return parse(self.last.opened_period).end


class TargetState(Record):
    """One target: published rows by period, and per kind the newest alert and how many."""

    rows: dict[str, Published] = {}
    alerts: dict[str, Alert] = {}
    opened: dict[str, int] = {}


class SeriesState(Record):
    """One series. `offset` is that of the newest dossier judged.

    What the series is alerted for itself stands in `targets` under no name. A department is the
    series of no indicator.
    `transitions` and `taken_back` are what the last step published: after a crash nobody knows
    whether they left, so they are published once more.
    `modelled` is what the model said when the series was last judged, by the question's name: a
    replay hears the same, and only what is new has to be asked.
    """

    offset: int = -1
    targets: dict[str, TargetState] = {}
    commands: tuple[str, ...] = ()
    transitions: tuple[AlertChanged, ...] = ()
    taken_back: tuple[Assessment, ...] = ()
    modelled: dict[str, Decimal | None] = {}


def digest(assessment: Assessment) -> str:
    """A fingerprint of what an assessment says, whenever it was said."""
    said = assessment.model_dump_json(exclude={"assessed_at", "sequence"})
    return blake2b(said.encode(), digest_size=10).hexdigest()


def published(assessment: Assessment, fingerprint: str) -> Published:
    """The row to remember."""
    return Published(
        version=assessment.version,
        scope=assessment.scope,
        end=assessment.period_end,
        as_of=assessment.as_of,
        lamp=assessment.lamp,
        scheme=assessment.scheme,
        actual=assessment.actual,
        expected=assessment.expected,
        gap=assessment.gap,
        digest=fingerprint,
        assessed_at=assessment.assessed_at,
        sequence=assessment.sequence,
    )

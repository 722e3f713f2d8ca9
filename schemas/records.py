"""Records that travel between the services: books, dossiers, assessments, alerts.

They are the project's own, not the contract with other programs, and are versioned by their type.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.data import IndicatorDefined, Measure, TargetSet
from schemas.exact import Exact
from schemas.goals import Stage
from schemas.names import Day, Moment
from schemas.status import Status


class Record(BaseModel):
    """Internal records are frozen and closed; values are read from JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)


class Verdict(StrEnum):
    """What the door said of one event."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


class EventVerdict(Record):
    """One event of a request; without a readable id it is named by its index."""

    index: int
    verdict: Verdict
    id: str | None = None
    source: str | None = None
    code: str | None = None
    field: str | None = None


class Receipt(Record):
    """The books of one request. Written after every accepted event is acknowledged."""

    receipt: str
    department: str
    received_at: Moment
    received: int
    accepted: int
    duplicate: int
    rejected: int
    events: tuple[EventVerdict, ...]


class Rejected(Record):
    """What could not be taken. `raw` is its text as it came (undecodable bytes escaped)."""

    id: str
    receipt: str
    department: str
    received_at: Moment
    index: int
    event_id: str | None
    code: str
    field: str
    message_zh: str
    message_en: str
    raw: str
    coordinates: str = ""


class Resubmitted(Record):
    """A refused event was sent again, and taken, under this receipt."""

    kind: Literal["resubmitted"] = "resubmitted"
    id: str
    department: str
    receipt: str
    at: Moment


class ApiKey(Record):
    """A key as it is kept: only its hash. Times are when it was made and when it ends."""

    key_id: str
    department: str
    scopes: tuple[str, ...]
    sha256: str
    created_at: Moment
    expires_at: Moment | None = None


class Touched(Record):
    """What one written block of `events` touched: up to `offset` of `partition` all is stored.

    `ids` are those of its figures, projects and chargers: eight bytes each, the least first,
    CityHash64 of source, a zero byte and id; base64 in JSON.
    """

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    partition: int
    offset: int
    series: tuple[tuple[str, str], ...]
    ids: bytes = b""


class RebuildAsked(Record):
    """A record of `touched` under the key `rebuild`: recompute the tables, from raw or `events`."""

    rebuild: str
    source: Literal["raw", "events"]
    at: Moment


class RebuildState(Record):
    """How far a rebuild is: `done` of `total` of one step."""

    rebuild: str
    source: Literal["raw", "events"]
    state: Literal["asked", "running", "done"]
    step: str = ""
    done: int = 0
    total: int = 0


class Fact(Record):
    """One current value of a series: the newest vintage of (scope, measure, start, end).

    `value` is in the indicator's unit (% for measure rate). `derived` marks a year-to-date that
    follows from its pieces. `basis` are the event ids it rests on. `first_recorded_at` is when
    the first vintage was recorded; of a sum, that of its last piece. `coordinates` (partition,
    offset and line of `events`) tell the newer of two names of one fact that were recorded at one
    moment, and are left out elsewhere. A forecast may stand beside what follows from pieces.
    """

    scope: str
    measure: Measure
    start: Day
    end: Day
    period: str
    value: Exact
    status: Status
    recorded_at: Moment
    first_recorded_at: Moment
    vintages: int = 1
    derived: bool = False
    basis: tuple[str, ...]
    coordinates: tuple[int, int, int] | None = None


class TargetVersion(Record):
    """A version of a target with the event that set it."""

    event_id: str
    recorded_at: Moment
    data: TargetSet


class OpenFinding(Record):
    """What looks wrong in a series since `at`, and is neither corrected nor explained."""

    finding: str
    kind: str
    at: Moment
    period: str
    detail_zh: str
    detail_en: str
    event_ids: tuple[str, ...] = ()


class Comparand(Record):
    """Another series that targets are set beside: the other, a peer, the parent, a milestone's.

    Facts of every scope, though only those without one compare: that tells "only under another
    scope" from "not there".
    """

    indicator: IndicatorDefined
    entity: str
    entity_zh: str = ""
    entity_en: str = ""
    facts: tuple[Fact, ...] = ()


class ProjectStage(Record):
    """What one event says of a project that a milestone waits for."""

    project: str
    stage: Stage
    on: Day
    recorded_at: Moment
    event_id: str


class Dossier(Record):
    """`pacekeeper.indicator.changed.v1`: all that judging one series needs.

    `partition` and `offset` are coordinates of `events`: everything of this series up to there is
    in here, and of what it is derived from everything `through` the offset of each partition. `at`
    is when the newest of it was received, `clock` the last tick before it was made; judgements
    carry the later of both as their time.
    `entity_zh` and `entity_en` are the entity's names for sentences, its id where it has none.
    Of `findings` the newest is the last.

    What comparisons need besides: `earlier` has, of a figure whose newest vintage is in `facts`,
    the newest vintage of every other status class that it had; `parent` is the entity above,
    `peers` are the entities of its kind beside it, among which it ranks where a target names none.
    `projects` is in order of publication; empty where nothing was ever said of them, None where
    nobody looked.
    """

    indicator: IndicatorDefined
    entity: str
    entity_zh: str = ""
    entity_en: str = ""
    partition: int
    offset: int
    through: dict[int, int] = Field(default_factory=dict)
    at: Moment
    clock: Moment | None = None
    facts: tuple[Fact, ...]
    targets: tuple[TargetVersion, ...]
    findings: tuple[OpenFinding, ...] = ()
    earlier: tuple[Fact, ...] = ()
    parent: str = ""
    peers: tuple[str, ...] = ()
    comparands: tuple[Comparand, ...] = ()
    projects: tuple[ProjectStage, ...] | None = None


class DayOfBooks(Record):
    """A day (Shanghai) on which what a department sent is not what is stored."""

    day: Day
    received: int
    duplicate: int
    rejected: int
    stored: int
    difference: int


class Balance(Record):
    """The days on which a department's books still differ, oldest first; none: they balance."""

    department: str
    at: Moment
    days: tuple[DayOfBooks, ...] = ()


class Lamp(StrEnum):
    """The colour; always shown with the scheme's name and words."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"
    BLUE = "blue"


class Assessment(Record):
    """`pacekeeper.target.assessed.v1`: one target judged at the end of one period.

    Amounts and rates in the indicator's unit (or %), 4 decimals half-even; pace and p_meet 6.
    `sequence` is the dossier's offset in `indicators`: of two rows for the same target and period
    the greater one holds. `superseded` takes back a row that no longer has a figure.
    """

    target: str
    version: int
    indicator: str
    entity: str
    scope: str = ""
    period: str
    period_end: Day | None = None
    as_of: Moment | None = None
    actual: Decimal | None = None
    expected: Decimal | None = None
    gap: Decimal | None = None
    pace: Decimal | None = None
    required_rate: Decimal | None = None
    forecast: Decimal | None = None
    forecast_low: Decimal | None = None
    forecast_high: Decimal | None = None
    p_meet: Decimal | None = None
    lamp: Lamp
    scheme: str
    method: str = "none"
    trajectory_used: str = ""
    reason: str
    reason_zh: str
    reason_en: str
    basis: tuple[str, ...] = ()
    assessed_at: Moment
    sequence: int
    superseded: bool = False


class Judged(Record):
    """The watermark behind a dossier's assessments: all of the series up to `offset` is judged.

    So is what it is derived from, `through` the offset of each partition of `events`.
    """

    kind: Literal["judged"] = "judged"
    indicator: str
    entity: str
    partition: int
    offset: int
    through: dict[int, int] = Field(default_factory=dict)
    at: Moment


class AlertState(StrEnum):
    """Where an alert stands in its loop."""

    OPEN = "open"
    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    RECTIFYING = "rectifying"
    CURED = "cured"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Tick(Record):
    """A record of `alert.commands`: by its own time alone something of the series may be due."""

    kind: Literal["tick"] = "tick"
    at: Moment


class Note(Record):
    """A word on an alert."""

    by: str
    at: Moment
    text: str


class AlertChanged(Record):
    """`pacekeeper.alert.changed.v1`: one transition, with the alert as it is afterwards.

    `seq` counts from 1 without a gap; (alert, seq) identifies the transition for ever.
    `reason` is the named reason of the transition, `by` who caused it (`data` or a person).
    `asked_due` is a later deadline that nobody has granted yet; until `silent_until` nobody is
    told of the alert.
    """

    alert: str
    seq: int = Field(ge=1)
    target: str
    kind: str
    indicator: str
    entity: str
    state: AlertState
    reason: str
    by: str
    at: Moment
    lamp: Lamp
    severity: Literal["high", "medium", "low"]
    opened_at: Moment
    opened_period: str
    period: str
    gap: Decimal | None = None
    lead: str = ""
    responsible: tuple[str, ...] = ()
    supervisor: str = ""
    due_on: Day | None = None
    asked_due: Day | None = None
    silent_until: Moment | None = None
    acknowledged_by: str = ""
    acknowledged_at: Moment | None = None
    notes: tuple[Note, ...] = ()
    closed_at: Moment | None = None
    reopened: int = 0
    basis: tuple[str, ...] = ()
    command_id: str = ""

    def is_silent(self, at: datetime) -> bool:
        """Is nobody to be told of it at this moment?"""
        return self.silent_until is not None and at < self.silent_until


class Notice(Record):
    """One message of the outbox; `notice` is the webhook-id, the same on every attempt."""

    notice: str
    receiver: str
    alert: str
    seq: int
    at: Moment
    state: Literal["pending", "delivered", "dead"] = "pending"
    attempts: int = 0
    error: str = ""
    body: str

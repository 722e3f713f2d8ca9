"""A dossier: one series as it stands, with all that judging it needs."""

from pydantic import Field

from schemas.data import IndicatorDefined, Measure, TargetSet
from schemas.goals import Stage
from schemas.records.record import Day, Moment, Record, Value
from schemas.status import Status


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
    value: Value
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

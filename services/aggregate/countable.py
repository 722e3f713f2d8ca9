"""What the store knows of projects and chargers, as far as formulas count them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from schemas.goals import Stage
from services.aggregate.chargers import ChargerChange, ChargerState, Said
from services.aggregate.counts import MOMENTS
from services.aggregate.decode import NO_DAY, Coordinates
from services.aggregate.projects import ProjectState

# operator, station, charger
ChargerKey = tuple[str, str, str]


class ChargerCourse(NamedTuple):
    """The states of a charger that tell more than the one before; equal ones, equal fingerprint."""

    charger: ChargerKey
    fingerprint: int
    states: tuple[ChargerState, ...]
    received_at: datetime


class Countable(Protocol):
    """Every call raises AwayError (try again) or RefusedError (never again)."""

    def charger_courses(self, chargers: Sequence[ChargerKey], since: int) -> list[ChargerCourse]:
        """Those of the chargers whose course was not counted yet, or not before that version."""

    def charger_keys(self) -> list[ChargerKey]:
        """Every charger."""

    def charger_changes(
        self, entities: Sequence[str]
    ) -> tuple[list[ChargerChange], datetime | None]:
        """What was counted in these entities together, by month, and when it was received last.

        Of more than a thousand moments, the last one of each day.
        """

    def charger_entities(self, chargers: Sequence[ChargerKey]) -> set[str]:
        """Where these chargers have been counted."""

    def project_states(self, entities: Sequence[str]) -> list[ProjectState]:
        """Every state of the projects that were ever said to lie in these entities."""

    def project_courses(self, projects: Sequence[str]) -> list[ProjectState]:
        """Every state of these projects, in order of publication."""

    def project_entities(self, projects: Sequence[str]) -> set[str]:
        """Where these projects were ever said to lie."""

    def entities_with(self, kind: str) -> set[str]:
        """The entities that have a project or a charger, by `projects` or `chargers`."""


_COURSES = """
SELECT operator, station, charger,
    arraySort(state -> state.1, groupArray((
        rank, recorded_at, day, entity, use, stage, ifNull(commissioned_on, toDate(0)), event_id,
        lon, lat
    ))) AS states,
    cityHash64(states) AS fingerprint, max(received_at) AS received_at
FROM
(
    SELECT
        *, toDate(status_at, 'Asia/Shanghai') AS day,
        cityHash64(
            entity, use, stage, ifNull(commissioned_on, toDate(0)), toStartOfMonth(day),
            ifNull(last_lon, 1000), ifNull(last_lat, 1000)
        ) AS said,
        row_number() OVER course AS place,
        lagInFrame(said) OVER course AS before,
        if(
            isNull(lon), lagInFrame(recorded_at) OVER course, max(recorded_at) OVER course_before
        ) AS recorded_before
    FROM
    (
        SELECT
            *, last_value(lon) IGNORE NULLS OVER so_far AS last_lon,
            last_value(lat) IGNORE NULLS OVER so_far AS last_lat
        FROM pacekeeper.charger_states
        WHERE (operator, station, charger) IN {chargers:Array(Tuple(String, String, String))}
        WINDOW so_far AS (
            PARTITION BY operator, station, charger ORDER BY rank
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        )
    )
    WINDOW
        course AS (
            PARTITION BY operator, station, charger ORDER BY rank
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ),
        course_before AS (
            PARTITION BY operator, station, charger ORDER BY rank
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
)
WHERE place = 1 OR said != before OR recorded_before > recorded_at
GROUP BY operator, station, charger
HAVING (operator, station, charger, fingerprint) NOT IN
(
    SELECT operator, station, charger, fingerprint FROM pacekeeper.charger_counts FINAL
    WHERE (operator, station, charger) IN {chargers:Array(Tuple(String, String, String))}
        AND version < {since:UInt64}
)
"""
_CHARGER_CHANGES = f"""
WITH told AS
(
    SELECT
        c.at AS at, c.what AS what, c.use AS use, toStartOfMonth(c.day) AS day,
        c.chargers AS chargers, c.event_id AS event_id, received_at
    FROM pacekeeper.charger_counts FINAL
    ARRAY JOIN change AS c
    WHERE c.entity IN {{entities:Array(String)}}
)
SELECT moment, what, use, day, toInt64(sum(chargers)) AS change, max(event_id), max(received_at)
FROM
(
    SELECT *, if(
        (SELECT uniqExact(at) FROM told) > {MOMENTS},
        max(at) OVER (PARTITION BY toDate(at, 'Asia/Shanghai')), at
    ) AS moment
    FROM
    (
        SELECT * FROM told
        UNION ALL
        SELECT first.1, 'heard', '', day, 1, first.2, received_at
        FROM
        (
            SELECT h.day AS day, min((h.at, h.event_id)) AS first, max(received_at) AS received_at
            FROM pacekeeper.charger_counts FINAL
            ARRAY JOIN heard AS h
            WHERE h.entity IN {{entities:Array(String)}}
            GROUP BY day
        )
    )
)
GROUP BY moment, what, use, day
HAVING change != 0
ORDER BY moment, what, use, day
"""
_PROJECTS = """
SELECT
    d.project, entity, d.category, d.amount.value, d.amount.currency, d.stage, d.on, d.invested,
    d.plan_year_investment, recorded_at, received_at, (rank.2, rank.3, rank.4), event_id
FROM pacekeeper.project_updates
"""
_PROJECT_STATES = f"""
{_PROJECTS}
WHERE d.project IN
(
    SELECT JSONExtractString(data, 'project') FROM pacekeeper.raw
    WHERE type = 'project.updated' AND indicator = '' AND entity IN {{entities:Array(String)}}
)
"""
_PROJECT_COURSES = f"{_PROJECTS} WHERE d.project IN {{projects:Array(String)}} ORDER BY rank"
_ENTITIES_WITH = {
    "projects": "SELECT DISTINCT entity FROM pacekeeper.raw WHERE type = 'project.updated'",
    "chargers": "SELECT DISTINCT arrayJoin(heard.entity) FROM pacekeeper.charger_counts",
}


class ClickHouseCountable:
    """What is Countable in ClickHouse, for a store that can ask for rows."""

    _rows: Callable[..., Sequence[Sequence[Any]]]

    def charger_courses(self, chargers: Sequence[ChargerKey], since: int) -> list[ChargerCourse]:
        """See Countable."""
        if not chargers:
            return []
        return [
            ChargerCourse(
                (operator, station, charger),
                int(fingerprint),
                tuple(map(_charger_state, states)),
                _utc(received_at),
            )
            for operator, station, charger, states, fingerprint, received_at in self._rows(
                _COURSES, chargers=list(chargers), since=since
            )
        ]

    def charger_keys(self) -> list[ChargerKey]:
        """See Countable."""
        rows = self._rows(
            "SELECT DISTINCT operator, station, charger FROM pacekeeper.charger_updates"
        )
        return [(operator, station, charger) for operator, station, charger in rows]

    def charger_changes(
        self, entities: Sequence[str]
    ) -> tuple[list[ChargerChange], datetime | None]:
        """See Countable."""
        rows = self._rows(_CHARGER_CHANGES, entities=list(entities))
        changes = [
            ChargerChange(_utc(at), Said(what, "", use, day), change, event_id)
            for at, what, use, day, change, event_id, _ in rows
        ]
        return changes, max((_utc(row[-1]) for row in rows), default=None)

    def charger_entities(self, chargers: Sequence[ChargerKey]) -> set[str]:
        """See Countable."""
        rows = self._rows(
            "SELECT DISTINCT arrayJoin(heard.entity) FROM pacekeeper.charger_counts"
            " WHERE (operator, station, charger)"
            " IN {chargers:Array(Tuple(String, String, String))}",
            chargers=list(chargers),
        )
        return {str(entity) for (entity,) in rows}

    def project_states(self, entities: Sequence[str]) -> list[ProjectState]:
        """See Countable."""
        rows = self._rows(_PROJECT_STATES, entities=list(entities))
        return [_project_state(*row) for row in rows]

    def project_courses(self, projects: Sequence[str]) -> list[ProjectState]:
        """See Countable."""
        rows = self._rows(_PROJECT_COURSES, projects=list(projects))
        return [_project_state(*row) for row in rows]

    def project_entities(self, projects: Sequence[str]) -> set[str]:
        """See Countable."""
        rows = self._rows(
            "SELECT DISTINCT entity FROM pacekeeper.raw WHERE type = 'project.updated'"
            " AND JSONExtractString(data, 'project') IN {projects:Array(String)}",
            projects=list(projects),
        )
        return {str(entity) for (entity,) in rows}

    def entities_with(self, kind: str) -> set[str]:
        """See Countable."""
        return {str(entity) for (entity,) in self._rows(_ENTITIES_WITH[kind])}


def _charger_state(found: Sequence[Any]) -> ChargerState:
    rank, recorded_at, day, entity, use, stage, commissioned_on, event_id, lon, lat = found
    given: date | None = None if commissioned_on == NO_DAY else commissioned_on
    place = () if lon is None else (lon, lat)
    return ChargerState(rank, _utc(recorded_at), day, entity, use, stage, given, event_id, place)


def _project_state(
    project: str,
    entity: str,
    category: str,
    amount: Decimal,
    currency: str,
    stage: str,
    on: date,
    invested: Decimal | None,
    plan: Decimal | None,
    recorded_at: datetime,
    received_at: datetime,
    at: Iterable[int],
    event_id: str,
) -> ProjectState:
    money = (amount, currency, Stage(stage), on, invested, plan)
    moments = (_utc(recorded_at), _utc(received_at))
    return ProjectState(project, entity, category, *money, *moments, Coordinates(*at), event_id)


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

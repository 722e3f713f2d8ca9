"""The overview: every target's lamp by unit and task, the counts, and what is newest. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.alerts.console import figures
from services.alerts.console.catalogue import Catalogue, goal_parts
from services.alerts.console.lamps import ORDER, LampShown, shown
from services.alerts.console.language import Language
from services.alerts.console.rows import AssessmentRow, AwaitedRow, Snapshot, TargetRow

NEWEST = 8
# How far a target is on its way fills a bar; one that is ahead fills it whole.
_FULL = 100.0


@dataclass(frozen=True)
class Filter:
    """What the operator wants to see; empty words mean everything."""

    entity: str = ""
    lamp: str = ""


@dataclass(frozen=True)
class Tile:
    """One target on the overview."""

    target: str
    name: str
    entity: str
    entity_name: str
    unit_id: str
    unit_name: str
    task: str
    branch: str
    scope: str
    lamp: LampShown
    goal: str
    actual: str
    expected: str
    gap: str
    pace: str
    bar: float | None
    measured_in: str
    period: str
    sentence: str
    simulated: bool
    assessed_at: datetime | None


@dataclass(frozen=True)
class Line:
    """One unit's row of the matrix: its tiles per task, in the order of the tasks."""

    unit_id: str
    unit_name: str
    cells: tuple[tuple[Tile, ...], ...]


@dataclass(frozen=True)
class Matrix:
    """Units by tasks."""

    tasks: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Awaited:
    """A target that is still to come from above, for whoever asks for it there."""

    target: str
    name: str
    entity_name: str
    asked: str
    since: str
    lead: str


@dataclass(frozen=True)
class Overview:
    """The page's content. `judged` are the units that have a lamp, `waiting` those all in grey."""

    total: int
    counts: tuple[tuple[str, int], ...]
    judged: Matrix
    waiting: Matrix
    newest: tuple[Tile, ...]
    entities: tuple[tuple[str, str], ...]
    wanted: Filter
    awaited: tuple[Awaited, ...] = ()


def current(targets: Iterable[TargetRow]) -> dict[str, TargetRow]:
    """Of each target the version in force last; the earliest where none is in force yet."""
    found: dict[str, TargetRow] = {}
    for row in sorted(targets, key=lambda t: (t.effective_from, t.version)):
        if row.started or row.target not in found:
            found[row.target] = row
    return found


def overview(snapshot: Snapshot, wanted: Filter, language: Language) -> Overview:
    """Draw up the overview. Counts follow the entity asked for, not the lamp."""
    names = Catalogue.of(snapshot, language)
    tiles = list(_tiles(snapshot, names))
    places = {tile.entity: tile.entity_name for tile in tiles}
    here = [tile for tile in tiles if wanted.entity in ("", tile.entity)]
    counted = Counter(tile.lamp.lamp for tile in here)
    seen = [tile for tile in here if wanted.lamp in ("", tile.lamp.lamp)]
    lit = {tile.unit_id for tile in seen if tile.lamp.lamp != "grey"}
    return Overview(
        total=len(tiles),
        counts=tuple((lamp, counted[lamp]) for lamp in ORDER),
        judged=_matrix([tile for tile in seen if tile.unit_id in lit]),
        waiting=_matrix([tile for tile in seen if tile.unit_id not in lit]),
        newest=tuple(_newest(seen)),
        entities=tuple(sorted(places.items(), key=lambda place: place[1])),
        wanted=wanted,
        awaited=tuple(
            _awaited(row, names) for row in snapshot.awaited if wanted.entity in ("", row.entity)
        ),
    )


def _awaited(row: AwaitedRow, names: Catalogue) -> Awaited:
    language = names.language
    whom = names.entity(row.awaited_from)
    return Awaited(
        target=row.target,
        name=names.indicator(row.indicator),
        entity_name=names.entity(row.entity),
        asked=language("overview.awaited_from", whom=whom, days=max(row.days, 0)),
        since=figures.day(row.since),
        lead=names.entity(row.lead) if row.lead else language("unit.none"),
    )


def _tiles(snapshot: Snapshot, names: Catalogue) -> Iterable[Tile]:
    latest: Mapping[str, AssessmentRow] = {row.target: row for row in snapshot.latest}
    for target in current(snapshot.targets).values():
        row = latest.get(target.target)
        if row is None and goal_parts(target)[0] == "withdrawn":
            continue
        yield tile(target, row, snapshot.simulated, names)


def tile(
    target: TargetRow,
    row: AssessmentRow | None,
    simulated: frozenset[tuple[str, str, str]],
    names: Catalogue,
) -> Tile:
    """One target as it stands; without an assessment it waits, grey."""
    language = names.language
    unit_id = names.lead(target)
    lamp = row.lamp if row else "grey"
    reason = row.reason if row else "not_judged"
    pace = row.pace if row else None
    return Tile(
        target=target.target,
        name=names.indicator(target.indicator),
        entity=target.entity,
        entity_name=names.entity(target.entity),
        unit_id=unit_id,
        unit_name=names.entity(unit_id) if unit_id else language("unit.none"),
        task=names.task(target).partition("/")[0],
        branch=names.task(target),
        scope=target.scope,
        lamp=shown(lamp, row.scheme if row else target.lamps, reason, language),
        goal=names.goal(target),
        actual=figures.amount(row.actual if row else None),
        expected=figures.estimate(row.expected if row else None),
        gap=figures.signed_estimate(row.gap if row else None),
        pace=figures.percent(pace),
        bar=None if pace is None else max(0.0, min(_FULL, round(pace * _FULL, 1))),
        measured_in=names.unit_of(target),
        period=figures.period(row.period if row else "", language),
        sentence=names.sentence(row) if row else language("reason.not_judged"),
        simulated=(target.indicator, target.entity, target.scope) in simulated,
        assessed_at=row.assessed_at if row else None,
    )


def _matrix(tiles: list[Tile]) -> Matrix:
    tasks = tuple(sorted({tile.task for tile in tiles}))
    return Matrix(tasks, tuple(_lines(tiles, tasks)))


def _lines(tiles: list[Tile], tasks: tuple[str, ...]) -> Iterable[Line]:
    """One line per unit; the one with the worst lamp comes first, like in its cells."""
    own_of: dict[str, list[Tile]] = {}
    for tile in _worst_first(tiles):
        own_of.setdefault(tile.unit_id, []).append(tile)
    for unit_id, own in own_of.items():
        unit_name = own[0].unit_name
        yield Line(
            unit_id,
            unit_name,
            tuple(tuple(t for t in own if t.task == task) for task in tasks),
        )


def _worst_first(tiles: Iterable[Tile]) -> list[Tile]:
    return sorted(tiles, key=lambda t: (ORDER.index(t.lamp.lamp), t.unit_name, t.name, t.target))


def _newest(tiles: list[Tile]) -> list[Tile]:
    judged = [(tile.assessed_at, tile) for tile in tiles if tile.assessed_at is not None]
    judged.sort(key=lambda pair: (pair[0], pair[1].target), reverse=True)
    return [tile for _, tile in judged[:NEWEST]]

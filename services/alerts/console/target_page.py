"""A target's page: the headline, every assessment, the versions, the evidence. Pure."""

from dataclasses import dataclass
from datetime import date

from services.alerts.console import figures
from services.alerts.console.catalogue import AMOUNTS, Catalogue, goal_parts, trajectory_parts
from services.alerts.console.chart import SIMULATED, level_at, measure_of
from services.alerts.console.lamps import LampShown, scheme_name, shown
from services.alerts.console.overview import Tile, current, tile
from services.alerts.console.rows import AssessmentRow, TargetRow, ValueRow


@dataclass(frozen=True)
class Judged:
    """One assessment as a row of the table."""

    period: str
    version: int
    actual: str
    expected: str
    gap: str
    behind: bool
    pace: str
    required: str
    forecast: str
    interval: str
    chance: str
    method: str
    lamp: LampShown
    sentence: str
    as_of: str
    status: str
    simulated: bool


@dataclass(frozen=True)
class VersionShown:
    """One version of the target."""

    version: int
    goal: str
    from_day: str
    approved_by: str
    trajectory: str
    scheme: str
    now: bool


@dataclass(frozen=True)
class TargetPage:
    """The page's content."""

    tile: Tile
    target: TargetRow
    responsible: str
    supervisor: str
    trajectory: str
    scheme: str
    definition: str
    held: tuple[Judged, ...]
    superseded: tuple[Judged, ...]
    versions: tuple[VersionShown, ...]
    evidence: tuple[str, ...]


def target_page(
    versions: list[TargetRow],
    rows: list[AssessmentRow],
    values: list[ValueRow],
    names: Catalogue,
) -> TargetPage:
    """Draw up the page of a target that has at least one version."""
    target = next(iter(current(versions).values()))
    held = [row for row in rows if not row.superseded]
    latest = held[-1] if held else None
    levels = level_at(values, target, measure_of(target, names))
    key = (target.indicator, target.entity, target.scope)
    marked = any(row.status == SIMULATED and row.scope == target.scope for row in values)
    indicator = names.indicators.get(target.indicator)
    return TargetPage(
        tile=tile(target, latest, frozenset({key} if marked else ()), names),
        target=target,
        responsible=names.units(target.responsible),
        supervisor=names.entity(target.supervisor) if target.supervisor else "",
        trajectory=_trajectory(target, names),
        scheme=scheme_name(target.lamps, names.language),
        definition=indicator.definition if indicator else "",
        held=tuple(_judged(row, levels, names) for row in reversed(held)),
        superseded=tuple(_judged(row, levels, names) for row in reversed(rows) if row.superseded),
        versions=tuple(_version(row, row is target, names) for row in versions),
        evidence=latest.basis if latest else (),
    )


def _judged(row: AssessmentRow, levels: dict[date, ValueRow], names: Catalogue) -> Judged:
    language = names.language
    value = levels.get(row.period_end) if row.period_end else None
    interval = ""
    if row.forecast_low is not None and row.forecast_high is not None:
        low, high = figures.estimate(row.forecast_low), figures.estimate(row.forecast_high)
        interval = language("figure.interval", low=low, high=high)
    return Judged(
        period=figures.period(row.period, language),
        version=row.version,
        actual=figures.amount(row.actual),
        expected=figures.estimate(row.expected),
        gap=figures.signed_estimate(row.gap),
        behind=row.gap is not None and row.gap < 0,
        pace=figures.percent(row.pace),
        required=figures.estimate(row.required_rate),
        forecast=figures.estimate(row.forecast),
        interval=interval,
        chance=""
        if row.p_meet is None
        else language("figure.p_meet", p=figures.percent(row.p_meet)),
        method="" if row.forecast is None else language.maybe(f"method.{row.method}", row.method),
        lamp=shown(row.lamp, row.scheme, row.reason, language),
        sentence=names.sentence(row),
        as_of=figures.moment(row.as_of),
        status=language.maybe(f"status.{value.status}", value.status) if value else "",
        simulated=value is not None and value.status == SIMULATED,
    )


def _version(row: TargetRow, now: bool, names: Catalogue) -> VersionShown:
    return VersionShown(
        version=row.version,
        goal=names.goal(row),
        from_day=figures.day(row.effective_from),
        approved_by=row.approved_by,
        trajectory=_trajectory(row, names),
        scheme=scheme_name(row.lamps, names.language),
        now=now,
    )


def _trajectory(target: TargetRow, names: Catalogue) -> str:
    """The way to the goal; a rate or a yes/no goal has none, whatever the target carries."""
    if goal_parts(target)[0] not in AMOUNTS or names.unit_of(target) == "%":
        return ""
    kind, _ = trajectory_parts(target)
    return names.language.maybe(f"trajectory.{kind}", kind)

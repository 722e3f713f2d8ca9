"""Observations, projects and chargers: may they be taken as they are?"""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, Protocol

from schemas import exact, unit
from schemas.data import (
    ChargerUpdated,
    EntityDefined,
    IndicatorDefined,
    Measure,
    MetricObserved,
    ProjectUpdated,
    takes,
)
from schemas.figure import Content
from schemas.rejects import RejectCode, RejectedError
from services.ingest.known import Known
from services.ingest.limits import keepable


class Speaker(Protocol):
    """In whose name the event speaks."""

    @property
    def department(self) -> str: ...

    @property
    def any_owner(self) -> bool: ...


def known_indicator(name: str, known: Known, field: str) -> IndicatorDefined:
    """The definition; RejectedError `unknown_indicator`."""
    found = known.indicator(name)
    if found is None:
        raise RejectedError(
            RejectCode.UNKNOWN_INDICATOR,
            field,
            f"指标 {name} 尚未定义，请先发送 indicator.defined 事件或改正名称",
            f"indicator {name} is not defined: send its definition first or correct the name",
        )
    return found


def known_entity(name: str, known: Known, field: str) -> EntityDefined:
    """The definition; RejectedError `unknown_entity`."""
    found = known.entity(name)
    if found is None:
        raise RejectedError(
            RejectCode.UNKNOWN_ENTITY,
            field,
            f"主体 {name} 尚未定义，请先发送 entity.defined 事件或改正名称",
            f"entity {name} is not defined: send its definition first or correct the name",
        )
    return found


def observation(
    data: MetricObserved, speaker: Speaker, known: Known, now: datetime
) -> tuple[str | None, str]:
    """The figure in the indicator's unit (in % for a reported growth), and that unit."""
    indicator = known_indicator(data.indicator, known, "data.indicator")
    _owned(indicator, speaker)
    known_entity(data.entity, known, "data.entity")
    _measured(data.measure, indicator)
    wanted = _unit_of(data.measure, indicator.measure, indicator.unit)
    given = _same_kind(data.unit, wanted)
    if data.value is None:
        return None, wanted
    value = unit.convert(data.value, given, unit.parse(wanted))
    keepable(value, "data.value")
    return exact.text(value), wanted


class _Way(NamedTuple):
    """From the unit that a figure came in to the one its indicator is counted in."""

    wanted: str
    given: unit.Unit
    counted: unit.Unit


def plain(content: Content, speaker: Speaker, known: Known) -> tuple[str | None, str] | None:
    """The same as `observation` for a plain figure; None for one that would be refused."""
    indicator = known.indicator(content.indicator)
    if indicator is None or known.entity(content.entity) is None:
        return None
    if not _may_report(indicator, speaker):
        return None
    way = _way(content.unit, content.measure, indicator.unit, indicator.measure)
    if way is None:
        return None
    value = content.value
    if value is None or way.given.factor == way.counted.factor:
        return value, way.wanted
    converted = unit.convert(Decimal(value), way.given, way.counted)
    return (exact.text(converted), way.wanted) if exact.fits(converted) else None


@lru_cache(maxsize=4096)
def _way(given: str, measure: str, of_unit: str, of_measure: Measure) -> _Way | None:
    if not takes(of_measure, Measure(measure)):
        return None
    wanted = _unit_of(Measure(measure), of_measure, of_unit)
    way = _Way(wanted, unit.parse(given), unit.parse(wanted))
    return way if way.given.kind == way.counted.kind else None


def _may_report(indicator: IndicatorDefined, speaker: Speaker) -> bool:
    return speaker.any_owner or speaker.department in (indicator.owner, *indicator.granted)


def _owned(indicator: IndicatorDefined, speaker: Speaker) -> None:
    if _may_report(indicator, speaker):
        return
    raise RejectedError(
        RejectCode.NOT_OWNER,
        "data.indicator",
        f"指标 {indicator.indicator} 由 {indicator.owner} 报送，本单位未获授权（granted）",
        f"indicator {indicator.indicator} is reported by {indicator.owner}; "
        f"{speaker.department} is neither its owner nor granted",
    )


def _measured(measure: Measure, indicator: IndicatorDefined) -> None:
    if indicator.takes(measure):
        return
    raise RejectedError(
        RejectCode.MEASURE_MISMATCH,
        "data.measure",
        f"指标 {indicator.indicator} 的口径是 {indicator.measure}，不接受 {measure}",
        f"indicator {indicator.indicator} is a {indicator.measure}: it takes no {measure}",
    )


def _unit_of(measure: Measure, of_measure: Measure, of_unit: str) -> str:
    # A rate beside amounts is the reported growth, in %; a rate's own figures have its unit.
    if measure is Measure.RATE and of_measure is not Measure.RATE:
        return "%"
    return of_unit


def _same_kind(text: str, wanted: str) -> unit.Unit:
    given = unit.parse(text)
    if given.kind == unit.parse(wanted).kind:
        return given
    if not given.known:
        raise RejectedError(
            RejectCode.UNKNOWN_UNIT,
            "data.unit",
            f"无法识别计量单位 {text}，该指标的单位是 {wanted}",
            f"unit {text} is not known; the indicator is counted in {wanted}",
        )
    raise RejectedError(
        RejectCode.UNIT_MISMATCH,
        "data.unit",
        f"计量单位 {text} 与该指标的 {wanted} 不是同一类，无法换算",
        f"unit {text} is of another kind than the indicator's {wanted} and cannot be converted",
    )


def project(data: ProjectUpdated, speaker: Speaker, known: Known, now: datetime) -> None:
    """Its entity is known and its amounts can be kept."""
    known_entity(data.entity, known, "data.entity")
    keepable(data.amount.value, "data.amount.value")
    for field in ("invested", "plan_year_investment", "progress"):
        keepable(getattr(data, field), f"data.{field}")


def charger(data: ChargerUpdated, speaker: Speaker, known: Known, now: datetime) -> None:
    """Its entity is known, its state is not of tomorrow, its power can be kept."""
    known_entity(data.entity, known, "data.entity")
    keepable(data.power_kw, "data.power_kw")
    if data.status_at > now + timedelta(minutes=5):
        raise RejectedError(
            RejectCode.FUTURE,
            "data.status_at",
            "data.status_at 晚于当前时间 5 分钟以上，请校准时钟",
            "data.status_at is more than 5 minutes in the future: set the clock",
        )

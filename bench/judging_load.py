"""Targets of ten kinds, a year of figures for each, and the dossiers that follow; all simulated.

A series has one target of 2025, its twelve figures of 2024 and those of 2025 as far as they came.
Half of the kinds walk by days, the others by months, by last year's profile, by a plan or in steps.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from schemas import period
from schemas.data import IndicatorDefined, Measure, TargetSet
from schemas.records.dossier import Dossier, Fact, TargetVersion
from schemas.status import Status
from schemas.topics import series_key
from services.aggregate.dossier import About, Writer
from services.aggregate.facts import Series
from services.aggregate.figures import Figure, Vintage

# Key and value of a record.
Keyed = tuple[bytes, bytes]
YEAR = 2025
MONTHS = 12
_JUNE, _DECEMBER = f"{YEAR}-06", f"{YEAR}-12"
_STEPS = [{"on": f"{YEAR}-{month:02}-28", "value": f"{100 * month}"} for month in (3, 6, 9, 12)]


class Kind(NamedTuple):
    """What one indicator measures, and what its targets ask for."""

    measure: Measure
    goal: Mapping[str, Any]
    trajectory: Mapping[str, Any] = {"kind": "linear_days"}
    lamps: str = "standard"
    direction: str = "higher"


_LEAST = {"kind": "at_least", "value": "1200"}
KINDS = (
    Kind(Measure.CUMULATIVE, _LEAST),
    Kind(Measure.CUMULATIVE, _LEAST, {"kind": "last_year_profile", "years": 1}),
    Kind(Measure.RATE, {"kind": "growth", "percent": "6.5", "tolerance": "0.2"}),
    Kind(Measure.STOCK, _LEAST, {"kind": "linear_months"}),
    Kind(Measure.CUMULATIVE, {"kind": "at_most", "value": "1300"}, direction="lower"),
    Kind(Measure.CUMULATIVE, _LEAST, {"kind": "linear_months"}, "xuancheng"),
    Kind(
        Measure.CUMULATIVE,
        {"kind": "increase", "value": "1200"},
        {"kind": "plan", "values": {_JUNE: "500", _DECEMBER: "1200"}},
        "points",
    ),
    Kind(Measure.CUMULATIVE, {"kind": "not_below_last", "versus": "same_period_last_year"}),
    Kind(Measure.STOCK, {"kind": "increase", "value": "150"}, lamps="ouhai"),
    Kind(Measure.CUMULATIVE, _LEAST, {"kind": "steps", "steps": _STEPS}),
)


def key(series: int) -> tuple[str, str]:
    """Indicator and entity of a series."""
    place, kind = divmod(series, len(KINDS))
    return f"judged-{kind}", f"town-{place}"


def record_key(series: int) -> bytes:
    """The key of its dossiers."""
    return series_key(*key(series)).encode()


@lru_cache
def indicator(kind: int) -> IndicatorDefined:
    """The definition that all series of a kind share."""
    measure = KINDS[kind].measure
    # A growth rate is told beside the amounts of a flow.
    own = Measure.CUMULATIVE if measure is Measure.RATE else measure
    return IndicatorDefined(
        indicator=f"judged-{kind}",
        name_zh=f"模拟指标{kind}",
        name_en=f"simulated {kind}",
        unit="亿元",
        measure=own,
        direction=KINDS[kind].direction,  # type: ignore[arg-type]
        owner="bench",
        frequency="month",
    )


def target(series: int) -> TargetVersion:
    """Its one target."""
    (name, entity), kind = key(series), KINDS[series % len(KINDS)]
    said = {
        "target": f"t-{series}",
        "indicator": name,
        "entity": entity,
        "year": YEAR,
        "version": 1,
        "effective_from": f"{YEAR}-01-01",
        "goal": kind.goal,
        "trajectory": kind.trajectory,
        "lamps": kind.lamps,
        "lead": "bench",
    }
    data = TargetSet.model_validate_json(orjson.dumps(said))
    at = datetime(YEAR, 1, 1, tzinfo=UTC)
    return TargetVersion(event_id=f"t-{series}-v1", recorded_at=at, data=data)


def _value(measure: Measure, series: int, year: int, month: int) -> str:
    """Around the goal's way, some ahead of it and some behind."""
    swing = (series // len(KINDS) * 7 + month * 13) % 23 - 11
    if measure is Measure.RATE:
        return f"{6 + swing / 10:.1f}"
    if measure is Measure.STOCK:
        return f"{1000 + 12 * (month + 12 * (year - YEAR)) + swing / 4:.2f}"
    return f"{(100 + 4 * (year - YEAR)) * month + swing:.1f}"


def figure(series: int, year: int, month: int) -> Figure:
    """One reported figure, published on the tenth of the month that follows."""
    (name, entity), measure = key(series), KINDS[series % len(KINDS)].measure
    span = period.parse(f"{year}-{month:02}")
    start = span.end if measure is Measure.STOCK else span.end.replace(month=1, day=1)
    at = datetime.combine(span.end, datetime.min.time(), UTC) + timedelta(days=10)
    unit = "%" if measure is Measure.RATE else "亿元"
    value = Decimal(_value(measure, series, year, month))
    vintage = Vintage(at, 0, month, series, value, unit, "P", f"e-{series}-{year}-{month}")
    return Figure(name, entity, "", measure, start, span.end, (vintage,), at)


def figures(series: int, months: int) -> list[Figure]:
    """Those of last year, and of this one the first `months`."""
    last = [figure(series, YEAR - 1, month) for month in range(1, MONTHS + 1)]
    return last + [figure(series, YEAR, month) for month in range(1, months + 1)]


def dossier(series: int, months: int, writer: Writer) -> bytes:
    """The dossier that the derive role publishes once these months are stored."""
    told = Series(indicator(series % len(KINDS)), figures(series, months))
    at = max(each.received_at for each in told.figures)
    entity = key(series)[1]
    about = About(indicator(series % len(KINDS)), entity, "", "", 0, months, {0: months}, at)
    return writer.write(about, told.facts(), [target(series)])


def packed(series: int) -> Iterator[Keyed]:
    """The year as a backlog, which is derived once a series: one dossier of each."""
    writer = Writer()
    return ((record_key(each), dossier(each, MONTHS, writer)) for each in range(series))


def monthly(series: int) -> Iterator[Keyed]:
    """Month by month, each derived before the next one comes: twelve dossiers a series."""
    writer = Writer()
    for months in range(1, MONTHS + 1):
        for each in range(series):
            yield record_key(each), dossier(each, months, writer)


def events(series: int) -> Iterator[Keyed]:
    """The same year figure by figure, in the indicator's unit, month by month."""
    for month in range(1, MONTHS + 1):
        for each in range(series):
            yield record_key(each), _fact(each, month).model_dump_json().encode()


def _fact(series: int, month: int) -> Fact:
    said = figure(series, YEAR, month)
    newest = said.vintages[0]
    assert newest.value is not None
    return Fact(
        scope=said.scope,
        measure=said.measure,
        start=said.start,
        end=said.end,
        period=f"{YEAR}-{month:02}",
        value=newest.value,
        status=Status(newest.status),
        recorded_at=newest.recorded_at,
        first_recorded_at=newest.recorded_at,
        basis=(newest.event_id,),
    )


def before(series: int) -> Iterator[tuple[bytes, Dossier]]:
    """What an agent knows of each series on New Year's Day: its target, and last year's figures."""
    writer = Writer()
    for each in range(series):
        known = Dossier.model_validate_json(dossier(each, 0, writer))
        facts = tuple(fact for fact in known.facts if not fact.derived)
        yield record_key(each), known.model_copy(update={"facts": facts})


def hear(known: Dossier, event: bytes) -> tuple[Dossier, Fact]:
    """A series with one more of these events."""
    fact = Fact.model_validate_json(event)
    facts = (*(each for each in known.facts if each.end != fact.end), fact)
    return known.model_copy(update={"facts": facts, "at": fact.recorded_at}), fact

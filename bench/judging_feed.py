"""A national feed of charging points, packed, and the dossiers that follow; all simulated.

Charger after charger goes into service, in whichever province, 500 events to a record. Each record
is a round of the derive role, the smallest there can be, and touches every province.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

import orjson

from bench.judging_load import MONTHS, YEAR, Keyed
from schemas import period
from schemas.data import ChargerUpdated, IndicatorDefined, Measure, TargetSet
from schemas.records.dossier import Dossier, TargetVersion
from schemas.records.dossier import Fact as Told
from schemas.status import Status
from schemas.topics import MAX_PACKED_EVENTS, series_key
from services.aggregate.dossier import About, Writer
from services.aggregate.fact import Fact

PROVINCES = 31
_NAME = "chargers-in-service"
_BEFORE = 1_000
_EVENT = (
    '{"station":"s-%d","charger":"c-%d","operator":"op-%d","use":"public","status_at":"%s",'
    '"connectors":[{"connector":"1","status":"AVAILABLE"}],"stage":"in_service","entity":"p-%d",'
    '"power_kw":"120","commissioned_on":"%s","commissioned_basis":"reported"}'
)
_DEFINED = IndicatorDefined(
    indicator=_NAME,
    name_zh="模拟充电设施保有量",
    name_en="simulated charging points",
    unit="台",
    measure=Measure.STOCK,
    direction="higher",
    owner="bench",
    frequency="month",
)


def events(chargers: int) -> Iterator[Keyed]:
    """Every charger with the province it is in, in the order in which they go into service."""
    for number in range(chargers):
        on = _day(number, chargers)
        place = _place(number)
        said = (number // 10, number, number % 97, f"{on:%Y-%m-%d}T08:00:00Z", place)
        yield _key(place), (_EVENT % (*said, f"{on:%Y-%m-%d}")).encode()


def dossiers(chargers: int) -> Iterator[Keyed]:
    """After each record of packed events one of every province that it touched."""
    writer, counts = Writer(), Counter[int]()
    facts: dict[int, dict[int, Fact]] = {
        place: {0: _fact(place, 0, 0)} for place in range(PROVINCES)
    }
    for first in range(0, chargers, MAX_PACKED_EVENTS):
        touched = set()
        for number in range(first, min(chargers, first + MAX_PACKED_EVENTS)):
            place, month = _place(number), _day(number, chargers).month
            counts[place] += 1
            facts[place][month] = _fact(place, month, counts[place])
            touched.add(place)
        for place in sorted(touched):
            yield _key(place), _dossier(writer, place, list(facts[place].values()), first)


def before(chargers: int) -> Iterator[tuple[bytes, Dossier]]:
    """What an agent knows of each province on New Year's Day."""
    writer = Writer()
    for place in range(PROVINCES):
        known = _dossier(writer, place, [_fact(place, 0, 0)], 0)
        yield _key(place), Dossier.model_validate_json(known)


def hear(known: Dossier, event: bytes) -> tuple[Dossier, Told]:
    """A province with one more charger."""
    said = ChargerUpdated.model_validate_json(event)
    newest = known.facts[-1]
    assert said.commissioned_on is not None
    end = period.month_end(said.commissioned_on)
    again = newest.end == end
    changed = {
        "start": end,
        "end": end,
        "period": f"{end:%Y-%m}",
        "value": newest.value + 1,
        "recorded_at": said.status_at,
        "first_recorded_at": newest.first_recorded_at if again else said.status_at,
        "basis": (said.charger,),
    }
    fact = newest.model_copy(update=changed)
    facts = (*(known.facts[:-1] if again else known.facts), fact)
    return known.model_copy(update={"facts": facts, "at": said.status_at}), fact


def _place(number: int) -> int:
    return number * 7 % PROVINCES


def _day(number: int, chargers: int) -> datetime:
    return datetime(YEAR, 1, 1, tzinfo=UTC) + timedelta(days=365 * number // chargers)


def _key(place: int) -> bytes:
    return series_key(_NAME, f"p-{place}").encode()


@lru_cache
def _target(place: int) -> Sequence[TargetVersion]:
    said = {
        "target": f"chargers-{place}",
        "indicator": _NAME,
        "entity": f"p-{place}",
        "year": YEAR,
        "version": 1,
        "effective_from": f"{YEAR}-01-01",
        "goal": {"kind": "increase", "value": "4000"},
        "trajectory": {"kind": "linear_months"},
    }
    data = TargetSet.model_validate_json(orjson.dumps(said))
    at = datetime(YEAR, 1, 1, tzinfo=UTC)
    return [TargetVersion(event_id=f"chargers-{place}-v1", recorded_at=at, data=data)]


def _fact(place: int, month: int, count: int) -> Fact:
    """The level at the end of a month; month 0 is last December."""
    end = period.parse(f"{YEAR}-{month:02}" if month else f"{YEAR - 1}-{MONTHS}").end
    at = datetime.combine(end, datetime.min.time(), UTC)
    value, event = Decimal(_BEFORE + count), f"c-{place}-{count}"
    name, status = f"{end:%Y-%m}", Status.PRELIMINARY
    return Fact("", Measure.STOCK, end, end, name, value, status, at, at, 1, False, event)


def _dossier(writer: Writer, place: int, facts: Sequence[Fact], through: int) -> bytes:
    at = datetime(YEAR, 1, 1, tzinfo=UTC) + timedelta(seconds=through)
    about = About(_DEFINED, f"p-{place}", "", "", 0, through, {0: through}, at)
    return writer.write(about, facts, _target(place))

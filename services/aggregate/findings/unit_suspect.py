"""`unit_suspect`: a value is ten, a hundred or ten thousand times last year's, or a part; pure.

Last year's is known by any of its names, or follows from its pieces (CONTRACT, "One fact, many
names"): a first quarter is compared with the year-to-date of March.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

from schemas.data import Measure
from schemas.exact import CONTEXT, text
from schemas.period import same_day_last_year
from services.aggregate.derived import Key
from services.aggregate.findings.finding import Breach, Check, Place
from services.aggregate.findings.known import Known, other_name
from services.aggregate.findings.timeline import Said

SLIPS = (Decimal(10), Decimal(100), Decimal(10_000))
_LEAST = Decimal(5)


def places(known: Known) -> Iterator[Place]:
    """Every reported amount beside the same period of last year; a rate has no unit to slip."""
    for key in known.reported:
        year_before = _year_before(key)
        if key.measure is Measure.RATE or not _ever_far(known, key, year_before):
            continue
        line = known.reported.get(key)
        last = known.figure(year_before)
        assert line is not None
        assert last is not None
        yield Place(key, (line, last), _check(known.unit))


@lru_cache(maxsize=65536)
def _year_before(key: Key) -> Key:
    return key._replace(start=same_day_last_year(key.start), end=same_day_last_year(key.end))


@lru_cache(maxsize=65536)
def _names(key: Key) -> tuple[Key, ...]:
    other = other_name(key)
    return (key,) if other is None else (key, other)


def _ever_far(known: Known, one: Key, year_before: Key) -> bool:
    """Is there anything to look at more closely? Mostly all values are of one magnitude."""
    own = known.bounds.get(one)
    last = [known.bounds[name] for name in _names(year_before) if name in known.bounds]
    if own is None or not last:
        return False
    bounds = [value for each in (own, *last) for value in each]
    least, most = min(bounds), max(bounds)
    # The least slip is within a half of ten.
    if least > 0:
        return most >= CONTEXT.multiply(least, _LEAST)
    return most >= 0 or least <= CONTEXT.multiply(most, _LEAST)


def slip(value: Decimal, other: Decimal) -> Decimal | None:
    """By how much the larger looks off: the factor within [0.5, 2] of which their ratio lies."""
    less, more = sorted((abs(value), abs(other)))
    if less == 0 or (value < 0) is not (other < 0):
        return None
    for factor in SLIPS:
        middle = CONTEXT.multiply(less, factor)
        if CONTEXT.divide(middle, 2) <= more <= CONTEXT.multiply(middle, 2):
            return factor
    return None


def _check(unit: str) -> Check:
    def check(saids: Sequence[Said | None]) -> Breach | None:
        own, last = saids
        if own is None or last is None or own.simulated is not last.simulated:
            return None
        factor = slip(own.value, last.value)
        if factor is None:
            return None
        return Breach(
            own.period,
            f"疑似单位差错：{own.period} 为 {text(own.value)} {unit}，上年同期为 {text(last.value)}"
            f" {unit}，相差约 {text(factor)} 倍；请核对 unit（万、亿等）并更正，"
            "或重报并在 note 中说明",
            f"the unit looks wrong: {text(own.value)} {unit} in {own.period}, {text(last.value)}"
            f" {unit} a year before, about {text(factor)} times; check `unit` (万, 亿) and correct"
            " it, or send it again with a note that explains it",
            [own, last],
        )

    return check

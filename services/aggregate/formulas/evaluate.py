"""Every figure of a derived indicator with its vintages, or why it is undefined; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from schemas.data import IndicatorDefined, Measure
from schemas.exact import CONTEXT, PLACES, WHOLE_DIGITS
from services.aggregate.derived import Derived, Key
from services.aggregate.formulas.arguments import Line, Timeline, covered, first_of_year
from services.aggregate.formulas.question import Answer, Answered, Case, Question, Rule, Undefined

# A record reads at most 38 digits back; one is left for what rounding may carry over.
_DIGITS = 37
_AT_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Formed:
    """What a formula gave: figures by key with every vintage, and why others have none now."""

    figures: Mapping[Key, list[Derived]] = field(default_factory=dict)
    lacks: Mapping[Key, str] = field(default_factory=dict)
    places: int = PLACES


def evaluate(case: Case, rule: Rule, told: Mapping[Key, Sequence[Line]]) -> Formed:
    """The derived indicator of one entity. What is `told` of it otherwise is never replaced.

    Below a forecast the figure is made all the same.
    """
    figures: dict[Key, list[Derived]] = {}
    lacks: dict[Key, str] = {}
    keys = set(case.counts)
    for series in rule.first(case.formula, case.entity, case.tree):
        keys |= case.look(*series).keys
    for key in sorted(keys):
        name = named(case.indicator, key)
        if name is None or name in figures or name in lacks:
            continue
        history, lack = _history(rule.ask(case, key), Timeline(*told.get(name, ())))
        if history:
            figures[name] = history
        if lack is not None:
            lacks[name] = lack.reason
    return Formed(figures, lacks, rule.places)


def named(indicator: IndicatorDefined, key: Key) -> Key | None:
    """Under which key a derived indicator stands that was made from this figure.

    A stock made from flows is what they came to since 1 January.
    """
    if indicator.measure is Measure.RATE:
        return Key(key.scope, Measure.RATE, *covered(key))
    since_new_year = key.start == first_of_year(key.end)
    if indicator.measure is Measure.STOCK:
        if key.measure is Measure.STOCK or since_new_year:
            return Key(key.scope, Measure.STOCK, key.end, key.end)
        return None
    if key.measure is Measure.STOCK:
        return Key(key.scope, Measure.CUMULATIVE, first_of_year(key.end), key.end)
    if key.measure is Measure.RATE:
        measure = Measure.CUMULATIVE if since_new_year else Measure.PERIOD
        return key._replace(measure=measure)
    return key


def _history(question: Question, told: Timeline) -> tuple[list[Derived], Undefined | None]:
    """Every vintage, and why there is nothing now."""
    found: list[Derived] = []
    marks: Sequence[int] = ()
    kept: Answered | None = None
    *moments, _ = dates = [*sorted(question.moments | told.moments), _AT_LAST]
    *answers, last = question.answers(dates)
    for at, answer in zip(moments, answers, strict=True):
        value = None if told.newest(at) is not None else _kept(answer)
        held = bool(found) and found[-1].holds
        if isinstance(value, Decimal):
            assert answer is not None
            assert not isinstance(answer, Undefined)
            if not held or (marks != answer.marks and not _same(kept, answer)):
                found.append(Derived(at, value, answer.status, (answer,)))
                kept = answer
            marks = answer.marks
        elif held:
            found.append(found[-1]._replace(recorded_at=at, value=None))
    lack = None if told.known(_AT_LAST) else _kept(last)
    return found, lack if isinstance(lack, Undefined) else None


def _same(one: Answered | None, other: Answered) -> bool:
    """Is it the same figures under another of their names?"""
    if one is None or (one.value, one.status) != (other.value, other.status):
        return False
    return one.basis == other.basis and one.places == other.places


def _kept(answer: Answer) -> Decimal | Undefined | None:
    """As many digits as travel; what no column can hold is undefined."""
    if answer is None or isinstance(answer, Undefined):
        return answer
    value = answer.value
    whole = max(1, value.adjusted() + 1)
    if whole >= WHOLE_DIGITS:
        return Undefined("too_large")
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    if whole - exponent <= _DIGITS:
        return value
    return value.quantize(Decimal(1).scaleb(whole - _DIGITS), context=CONTEXT)

"""Which words each field of a plain figure may hold, looked at once for all its rows; pure.

By the patterns of the contract or narrower ones, in the notation of RE2: a check gets the distinct
words of a field as an array of Arrow and says of each whether it may stand there.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas import names, unit
from schemas.data import Measure, MetricObserved
from schemas.names import PREFIX
from schemas.status import Status
from services.aggregate.decode import fact_name, fact_span

TYPE = f"{PREFIX}metric.observed.v1"

Check = Callable[[Any], Any]


def _like(pattern: str, least: int = 0, most: int | None = None) -> Check:
    """The words that match a pattern of `schemas.names`, as RE2 writes it."""
    re2 = re.sub(r"\\u([0-9A-F]{4})", r"\\x{\1}", pattern)

    def check(words: Any) -> Any:
        fit = pc.match_substring_regex(words, re2)
        if most is None:
            return fit
        length = pc.utf8_length(words)
        return pc.and_(fit, pc.and_(pc.less_equal(length, most), pc.greater_equal(length, least)))

    return check


def _one_of(*allowed: str) -> Check:
    values = pa.array(allowed)
    return lambda words: pc.is_in(words, values)


def _each(fits: Callable[[str], bool]) -> Check:
    return lambda words: pa.array(map(fits, words.to_pylist()), pa.bool_())


@lru_cache(maxsize=8192)
def span_of(both: str) -> tuple[date, date, str] | None:
    """First day, last day and canonical name of a `measure|period`; None where it is neither."""
    kind, _, text = both.partition("|")
    try:
        measure = Measure(kind)
        said = MetricObserved(
            indicator="any",
            entity="any",
            period=text,
            measure=measure,
            value=Decimal(1),
            unit="个",
            status=Status.FINAL,
        )
    except ValueError:
        return None
    span = fact_span(measure, said.span)
    return (*span, fact_name(measure, said.span))


@lru_cache(maxsize=4096)
def _is_unit(text: str) -> bool:
    try:
        unit.parse(text)
    except ValueError:
        return False
    return True


# As it stands in `sent_value`: no needless zero in front, and within Decimal(38, 10).
_DECIMAL = _like(r"^-?(0|[1-9][0-9]{0,27})(\.[0-9]{1,10})?$")
_TIME = _like(
    r"^(19[1-9][0-9]|2[01][0-9]{2})-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]{1,6})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$"
)
_ID = _like(names.PRINTABLE, 1, 128)
_LINE = _like(names.ONE_LINE, 0, 512)
_SLUG = _like(names.SLUG)

CHECKS: dict[str, Check] = {
    "specversion": _one_of("1.0"),
    "id": _ID,
    "source": _like(names.SOURCE),
    "time": _TIME,
    "type": _one_of(TYPE),
    "receipt": _ID,
    "department": _SLUG,
    "receivedtime": _TIME,
    "canonicalvalue": _DECIMAL,
    "canonicalunit": lambda words: pc.not_equal(words, ""),
    "data.indicator": _SLUG,
    "data.entity": _SLUG,
    "data.measure": _one_of(*Measure),
    "data.value": _DECIMAL,
    "data.unit": _each(_is_unit),
    # A deletion has no value; `decode` reads it.
    "data.status": _one_of(*(each for each in Status if each is not Status.MISSING)),
    # Of both, as one word: see `span_of`.
    "span": _each(lambda both: span_of(both) is not None),
    "recordedtime": _TIME,
    "datacontenttype": _one_of("application/json"),
    "subject": _LINE,
    "traceparent": _like(names.TRACEPARENT),
    "tracestate": _LINE,
    "data.scope": _like(names.ONE_LINE, 0, 96),
    "data.note": _LINE,
}
OPTIONAL = {
    "recordedtime",
    "datacontenttype",
    "subject",
    "traceparent",
    "tracestate",
    "data.scope",
    "data.note",
}

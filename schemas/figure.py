"""A figure read without a model: what is surely right, fast; whatever is not, is None here.

Senders repeat periods, units and names, so the contract itself is asked once for each and its
answer kept. Only figures come in numbers that make this worth while.
"""

import re
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, Self

import orjson
from pydantic import TypeAdapter, ValidationError

from schemas.data import MetricObserved
from schemas.digits import lost_digits, value_as_written
from schemas.events import SOURCE_PREFIX, MetricObservedEvent
from schemas.exact import NUMBER_DIGITS, text
from schemas.names import Slug, Source

TYPE = "pacekeeper.metric.observed.v1"
# A line is no longer than what a record takes; a text of nothing but spaces could be.
_LONGEST = 4096
_KEPT = 65_536
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:Z|[+-][01][0-9]:[0-5][0-9])"
)
# Keepable in every unit without a look: 18 digits before the point, 10 after it.
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,10})?")
_SAFE_NUMBER = 10**15
_SLUG: TypeAdapter[str] = TypeAdapter(Slug)
_SOURCE: TypeAdapter[str] = TypeAdapter(Source)


class Content(NamedTuple):
    """What makes two figures under one id equal; `value` in its canonical spelling."""

    indicator: str
    entity: str
    period: str
    measure: str
    value: str | None
    unit: str
    status: str
    scope: str
    note: str | None
    recorded: datetime

    @classmethod
    def of(cls, event: MetricObservedEvent) -> Self:
        """The same of a figure that was read in full."""
        data = event.data
        return cls(
            data.indicator,
            data.entity,
            data.period,
            data.measure.value,
            None if data.value is None else text(data.value),
            data.unit,
            data.status.value,
            data.scope,
            data.note,
            event.recordedtime or event.time,
        )


class Figure(NamedTuple):
    """An event `metric.observed` that fulfils the schema.

    `sent` is its text as it came, on one line, the value a string in any case.
    """

    id: str
    source: str
    department: str
    time: datetime
    content: Content
    sent: bytes


def read(raw: bytes) -> Figure | None:
    """The figure, or None where only the full reading can tell, and say why."""
    try:
        return _read(raw)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return None


def _read(raw: bytes) -> Figure | None:
    event = orjson.loads(raw)
    data = event["data"]
    value, id_, scope, note = data["value"], event["id"], data.get("scope", ""), data.get("note")
    beside = 0 if len(event) == 6 else _beside(event)
    plain = value if type(value) is str else _number(value, raw)
    texts = 11 + beside + (type(value) is str) + ("scope" in data) + (note is not None)
    if (
        event["type"] != TYPE
        or event["specversion"] != "1.0"
        or len(raw) > _LONGEST
        or len(event) != 6 + beside
        or len(data) != 7 + ("scope" in data) + (note is not None)
        # Two quotes each: more of them are a name that is there twice, or an escaped one.
        or raw.count(b'"') != 2 * (len(event) + len(data) + texts)
        or not 0 < len(id_) <= 128
        or not id_.isprintable()
        or type(scope) is not str
        or not (len(scope) <= 96 and scope.isprintable())
        or not (note is None or (len(note) <= 512 and note.isprintable()))
        or (plain is None) != (data["status"] == "M")
        or not _is_slug(data["entity"])
        or not _fits(
            data["indicator"], data["period"], data["measure"], data["unit"], data["status"]
        )
    ):
        return None
    source, time = event["source"], _moment(event["time"])
    recorded = _moment(event["recordedtime"]) if "recordedtime" in event else time
    # A line break in JSON is space between its parts; in a packed record it would end the line.
    sent = raw.strip().replace(b"\n", b" ")
    if plain is not None:
        if plain is not value:
            data["value"] = plain
            sent = orjson.dumps(event)
        plain = _canonical(plain)
    content = Content(
        data["indicator"],
        data["entity"],
        data["period"],
        data["measure"],
        plain,
        data["unit"],
        data["status"],
        scope,
        note,
        recorded,
    )
    return Figure(id_, source, _department(source), time, content, sent)


def accepted_line(figure: Figure, beside: bytes, value: str | None, unit: str) -> bytes:
    """The line of an accepted figure: the text as sent, then the attributes of its acceptance.

    `beside` are receipt, department and receivedtime, a comma before each.
    """
    counted = b"" if value is None else b',"canonicalvalue":"%b"' % value.encode()
    return b'%b%b%b,"canonicalunit":%b}' % (figure.sent[:-1], beside, counted, _quoted(unit))


@lru_cache(maxsize=4096)
def _quoted(unit: str) -> bytes:
    return orjson.dumps(unit)


def _beside(event: dict[str, Any]) -> int:
    """How many of the optional attributes are there; one that is odd is not counted."""
    subject = event.get("subject")
    return (
        ("recordedtime" in event)
        + (event.get("datacontenttype") == "application/json")
        + (subject is not None and len(subject) <= 512 and subject.isprintable())
    )


def _number(value: Any, raw: bytes) -> str | None:
    """A JSON number as text, decimals as sent; None for null."""
    if value is None:
        return None
    if type(value) is int and abs(value) < _SAFE_NUMBER:
        return str(value)
    if type(value) is float:
        written = value_as_written(raw)
        # With the point there are fewer digits than a double carries.
        if written is not None and len(written) <= NUMBER_DIGITS + 1:
            return written
        if lost_digits(raw) is None:
            return written or repr(value)
    raise ValueError(value)


def _canonical(plain: str) -> str:
    """As `exact.text` writes it; ValueError unless it is plain."""
    if not _PLAIN.fullmatch(plain):
        raise ValueError(plain)
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain == "-0" else plain


@lru_cache(maxsize=4096)
def _moment(written: str) -> datetime:
    if not _MOMENT.fullmatch(written):
        raise ValueError(written)
    moment = datetime.fromisoformat(written)
    if not 1900 < moment.year < 2299:
        raise ValueError(written)
    return moment


@lru_cache(maxsize=_KEPT)
def _department(source: str) -> str:
    return _SOURCE.validate_python(source, strict=True).removeprefix(SOURCE_PREFIX)


@lru_cache(maxsize=_KEPT)
def _is_slug(name: str) -> bool:
    try:
        _SLUG.validate_python(name, strict=True)
    except ValidationError:
        return False
    return True


@lru_cache(maxsize=_KEPT)
def _fits(indicator: str, period: str, measure: str, unit: str, status: str) -> bool:
    """Does the contract take these together?"""
    sample = {
        "indicator": indicator,
        "entity": "a",
        "period": period,
        "measure": measure,
        "value": None if status == "M" else "1",
        "unit": unit,
        "status": status,
    }
    try:
        MetricObserved.model_validate_json(orjson.dumps(sample))
    except ValidationError:
        return False
    return True

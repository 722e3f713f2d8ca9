"""Reads one event's text: the schema's verdict, plus what a schema cannot see."""

import json
from collections.abc import Iterable
from typing import Any

import orjson
from pydantic import BaseModel

from schemas.events import Event, parse_event
from schemas.rejects import RejectCode, RejectedError

_COMMAND = b"pacekeeper.alert.command.v1"


def read(raw: bytes) -> Event:
    """The event; RejectedError says what is wrong with it."""
    try:
        event = parse_event(raw)
    except RejectedError as refused:
        if refused.code is RejectCode.UNKNOWN_TYPE and _COMMAND in raw:
            raise _not_here() from None
        raise
    if _may_repeat_a_name(raw, event):
        refuse_repeated_names(raw)
    return event


def _not_here() -> RejectedError:
    return RejectedError(
        RejectCode.UNKNOWN_TYPE,
        "type",
        "预警指令不走此接口，请用 POST /v1/alerts/{alert}/commands",
        "commands do not come this way: use POST /v1/alerts/{alert}/commands",
    )


def _may_repeat_a_name(raw: bytes, event: Event) -> bool:
    # JSON readers take the last of two equal names, so the model has fewer fields than the text
    # has names. Counting is ten times cheaper than reading the text a second time.
    names = raw.count(b'":')
    flat = len(event.model_fields_set) + len(event.data.model_fields_set)
    if names != flat and names != _names(event):
        return True
    # Space between a name and its colon hides the name from the count; hardly anybody writes it.
    return b" :" in raw or b"\t:" in raw or b"\n:" in raw or b"\r:" in raw


def _names(value: Any) -> int:
    if isinstance(value, BaseModel):
        given = value.model_fields_set
        return len(given) + sum(_names(getattr(value, name)) for name in given)
    if isinstance(value, tuple):
        return sum(map(_names, value))
    return len(value) if isinstance(value, dict) else 0


def refuse_repeated_names(raw: bytes) -> None:
    """RejectedError `malformed` when an object has one name twice: which figure was meant?"""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise RejectedError(
                RejectCode.MALFORMED,
                twice,
                f"字段 {twice} 出现了两次，无法判断以哪个为准",
                f"the field {twice} appears twice: which one is meant?",
            )
        return found

    json.loads(raw, object_pairs_hook=once, parse_float=str, parse_int=str)


def name_of(raw: bytes) -> tuple[str | None, str | None]:
    """Id and source of a refused event, each None if it cannot be read."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None, None
    if not isinstance(found, dict):
        return None, None
    return _readable(found.get("id"), 128), _readable(found.get("source"), 256)


def _readable(value: object, longest: int) -> str | None:
    good = isinstance(value, str) and 0 < len(value) <= longest and value.isprintable()
    return str(value) if good else None


def shown(raw: bytes, limit: int = 65_536) -> str:
    """The text as it came, cut to the limit in UTF-8, bytes that are no text escaped."""
    text = raw[:limit].decode("utf-8", "backslashreplace")
    encoded = text.encode()
    return text if len(encoded) <= limit else encoded[:limit].decode("utf-8", "ignore")


def any_readable(events: Iterable[bytes]) -> bool:
    """Is at least one of the texts JSON at all?"""
    return any(_is_json(raw) for raw in events)


def _is_json(raw: bytes) -> bool:
    try:
        orjson.loads(raw)
    except orjson.JSONDecodeError:
        return False
    return True

"""The examples of the contract with one place changed, and what is said of them."""

import json
from typing import Any

import pytest

from schemas.events import parse_event
from schemas.publish.examples import example
from schemas.rejects import RejectedError

METRIC = "pacekeeper.metric.observed.v1"
CHARGER = "pacekeeper.charger.updated.v1"
PROJECT = "pacekeeper.project.updated.v1"
INDICATOR = "pacekeeper.indicator.defined.v1"
ENTITY = "pacekeeper.entity.defined.v1"
TARGET = "pacekeeper.target.set.v1"
GONE = object()


def changed(name: str, path: str, value: Any) -> dict[str, Any]:
    """The example of the type with one place changed, or taken away."""
    event = example(name)
    *above, last = path.split(".")
    place: Any = event
    for part in above:
        place = place[_index(place, part)]
    if value is GONE:
        del place[last]
    else:
        place[_index(place, last)] = value
    return event


def _index(place: Any, part: str) -> str | int:
    return int(part) if isinstance(place, list) else part


def refused(raw: bytes | str | dict[str, Any]) -> RejectedError:
    with pytest.raises(RejectedError) as caught:
        parse_event(json.dumps(raw) if isinstance(raw, dict) else raw)
    return caught.value


def raw_value(written: str) -> str:
    """An observation whose value is written in the text just so."""
    return json.dumps(changed(METRIC, "data.value", "@")).replace('"@"', written)


def field_refused(raw: str) -> str:
    """The field at which an event is refused; empty if it is taken, or is none at all."""
    try:
        parse_event(raw)
    except RejectedError as error:
        return error.field
    return ""

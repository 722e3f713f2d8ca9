"""Targets of a file: read by the contract, told apart, put in order, and made events. Pure."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from hashlib import blake2b
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from schemas import exact
from schemas.data import TargetSet
from schemas.events import PREFIX, SOURCE_PREFIX, TargetSetEvent, parse_event
from schemas.rejects import RejectedError

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_TYPE = f"{PREFIX}target.set.v1"


class Place(NamedTuple):
    """Where something stands in a file: its row or item, and the column or field in it."""

    row: int
    column: str = ""


class Fault(NamedTuple):
    """Why a row cannot be taken, with the remedy in both languages."""

    place: Place
    code: str
    zh: str
    en: str


class Entry(NamedTuple):
    """A target as a file has it: the data of the contract's JSON, not yet read by it."""

    row: int
    data: Mapping[str, Any]


class Planned(NamedTuple):
    """A target that the contract can read, and the row it is from."""

    row: int
    target: TargetSet


def check(entry: Entry, column_of: Callable[[str], str]) -> Planned | Fault:
    """Read an entry by the contract; `column_of` names the column of a field."""
    # As an event, so that every refusal is one that the door would give too.
    event = _event(entry.data, "check", "admin", "2024-01-01T00:00:00+08:00", "")
    try:
        found = parse_event(json.dumps(event))
    except RejectedError as error:
        return fault_of(entry.row, column_of(error.field), error)
    assert isinstance(found, TargetSetEvent)
    return Planned(entry.row, found.data)


def fault_of(row: int, column: str, error: RejectedError) -> Fault:
    """A refusal at its place in the file."""
    return Fault(Place(row, column), error.code.value, error.message.zh, error.message.en)


def contradictions(planned: Iterable[Planned]) -> list[Fault]:
    """Rows that set a version which an earlier row sets to something else."""
    first: dict[tuple[str, int], Planned] = {}
    found = []
    for each in planned:
        target = each.target
        known = first.setdefault((target.target, target.version), each)
        if known.target != target:
            found.append(
                Fault(
                    Place(each.row),
                    "definition_conflict",
                    f"目标 {target.target} 第 {target.version} 版在第 {known.row} 行已有不同内容，"
                    "请删去一行或改用新的版本号",
                    f"version {target.version} of {target.target} is set to something else in row "
                    f"{known.row}: remove one or take a new version",
                )
            )
    return found


def in_order(planned: Sequence[Planned]) -> list[Planned]:
    """Parents before what lies below them, versions as they follow; else as in the file."""
    above = {each.target.target: each.target.parent for each in planned}

    def depth(name: str) -> int:
        seen: set[str] = set()
        parent = above.get(name)
        while parent in above and parent not in seen:
            seen.add(parent)
            parent = above[parent]
        return len(seen)

    depths = {name: depth(name) for name in above}
    return sorted(planned, key=lambda p: (depths[p.target.target], p.target.version))


def canonical(target: TargetSet) -> dict[str, Any]:
    """The data with what is left at its default left out, each number in one spelling."""
    found: dict[str, Any] = _plain(target)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return {
            field.alias or name: _plain(getattr(value, name))
            for name, field in type(value).model_fields.items()
            if getattr(value, name) not in (None, _default(field))
        }
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return exact.text(value)
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _default(field: FieldInfo) -> Any:
    return field.get_default(call_default_factory=True)


def event_of(target: TargetSet, department: str, today: date) -> dict[str, Any]:
    """The event that sets it: of the same target it is the same whenever the file is sent again.

    It counts as recorded when it takes effect. One that takes effect later is recorded today: sent
    again on another day it is another event that says the same.
    """
    data = canonical(target)
    recorded = min(target.effective_from, today)
    moment = datetime.combine(recorded, datetime.min.time(), _SHANGHAI).isoformat()
    spelt = json.dumps([data, moment], sort_keys=True, ensure_ascii=False).encode()
    name = f"{target.target[:80]}.v{target.version}.{blake2b(spelt, digest_size=8).hexdigest()}"
    return _event(data, name, department, moment, moment)


def _event(
    data: Mapping[str, Any], name: str, department: str, moment: str, recorded: str
) -> dict[str, Any]:
    event = {
        "specversion": "1.0",
        "id": name,
        "source": f"{SOURCE_PREFIX}{department}",
        "type": _TYPE,
        "time": moment,
        "data": data,
    }
    return event | ({"recordedtime": recorded} if recorded else {})


def during(target: TargetSet, year: int | None) -> bool:
    """Does its span touch the year? Without a year every one does."""
    span = target.span
    return year is None or span.start.year <= year <= span.end.year

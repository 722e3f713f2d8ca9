"""Events on the wire: CloudEvents 1.0.2 with the extension attributes of the contract."""

import json
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from schemas.data import (
    AlertCommand,
    ChargerUpdated,
    EntityDefined,
    IndicatorDefined,
    MetricObserved,
    ProjectUpdated,
    TargetSet,
)
from schemas.names import Contract, EventId, Line, Moment, Slug, Source
from schemas.rejects import RejectCode, RejectedError

PREFIX = "pacekeeper."
SOURCE_PREFIX = "urn:pacekeeper:"


class Envelope(Contract):
    """The attributes every event carries; `data` and `type` are its kind's own."""

    specversion: Literal["1.0"]
    id: EventId
    source: Source
    time: Moment
    recordedtime: Moment | None = None
    datacontenttype: Literal["application/json"] | None = None
    subject: Line | None = None
    traceparent: (
        Annotated[str, Field(pattern=r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")] | None
    ) = None
    tracestate: Line | None = None

    @property
    def department(self) -> str:
        """The department that speaks."""
        return self.source.removeprefix(SOURCE_PREFIX)


class IndicatorDefinedEvent(Envelope):
    """An indicator is defined, or its description changes."""

    type: Literal["pacekeeper.indicator.defined.v1"]
    data: IndicatorDefined


class EntityDefinedEvent(Envelope):
    """A place, department or enterprise is defined."""

    type: Literal["pacekeeper.entity.defined.v1"]
    data: EntityDefined


class MetricObservedEvent(Envelope):
    """A figure was published."""

    type: Literal["pacekeeper.metric.observed.v1"]
    data: MetricObserved


class ProjectUpdatedEvent(Envelope):
    """A project moved."""

    type: Literal["pacekeeper.project.updated.v1"]
    data: ProjectUpdated


class ChargerUpdatedEvent(Envelope):
    """A charger was built, changed state or went away."""

    type: Literal["pacekeeper.charger.updated.v1"]
    data: ChargerUpdated


class TargetSetEvent(Envelope):
    """A version of a target was approved."""

    type: Literal["pacekeeper.target.set.v1"]
    data: TargetSet


class AlertCommandEvent(Envelope):
    """An operator asked something of an alert; travels on `alert.commands` only."""

    type: Literal["pacekeeper.alert.command.v1"]
    data: AlertCommand


Event = (
    IndicatorDefinedEvent
    | EntityDefinedEvent
    | MetricObservedEvent
    | ProjectUpdatedEvent
    | ChargerUpdatedEvent
    | TargetSetEvent
)
EVENTS: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="type")])
COMMANDS: TypeAdapter[AlertCommandEvent] = TypeAdapter(AlertCommandEvent)


def subject(event: Event) -> str:
    """The key of the event's record: what must keep its order and its partition."""
    data = event.data
    if isinstance(data, IndicatorDefined):
        return data.indicator
    if isinstance(data, ProjectUpdated):
        return data.project
    if isinstance(data, ChargerUpdated):
        return f"{data.operator}|{data.station}"
    return data.entity


# A bare number of 16 digits or more: a double may already have lost some of them.
_LONG_NUMBER = re.compile(rb"[:\[,]\s*-?(?:[0-9]\.?){16,}")
# Where pydantic's path names the branch of a union, which the sender never wrote.
_UNIONS = frozenset({"goal", "trajectory", "formula"})


def parse_event(raw: bytes | str) -> Event:
    """Read one event as it came; RejectedError names the first field that is wrong and why."""
    try:
        event = EVENTS.validate_json(raw)
    except ValidationError as error:
        raise refusal(error) from None
    except RecursionError:
        raise _malformed("nested too deeply") from None
    refuse_lost_digits(raw)
    return event


def refuse_lost_digits(raw: bytes | str) -> None:
    """Refuse a bare JSON number of more digits than a double carries (code `precision`)."""
    text = raw.encode() if isinstance(raw, str) else raw
    if not _LONG_NUMBER.search(text):
        return

    def exact(digits: str) -> None:
        if len(digits.lstrip("-").replace(".", "").strip("0")) > 15:
            raise RejectedError(
                RejectCode.PRECISION,
                "data.value",
                "JSON 数字超过 15 位有效数字会失真，请以字符串发送该数值",
                "a JSON number of more than 15 digits loses some: send the figure as a string",
            )

    json.loads(text, parse_float=exact, parse_int=exact)


def _malformed(why: str) -> RejectedError:
    return RejectedError(
        RejectCode.MALFORMED,
        "",
        f"无法解析为 JSON 事件：{why}",
        f"not a readable JSON event: {why}",
    )


_Explain = Callable[[ErrorDetails], tuple[RejectCode, str, str]]
_EXPLAINED: dict[str, _Explain] = {
    "extra_forbidden": lambda e: (
        RejectCode.UNKNOWN_FIELD,
        "契约中没有此字段，请删除或改正拼写",
        "the contract has no such field: remove it or correct its spelling",
    ),
    "missing": lambda e: (RejectCode.MISSING_FIELD, "缺少必填字段", "a required field is missing"),
    "union_tag_not_found": lambda e: (
        RejectCode.MISSING_FIELD,
        "缺少用来区分种类的字段（type 或 kind）",
        "the field that tells the kind (type or kind) is missing",
    ),
    "bad_period": lambda e: (
        RejectCode.BAD_PERIOD,
        "报告期格式不对，应如 2024、2024-H1、2024-Q1、2024-03、2024-03-15 或 2024-01/2024-02",
        "a period like 2024, 2024-H1, 2024-Q1, 2024-03, 2024-03-15 or 2024-01/2024-02 is expected",
    ),
    "precision": lambda e: (
        RejectCode.PRECISION,
        "数位超出可精确保存的范围，请以字符串发送，最多 38 位",
        e["msg"],
    ),
    "unknown_unit": lambda e: (RejectCode.UNKNOWN_UNIT, "无法识别的计量单位", e["msg"]),
    "cannot_be_judged": lambda e: (
        RejectCode.CANNOT_BE_JUDGED,
        f"目标按此写法无法评判：{e['msg']}",
        f"the target cannot be judged as written: {e['msg']}",
    ),
}


def _path(details: ErrorDetails) -> str:
    """The sender's path of a field, without the branches of unions."""
    parts = [str(part) for part in details["loc"]]
    if parts and parts[0].startswith(PREFIX):
        parts = parts[1:]
    kept: list[str] = []
    for before, part in zip(["", *parts], parts, strict=False):
        if before not in _UNIONS or part == "kind":
            kept.append(part)
    return ".".join(kept)


def refusal(error: ValidationError) -> RejectedError:
    """What the first finding of the validator means in the words of the contract."""
    details = min(error.errors(include_url=False), key=_priority)
    kind, field = details["type"], _path(details)
    if kind in ("json_invalid", "model_type", "model_attributes_type", "dict_type"):
        return _malformed(details["msg"]) if not field else _bad_value(field, details["msg"])
    if kind == "union_tag_invalid":
        if field:
            return _bad_value(f"{field}.kind", details["msg"])
        return RejectedError(
            RejectCode.UNKNOWN_TYPE,
            "type",
            "契约中没有此事件类型",
            "the contract has no such event type",
        )
    if kind == "union_tag_not_found":
        field = f"{field}.kind" if field else "type"
    explain = _EXPLAINED.get(kind)
    if explain is None:
        return _bad_value(field, details["msg"])
    code, zh, en = explain(details)
    return RejectedError(code, field, f"{zh}（字段 {field}）" if field else zh, en)


def _priority(details: ErrorDetails) -> int:
    # A misspelt name shows as one field missing and one unknown: the unknown one is the cause.
    return 0 if details["type"] == "extra_forbidden" else 1


def _bad_value(field: str, why: str) -> RejectedError:
    return RejectedError(
        RejectCode.BAD_VALUE, field, f"字段 {field} 的值不符合要求：{why}", f"{field}: {why}"
    )


class Accepted(Contract):
    """What an accepted event's line in `events` carries beside the event, as extension attributes.

    `canonicalvalue` is the figure in the indicator's unit, exact, in its canonical spelling.
    """

    receipt: EventId
    department: Slug
    receivedtime: Moment
    canonicalvalue: str | None = None
    canonicalunit: str | None = None


class IndicatorDefinedLine(IndicatorDefinedEvent, Accepted):
    """An accepted definition of an indicator."""


class EntityDefinedLine(EntityDefinedEvent, Accepted):
    """An accepted definition of an entity."""


class MetricObservedLine(MetricObservedEvent, Accepted):
    """An accepted figure."""


class ProjectUpdatedLine(ProjectUpdatedEvent, Accepted):
    """An accepted state of a project."""


class ChargerUpdatedLine(ChargerUpdatedEvent, Accepted):
    """An accepted state of a charger."""


class TargetSetLine(TargetSetEvent, Accepted):
    """An accepted version of a target."""


AcceptedLine = (
    IndicatorDefinedLine
    | EntityDefinedLine
    | MetricObservedLine
    | ProjectUpdatedLine
    | ChargerUpdatedLine
    | TargetSetLine
)
LINES: TypeAdapter[AcceptedLine] = TypeAdapter(Annotated[AcceptedLine, Field(discriminator="type")])


def accepted_line(event: Event, accepted: Accepted) -> bytes:
    """The line of an accepted event: the event as sent, then the attributes of its acceptance."""
    sent = event.model_dump_json(exclude_unset=True, by_alias=True)
    beside = accepted.model_dump_json(exclude_none=True)
    return f"{sent[:-1]},{beside[1:]}".encode()


def content(event: Event) -> tuple[Any, ...]:
    """What makes two events under one id equal: type, data and recordedtime."""
    return (event.type, event.data, event.recordedtime or event.time)

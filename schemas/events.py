"""Events on the wire: CloudEvents 1.0.2 with the extension attributes of the contract."""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from schemas.data import (
    AlertCommand,
    ChargerUpdated,
    EntityDefined,
    IndicatorDefined,
    MetricObserved,
    ProjectUpdated,
    TargetSet,
)
from schemas.digits import lost_digits, value_as_written
from schemas.exact import as_sent, with_zeros
from schemas.names import PREFIX as PREFIX
from schemas.names import Contract, EventId, Line, Moment, Slug, Source, Traceparent
from schemas.refusals import refusal as refusal
from schemas.rejects import RejectCode, RejectedError

SOURCE_PREFIX = "urn:pacekeeper:"


class Attributes(Contract):
    """The attributes every event carries; `data` and `type` are its kind's own."""

    specversion: Literal["1.0"]
    id: EventId
    source: Source
    time: Moment
    recordedtime: Moment | None = None
    datacontenttype: Literal["application/json"] | None = None
    subject: Line | None = None
    traceparent: Traceparent | None = None
    tracestate: Line | None = None


class Envelope(Attributes):
    """An event as it is sent."""

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


def parse_event(raw: bytes | str) -> Event:
    """Read one event as it came; RejectedError names the first field that is wrong and why."""
    try:
        event = EVENTS.validate_json(raw)
    except ValidationError as error:
        raise refusal(error) from None
    refuse_lost_digits(raw)
    return _as_written(event, raw) if isinstance(event, MetricObservedEvent) else event


def _as_written(event: MetricObservedEvent, raw: bytes | str) -> MetricObservedEvent:
    """A figure that came as a bare number with the zeros that were behind its point."""
    value, written = event.data.value, value_as_written(raw)
    if value is None or written is None or written == as_sent(value):
        return event
    data = event.data.model_copy(update={"value": with_zeros(value, written)})
    return event.model_copy(update={"data": data})


def refuse_lost_digits(raw: bytes | str) -> None:
    """Refuse a bare JSON number of more digits than a double carries (code `precision`)."""
    field = lost_digits(raw)
    if field is not None:
        raise RejectedError(
            RejectCode.PRECISION,
            field,
            f"字段 {field} 的 JSON 数字超过 15 位有效数字会失真，请以字符串发送",
            f"{field}: a JSON number of more than 15 digits loses some: send it as a string",
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


class _Line(Attributes, Accepted):
    """An event with its acceptance. No Envelope: the department is a field of the line here."""


class IndicatorDefinedLine(_Line):
    """An accepted definition of an indicator."""

    type: Literal["pacekeeper.indicator.defined.v1"]
    data: IndicatorDefined


class EntityDefinedLine(_Line):
    """An accepted definition of an entity."""

    type: Literal["pacekeeper.entity.defined.v1"]
    data: EntityDefined


class MetricObservedLine(_Line):
    """An accepted figure."""

    type: Literal["pacekeeper.metric.observed.v1"]
    data: MetricObserved


class ProjectUpdatedLine(_Line):
    """An accepted state of a project."""

    type: Literal["pacekeeper.project.updated.v1"]
    data: ProjectUpdated


class ChargerUpdatedLine(_Line):
    """An accepted state of a charger."""

    type: Literal["pacekeeper.charger.updated.v1"]
    data: ChargerUpdated


class TargetSetLine(_Line):
    """An accepted version of a target."""

    type: Literal["pacekeeper.target.set.v1"]
    data: TargetSet


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

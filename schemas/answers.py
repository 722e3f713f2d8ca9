"""What the HTTP interface of ingest answers, and what it takes beside events."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from schemas.names import Day, Moment, Slug
from schemas.records.books import Verdict
from schemas.rejects import RejectCode


class Scope(StrEnum):
    """What a key allows; `admin` allows everything, for every department."""

    OBSERVE = "observe"
    DEFINE = "define"
    TARGET = "target"
    COMMAND = "command"
    READ = "read"
    ADMIN = "admin"


def _one_of(*words: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": [str(word) for word in words]})


Code = Annotated[str, _one_of(*RejectCode)]
State = Annotated[str, _one_of("accepted", "stored", "assessed", "duplicate", "rejected")]


class NewKey(BaseModel):
    """What a key is to allow. `expires` is its last day (Asia/Shanghai) or a moment."""

    model_config = ConfigDict(extra="forbid")

    department: Slug
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=6)]
    expires: Day | Moment | None = None


class KeyShown(BaseModel):
    """A key without what opens anything."""

    key_id: str
    department: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None


class KeyCut(KeyShown):
    """A new key; `key` is told this once."""

    key: str


class KeyList(BaseModel):
    """Every key that was not revoked."""

    keys: list[KeyShown]


class Message(BaseModel):
    """One sentence in both languages."""

    zh: str
    en: str


class VerdictShown(BaseModel):
    """One event's verdict; without a readable id it is named by its index."""

    id: str | None = None
    index: int | None = None
    verdict: Annotated[str, _one_of(*Verdict)]
    code: Code | None = None
    field: str | None = None
    message: Message | None = None


class Verdicts(BaseModel):
    """The answer to a POST of events."""

    receipt: str
    received: int
    accepted: int
    duplicate: int
    rejected: int
    events: list[VerdictShown]


class EventProgress(BaseModel):
    """How far one event is: accepted, stored, assessed, duplicate or rejected."""

    id: str | None = None
    index: int | None = None
    state: State
    code: Code | None = None


class ReceiptShown(BaseModel):
    """How far a request is; complete when all accepted is stored and judged."""

    receipt: str
    complete: bool
    events: list[EventProgress]


class RejectShown(BaseModel):
    """One refused event."""

    id: str
    department: str
    received_at: datetime
    code: Code
    field: str
    message: str
    state: str
    raw: str


class RejectList(BaseModel):
    """Newest first; `next` is the `before` of the following page, null at the end."""

    rejected: list[RejectShown]
    next: str | None


class CommandTaken(BaseModel):
    """The id under which the command will appear in `bi.alert_history`."""

    command_id: str


class Problem(BaseModel):
    """An error by RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    message: Message
    code: Code | None = None
    field: str | None = None
    receipt: str | None = None


class NoneAcceptable(Verdicts):
    """The problem that no event was acceptable, with the verdicts that a 202 would have."""

    type: str
    title: str
    status: int
    detail: str
    message: Message


class Health(BaseModel):
    """The process answers."""

    status: str


class Readiness(BaseModel):
    """`ready` when every check is true."""

    status: str
    checks: dict[str, bool]

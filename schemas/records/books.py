"""The books: what was sent, taken and refused, and whether it balances with what is stored."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from schemas.records.record import Day, Moment, Record


class Verdict(StrEnum):
    """What the door said of one event."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


class EventVerdict(Record):
    """One event of a request; without a readable id it is named by its index."""

    index: int
    verdict: Verdict
    id: str | None = None
    source: str | None = None
    code: str | None = None
    field: str | None = None


class Receipt(Record):
    """The books of one request. Written after every accepted event is acknowledged."""

    receipt: str
    department: str
    received_at: Moment
    received: int
    accepted: int
    duplicate: int
    rejected: int
    events: tuple[EventVerdict, ...]


class Rejected(Record):
    """What could not be taken. `raw` is its text as it came (undecodable bytes escaped)."""

    id: str
    receipt: str
    department: str
    received_at: Moment
    index: int
    event_id: str | None
    code: str
    field: str
    message_zh: str
    message_en: str
    raw: str
    coordinates: str = ""


class Resubmitted(Record):
    """A refused event was sent again, and taken, under this receipt."""

    kind: Literal["resubmitted"] = "resubmitted"
    id: str
    department: str
    receipt: str
    at: Moment


class DayOfBooks(Record):
    """A day (Shanghai) on which what a department sent is not what is stored."""

    day: Day
    received: int
    duplicate: int
    rejected: int
    stored: int
    difference: int


class Refused(Record):
    """How many of a department's events were refused and not taken since, and by which codes.

    The rest is of the newest of them; `event_id` is empty where it has none that can be read.
    """

    count: int = Field(ge=1)
    codes: tuple[str, ...]
    received_at: Moment
    event_id: str
    code: str
    field: str
    message_zh: str
    message_en: str


class Balance(Record):
    """The days on which a department's books still differ, oldest first; none: they balance.

    And what stands of it in the book of rejects; None: nothing.
    """

    department: str
    at: Moment
    days: tuple[DayOfBooks, ...] = ()
    refused: Refused | None = None

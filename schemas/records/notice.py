"""The outbox: what has to be told to whom."""

from typing import Literal

from schemas.records.record import Moment, Record


class Notice(Record):
    """One message of the outbox; `notice` is the webhook-id, the same on every attempt."""

    notice: str
    receiver: str
    alert: str
    seq: int
    at: Moment
    state: Literal["pending", "delivered", "dead"] = "pending"
    attempts: int = 0
    error: str = ""
    body: str

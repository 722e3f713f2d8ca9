"""A record that cannot be read is put aside with its coordinates; the others go on."""

from dataclasses import dataclass
from datetime import datetime

from schemas.records.books import Rejected
from schemas.rejects import RejectCode

DEPARTMENT = "pacekeeper"


@dataclass(frozen=True)
class Input:
    """One record as it was read."""

    topic: str
    partition: int
    offset: int
    at: datetime
    key: bytes
    value: bytes

    @property
    def coordinates(self) -> str:
        """Where it lies."""
        return f"{self.topic}/{self.partition}/{self.offset}"


def rejected(given: Input, why: str) -> Rejected:
    """The reject that stands for the record; the same on every replay."""
    return Rejected(
        id=f"{given.topic}-{given.partition}-{given.offset}",
        receipt="",
        department=DEPARTMENT,
        received_at=given.at,
        index=0,
        event_id=None,
        code=RejectCode.MALFORMED,
        field="",
        message_zh=f"告警服务无法处理 {given.topic} 的一条记录：{why}",
        message_en=f"the alerts service cannot take a record of {given.topic}: {why}",
        raw=given.value.decode("utf-8", "backslashreplace"),
        coordinates=given.coordinates,
    )

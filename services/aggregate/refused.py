"""What cannot be kept, as a record of `events.rejected`; pure."""

from datetime import datetime

import orjson

from schemas.records.books import Rejected
from schemas.topics import EVENTS
from services.aggregate.decode import RawRow, Undecodable

_LONGEST = 65_536


def undecodable(bad: Undecodable, now: datetime) -> Rejected:
    """A line that is no accepted event, with its text as it came."""
    where = "/".join(map(str, (EVENTS.name, *bad.at)))
    return Rejected(
        id=where.replace("/", "-"),
        receipt="",
        department="unknown",
        received_at=now,
        index=bad.at.line,
        event_id=None,
        code=bad.error.code.value,
        field=bad.error.field,
        message_zh=bad.error.message.zh,
        message_en=bad.error.message.en,
        raw=bad.raw[:_LONGEST].decode("utf-8", "backslashreplace"),
        coordinates=where,
    )


def unstorable(row: RawRow, why: str) -> Rejected:
    """A row that the store does not take, and what it said."""
    where = f"{EVENTS.name}/{row.kafka_partition}/{row.kafka_offset}/{row.line}"
    return Rejected(
        id=where.replace("/", "-"),
        receipt=row.receipt,
        department=row.department,
        received_at=row.received_at,
        index=row.line,
        event_id=row.event_id,
        code="bad_value",
        field="",
        message_zh="存储拒绝了该行，请联系管理员",
        message_en=f"the store refused the row: {why[:500]}",
        raw=orjson.dumps(row._asdict(), default=str).decode(),
        coordinates=where,
    )

"""Which transitions of an alert are told, and the message that tells them."""

from hashlib import blake2b

import orjson

from schemas.records.alert import AlertChanged, AlertState
from schemas.records.notice import Notice

WEBHOOK = "webhook"
EVENT_TYPE = "pacekeeper.alert.changed.v1"
# States whose every transition is news; in the others only those made by data are.
_ENDS = frozenset({AlertState.CURED, AlertState.CLOSED, AlertState.WITHDRAWN})


def worth_telling(changed: AlertChanged) -> bool:
    """Data opened, moved, cured or withdrew it, or it ended; a person's own step is no news.

    Of a silent alert only its end is told: whoever was told that it is open learns that.
    """
    if changed.state in _ENDS:
        return True
    return not changed.command_id and not changed.is_silent(changed.at)


def message_id(alert: str, seq: int, receiver: str) -> str:
    """The webhook-id: the same for the same transition and receiver, on every attempt."""
    name = f"{alert}\n{seq}\n{receiver}".encode()
    return f"msg_{blake2b(name, digest_size=16).hexdigest()}"


def notice_of(changed: AlertChanged, receiver: str) -> Notice | None:
    """The pending notice of a transition, or None when nobody has to be told."""
    if not worth_telling(changed):
        return None
    body = {
        "type": EVENT_TYPE,
        "timestamp": changed.at.isoformat(),
        "data": changed.model_dump(mode="json"),
    }
    return Notice(
        notice=message_id(changed.alert, changed.seq, receiver),
        receiver=receiver,
        alert=changed.alert,
        seq=changed.seq,
        at=changed.at,
        body=orjson.dumps(body).decode(),
    )

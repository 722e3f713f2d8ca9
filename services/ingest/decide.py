"""A whole request decided, event by event in its order. Pure.

Definitions count for the events behind them. Within a request as against earlier ones, a second
event of one id is a duplicate if its content is equal and a conflict if not.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas import figure
from schemas.answers import Scope
from schemas.events import Event
from schemas.figure import Figure
from schemas.records import Verdict
from schemas.rejects import RejectCode, RejectedError
from services.ingest import accept, dedup, parse
from services.ingest.accept import Canonical
from services.ingest.dedup import Name, Recent
from services.ingest.known import Known, Overlay
from services.ingest.sender import Sender


# Not frozen: a frozen one takes three times as long to make, and there is one for every event.
@dataclass(slots=True)
class Item:
    """One event of a request as it was read: either the event, or why it is none.

    A plain figure is read fast. It counts as it is only where all is well: any doubt about it is
    settled by reading it in full, so that every refusal has one origin.
    """

    index: int
    raw: bytes
    event: Event | Figure | None = None
    error: RejectedError | None = None


@dataclass(slots=True)
class Decision:
    """What becomes of an item. `lacking` is the scope without which nothing else was looked at."""

    item: Item
    verdict: Verdict
    canonical: Canonical = Canonical()
    print: int = 0
    error: RejectedError | None = None
    lacking: Scope | None = None


def read(index: int, raw: bytes) -> Item:
    """Read one event's text."""
    found = figure.read(raw)
    return Item(index, raw, found) if found is not None else read_in_full(index, raw)


def read_in_full(index: int, raw: bytes) -> Item:
    """Read one event's text by the whole schema."""
    try:
        return Item(index, raw, event=parse.read(raw))
    except RejectedError as error:
        return Item(index, raw, error=error)


def decide(
    items: Iterable[Item], sender: Sender, known: Known, recent: Recent, now: datetime
) -> Iterator[Decision]:
    """One decision per item, in order, made as it is taken."""
    overlay = Overlay(known)
    taken: dict[Name, int] = {}
    for item in items:
        yield _decide(item, sender, overlay, recent, taken, now)


def _decide(
    item: Item,
    sender: Sender,
    overlay: Overlay,
    recent: Recent,
    taken: dict[Name, int],
    now: datetime,
) -> Decision:
    event = item.event
    if isinstance(event, Figure):
        plain = _plainly(item, event, sender, overlay, recent, taken, now)
        if plain is not None:
            return plain
        item = read_in_full(item.index, item.raw)
        event = item.event
    if event is None or isinstance(event, Figure):
        return Decision(item, Verdict.REJECTED, error=item.error)
    scope = accept.scope_of(event)
    if not sender.may(scope):
        return Decision(item, Verdict.REJECTED, error=_lacks(scope), lacking=scope)
    name, print_ = dedup.name(event), dedup.fingerprint(event)
    before = taken.get(name)
    if before is None and sender.speaks_for(event.department):
        before = recent.get(name)
    if before == print_:
        return Decision(item, Verdict.DUPLICATE)
    if before is not None:
        return Decision(item, Verdict.REJECTED, error=_conflict(event))
    try:
        canonical = accept.judge(event, sender, overlay, now)
    except RejectedError as error:
        return Decision(item, Verdict.REJECTED, error=error)
    taken[name] = print_
    accept.note(event, overlay)
    return Decision(item, Verdict.ACCEPTED, canonical, print_)


def _plainly(
    item: Item,
    event: Figure,
    sender: Sender,
    overlay: Overlay,
    recent: Recent,
    taken: dict[Name, int],
    now: datetime,
) -> Decision | None:
    """A plain figure accepted, or known already; None for whatever needs the full reading."""
    if not (sender.may(Scope.OBSERVE) and sender.speaks_for(event.department)):
        return None
    name, print_ = (event.source, event.id), hash(event.content)
    before = taken.get(name)
    if before is None:
        before = recent.get(name)
    if before is not None:
        return Decision(item, Verdict.DUPLICATE) if before == print_ else None
    canonical = accept.plainly(event, sender, overlay, now)
    if canonical is None:
        return None
    taken[name] = print_
    overlay.note_observed(event.content.indicator)
    return Decision(item, Verdict.ACCEPTED, canonical, print_)


def _lacks(scope: Scope) -> RejectedError:
    return RejectedError(
        RejectCode.NOT_OWNER,
        "type",
        f"密钥没有 {scope} 权限，不能发送此类事件",
        f"the key lacks the scope {scope}, which events of this type need",
    )


def _conflict(event: Event) -> RejectedError:
    return RejectedError(
        RejectCode.CONFLICT,
        "id",
        f"编号 {event.id} 已用于另一内容；更正请用新的 id 和更晚的 recordedtime",
        f"id {event.id} was used for other content: "
        "a correction takes a new id and a later recordedtime",
    )


def missing_scope(decisions: Sequence[Decision]) -> Scope | None:
    """The scope for want of which none of the readable events could be taken."""
    readable = [d for d in decisions if d.item.event is not None]
    lacking = [d.lacking for d in readable if d.lacking is not None]
    return lacking[0] if lacking and len(lacking) == len(readable) else None


_NAMED = frozenset({RejectCode.UNKNOWN_INDICATOR, RejectCode.UNKNOWN_ENTITY})


def names_unknown(decisions: Iterable[Decision]) -> bool:
    """Did an event name something that the catalogue might have by now?"""
    return any(
        d.error is not None and (d.error.code in _NAMED or d.error.field == "data.parent")
        for d in decisions
    )

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
from schemas.records.books import Verdict
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
    deciding = _Deciding(sender, known, recent, now)
    return map(deciding.decide, items)


class _Deciding:
    """One request while it is decided; what is the same for all of it is asked once."""

    def __init__(self, sender: Sender, known: Known, recent: Recent, now: datetime) -> None:
        self._sender = sender
        self._may_observe = sender.may(Scope.OBSERVE)
        self._overlay = Overlay(known)
        self._recent = recent
        self._taken: dict[Name, int] = {}
        self._now = now
        self._plain = accept.Plain(sender, self._overlay, now)

    def decide(self, item: Item) -> Decision:
        """The decision on the next item."""
        event = item.event
        if isinstance(event, Figure):
            plain = self._plainly(item, event) if self._may_observe else None
            if plain is not None:
                return plain
            item = read_in_full(item.index, item.raw)
            event = item.event
        if event is None or isinstance(event, Figure):
            return Decision(item, Verdict.REJECTED, error=item.error)
        return self._in_full(item, event)

    def _plainly(self, item: Item, figure: Figure) -> Decision | None:
        """A plain figure accepted, or known already; None for whatever needs the full reading."""
        name, print_ = (figure.source, figure.id), hash(figure.content)
        canonical = self._plain.judge(figure)
        if canonical is None:
            return None
        before = self._before(name)
        if before is not None:
            return Decision(item, Verdict.DUPLICATE) if before == print_ else None
        self._taken[name] = print_
        self._overlay.note_observed(figure.content.indicator)
        return Decision(item, Verdict.ACCEPTED, canonical, print_)

    def _in_full(self, item: Item, event: Event) -> Decision:
        scope = accept.scope_of(event)
        if not self._sender.may(scope):
            return Decision(item, Verdict.REJECTED, error=_lacks(scope), lacking=scope)
        name, print_ = dedup.name(event), dedup.fingerprint(event)
        speaks = self._sender.speaks_for(event.department)
        before = self._before(name) if speaks else self._taken.get(name)
        if before == print_:
            return Decision(item, Verdict.DUPLICATE)
        if before is not None:
            return Decision(item, Verdict.REJECTED, error=_conflict(event))
        try:
            canonical = accept.judge(event, self._sender, self._overlay, self._now)
        except RejectedError as error:
            return Decision(item, Verdict.REJECTED, error=error)
        self._taken[name] = print_
        accept.note(event, self._overlay)
        return Decision(item, Verdict.ACCEPTED, canonical, print_)

    def _before(self, name: Name) -> int | None:
        """The fingerprint that was accepted under this name."""
        found = self._taken.get(name)
        return self._recent.get(name) if found is None else found


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

"""The port of a channel: one attempt to deliver one message."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from schemas.records.notice import Notice


class Verdict(StrEnum):
    """What one attempt came to; the channel says whether another may succeed."""

    DELIVERED = "delivered"
    LATER = "later"  # the receiver is away or busy: the same message may be taken later
    REFUSED = "refused"  # it was read and refused


@dataclass(frozen=True)
class Attempt:
    """One attempt's verdict, in words; `wait` is what the receiver asked for, in seconds."""

    verdict: Verdict
    detail: str = ""
    wait: float | None = None


class Channel(Protocol):
    """Delivers a notice once. Never raises for what a receiver does or fails to do."""

    async def deliver(self, notice: Notice) -> Attempt:
        """Post the notice under its id."""


@dataclass
class MemoryChannel:
    """A receiver in memory: answers from a script, then takes everything."""

    script: list[Attempt] = field(default_factory=list)
    received: list[Notice] = field(default_factory=list)

    async def deliver(self, notice: Notice) -> Attempt:
        """Keep the notice; answer as the script says."""
        self.received.append(notice)
        return self.script.pop(0) if self.script else Attempt(Verdict.DELIVERED)

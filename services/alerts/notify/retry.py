"""Deliver one notice: try again as long as that may help, give up when it will not."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from schemas.records.notice import Notice
from services.alerts.notify.channel import Attempt, Channel, Verdict
from services.runtime import logs

log = logs.get("notify")

Sleep = Callable[[float], Awaitable[None]]


class Next(StrEnum):
    """What follows an attempt."""

    DONE = "delivered"
    WAIT = "wait"
    GIVE_UP = "dead"


@dataclass(frozen=True)
class Patience:
    """Seconds of the first wait, their cap, and how many refusals make a notice dead."""

    first: float = 0.5
    cap: float = 60
    refusals: int = 5

    def after(self, attempt: Attempt, attempts: int, refusals: int) -> Next:
        """A receiver that is away is waited for without end; one that refuses is not."""
        if attempt.verdict is Verdict.DELIVERED:
            return Next.DONE
        return Next.GIVE_UP if refusals >= self.refusals else Next.WAIT

    def wait(self, attempt: Attempt, attempts: int) -> float:
        """What the receiver asked for, else twice as long each time; never above the cap."""
        asked = self.first * 2 ** min(attempts - 1, 20) if attempt.wait is None else attempt.wait
        return min(self.cap, asked)


async def deliver(notice: Notice, channel: Channel, patience: Patience, sleep: Sleep) -> Notice:
    """The notice as it ends: delivered, or dead with the reason."""
    attempts = refusals = 0
    while True:
        attempt = await channel.deliver(notice)
        attempts += 1
        refusals += attempt.verdict is Verdict.REFUSED
        following = patience.after(attempt, attempts, refusals)
        log.info(
            "attempt",
            notice=notice.notice,
            alert=notice.alert,
            seq=notice.seq,
            attempt=attempts,
            next=following.value,
            detail=attempt.detail,
        )
        if following is not Next.WAIT:
            error = "" if following is Next.DONE else attempt.detail
            ended = {"state": following.value, "attempts": attempts, "error": error}
            return notice.model_copy(update=ended)
        await sleep(patience.wait(attempt, attempts))

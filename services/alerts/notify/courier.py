"""The outbox at work: a pending notice is posted, what became of it is remembered and told."""

import asyncio
from typing import Protocol

from pydantic import ValidationError

from schemas import topics
from schemas.records.notice import Notice
from services.alerts.notify.channel import Channel
from services.alerts.notify.retry import Patience, Sleep, deliver
from services.alerts.poison import Input, rejected
from services.runtime import logs

log = logs.get("notify")


class Outlet(Protocol):
    """The memory of delivered notices, and where their end is told."""

    def recall(self, key: bytes) -> bytes | None:
        """The end of a notice if it is known."""

    async def remember(self, states: list[tuple[int, bytes, bytes]]) -> None:
        """Keep (partition, key, value) durably."""

    async def publish(self, records: list[tuple[str, bytes, bytes]]) -> None:
        """Send (topic, key, value); returns once acknowledged."""


class Courier:
    """Delivers by one channel; without one nothing is ever pending."""

    def __init__(
        self,
        outlet: Outlet,
        channel: Channel | None,
        patience: Patience | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._outlet = outlet
        self._channel = channel
        self._patience = patience or Patience()
        self._sleep = sleep

    async def take(self, given: Input) -> None:
        """Deliver what is pending; a notice whose end is known is told again, not posted again."""
        try:
            notice = Notice.model_validate_json(given.value)
        except ValidationError as error:
            found = rejected(given, str(error.errors(include_url=False)[0]["msg"]))
            log.error("rejected", coordinates=given.coordinates)
            line = found.model_dump_json().encode()
            await self._outlet.publish([(topics.REJECTED.name, found.department.encode(), line)])
            return
        if notice.state != "pending":
            return
        key = notice.notice.encode()
        known = self._outlet.recall(key)
        if known is None:
            if self._channel is None:
                log.warning("undeliverable", notice=notice.notice, why="no webhook configured")
                return
            ended = await deliver(notice, self._channel, self._patience, self._sleep)
            known = ended.model_dump_json().encode()
            await self._outlet.remember([(given.partition, key, known)])
        await self._outlet.publish([(topics.NOTICES.name, notice.alert.encode(), known)])

"""The agents: hand records to the bench and the courier, acknowledge what they finished."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import faust
from faust.types import EventT, StreamT, TableT

from schemas import topics
from schemas.lamps import LampScheme
from services.alerts.app import (
    DELIVERED_TABLE,
    PARTITIONS,
    SERIES_TABLE,
    FaustOutlet,
    flag,
    published,
)
from services.alerts.domain.loop import Settings as LoopSettings
from services.alerts.domain.schemes import with_own
from services.alerts.notify.channel import Channel
from services.alerts.notify.courier import Courier
from services.alerts.notify.messages import WEBHOOK
from services.alerts.pipeline import Bench
from services.alerts.poison import Input
from services.alerts.recovery import from_clickhouse
from services.alerts.watchdog import Watchdog
from services.runtime import clock, logs
from services.runtime.settings import Settings
from services.series.answers import Question
from services.series.fitting import ModelProcess

EX_SOFTWARE = 70
BATCH = 64
_LOOK_EVERY = 5.0
_TICK_EVERY = 30.0

log = logs.get("alerts")


class OwnerChangedError(Exception):
    """While the model was asked, others may have become owners of what is being judged."""


def give_up(reason: str, error: BaseException | None = None) -> None:
    """End at once without acknowledging: the supervisor starts a new process, the input comes
    again. An orderly stop would acknowledge what was never finished."""
    log.error("giving_up", reason=reason, exc_info=error)
    os._exit(EX_SOFTWARE)


async def guarded(what: str, act: Callable[[], Awaitable[None]]) -> None:
    """Run for ever; any error but a cancellation ends the process."""
    try:
        await act()
    except Exception as error:
        give_up(what, error)


def as_input(event: EventT[Any]) -> Input:
    """The record behind an event."""
    message: Any = event.message
    at = datetime.fromtimestamp(message.timestamp, UTC)
    return Input(
        message.topic, message.partition, message.offset, at, message.key or b"", message.value
    )


class Worker:
    """Everything the agents share, wired on one app."""

    def __init__(
        self,
        app: faust.App,
        settings: Settings,
        channel: Channel | None,
        own: Iterable[LampScheme] = (),
    ) -> None:
        self._app = app
        self._flag = flag(settings)
        self._inbox: asyncio.Queue[EventT[Any]] | None = None
        self._done = 0
        self._recovered = False
        self._reached: dict[Any, int] = {}
        receivers = (WEBHOOK,) if channel is not None else ()
        series = self._table(SERIES_TABLE, PARTITIONS["indicators"])
        delivered = self._table(DELIVERED_TABLE, PARTITIONS["notices"])
        schemes = with_own(own)
        rules = LoopSettings(settings.clear_periods, settings.escalate_hours, schemes)
        self._model = ModelProcess()
        if not self._model.installed:
            log.info("no_model", hint="statsforecast is not installed: no forecast by AutoETS")
        self._states = FaustOutlet(app, series)
        self._bench = Bench(self._states, rules, receivers, self)
        self._courier = Courier(FaustOutlet(app, delivered), channel)
        self._recovery = from_clickhouse(settings, self._states)
        self._topics = (topics.INDICATORS.name, topics.COMMANDS.name)
        self._read = (*self._topics, topics.NOTICES.name)
        self._wire()

    def _table(self, name: str, partitions: int) -> TableT[bytes, bytes]:
        return self._app.Table(name, partitions=partitions, key_type=bytes, value_type=bytes)

    def _topic(self, *names: str) -> Any:
        return self._app.topic(
            *names, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
        )

    def _wire(self) -> None:
        app = self._app
        app.agent(self._topic(*self._topics), name="series", concurrency=1)(self.series)
        app.agent(self._topic(topics.NOTICES.name), name="notices", concurrency=1)(self.notices)
        app.task(self.judge)
        app.task(self.watch)
        app.task(self.tick)
        app.on_rebalance_complete.connect(self._ready)

    @property
    def installed(self) -> bool:
        """See Asking."""
        return self._model.installed

    async def answer(self, questions: Mapping[str, Question]) -> dict[str, Decimal | None]:
        """See Asking; raises OwnerChangedError if the partitions were dealt out anew meanwhile."""
        generation = self._generation
        answered = await self._model.answer(questions)
        if self._generation != generation:
            raise OwnerChangedError
        return answered

    @property
    def inbox(self) -> "asyncio.Queue[EventT[Any]]":
        """Made inside the loop that uses it; short, so that the flow control of Faust holds."""
        if self._inbox is None:
            self._inbox = asyncio.Queue(BATCH)
        return self._inbox

    def _events(self, stream: StreamT[bytes]) -> Any:
        """Events as they come, from the channel below the stream.

        The stream would acknowledge what a rebalance makes it skip, so that a commit passes over
        records nobody has judged. And when Faust resumes after a rebalance it empties the queues
        it manages, which by then may hold records fetched after the last seek: lost until the
        next rebalance. So this queue is not managed; records of an older generation are told
        apart by that generation, and those that come twice change nothing.
        """
        channel: Any = aiter(stream.channel)
        self._app.flow_control._queues.discard(channel.queue)
        return channel

    async def series(self, stream: StreamT[bytes]) -> None:
        """Dossiers and commands of the series, in the order of their partition."""
        async for event in self._events(stream):
            await self.inbox.put(event)

    async def notices(self, stream: StreamT[bytes]) -> None:
        """The outbox, one message after the other."""
        async for event in self._events(stream):
            if event.message.generation_id != self._generation:
                continue
            try:
                await self._courier.take(as_input(event))
            except Exception as error:
                give_up("notices", error)
            event.ack()

    async def judge(self) -> None:
        """Judge in batches of what is there."""
        try:
            await guarded("judge", self._judge)
        finally:
            await self._model.close()

    async def _judge(self) -> None:
        while True:
            events = [await self.inbox.get()]
            while len(events) < BATCH and not self.inbox.empty():
                events.append(self.inbox.get_nowait())
            # After a rebalance older events come again to whoever owns their partition.
            owned = [e for e in events if e.message.generation_id == self._generation]
            try:
                await self._bench.take([as_input(e) for e in owned if e.message.value is not None])
            except OwnerChangedError:
                # Not acknowledged: what was not judged comes again, here or elsewhere.
                log.info("owner_changed", left=len(owned))
                owned = []
            for event in owned:
                event.ack()
                self._reached[event.message.tp] = event.message.offset + 1
            self._done += len(events)

    @property
    def _generation(self) -> int:
        return int(self._app.consumer_generation_id)

    async def _ready(self, *_: Any, **__: Any) -> None:
        """Recovered and assigned: start where the last owner of each partition stopped.

        Faust goes back to committed offsets, yet leaves a partition without one wherever its
        prefetched and dropped records had moved it: those begin at the first record. Nothing comes
        between that and the moment at which Faust resumes.
        """
        generation = self._generation
        await self._recovery.run(await published(self._app), lambda: generation == self._generation)
        consumer: Any = self._app.consumer
        committed = await consumer.seek_to_committed()
        fresh = [tp for tp, offset in committed.items() if not offset and tp.topic in self._read]
        if fresh:
            for tp, offset in (await consumer.earliest_offsets(*fresh)).items():
                await consumer.seek(tp, offset)
        self._bench.forget()
        self._recovered = True
        self._flag.parent.mkdir(parents=True, exist_ok=True)
        self._flag.touch()
        log.info("ready")

    async def tick(self) -> None:
        """Look at the clock now and then."""
        await guarded("tick", self._tick)

    async def _tick(self) -> None:
        known = None
        while True:
            await asyncio.sleep(_TICK_EVERY)
            if not self._recovered:
                continue
            if known != self._generation:
                known = self._generation
                self._bench.remembered(self._states.everything())
            await self._bench.tick(clock.system())

    async def watch(self) -> None:
        """Give up when work waits and none is done."""
        await guarded("watch", self._watch)

    async def _watch(self) -> None:
        dog = Watchdog()
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            try:
                waiting = await asyncio.wait_for(self._waiting(), _LOOK_EVERY)
            except Exception as error:  # a broker that is away is no stall of ours
                log.warning("lag_unknown", error=repr(error))
                continue
            if dog.stalled(time.monotonic(), self._done, waiting):
                give_up("stalled")

    async def _waiting(self) -> bool:
        """Does a partition of ours reach further than what was judged?"""
        if self._model.busy:  # the model has limits of its own
            return False
        if not self.inbox.empty():
            return True
        consumer: Any = self._app.consumer
        ours = [tp for tp in consumer.assignment() if tp.topic in self._topics]
        if not ours:
            return False
        ends = await consumer.highwaters(*ours)
        committed = consumer._committed_offset
        return any(
            end > max(self._reached.get(tp, 0), committed.get(tp) or 0) for tp, end in ends.items()
        )

"""Wiring: the ports come in, the app that answers goes out."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NamedTuple

from fastapi import FastAPI

from schemas import topics
from schemas.lamps import LampScheme
from services.ingest.book_routes import book_router
from services.ingest.books import Books, ClickHouseBooks, MemoryBooks
from services.ingest.catalogue import Catalogue
from services.ingest.command_routes import command_router
from services.ingest.define import Definer
from services.ingest.desk import Desk
from services.ingest.docs import docs_router
from services.ingest.failures import translate_failures
from services.ingest.gate import Gate
from services.ingest.health import checks_of, health_router
from services.ingest.http import EventsRoute, Receive, Scope, Send
from services.ingest.kafka_log import KafkaLog
from services.ingest.key_routes import key_router
from services.ingest.keys import KeyCutter, KeyRing
from services.ingest.meters import Meters
from services.ingest.ports import Followed, Log, MemoryLog
from services.ingest.publish import Publisher
from services.runtime import clock, lamps
from services.runtime.kafka import Follower, Record
from services.runtime.settings import Settings

Follow = Callable[[str, Callable[[Record], None]], Followed]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Ends(NamedTuple):
    """Where the process ends."""

    log: Log
    follow: Follow
    books: Books
    clock: clock.Clock
    admin_key: str
    lamps: Sequence[LampScheme] = ()


class Door:
    """The whole ASGI app: the hot route by itself, everything else by FastAPI."""

    def __init__(self, events: EventsRoute, app: FastAPI) -> None:
        self.events = events
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"] == "/v1/events":
            await self.events(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def build(ends: Ends, lifespan: Lifespan | None = None, gate: Gate | None = None) -> Door:
    """Put the parts together."""
    catalogue, keys = Catalogue(ends.lamps), KeyRing(ends.admin_key, ends.clock)
    catalogue_read = ends.follow(topics.CATALOGUE.name, catalogue.apply)
    keys_read = ends.follow(topics.KEYS.name, keys.apply)
    keys.wait_for(keys_read.ready)
    publisher, meters = Publisher(ends.log), Meters()
    definer = Definer(catalogue, catalogue_read, publisher)
    desk = Desk(catalogue, definer, publisher, ends.books, ends.clock)
    cutter = KeyCutter(publisher, keys_read, ends.clock)
    app = FastAPI(openapi_url=None, lifespan=lifespan)
    app.include_router(book_router(keys, desk, ends.books, meters))
    app.include_router(command_router(keys, ends.books, publisher, ends.clock))
    app.include_router(key_router(keys, cutter, ends.clock))
    app.include_router(health_router(checks_of(catalogue_read, keys_read, ends.log), meters))
    app.include_router(docs_router())
    translate_failures(app)
    return Door(EventsRoute(desk, keys, meters, gate or Gate()), app)


class InMemory(NamedTuple):
    """An app with the ends that it rests on."""

    door: Door
    log: MemoryLog
    books: MemoryBooks


def in_memory(
    admin_key: str,
    now: clock.Clock = clock.system,
    gate: Gate | None = None,
    lamps: Sequence[LampScheme] = (),
) -> InMemory:
    """An app on a log and books that last as long as the process."""
    log, books = MemoryLog(), MemoryBooks()
    return InMemory(
        build(Ends(log, log.follow, books, now, admin_key, lamps), gate=gate), log, books
    )


def on_kafka(settings: Settings) -> Door:
    """An app on the broker and the engine that the settings name. UnreadableLampsError."""
    schemes = lamps.own(settings)
    followers: list[Follower] = []

    def follow(topic: str, apply: Callable[[Record], None]) -> Follower:
        followers.append(Follower(settings.kafka_bootstrap, topic, apply))
        return followers[-1]

    def connected() -> None:
        for follower in followers:
            follower.start()

    log = KafkaLog(settings.kafka_bootstrap, settings.replication_factor, connected)
    books = ClickHouseBooks(
        settings.clickhouse_url,
        settings.clickhouse_user,
        settings.clickhouse_password.get_secret_value(),
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        log.start()
        yield
        log.close()
        books.close()

    key = settings.admin_key.get_secret_value()
    ends = Ends(log, follow, books, clock.system, key, schemes)
    return build(ends, lifespan)

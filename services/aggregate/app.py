"""Wiring of the aggregate: its roles as threads of one process, each with doors of its own."""

import threading
from collections.abc import Callable, Sequence
from functools import partial

from schemas import topics
from schemas.records.touched import RebuildAsked, Touched
from services.aggregate import patience, sink
from services.aggregate.audit import Auditor
from services.aggregate.boundary_door import PATH, BoundaryDoor
from services.aggregate.catalogue import Catalogue
from services.aggregate.derive import Deriver
from services.aggregate.gather import REBUILD
from services.aggregate.migrate import definitions, migrate
from services.aggregate.patience import StoppedError, until_done
from services.aggregate.ready import Readiness
from services.aggregate.rebuilding import RebuildDoor, Rebuilding
from services.aggregate.retention import keep_raw, topic_configs
from services.aggregate.store import open_store
from services.aggregate.ticker import Ticker
from services.aggregate.write import Writer
from services.runtime import clock, health, logs
from services.runtime.clickhouse import connect, translated
from services.runtime.errors import AwayError
from services.runtime.health import Answer, Asked
from services.runtime.kafka import (
    AT_ONCE,
    Consumer,
    Follower,
    Gather,
    Producer,
    ensure_topics,
    set_topics,
)
from services.runtime.priority import step_back
from services.runtime.settings import Settings

log = logs.get("aggregate")

_ACK_SECONDS = 15
# A boundary of as many points as are taken, at full length.
_LONGEST_BODY = 4 * 1024 * 1024
# Bytes that need no company, and how long the books may wait for it: nobody waits for them.
_FULL = 64 * 1024
_BOOKS = Gather(300, 16 * _FULL)


class KafkaOutlet:
    """Publishes records and waits until the broker has them all."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer

    def publish(self, topic: str, records: Sequence[tuple[bytes, bytes]]) -> None:
        """Each record is (key, value); AwayError when one was not acknowledged."""
        sent = [self._producer.send(topic, value, key) for key, value in records]
        try:
            for future in sent:
                future.result(timeout=_ACK_SECONDS)
        except TimeoutError:
            raise AwayError(f"no acknowledgement from {topic}") from None


class Aggregate:
    """The roles of this process; `failed` is set when one of them ended by an error."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._threads: list[threading.Thread] = []
        self._ready = Readiness(("write", "derive", "sink", "audit"), patience.held)
        self.stop = threading.Event()
        self.failed = threading.Event()

    def run(self) -> None:
        """Work until `stop` is set."""
        settings = self._settings
        rebuilds = RebuildDoor(settings, self._ask_for_rebuild)
        boundaries = BoundaryDoor(settings, partial(self._tell, b"boundary"))

        def door(asked: Asked) -> Answer:
            return (boundaries if asked.path == PATH else rebuilds).answer(asked)

        checks = self._ready.checks
        server = health.serve(
            settings.listen, settings.aggregate_port, checks, door, longest_body=_LONGEST_BODY
        )
        try:
            until_done("topics", self._ensure_topics, self.stop)
            until_done("tables", self._migrate, self.stop)
            catalogue = Catalogue()
            follower = Follower(settings.kafka_bootstrap, topics.CATALOGUE.name, catalogue.apply)
            follower.start()
            self._start("write", self._write)
            self._start("derive", lambda: self._derive(catalogue, follower))
            self._start("sink", self._sink)
            self._start("audit", self._audit)
            self._start("clock", self._tick)
            self.stop.wait()
            for thread in self._threads:
                thread.join(timeout=20)
            follower.close()
        except StoppedError:
            log.info("stopped_before_ready")
        finally:
            server.shutdown()

    def _ensure_topics(self) -> None:
        configs = [
            (
                topic.name,
                topic.partitions,
                {"cleanup.policy": topic.cleanup, "max.message.bytes": "2097152"}
                | ({} if topic.retention_ms is None else {"retention.ms": str(topic.retention_ms)}),
            )
            for topic in topics.TOPICS
        ]
        ensure_topics(self._settings.kafka_bootstrap, configs, self._settings.replication_factor)
        kept = topic_configs(self._settings.retention_days)
        set_topics(self._settings.kafka_bootstrap, kept)

    def _migrate(self) -> None:
        settings = self._settings
        client = connect(
            settings.clickhouse_url,
            settings.clickhouse_user,
            settings.clickhouse_password.get_secret_value(),
        )
        migrate(client)
        with translated():
            keep_raw(settings.raw_months, definitions(client), client.command)
        client.close()

    def _start(self, role: str, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            except StoppedError:
                log.info("stopped_while_trying", role=role)
            except Exception:
                # A role that limps would hold its partitions: end, and be started again.
                log.exception("role_failed", role=role)
                self.failed.set()
                self.stop.set()

        thread = threading.Thread(target=run, name=role)
        self._threads.append(thread)
        thread.start()

    def _doors(self, group: str, read: Sequence[str], gather: Gather) -> "_Doors":
        return _Doors(self._settings, group, read, gather, self.stop)

    def _write(self) -> None:
        gather = Gather(self._settings.flush_ms, _FULL)
        with self._doors("aggregate-write", [topics.EVENTS.name], gather) as doors:
            writer = Writer(
                doors.consumer,
                doors.store,
                KafkaOutlet(doors.producer),
                clock.system,
                self.stop,
                block_rows=self._settings.block_rows,
                limited=self._settings.reject_limits,
            )
            self._ready.halted = writer.halted
            self._ready.running.add("write")
            writer.run()

    def _derive(self, catalogue: Catalogue, follower: Follower) -> None:
        step_back()
        follower.ready.wait()
        with self._doors("aggregate-derive", [topics.TOUCHED.name], AT_ONCE) as doors:
            self._ready.running.add("derive")
            outlet = KafkaOutlet(doors.producer)
            rebuilding = Rebuilding(self._settings, catalogue, follower, self.stop)
            role = Deriver(
                doors.consumer, doors.store, outlet, catalogue, follower, self.stop, rebuilding.run
            )
            rebuilding.of(role)
            role.run()

    def _ask_for_rebuild(self, asked: RebuildAsked) -> None:
        self._touch(REBUILD, asked.model_dump_json())

    def _tell(self, key: bytes, touched: Touched) -> None:
        self._touch(key, touched.model_dump_json())

    def _touch(self, key: bytes, said: str) -> None:
        producer = Producer(self._settings.kafka_bootstrap, key.decode())
        try:
            KafkaOutlet(producer).publish(topics.TOUCHED.name, [(key, said.encode())])
        finally:
            producer.close()

    def _sink(self) -> None:
        with self._doors(topics.SINK_GROUP, sink.TOPICS, _BOOKS) as doors:
            self._ready.running.add("sink")
            sink.Sink(doors.consumer, doors.store, self.stop).run()

    def _audit(self) -> None:
        store = until_done("store", lambda: open_store(self._settings), self.stop)
        bootstrap = self._settings.kafka_bootstrap
        producer = until_done("producer", lambda: Producer(bootstrap, "audit"), self.stop)
        self._ready.running.add("audit")
        try:
            Auditor(store, KafkaOutlet(producer), clock.system, self.stop).run()
        finally:
            producer.close()

    def _tick(self) -> None:
        Ticker(partial(self._tell, b"clock"), clock.system, self.stop).run()


class _Doors:
    """A role's own consumer, producer and store, opened together and closed together."""

    def __init__(
        self,
        settings: Settings,
        group: str,
        read: Sequence[str],
        gather: Gather,
        stop: threading.Event,
    ) -> None:
        bootstrap = settings.kafka_bootstrap
        self.store = until_done("store", lambda: open_store(settings), stop)
        self.producer = until_done("producer", lambda: Producer(bootstrap, group), stop)
        self.consumer = until_done(
            "consumer", lambda: Consumer(bootstrap, group, read, gather=gather), stop
        )

    def __enter__(self) -> "_Doors":
        return self

    def __exit__(self, *error: object) -> None:
        self.consumer.close()
        self.producer.close()

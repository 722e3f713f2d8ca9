"""A rebuild as it is asked for from outside, and as the derive role does it."""

import secrets
import threading
from collections.abc import Callable, Sequence
from contextlib import closing

import orjson

from schemas.records.touched import RebuildAsked, RebuildState
from schemas.topics import EVENTS
from services.aggregate import admin
from services.aggregate.admin import problem
from services.aggregate.catalogue import Catalogue
from services.aggregate.counting import Counting
from services.aggregate.derive import CatalogueEnd, Deriver
from services.aggregate.patience import until_done
from services.aggregate.rebuild import Rebuild
from services.aggregate.store import Store
from services.aggregate.tables import REBUILDS, rebuild_row
from services.aggregate.workbench import Workbench, open_workbench
from services.runtime import clock, logs
from services.runtime.errors import AwayError
from services.runtime.health import Answer, Asked
from services.runtime.kafka import Kept, Record
from services.runtime.settings import Settings

log = logs.get("rebuild")

_PATH = "/v1/rebuild"


class _Silence:
    """What a role is given that neither reads nor publishes."""

    epoch = 0

    def poll(self, timeout_ms: int, max_records: int | None = None) -> list[Record]:
        return []

    def commit(self, after: Sequence[Record]) -> None:
        pass

    def pause(self, topic: str, partition: int) -> None:
        pass

    def publish(self, topic: str, records: Sequence[tuple[bytes, bytes]]) -> None:
        pass


class Rebuilding:
    """For the derive role; `of` names it before it begins."""

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        follower: CatalogueEnd,
        stop: threading.Event,
        topic: Kept | None = None,
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._follower = follower
        self._stop = stop
        self._topic = topic or Kept(settings.kafka_bootstrap, EVENTS.name, EVENTS.partitions)
        self._role: Deriver | None = None

    def of(self, role: Deriver) -> None:
        """The role that the rebuild is done in."""
        self._role = role

    def run(self, asked: RebuildAsked, version: int) -> None:
        """Do it; what was done already, before a commit that failed, is not done again."""
        until_done("rebuild", lambda: self._run(asked, version), self._stop)

    def _run(self, asked: RebuildAsked, version: int) -> None:
        role = self._role
        assert role is not None
        with closing(open_workbench(self._settings)) as store:
            self._run_in(store, role, asked, version)

    def _run_in(self, store: Workbench, role: Deriver, asked: RebuildAsked, version: int) -> None:
        known = store.rebuild_state(asked.rebuild)
        if known is not None and known.state == "done":
            return
        told = RebuildState(rebuild=asked.rebuild, source=asked.source, state="running")

        def tell(step: str, done: int, total: int) -> None:
            said = told.model_copy(update={"step": step, "done": done, "total": total})
            store.insert(REBUILDS, [rebuild_row(said)])

        silence = _Silence()

        def anew(other: Store) -> Deriver:
            return Deriver(silence, other, silence, self._catalogue, self._follower, self._stop)

        log.info("rebuild_began", source=asked.source)
        counting = lambda other: Counting(other, self._catalogue)  # noqa: E731
        Rebuild(store, self._topic, role, anew, counting, tell).run(asked.source, version)
        store.insert(REBUILDS, [rebuild_row(told.model_copy(update={"state": "done"}))])
        log.info("rebuild_done", source=asked.source)


class RebuildDoor:
    """`POST /v1/rebuild` {"from": "raw" or "events"} and `GET /v1/rebuild/{id}`, admin key only."""

    def __init__(
        self,
        settings: Settings,
        ask: Callable[[RebuildAsked], None],
        workbench: Callable[[Settings], Workbench] = open_workbench,
    ) -> None:
        self._settings = settings
        self._ask = ask
        self._workbench = workbench

    def answer(self, asked: Asked) -> Answer:
        """See the class."""
        path, _, rebuild = asked.path.partition(f"{_PATH}/")
        if asked.path != _PATH and (path or not rebuild):
            return Answer(404, {"status": "not found"})
        if not admin.asks(self._settings, asked):
            return admin.NEEDED
        try:
            if asked.method == "POST" and asked.path == _PATH:
                return self._begin(asked.body)
            with closing(self._workbench(self._settings)) as store:
                state = store.rebuild_state(rebuild)
        except AwayError:
            return admin.AWAY
        if state is None:
            return problem(404, f"没有编号为 {rebuild} 的重建", f"there is no rebuild {rebuild}")
        return Answer(200, state.model_dump())

    def _begin(self, body: bytes) -> Answer:
        try:
            source = orjson.loads(body or b"{}").get("from", "raw")
        except (orjson.JSONDecodeError, AttributeError):
            source = None
        if source not in ("raw", "events"):
            return problem(422, "from 应为 raw 或 events", "from is raw or events")
        wanted = RebuildAsked(rebuild=secrets.token_hex(8), source=source, at=clock.system())
        state = RebuildState(rebuild=wanted.rebuild, source=source, state="asked")
        with closing(self._workbench(self._settings)) as store:
            store.insert(REBUILDS, [rebuild_row(state)])
        self._ask(wanted)
        return Answer(202, state.model_dump())

"""/healthz, /readyz and /metrics: alive, able to take events, and how much of what."""

import asyncio
from collections.abc import Callable, Mapping

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.ingest.meters import Meters
from services.ingest.ports import Followed, Log
from services.runtime.errors import PacekeeperError

_ANSWER_SECONDS = 1.0


def checks_of(catalogue: Followed, keys: Followed, log: Log) -> Callable[[], Mapping[str, bool]]:
    """The checks of readiness; calling them asks the broker and may block for a second."""

    def broker() -> bool:
        try:
            return log.partitions("events") > 0 and catalogue.read_to_end(_ANSWER_SECONDS)
        except PacekeeperError:
            return False

    def checks() -> Mapping[str, bool]:
        return {
            "catalogue": catalogue.ready.is_set(),
            "keys": keys.ready.is_set(),
            "broker": broker(),
        }

    return checks


def health_router(checks: Callable[[], Mapping[str, bool]], meters: Meters) -> APIRouter:
    """The routes, open to everybody on this network."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @router.get("/readyz")
    async def readyz(response: Response) -> dict[str, str | dict[str, bool]]:
        """Catalogue and keys are followed to their ends and the broker answers."""
        found = dict(await asyncio.to_thread(checks))
        ready = all(found.values())
        response.status_code = 200 if ready else 503
        return {"status": "ready" if ready else "not ready", "checks": found}

    @router.get("/metrics", response_class=Response)
    async def metrics() -> Response:
        """Counters and times for Prometheus."""
        return Response(generate_latest(meters.registry), media_type=CONTENT_TYPE_LATEST)

    return router

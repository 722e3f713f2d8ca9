"""The ingest service on its in-memory ends, spoken to through its front door."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import httpx
import orjson

from services.ingest.app import in_memory
from services.ingest.gate import Gate
from tests.builders import defined, raw_event

ADMIN = "an-administrators-key"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
LINES = "application/x-ndjson"


def entity(name: str = "changzhou", **data: Any) -> bytes:
    """The definition of a city."""
    fields = {"entity": name, "kind": "city", "name_zh": name}
    return raw_event("entity.defined", fields | data, id=f"entity-{name}")


def batch(*events: bytes) -> bytes:
    """A JSON array of the events."""
    return b"[" + b",".join(events) + b"]"


class FrontDoor:
    """`with FrontDoor() as door:` — answers of the whole app, without a socket."""

    def __init__(self, gate: Gate | None = None) -> None:
        self.now = NOW
        made = in_memory(ADMIN, lambda: self.now, gate)
        self.app, self.log, self.books = made
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=made.door, raise_app_exceptions=False),
            base_url="http://ingest",
        )
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()

    def call(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        key: str | None = ADMIN,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
    ) -> httpx.Response:
        """One request; without a key there is no Authorization."""
        sent = dict(headers or {}) | ({"authorization": f"Bearer {key}"} if key else {})
        body = orjson.dumps(json) if json is not None else content
        request = self._client.request(method, path, content=body, headers=sent)
        return self._runner.run(request)

    def post(
        self, content: bytes, kind: str = LONE, key: str | None = ADMIN, **headers: str
    ) -> httpx.Response:
        """POST /v1/events."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call("POST", "/v1/events", content, key, {"content-type": kind, **named})

    def key(self, *scopes: str, department: str = "stats", **fields: Any) -> str:
        """A new key, by the route that makes them."""
        wanted = {"department": department, "scopes": list(scopes), **fields}
        answer = self.call("POST", "/v1/keys", json=wanted)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["key"])

    def set_out(self) -> None:
        """The indicator `vehicle_output` of the department `stats`, and a city."""
        answer = self.post(batch(entity(), defined()), BATCH)
        assert answer.json()["accepted"] == 2, answer.text

    def lines(self, topic: str) -> list[dict[str, Any]]:
        """Every line of a packed topic."""
        records = self.log.records[topic]
        texts = [line for record in records for line in (record.value or b"").split(b"\n")]
        return [orjson.loads(text) for text in texts]


def changed(raw: bytes, **fields: Any) -> bytes:
    """The event with other members of its envelope; None takes one away."""
    event = orjson.loads(raw) | fields
    return orjson.dumps({name: value for name, value in event.items() if value is not None})

"""The public interfaces as the commands use them: ingest's HTTP API and ClickHouse's."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Self

import httpx
import orjson

from services.cli.failures import CommandError
from services.runtime.settings import Settings

JSON = dict[str, Any]
_TRY_AGAIN = frozenset({429, 503})


class _Closing:
    """A door that is closed behind one: `with Ingest(…) as ingest`."""

    _client: httpx.Client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close()


class Ingest(_Closing):
    """ingest's HTTP API under one key. What is away is tried again until `patience` seconds."""

    def __init__(self, address: str, key: str, patience: float = 30) -> None:
        self._address = address
        self._patience = patience
        self._client = httpx.Client(
            base_url=address,
            headers={"Authorization": f"Bearer {key}"},
            timeout=httpx.Timeout(30, connect=3),
            trust_env=False,
        )

    def _call(self, method: str, path: str, **sent: Any) -> httpx.Response:
        until = time.monotonic() + self._patience
        while True:
            try:
                answer = self._client.request(method, path, **sent)
            except httpx.TransportError as error:
                away: object = error
            else:
                if answer.status_code not in _TRY_AGAIN:
                    return answer
                away = answer.text
            if time.monotonic() > until:
                raise CommandError(
                    f"接收服务没有应答（{self._address}），请先运行 pacekeeper up",
                    f"ingest does not answer at {self._address}: run `pacekeeper up`, or look at"
                    f" `pacekeeper status` ({away})",
                )
            time.sleep(0.3)

    def push(self, events: Sequence[bytes]) -> JSON:
        """Send events as one NDJSON request; answers the receipt with a verdict per event."""
        answer = self._call(
            "POST",
            "/v1/events",
            content=b"\n".join(events),
            headers={"Content-Type": "application/x-ndjson"},
        )
        body = _body(answer)
        if "receipt" not in body:
            raise refused(answer)
        return body

    def receipt(self, receipt: str) -> JSON | None:
        """How far the request is; None while nobody knows the receipt yet."""
        answer = self._call("GET", f"/v1/receipts/{receipt}")
        if answer.status_code == 404:
            return None
        return checked(answer)

    def get(self, path: str) -> JSON:
        """The JSON of a GET."""
        return checked(self._call("GET", path))

    def post(self, path: str, body: Mapping[str, Any]) -> JSON:
        """The JSON answer to a POST of JSON."""
        return checked(self._call("POST", path, json=body))

    def delete(self, path: str) -> None:
        """A DELETE that succeeded."""
        answer = self._call("DELETE", path)
        if answer.is_error:
            raise refused(answer)


def _body(answer: httpx.Response) -> JSON:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def refused(answer: httpx.Response) -> CommandError:
    """What a problem JSON says, in one line."""
    body = _body(answer)
    said = body.get("message") or {}
    fallback = body.get("detail") or body.get("title") or answer.text[:200]
    return CommandError(
        str(said.get("zh") or fallback), f"{said.get('en') or fallback} ({answer.status_code})"
    )


def checked(answer: httpx.Response) -> JSON:
    """The JSON of an answer that is no error."""
    if answer.is_error:
        raise refused(answer)
    return _body(answer)


class Warehouse(_Closing):
    """ClickHouse's HTTP interface with the account `bi`."""

    def __init__(self, settings: Settings) -> None:
        self._address = settings.clickhouse_url
        self._client = httpx.Client(
            base_url=settings.clickhouse_url,
            auth=("bi", settings.bi_password.get_secret_value()),
            timeout=httpx.Timeout(60, connect=3),
            trust_env=False,
        )

    def query(self, sql: str) -> JSON:
        """`meta` (name and type of each column) and `data` (rows as lists)."""
        try:
            answer = self._client.post(
                "/", params={"default_format": "JSONCompact"}, content=sql.encode()
            )
        except httpx.TransportError as error:
            raise CommandError(
                f"数据库没有应答（{self._address}）",
                f"ClickHouse does not answer at {self._address}: {error}",
            ) from error
        if answer.is_error:
            raise CommandError("查询被拒绝", answer.text.strip().splitlines()[0][:400])
        if not answer.content:
            return {"meta": [], "data": []}
        if answer.headers.get("X-ClickHouse-Format") != "JSONCompact":
            # The statement named a FORMAT of its own: hand on what it asked for.
            return {"text": answer.text}
        found: JSON = orjson.loads(answer.content)
        return found

    def rows(self, sql: str) -> list[JSON]:
        """The rows as dictionaries."""
        found = self.query(sql)
        names = [column["name"] for column in found["meta"]]
        return [dict(zip(names, row, strict=True)) for row in found["data"]]

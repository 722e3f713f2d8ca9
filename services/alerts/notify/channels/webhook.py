"""Webhook with a Standard Webhooks signature."""

from datetime import datetime

import httpx
from standardwebhooks.webhooks import Webhook

from schemas.records import Notice
from services.alerts.notify.channel import Attempt, Verdict
from services.runtime.clock import Clock

_TIMEOUT = httpx.Timeout(10)
_BUSY = frozenset({408, 425, 429})


def headers(notice: Notice, secret: str, now: datetime) -> dict[str, str]:
    """id, timestamp and, with a secret, the signature of an attempt made now."""
    named = {
        "webhook-id": notice.notice,
        "webhook-timestamp": str(int(now.timestamp())),
        "content-type": "application/json",
    }
    if not secret:
        return named
    signature = Webhook(secret).sign(notice.notice, now, notice.body)
    return named | {"webhook-signature": signature}


def verdict(answer: httpx.Response) -> Attempt:
    """2xx took it; 5xx, 408, 425 and 429 may take it later; any other answer refused it."""
    detail = f"HTTP {answer.status_code}"
    if answer.is_success:
        return Attempt(Verdict.DELIVERED, detail)
    if answer.is_server_error or answer.status_code in _BUSY:
        asked = answer.headers.get("retry-after", "")
        return Attempt(Verdict.LATER, detail, float(asked) if asked.isdecimal() else None)
    return Attempt(Verdict.REFUSED, detail)


class WebhookChannel:
    """Posts to one URL; `transport` is replaced in tests."""

    def __init__(
        self,
        url: str,
        secret: str,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url, self._secret, self._clock = url, secret, clock
        self._client = httpx.AsyncClient(
            timeout=_TIMEOUT, transport=transport, follow_redirects=False, trust_env=False
        )

    async def deliver(self, notice: Notice) -> Attempt:
        """One POST."""
        named = headers(notice, self._secret, self._clock())
        try:
            answer = await self._client.post(self._url, content=notice.body, headers=named)
        except httpx.HTTPError as error:
            return Attempt(Verdict.LATER, f"{type(error).__name__}: {error}")
        return verdict(answer)

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

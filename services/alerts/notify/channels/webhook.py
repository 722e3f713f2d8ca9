"""Webhook with a Standard Webhooks signature."""

from datetime import datetime

import httpx
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from schemas.records.notice import Notice
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


def check_secret(secret: str) -> None:
    """Refuse, when the service starts, a secret that could sign nothing."""
    try:
        if secret:
            Webhook(secret)
    except (ValueError, EmptyWebhookSecretError) as error:
        raise ValueError(
            "PACEKEEPER_WEBHOOK_SECRET 应为 whsec_ 加 base64 密钥，请更正或留空不签名 / "
            "PACEKEEPER_WEBHOOK_SECRET must be whsec_ and a key in base64: "
            f"correct it, or leave it empty to send unsigned ({error})"
        ) from error


class WebhookChannel:
    """Posts to one URL; `transport` is replaced in tests."""

    def __init__(
        self,
        url: str,
        secret: str,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        check_secret(secret)
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

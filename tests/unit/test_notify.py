"""The outbox: what is told, how an attempt is read, when it is tried again."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from schemas.records.alert import AlertChanged, AlertState
from schemas.records.assessment import Lamp
from schemas.records.notice import Notice
from services.alerts.notify.channel import Attempt, MemoryChannel, Verdict
from services.alerts.notify.channels.webhook import WebhookChannel
from services.alerts.notify.courier import Courier
from services.alerts.notify.messages import message_id, notice_of, worth_telling
from services.alerts.notify.retry import Patience, deliver
from tests.unit.alerts_fakes import MemoryOutlet, arrived

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime.now(UTC)


def changed(state: AlertState = AlertState.OPEN, command_id: str = "") -> AlertChanged:
    return AlertChanged(
        alert="t-behind-1",
        seq=2,
        target="t",
        kind="behind",
        indicator="i",
        entity="e",
        state=state,
        reason="behind",
        by="data",
        at=NOW,
        lamp=Lamp.RED,
        severity="high",
        opened_at=NOW,
        opened_period="2024-03",
        period="2024-03",
        command_id=command_id,
    )


def pending() -> Notice:
    found = notice_of(changed(), "webhook")
    assert found is not None
    return found


def test_of_a_silent_alert_only_its_end_is_told() -> None:
    silent = {"silent_until": NOW + timedelta(hours=1)}
    assert not worth_telling(changed().model_copy(update=silent))
    assert worth_telling(changed(AlertState.WITHDRAWN).model_copy(update=silent))
    assert worth_telling(changed().model_copy(update={"silent_until": NOW}))


@pytest.mark.parametrize(
    ("state", "command_id", "told"),
    [
        (AlertState.OPEN, "", True),
        (AlertState.ACKNOWLEDGED, "", True),  # data moved it while it is in hand
        (AlertState.ACKNOWLEDGED, "c1", False),  # a person's own step is no news
        (AlertState.CLOSED, "c1", True),
        (AlertState.CURED, "", True),
        (AlertState.WITHDRAWN, "", True),
    ],
)
def test_what_is_told(state: AlertState, command_id: str, told: bool) -> None:
    assert worth_telling(changed(state, command_id)) is told
    assert (notice_of(changed(state, command_id), "webhook") is not None) is told


def test_a_message_keeps_its_id_and_carries_the_alert() -> None:
    notice = pending()
    assert notice.notice == message_id("t-behind-1", 2, "webhook") == pending().notice
    assert notice.notice.startswith("msg_")
    assert notice.notice != message_id("t-behind-1", 3, "webhook")
    body = json.loads(notice.body)
    assert (body["type"], body["data"]["lamp"]) == ("pacekeeper.alert.changed.v1", "red")


def channel(
    answer: httpx.Response | httpx.HTTPError, secret: str = SECRET
) -> tuple[WebhookChannel, list[httpx.Request]]:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if isinstance(answer, httpx.HTTPError):
            raise answer
        return answer

    transport = httpx.MockTransport(handle)
    return WebhookChannel(
        "http://receiver.test/hook", secret, lambda: datetime.now(UTC), transport
    ), seen


async def post(found: WebhookChannel) -> Attempt:
    try:
        return await found.deliver(pending())
    finally:
        await found.close()


@pytest.mark.parametrize(
    ("answer", "attempt"),
    [
        (httpx.Response(204), Attempt(Verdict.DELIVERED, "HTTP 204")),
        (httpx.Response(500), Attempt(Verdict.LATER, "HTTP 500")),
        (
            httpx.Response(429, headers={"retry-after": "7"}),
            Attempt(Verdict.LATER, "HTTP 429", 7.0),
        ),
        (
            httpx.Response(503, headers={"retry-after": "tomorrow"}),
            Attempt(Verdict.LATER, "HTTP 503"),
        ),
        (httpx.Response(410), Attempt(Verdict.REFUSED, "HTTP 410")),
        (httpx.Response(302), Attempt(Verdict.REFUSED, "HTTP 302")),
        (httpx.ConnectError("nobody"), Attempt(Verdict.LATER, "ConnectError: nobody")),
    ],
)
def test_what_an_answer_means(answer: httpx.Response | httpx.HTTPError, attempt: Attempt) -> None:
    found, _ = channel(answer)
    assert asyncio.run(post(found)) == attempt


def test_a_post_is_signed_as_standard_webhooks_says() -> None:
    found, seen = channel(httpx.Response(200))
    asyncio.run(post(found))
    (request,) = seen
    verified = Webhook(SECRET).verify(request.content, dict(request.headers))
    assert verified["data"]["alert"] == "t-behind-1"
    assert request.headers["webhook-id"] == pending().notice


def test_without_a_secret_nothing_is_signed() -> None:
    found, seen = channel(httpx.Response(200), secret="")
    asyncio.run(post(found))
    assert "webhook-signature" not in seen[0].headers


@pytest.mark.parametrize("secret", ["whsec_", "whsec_x", "whsec_ä"])
def test_a_secret_that_can_sign_nothing_is_refused_in_words(secret: str) -> None:
    with pytest.raises(ValueError, match="PACEKEEPER_WEBHOOK_SECRET"):
        WebhookChannel("http://receiver.test/hook", secret, lambda: NOW)


class Waits:
    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


LATER = Attempt(Verdict.LATER, "HTTP 503")
REFUSED = Attempt(Verdict.REFUSED, "HTTP 400")


def test_a_receiver_that_is_away_is_waited_for_with_growing_patience() -> None:
    waits, receiver = Waits(), MemoryChannel([LATER] * 9 + [Attempt(Verdict.LATER, "", 3.0)])
    ended = asyncio.run(deliver(pending(), receiver, Patience(), waits))
    assert (ended.state, ended.attempts, ended.error) == ("delivered", 11, "")
    assert waits.seconds == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 3]
    assert {notice.notice for notice in receiver.received} == {ended.notice}


def test_a_receiver_that_refuses_makes_it_dead_after_some_attempts() -> None:
    waits, receiver = Waits(), MemoryChannel([LATER, *[REFUSED] * 9])
    ended = asyncio.run(deliver(pending(), receiver, Patience(refusals=3), waits))
    assert (ended.state, ended.attempts, ended.error) == ("dead", 4, "HTTP 400")


def notice_record(notice: Notice) -> bytes:
    return notice.model_dump_json().encode()


def test_the_courier_posts_remembers_and_tells_the_end() -> None:
    outlet, receiver = MemoryOutlet(), MemoryChannel()
    courier = Courier(outlet, receiver)
    asyncio.run(courier.take(arrived("notices", notice_record(pending()))))
    (told,) = outlet.of("notices")
    assert Notice.model_validate_json(told).state == "delivered"
    assert outlet.table == {pending().notice.encode(): told}


def test_a_replay_tells_the_end_again_and_posts_nothing() -> None:
    outlet, receiver = MemoryOutlet(), MemoryChannel()
    given = arrived("notices", notice_record(pending()))
    for courier in (Courier(outlet, receiver), Courier(outlet, receiver)):
        asyncio.run(courier.take(given))
    assert len(receiver.received) == 1
    first, second = outlet.of("notices")
    assert first == second


def test_what_has_ended_is_not_posted() -> None:
    outlet, receiver = MemoryOutlet(), MemoryChannel()
    done = pending().model_copy(update={"state": "delivered"})
    asyncio.run(Courier(outlet, receiver).take(arrived("notices", notice_record(done))))
    assert (receiver.received, outlet.sent) == ([], [])


def test_without_a_channel_an_old_notice_waits() -> None:
    outlet = MemoryOutlet()
    asyncio.run(Courier(outlet, None).take(arrived("notices", notice_record(pending()))))
    assert (outlet.table, outlet.sent) == ({}, [])


def test_a_poison_notice_is_put_aside() -> None:
    outlet = MemoryOutlet()
    asyncio.run(Courier(outlet, MemoryChannel()).take(arrived("notices", b"{", 4)))
    (found,) = outlet.of("events.rejected")
    assert b"notices/0/4" in found

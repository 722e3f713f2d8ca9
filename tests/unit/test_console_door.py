"""The door to the front door: what is sent, and what each answer means."""

import json

import httpx
import pytest

from schemas.data import Action, AlertCommand
from services.alerts.console.door import CommandRefusedError, HttpDoor
from services.runtime.errors import AwayError

COMMAND = AlertCommand(
    command_id="c-1", alert="a-1", action=Action.NOTE, note="已联系", person="admin"
)


def _door(answer: httpx.Response | Exception, seen: list[httpx.Request]) -> HttpDoor:
    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return HttpDoor("http://ingest", "key", httpx.MockTransport(handle))


def test_a_command_goes_to_its_alert_with_the_key_and_only_what_it_says() -> None:
    seen: list[httpx.Request] = []
    _door(httpx.Response(202, json={"command_id": "c-1"}), seen).send(COMMAND)
    assert seen[0].url.path == "/v1/alerts/a-1/commands"
    assert seen[0].headers["authorization"] == "Bearer key"
    assert json.loads(seen[0].content) == {
        "command_id": "c-1",
        "alert": "a-1",
        "action": "note",
        "note": "已联系",
        "person": "admin",
    }


@pytest.mark.parametrize(
    "answer",
    [httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.Response(503)],
)
def test_an_ingest_that_is_away_may_be_asked_again(answer: httpx.Response | Exception) -> None:
    with pytest.raises(AwayError):
        _door(answer, []).send(COMMAND)


@pytest.mark.parametrize(
    ("answer", "zh", "en"),
    [
        (
            httpx.Response(404, json={"message": {"zh": "没有此预警", "en": "no alert"}}),
            "没有此预警",
            "no alert",
        ),
        (httpx.Response(422, json={"detail": "bad"}), "bad", "bad"),
        (httpx.Response(400, json=["?"]), "HTTP 400", "HTTP 400"),
        (httpx.Response(500, text="<html>"), "HTTP 500", "HTTP 500"),
    ],
)
def test_a_refusal_tells_why_in_both_languages(answer: httpx.Response, zh: str, en: str) -> None:
    with pytest.raises(CommandRefusedError) as refused:
        _door(answer, []).send(COMMAND)
    assert (refused.value.zh, refused.value.en) == (zh, en)

"""A broker or an engine that does not answer: told in words, tried again, nothing lost."""

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.builders import defined, observed, raw_event
from tests.stack import RunningStack, eventually, running_stack

ONE = {"Content-Type": "application/cloudevents+json"}
MANY = {"Content-Type": "application/x-ndjson"}


@pytest.fixture(scope="module")
def own_stack() -> Iterator[RunningStack]:
    """A stack of its own: parts of it will be stopped."""
    with (
        tempfile.TemporaryDirectory(prefix="pacekeeper-away-") as home,
        running_stack(Path(home)) as running,
    ):
        entity = {"entity": "changzhou", "kind": "city", "name_zh": "常州市"}
        with running.http() as http:
            body = b"\n".join([defined(), raw_event("entity.defined", entity, id="def-c")])
            assert http.post("/v1/events", content=body, headers=MANY).status_code == 202
        yield running


@contextmanager
def frozen(stack: RunningStack, part: str) -> Iterator[None]:
    """The process is there and answers nothing."""
    pid = stack.pid(part)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_broker_that_does_not_answer_is_503_and_the_repeat_counts_once(
    own_stack: RunningStack,
) -> None:
    event = observed("41.5", id="away-broker")
    with own_stack.http() as http:
        with frozen(own_stack, "kafka"):
            answer = http.post("/v1/events", content=event, headers=ONE)
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.headers["Content-Type"].startswith("application/problem+json")

        def taken() -> bool:
            return http.post("/v1/events", content=event, headers=ONE).status_code == 202

        eventually(taken, 60, "taken once the broker is back")
    rows = eventually(
        lambda: own_stack.rows("SELECT value FROM bi.observations WHERE event_id = 'away-broker'"),
        60,
        "stored",
    )
    assert len(rows) == 1
    eventually(
        lambda: not own_stack.rows("SELECT 1 FROM bi.ledger WHERE difference != 0"), 30, "balance"
    )


def test_an_engine_that_does_not_answer_delays_and_loses_nothing(own_stack: RunningStack) -> None:
    with own_stack.http() as http:
        with frozen(own_stack, "clickhouse"):
            answer = http.post("/v1/events", content=observed("42", id="away-engine"), headers=ONE)
            assert answer.status_code == 202
            receipt = answer.json()["receipt"]
            told = http.get(f"/v1/receipts/{receipt}")
            assert told.status_code in (200, 503)
            if told.status_code == 200:
                assert told.json()["complete"] is False

        def complete() -> bool:
            told = http.get(f"/v1/receipts/{receipt}")
            return told.status_code == 200 and told.json()["complete"]

        eventually(complete, 90, "stored once the engine is back")
    assert own_stack.rows("SELECT 1 FROM bi.rejected") == []

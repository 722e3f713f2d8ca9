"""`kill -9` of each process once while events are pushed: nothing lost, doubled or wrong."""

import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults import oracle
from tests.stack import RunningStack, eventually, running_stack

PARTS = ("aggregate", "clickhouse", "ingest", "kafka", "alerts", "console")
ROUNDS = int(os.environ.get("PACEKEEPER_FAULT_ROUNDS", "1"))
A_REQUEST = 20


class Sender:
    """A department system: repeats a request, with the same ids, until it gets an answer."""

    def __init__(self, stack: RunningStack, requests: list[list[bytes]]) -> None:
        self._stack = stack
        self.requests = requests
        self.done = 0
        self.repeated = 0
        self.verdicts: dict[str, int] = {"accepted": 0, "duplicate": 0, "rejected": 0}
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            with self._stack.http() as http:
                for request in self.requests:
                    self._send(http, request)
                    self.done += 1
        except BaseException as error:
            self.error = error

    def _send(self, http: httpx.Client, request: list[bytes]) -> None:
        until = time.monotonic() + 90
        while True:
            try:
                answer = http.post(
                    "/v1/events",
                    content=b"\n".join(request),
                    headers={"Content-Type": "application/x-ndjson"},
                )
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code in (202, 422):
                for word in self.verdicts:
                    self.verdicts[word] += answer.json()[word]
                return
            assert answer is None or answer.status_code in (429, 503), answer.text
            assert time.monotonic() < until, "no answer within 90 s"
            self.repeated += 1
            time.sleep(0.1)


def in_requests(events: list[bytes]) -> list[list[bytes]]:
    return [events[n : n + A_REQUEST] for n in range(0, len(events), A_REQUEST)]


@pytest.fixture(scope="module")
def own_stack() -> Iterator[RunningStack]:
    """A stack of its own: it is going to be hurt."""
    with (
        tempfile.TemporaryDirectory(prefix="pacekeeper-faults-") as home,
        running_stack(Path(home)) as running,
    ):
        yield running


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_each_process_killed_once_loses_doubles_and_falsifies_nothing(
    own_stack: RunningStack, seed: int
) -> None:
    world = oracle.build(seed, entities=30, vintages=3)
    figures = world.figures + world.bad
    assert len(figures) >= 2_000
    sent = oracle.repeated(figures, random.Random(seed))
    sender = Sender(own_stack, in_requests(world.definitions) + in_requests(sent))
    sender.thread.start()
    steps = len(sender.requests) // (len(PARTS) + 1)
    for n, part in enumerate(PARTS, 1):
        eventually(
            lambda n=n: sender.done >= n * steps or sender.error, 120, f"pushing before {part}"
        )
        assert sender.error is None, sender.error
        before = own_stack.stack.status().parts[part].restarts
        own_stack.kill(part)
        eventually(
            lambda part=part, before=before: own_stack.stack.status().parts[part].restarts > before,
            30,
            f"{part} started again",
        )
    sender.thread.join(240)
    assert not sender.thread.is_alive()
    assert sender.error is None, sender.error
    own_stack.await_ready(90)
    differences = settled_differences(own_stack, world, seed)
    assert differences == {}, f"{differences}\n{own_stack.logs()}"


def settled_differences(
    stack: RunningStack, world: oracle.World, seed: int, seconds: float = 120
) -> dict[str, Any]:
    """What differs from the oracle once the tables have stopped moving."""
    until = time.monotonic() + seconds
    while True:
        found = differences(stack, world, seed)
        if not found or time.monotonic() > until:
            return found
        time.sleep(0.5)


def differences(stack: RunningStack, world: oracle.World, seed: int) -> dict[str, Any]:
    """Per view, what it shows beside what it must show (a few of each)."""
    found: dict[str, Any] = {}
    rows = stack.rows(f"SELECT event_id FROM bi.observations WHERE indicator = 'output-{seed}'")
    ids = [row["event_id"] for row in rows]
    _differs(found, "observations", sorted(ids), sorted(world.ids))

    rows = stack.rows(f"SELECT * FROM bi.current_values WHERE indicator = 'output-{seed}'")
    shown = {
        (r["entity"], r["measure"], r["period"]): (r["value"], r["vintages"], r["derived"])
        for r in rows
    }
    expected = oracle.current_values(world)
    _differs(
        found,
        "current_values",
        {key: (v, -1 if derived else n, derived) for key, (v, n, derived) in shown.items()},
        expected,
    )
    _differs(found, "current_values rows", len(rows), len(expected))

    rows = stack.rows(
        f"SELECT * FROM bi.assessments WHERE NOT superseded AND indicator = 'output-{seed}'"
    )
    judged = {
        (r["target"], r["period"]): (r["actual"], r["expected"], r["gap"], r["lamp"]) for r in rows
    }
    must = oracle.assessments(world)
    _differs(found, "assessments", judged, must)
    _differs(found, "assessments rows", len(rows), len(must))

    rows = stack.rows(
        f"SELECT target, lamp, period FROM bi.latest_assessments WHERE indicator = 'output-{seed}'"
    )
    latest = {r["target"]: (r["period"], r["lamp"]) for r in rows}
    must_latest = {
        target: (name, row[3]) for (target, name), row in must.items() if name == "2024-12"
    }
    _differs(found, "latest_assessments", latest, must_latest)

    rows = stack.rows(
        "SELECT target FROM bi.alerts WHERE kind = 'behind' AND state NOT IN"
        f" ('closed', 'withdrawn', 'cured') AND indicator = 'output-{seed}'"
    )
    _differs(found, "alerts", sorted(r["target"] for r in rows), sorted(oracle.open_targets(world)))

    rows = stack.rows("SELECT alert, groupArray(seq) AS seqs FROM bi.alert_history GROUP BY alert")
    gaps = [r["alert"] for r in rows if sorted(r["seqs"]) != list(range(1, len(r["seqs"]) + 1))]
    _differs(found, "alert_history", gaps, [])

    rows = stack.rows("SELECT DISTINCT event_id FROM bi.rejected WHERE code = 'unit_mismatch'")
    refused = {r["event_id"] for r in rows if r["event_id"].startswith(f"bad-town-{seed}-")}
    _differs(found, "rejected", refused, world.bad_ids)

    rows = stack.rows("SELECT sum(abs(difference)) AS d FROM bi.ledger")
    _differs(found, "ledger", int(rows[0]["d"]), 0)
    rows = stack.rows("SELECT count() AS n FROM bi.receipts WHERE NOT complete")
    _differs(found, "receipts", int(rows[0]["n"]), 0)
    rows = stack.rows(f"SELECT count() AS n FROM bi.entities WHERE entity LIKE 'town-{seed}-%'")
    _differs(found, "entities", int(rows[0]["n"]), len(world.entities))
    rows = stack.rows(f"SELECT goal_value FROM bi.targets WHERE indicator = 'output-{seed}'")
    _differs(found, "targets", [r["goal_value"] for r in rows], [oracle.GOAL] * len(world.entities))
    rows = stack.rows(f"SELECT unit FROM bi.indicators WHERE indicator = 'output-{seed}'")
    _differs(found, "indicators", [r["unit"] for r in rows], ["万辆"])
    return found


def _differs(found: dict[str, Any], what: str, shown: Any, must: Any) -> None:
    if shown == must:
        return
    if isinstance(shown, dict):
        keys = [key for key in shown.keys() | must.keys() if shown.get(key) != must.get(key)]
        found[what] = {str(key): (shown.get(key), must.get(key)) for key in sorted(keys)[:5]} | {
            "count": len(keys)
        }
    elif isinstance(shown, list | set):
        lost = [each for each in must if each not in shown][:5]
        extra = [each for each in shown if each not in must][:5]
        found[what] = {"lost": lost, "extra": extra, "shown": len(shown), "must": len(must)}
    else:
        found[what] = (shown, must)

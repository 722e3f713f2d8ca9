"""`pacekeeper rebuild` on the whole stack: every view is the same before and after."""

import json
from typing import Any

import httpx
import pytest

from services.cli import __main__ as cli
from tests.builders import defined, observed, raw_event
from tests.lags import Lags
from tests.stack import RunningStack, eventually


def views(stack: RunningStack) -> dict[str, list[str]]:
    """The rows of every view, once nothing is on its way; but for how old they are."""
    with Lags(f"127.0.0.1:{stack.ports.kafka}") as lags:
        eventually(lags.all_done, 60, "everything judged and stored")
    named = stack.rows("SELECT name FROM system.tables WHERE database = 'bi' ORDER BY name")
    names = [row["name"] for row in named if row["name"] not in ("values_as_of", "freshness")]
    found = {name: stack.rows(f"SELECT * FROM bi.{name}") for name in names}
    found["values_as_of"] = stack.rows("SELECT * FROM bi.values_as_of(at = '2030-01-01 00:00:00')")
    return {name: sorted(map(repr, rows)) for name, rows in found.items()}


def changed(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, Any]:
    """Of the views that differ the rows that are gone and those that are new."""
    return {
        name: (sorted(set(before[name]) - set(rows)), sorted(set(rows) - set(before[name])))
        for name, rows in after.items()
        if rows != before[name]
    }


def push(stack: RunningStack, *events: bytes) -> None:
    with stack.http() as http:
        answer = http.post(
            "/v1/events",
            content=b"\n".join(events),
            headers={"Content-Type": "application/x-ndjson"},
        )
        assert answer.status_code == 202, answer.text
        receipt = f"/v1/receipts/{answer.json()['receipt']}"
        eventually(lambda: http.get(receipt).json()["complete"], 30, "the receipt")


def rebuilt(
    stack: RunningStack,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    source: str,
) -> Any:
    for name, value in stack.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["pacekeeper", "rebuild", "--from", source, "--json"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("source", ["raw", "events"])
def test_every_view_is_the_same_before_and_after(
    stack: RunningStack,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    source: str,
) -> None:
    name = f"rebuilt_{source}"
    town = {"entity": "rebuilt-town", "kind": "town", "name_zh": "重建镇"}
    push(
        stack,
        defined(indicator=name),
        raw_event("entity.defined", town, id="def-rebuilt-town"),
        *(
            observed(str(n), f"2024-0{n}", indicator=name, entity="rebuilt-town", id=f"{name}-{n}")
            for n in (3, 2, 1)
        ),
    )
    before = views(stack)
    told = rebuilt(stack, monkeypatch, capsys, source)
    assert (told["state"], told["source"]) == ("done", source)
    assert changed(before, views(stack)) == {}
    late = observed("9", "2024-09", indicator=name, entity="rebuilt-town", id=f"{name}-late")
    push(stack, late)
    shown = (
        f"SELECT period FROM bi.current_values WHERE indicator = '{name}' AND period = '2024-09'"
    )
    eventually(lambda: stack.rows(shown), 20, "a figure after the rebuild")


def test_nobody_but_the_admin_may_ask(stack: RunningStack) -> None:
    address = f"http://127.0.0.1:{stack.ports.aggregate}/v1/rebuild"
    answer = httpx.post(address, headers={"Authorization": "Bearer no"}, trust_env=False)
    assert answer.status_code == 401

"""What looks wrong is asked of the owner, and an explanation from outside answers it."""

from typing import Any

import httpx

from tests.builders import defined, observed, raw_event
from tests.stack import RunningStack, eventually

MANY = {"Content-Type": "application/x-ndjson"}
INDICATOR = "explained_output"
TOWN = "explained-town"


def figure(value: str, period: str, id: str, **changed: Any) -> bytes:
    return observed(value, period, id=id, indicator=INDICATOR, entity=TOWN, **changed)


def send(http: httpx.Client, *events: bytes) -> None:
    answer = http.post("/v1/events", content=b"\n".join(events), headers=MANY)
    assert answer.status_code == 202, answer.text


def test_a_note_on_the_figure_explains_what_looked_wrong(stack: RunningStack) -> None:
    place = {"entity": TOWN, "kind": "town", "name_zh": "镇"}
    found = f"SELECT kind, state FROM bi.findings WHERE indicator = '{INDICATOR}'"
    alerts = f"SELECT alert, kind, state, lead FROM bi.alerts WHERE indicator = '{INDICATOR}'"

    def told(state: str) -> bool:
        return [row["state"] for row in stack.rows(found)] == [state]

    def alerted(state: str) -> list[dict[str, Any]]:
        return [row for row in stack.rows(alerts) if row["state"] == state]

    with stack.http() as admin:
        send(
            admin,
            defined(indicator=INDICATOR, due_days=None),
            raw_event("entity.defined", place, id="def-explained-town"),
            figure("10", "2024-05", "explained-may"),
            figure("9", "2024-06", "explained-june"),
        )
        made = admin.post("/v1/keys", json={"department": "stats", "scopes": ["observe"]})
        assert made.status_code in (200, 201), made.text
    eventually(lambda: told("open"), 30, "a finding")
    (alert,) = eventually(lambda: alerted("open"), 30, "its alert")
    assert (alert["kind"], alert["lead"]) == ("finding", "stats")
    # The same figure once more, published later, under an id of its own and with a note.
    with stack.http(made.json()["key"]) as owner:
        note = {"note": "一企业迁出，累计数相应调减", "time": "2024-07-20T09:00:00+08:00"}
        send(owner, figure("9", "2024-06", "explained-june-2", **note))
    eventually(lambda: told("explained"), 30, "the explanation")
    (closed,) = eventually(lambda: alerted("closed"), 30, "the alert's end")
    assert closed["alert"] == alert["alert"]
    history = f"SELECT reason FROM bi.alert_history WHERE alert = '{alert['alert']}' ORDER BY seq"
    assert [row["reason"] for row in stack.rows(history)] == ["finding", "finding_ended"]

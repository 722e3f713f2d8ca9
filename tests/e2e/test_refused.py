"""A department whose events are refused has one alert, until they are mended."""

from typing import Any

from tests.builders import defined, observed, raw_event
from tests.stack import RunningStack, eventually

MANY = {"Content-Type": "application/x-ndjson"}
INDICATOR = "refused_output"
OWNER = "refused-office"
SOURCE = f"urn:pacekeeper:{OWNER}"


def figure(id: str, **changed: Any) -> bytes:
    named = {"indicator": INDICATOR, "entity": "refused-town", "source": SOURCE}
    return observed(id=id, **named | changed)


def test_refused_events_are_one_alert_of_their_department_until_they_are_mended(
    stack: RunningStack,
) -> None:
    town = {"entity": "refused-town", "kind": "town", "name_zh": "镇"}
    alerts = (
        "SELECT alert, state, lead, severity, notes FROM bi.alerts"
        f" WHERE kind = 'rejected' AND entity = '{OWNER}'"
    )

    def alerted(state: str, words: str = "") -> dict[str, Any] | None:
        """The one alert, once it is in this state and its newest note says so."""
        for alert in stack.rows(alerts):
            if alert["state"] == state and words in alert["notes"][-1]:
                return alert
        return None

    with stack.http() as admin:
        given = (
            defined(indicator=INDICATOR, due_days=None, owner=OWNER),
            raw_event("entity.defined", town, id="def-refused-town"),
        )
        answer = admin.post("/v1/events", content=b"\n".join(given), headers=MANY)
        assert answer.status_code == 202, answer.text
        asked = {"department": OWNER, "scopes": ["observe", "read"]}
        key = admin.post("/v1/keys", json=asked).json()["key"]
    with stack.http(key) as office:

        def send(*events: bytes) -> list[str]:
            answer = office.post("/v1/events", content=b"\n".join(events), headers=MANY)
            return [each["verdict"] for each in answer.json()["events"]]

        assert send(figure("refused-1", unit="吨")) == ["rejected"]
        opened = eventually(lambda: alerted("open", "unit_mismatch"), 60, "the alert")
        assert (opened["lead"], opened["severity"]) == (OWNER, "medium")
        assert "1 条报送被退回" in opened["notes"][0]
        assert send(figure("refused-2", period="2024-13")) == ["rejected"]
        moved = eventually(lambda: alerted("open", "bad_period"), 60, "its second move")
        assert moved["alert"] == opened["alert"]
        assert "2 条报送被退回" in moved["notes"][-1]
        # One is mended under its own id, the other one by its number in the book of rejects.
        assert send(figure("refused-1")) == ["accepted"]
        rejects = office.get("/v1/rejected").json()["rejected"]
        (left,) = (each for each in rejects if "refused-2" in each["raw"])
        mended = figure("refused-2", period="2024-07", value="50")
        answer = office.post(
            f"/v1/rejected/{left['id']}/resubmit",
            content=mended,
            headers={"Content-Type": "application/cloudevents+json"},
        )
        assert answer.status_code == 202, answer.text
    closed = eventually(lambda: alerted("closed"), 60, "the alert's end")
    assert closed["alert"] == opened["alert"]

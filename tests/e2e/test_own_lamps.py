"""A scheme of lamps of an office's own: taken at the door, and judged by."""

import httpx

from tests.builders import defined, observed, raw_event, target
from tests.stack import RunningStack, eventually

INDICATOR = "own_lamps_output"
TOWN = {"entity": "own-lamps-town", "kind": "town", "name_zh": "镇"}
SERIES = {"indicator": INDICATOR, "entity": TOWN["entity"]}


def aim(lamps: str) -> bytes:
    months = {"kind": "linear_months"}
    return target(target=f"{lamps}-t", lamps=lamps, trajectory=months, **SERIES)


def test_a_target_under_an_own_scheme_is_judged_by_it(stack: RunningStack) -> None:
    events = (
        defined(indicator=INDICATOR, due_days=None),
        raw_event("entity.defined", TOWN, id="def-own-lamps-town"),
        aim("district-2024"),
        aim("standard"),
        observed("48", id="own-lamps-june", **SERIES),
    )
    with stack.http() as admin:

        def send(*events: bytes) -> httpx.Response:
            lines = {"Content-Type": "application/x-ndjson"}
            return admin.post("/v1/events", content=b"\n".join(events), headers=lines)

        refused = send(events[0], events[1], aim("nobodys")).json()["events"][2]
        assert (refused["code"], refused["field"]) == ("cannot_be_judged", "2.data.lamps")
        assert "district-2024" in refused["message"]["zh"]
        assert send(*events).status_code == 202
    judged = (
        "SELECT scheme, lamp, pace FROM bi.latest_assessments"
        f" WHERE indicator = '{INDICATOR}' AND period != '' ORDER BY scheme"
    )
    rows = eventually(lambda: found if len(found := stack.rows(judged)) == 2 else None, 30)
    assert [(row["scheme"], row["lamp"], row["pace"]) for row in rows] == [
        ("district-2024", "green", 0.96),
        ("standard", "yellow", 0.96),
    ]

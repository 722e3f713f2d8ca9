"""A report that nobody sent is asked for, and the alert ends when it comes; on today's clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.builders import defined, observed, raw_event, target
from tests.stack import RunningStack, eventually

TODAY = datetime.now(UTC).date()


def _alerts(stack: RunningStack) -> list[dict[str, Any]]:
    return stack.rows(
        "SELECT state, period, lead, lamp FROM bi.alerts WHERE target = 'beds-late'"
        " AND kind = 'overdue_report'"
    )


def test_a_late_report_is_asked_for_until_it_comes(stack: RunningStack) -> None:
    place = {"entity": "late-town", "kind": "town", "name_zh": "迟报镇"}
    beds = {"indicator": "beds", "measure": "stock", "unit": "张"}
    span = {"from": f"{TODAY.year - 1}-01-01", "to": f"{TODAY.year + 1}-12-31"}
    events = [
        raw_event("entity.defined", place, id="late-town"),
        defined(**beds, name_zh="床位", name_en="Beds", due_days=5),
        target(
            target="beds-late",
            indicator="beds",
            entity="late-town",
            goal={"kind": "at_least", "value": "100"},
            effective_from=span["from"],
            year=None,
            **span,
        ).replace(b'"year":null,', b""),
    ]
    stack.push(*events)
    (alert,) = eventually(lambda: _alerts(stack), 30, "the report is asked for")
    assert (alert["state"], alert["lead"], alert["lamp"]) == ("open", "stats", "grey")
    # Whichever month is the newest that was due, its end is among the last three.
    month = TODAY.replace(day=1)
    reports = []
    for _ in range(3):
        end = month - timedelta(days=1)
        name = f"{end:%Y-%m}"
        reports.append(observed("90", name, entity="late-town", id=f"beds-{name}", **beds))
        month = end.replace(day=1)
    stack.push(*reports)
    eventually(lambda: [a for a in _alerts(stack) if a["state"] == "closed"], 30, "it ends")

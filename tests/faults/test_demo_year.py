"""`kill -9` of each process once in the middle of the demo year: the tables come out the same."""

import tempfile
from pathlib import Path
from typing import Any

import pytest

from services.cli.api import Ingest
from services.cli.demo.run import push_year
from services.cli.demo.year import demo_year
from tests.stack import RunningStack, eventually, running_stack

PARTS = ("clickhouse", "aggregate", "ingest", "alerts", "kafka", "console")

# Processing times and receipts differ between two runs of anything; figures must not.
VIEWS = {
    "observations": "SELECT * EXCEPT (received_at, receipt) FROM bi.observations ORDER BY ALL",
    "current_values": "SELECT * FROM bi.current_values ORDER BY ALL",
    "targets": "SELECT * FROM bi.targets ORDER BY ALL",
    "indicators": "SELECT * FROM bi.indicators ORDER BY ALL",
    "entities": "SELECT * FROM bi.entities ORDER BY ALL",
    "assessments": "SELECT * EXCEPT (assessed_at) FROM bi.assessments ORDER BY ALL",
    "latest_assessments": "SELECT * EXCEPT (assessed_at) FROM bi.latest_assessments ORDER BY ALL",
    "alerts": "SELECT * EXCEPT (opened_at, acknowledged_at, closed_at) FROM bi.alerts ORDER BY ALL",
    "alert_history": "SELECT * EXCEPT (at) FROM bi.alert_history ORDER BY ALL",
    "rejected": "SELECT * FROM bi.rejected",
    "ledger": "SELECT sum(abs(difference)) FROM bi.ledger",
}


def _tables(stack: RunningStack) -> dict[str, list[dict[str, Any]]]:
    return {view: stack.rows(sql) for view, sql in VIEWS.items()}


def _run(kill: bool) -> dict[str, list[dict[str, Any]]]:
    with (
        tempfile.TemporaryDirectory(prefix="pacekeeper-demo-") as home,
        running_stack(Path(home)) as stack,
        Ingest(stack.ingest_url, stack.admin_key, patience=120) as ingest,
    ):
        events = demo_year()
        left = list(PARTS) if kill else []
        pushed = 0

        def on_day(day: str, count: int) -> None:
            nonlocal pushed
            pushed += count
            if left and pushed > (len(PARTS) - len(left) + 2) * len(events) / 9:
                stack.kill(left.pop(0))

        told = push_year(ingest, events, on_day)
        assert told.rejected == 0, told.refusals
        assert left == []
        stack.await_ready(60)
        eventually(
            lambda: not stack.rows("SELECT 1 FROM bi.receipts WHERE NOT complete"), 60, "complete"
        )
        return _tables(stack)


@pytest.mark.timeout(900)
def test_the_demo_year_comes_out_the_same_when_each_process_is_killed_in_its_middle() -> None:
    undisturbed = _run(kill=False)
    disturbed = _run(kill=True)
    for view, rows in undisturbed.items():
        assert disturbed[view] == rows, view
    assert len(undisturbed["assessments"]) > 100

"""Alerts of the console's small year with what became of them, and the books."""

from datetime import date, timedelta
from decimal import Decimal

from services.alerts.console.memory import MemoryViews
from services.alerts.console.rows import (
    AlertRow,
    HistoryRow,
    LedgerRow,
    RejectedRow,
)
from tests.console_targets import START


def put_alerts(views: MemoryViews) -> None:
    """One that is open, one that is dispatched, one that is closed."""
    opened = START + timedelta(days=30)
    views.alert_rows = [
        AlertRow(
            "behind.vehicles-2024.1",
            "vehicles-2024",
            "vehicle_output",
            "changzhou",
            "behind",
            "open",
            "red",
            "high",
            opened,
            "2024-02",
            "2024-06",
            Decimal("-15.11"),
            "czgxj",
            ("czfgw", "czswj"),
            "czzfb",
            date(2024, 7, 31),
        ),
        AlertRow(
            "behind.budget-2024.1",
            "budget-2024",
            "budget_revenue",
            "changzhou",
            "behind",
            "dispatched",
            "red",
            "high",
            opened + timedelta(days=60),
            "2024-03",
            "2024-06",
            Decimal("-3.4"),
            "czczj",
            (),
            "czzfb",
            date(2024, 6, 30),
            True,
        ),
        AlertRow(
            "behind.jobs-2024.1",
            "jobs-2024",
            "new_jobs",
            "wujin",
            "behind",
            "closed",
            "green",
            "medium",
            opened,
            "2024-02",
            "2024-04",
            Decimal("0.02"),
            "czrsj",
            closed_at=opened + timedelta(days=70),
        ),
    ]
    views.history_rows = [
        HistoryRow(
            "behind.vehicles-2024.1",
            1,
            "open",
            "behind",
            "data",
            opened,
            ("nev-2024-02",),
            "",
            "2024-02",
            "red",
        ),
        HistoryRow(
            "behind.vehicles-2024.1",
            2,
            "open",
            "still_behind",
            "data",
            opened + timedelta(days=30),
            ("nev-2024-03",),
            "",
            "2024-03",
            "red",
        ),
        HistoryRow(
            "behind.budget-2024.1", 1, "open", "behind", "data", opened + timedelta(days=60)
        ),
        HistoryRow("behind.jobs-2024.1", 1, "open", "behind", "data", opened),
        HistoryRow("behind.jobs-2024.1", 2, "closed", "cured", "data", opened + timedelta(days=70)),
    ]


def put_books(views: MemoryViews) -> None:
    """A day that balances and one that does not; an event that was refused."""
    views.ledger_rows = [
        LedgerRow("czgxj", date(2024, 7, 10), 18, 15, 2, 1, 15, 0),
        LedgerRow("cztjj", date(2024, 7, 10), 6, 6, 0, 0, 5, 1),
    ]
    views.rejected_rows = [
        RejectedRow(
            "r-1",
            "czgxj",
            START,
            "unit_mismatch",
            "data.unit",
            "单位 亿元 与指标的 万辆 不是一类",
            "rejected",
            '{"id":"nev-2024-07","data":{"unit":"亿元","note":"<script>alert(1)</script>"}}',
            "The unit 亿元 is not of the kind of 万辆",
            "nev-2024-07",
        )
    ]

"""What the demo year shows: first warnings, lamps, alerts, the books."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.cli.api import Warehouse

JSON = dict[str, Any]

_WARNED = """
SELECT a.target AS target, toString(toDate(min(a.as_of), 'Asia/Shanghai')) AS published,
    argMin(a.lamp, (a.as_of, a.period_end)) AS lamp,
    argMin(a.period, (a.as_of, a.period_end)) AS period,
    argMin(a.reason_zh, (a.as_of, a.period_end)) AS reason_zh,
    argMin(a.reason_en, (a.as_of, a.period_end)) AS reason_en,
    any(a.scope) AS scope, any(i.name_zh) AS name_zh, any(i.name_en) AS name_en
FROM bi.assessments AS a
LEFT JOIN bi.indicators AS i ON i.indicator = a.indicator
WHERE a.lamp IN ('yellow', 'red') AND NOT a.superseded AND isNotNull(a.as_of)
GROUP BY a.target
ORDER BY published, target
"""
_SPANS = "SELECT target, max(year) AS year FROM bi.targets GROUP BY target"
_TARGETS = """
SELECT t.target AS target, a.lamp AS lamp, a.reason AS reason, a.period AS period,
    a.reason_zh AS reason_zh, a.reason_en AS reason_en
FROM (SELECT DISTINCT target FROM bi.targets) AS t
LEFT JOIN bi.latest_assessments AS a ON a.target = t.target
ORDER BY target
"""
_ALERTS = """
SELECT alert, target, kind, state, lamp, opened_period, period, toString(gap) AS gap, reopened
FROM bi.alerts ORDER BY target, kind, alert
"""
_LEDGER = """
SELECT toInt64(sum(received)) AS received, toInt64(sum(accepted)) AS accepted,
    toInt64(sum(duplicate)) AS duplicate, toInt64(sum(rejected)) AS rejected,
    toInt64(sum(stored)) AS stored, toInt64(sum(abs(difference))) AS difference
FROM bi.ledger
"""
_SIMULATED = """
SELECT DISTINCT indicator, scope FROM bi.current_values WHERE status = 'G'
"""


def first_warnings(
    warned: Iterable[JSON], years: dict[str, int | None], simulated: set[str]
) -> dict[str, JSON]:
    """Per target: when its first yellow or red was published, and how long the year still had."""
    found = {}
    for row in warned:
        year = years.get(row["target"])
        published = date.fromisoformat(row["published"])
        left = None if year is None else (date(year, 12, 31) - published).days
        found[row["target"]] = {
            "published": row["published"],
            "period": row["period"],
            "lamp": row["lamp"],
            "days_before_year_end": left,
            "simulated": row["scope"] in simulated,
            "name_zh": row["name_zh"],
            "name_en": row["name_en"],
            "reason_zh": row["reason_zh"],
            "reason_en": row["reason_en"],
        }
    return found


def gather(warehouse: Warehouse) -> JSON:
    """Read the views once everything is judged."""
    years = {row["target"]: row["year"] for row in warehouse.rows(_SPANS)}
    simulated = {row["scope"] for row in warehouse.rows(_SIMULATED) if row["scope"]}
    ledger = {name: int(value) for name, value in warehouse.rows(_LEDGER)[0].items()}
    return {
        "stored": ledger["stored"],
        "assessed": int(
            warehouse.rows("SELECT count() AS n FROM bi.assessments WHERE NOT superseded")[0]["n"]
        ),
        "targets": warehouse.rows(_TARGETS),
        "alerts": warehouse.rows(_ALERTS),
        "first_warning": first_warnings(warehouse.rows(_WARNED), years, simulated),
        "ledger": ledger,
    }


def shortcomings(told: JSON) -> list[str]:
    """Why the demo did not show what it must; empty when it did."""
    found = []
    if told["rejected"]:
        found.append(f"{told['rejected']} events were rejected")
    if told["ledger"]["difference"]:
        found.append(f"the books differ by {told['ledger']['difference']}")
    unjudged = [row["target"] for row in told["targets"] if not row["lamp"]]
    if unjudged:
        found.append(f"targets without an assessment: {', '.join(unjudged)}")
    if not told["first_warning"]:
        found.append("nothing was warned of")
    return found

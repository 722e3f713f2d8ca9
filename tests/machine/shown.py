"""What the `bi.*` views show of each namespace, in the columns that are compared.

Left out are times of processing, ids that are made up, what follows from the clock, and sentences.
"""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from tests.machine.places import PLACES
from tests.machine.views import AS_OF, Row
from tests.stack import RunningStack

_SPAN = "period_start, period_end"
_PLACE = (
    f"round(lon, {PLACES}), round(lat, {PLACES}), crs, reported_lon, reported_lat, reported_crs"
)
_PROJECT = (
    "project, name, entity, category, amount, currency, stage, on, invested, plan_year_investment,"
    f" progress, {_PLACE}, lead, responsible, recorded_at, department, event_id, source"
)
_ASSESSMENT = (
    "target, version, indicator, entity, scope, period, period_end, lamp, scheme, reason, as_of,"
    " actual, expected, gap, pace, required_rate, forecast, forecast_low, forecast_high, p_meet,"
    " method, trajectory_used, arraySort(basis)"
)
_CURRENT_VALUES = (
    f"indicator, entity, scope, period, {_SPAN}, measure, value, unit, status, recorded_at,"
    " vintages, derived"
)
# An alert's history does not say what it is about.
_ALERT_HISTORY = (
    "(SELECT a.indicator AS indicator, h.alert AS alert, h.seq AS seq, h.state AS state,"
    " h.reason AS reason, h.by AS by, h.period AS period, h.lamp AS lamp"
    " FROM bi.alert_history AS h INNER JOIN bi.alerts AS a ON h.alert = a.alert)"
)
# Per view what is compared.
_COLUMNS = {
    "observations": (
        f"indicator, entity, scope, period, {_SPAN}, measure, value, unit, status, recorded_at,"
        " department, event_id, source"
    ),
    "current_values": _CURRENT_VALUES,
    "revisions": (
        "indicator, entity, scope, period, measure, vintage, value, previous, change, status,"
        " recorded_at, unit"
    ),
    "undefined_values": f"indicator, entity, scope, period, {_SPAN}, measure, reason",
    "findings": "kind, indicator, entity, scope, period, arraySort(event_ids), state, at",
    "indicators": (
        "indicator, name_zh, name_en, unit, measure, direction, owner, frequency, due_days,"
        " JSONExtractString(formula, 'kind'), tolerance, levels_comparable, granted"
    ),
    "entities": "entity, kind, name_zh, parent",
    "targets": (
        "target, version, indicator, entity, scope, year, goal, goal_value, trajectory, lamps,"
        " lead, effective_from"
    ),
    "projects": (
        f"{_PROJECT}, signed_on, registered_on, started_on, building_on, completed_on, producing_on"
    ),
    "project_history": _PROJECT,
    "chargers": (
        "station, charger, operator, use, power_kw, stage, status, status_at, connectors,"
        f" commissioned_on, commissioned_basis, {_PLACE}, entity"
    ),
    "charger_daily": (
        "day, entity, use, stations, chargers, connectors, added, removed, net, kw, fault_share"
    ),
    "rejected": "event_id, department, code, field",
    "assessments": _ASSESSMENT,
    "latest_assessments": _ASSESSMENT,
    "alerts": (
        "alert, target, kind, indicator, entity, state, lamp, severity, opened_period, period, gap,"
        " lead, reopened, closed_at IS NOT NULL,"
        " acknowledged_by != '' OR acknowledged_at IS NOT NULL OR due_on IS NOT NULL"
    ),
    "alert_history": "alert, seq, state, reason, by, period, lamp",
}
# The sign for the namespace of what counts in all others.
SHARED = "#"
# The column that begins with the namespace, where it is not the indicator.
_NAMED = {
    "current_values": "entity",
    "undefined_values": "entity",
    "entities": "entity",
    "targets": "target",
    "findings": "entity",
    "projects": "project",
    "project_history": "project",
    "chargers": "operator",
    "charger_daily": "entity",
    "rejected": "event_id",
}
# Those whose rows are of no namespace: the crowd compares them with the answers it was given.
BOOKS = ("receipts", "ledger")
NOT_COMPARED = (
    # Its times are those of processing and of the clock, and its rows the numbers of all others.
    "freshness",
    # What a period showed first depends on what was judged in between.
    "lamp_ledger",
    # They say again what `targets` does; tests/integration/test_judgement_views.py holds them.
    "target_definitions",
    "target_tree",
    "awaited_targets",
)
COMPARED = (*_COLUMNS, "values_as_of")
# What is not read as it is. Rows that were superseded depend on what was judged in between.
_SOURCES = {
    "assessments": "(SELECT * FROM bi.assessments WHERE NOT superseded)",
    "alert_history": _ALERT_HISTORY,
}


def shown(stack: RunningStack, prefix: str, shared: str) -> dict[str, dict[str, list[Row]]]:
    """Per view and namespace the rows of all namespaces that begin with the prefix.

    `shared` stands in front of the names that are of no single namespace.
    """
    found = {
        view: _rows(
            stack,
            _SOURCES.get(view, f"bi.{view}"),
            columns,
            _NAMED.get(view, "indicator"),
            prefix,
            shared,
        )
        for view, columns in _COLUMNS.items()
    }
    then = found["values_as_of"] = defaultdict(list)
    for at in AS_OF:
        source = f"bi.values_as_of(at = '{at:%Y-%m-%d %H:%M:%S}')"
        for space, rows in _rows(stack, source, _CURRENT_VALUES, "entity", prefix, shared).items():
            then[space] += [(at, *row) for row in rows]
    return found


def _rows(
    stack: RunningStack, source: str, columns: str, name: str, prefix: str, shared: str
) -> dict[str, list[Row]]:
    # Of the namespace in front of every name only a sign is left, as in the plan.
    rows = stack.rows(
        f"SELECT splitByChar('.', {name})[1] AS namespace, {columns} FROM {source}"
        f" WHERE startsWith({name}, '{prefix}')"
    )
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        space, *values = row.values()
        found[space].append(
            tuple(_local(value, {shared: SHARED, f"{space}.": "@"}) for value in values)
        )
    return found


def _local(value: Any, signs: dict[str, str]) -> Any:
    if isinstance(value, str):
        return next(
            (s + value.removeprefix(p) for p, s in signs.items() if value.startswith(p)), value
        )
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    if isinstance(value, list):
        return tuple(_local(each, signs) for each in value)
    return value

"""The series of an indicator as they are read from the views, for a back-test."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from schemas.data import Measure
from schemas.records.dossier import Fact
from schemas.status import Status
from services.cli.api import JSON, Warehouse
from services.cli.failures import CommandError
from services.series.backtest import Score, Trial
from services.series.index import FactIndex
from services.series.measured import FAMILY_OF, published, simulated
from services.series.profile import History


@dataclass(frozen=True)
class Series:
    """One series: an entity's figures of one scope, published or simulated.

    `name` is made of ids, `title` of names.
    """

    entity: str
    name: str
    title: str
    scope: str
    simulated: bool
    history: History


@dataclass(frozen=True)
class Tried:
    """A series with its trials, their scores, and the codes of what is missing."""

    series: Series
    trials: list[Trial]
    scores: list[Score]
    lacks: list[str]


def read_series(warehouse: Warehouse, indicator: str, entities: Sequence[str]) -> list[Series]:
    """Every series of the indicator, by entity and scope.

    Raises CommandError for an indicator that is not defined or has no figures. The names must be
    ids: they go into the statement as they are.
    """
    defined = warehouse.rows(
        f"SELECT name_zh, unit, measure FROM bi.indicators WHERE indicator = '{indicator}'"
    )
    if not defined:
        raise CommandError(
            f"没有指标 {indicator}：pacekeeper query 'SELECT indicator, name_zh FROM bi.indicators'"
            " 可查全部",
            f"there is no indicator {indicator}",
        )
    among = ", ".join(f"'{entity}'" for entity in entities)
    told = warehouse.rows(
        "SELECT entity, scope, period, period_start, period_end, measure, toString(value) AS value,"
        " status, toUnixTimestamp64Milli(recorded_at) AS recorded, derived"
        f" FROM bi.current_values WHERE indicator = '{indicator}'"
        + (f" AND entity IN ({among})" if entities else "")
        + " ORDER BY entity, scope, period_end"
    )
    names = dict(warehouse.query("SELECT entity, name_zh FROM bi.entities")["data"])
    missing = sorted({*entities} - {row["entity"] for row in told})
    if missing or not told:
        raise CommandError(
            f"指标 {indicator} 还没有数据：{'、'.join(missing) or '任何对象'}",
            f"no figures of {indicator} yet: {', '.join(missing) or 'any entity'}",
        )
    return _series(indicator, defined[0], told, names)


def _series(indicator: str, defined: JSON, told: list[JSON], names: dict[str, str]) -> list[Series]:
    facts: dict[tuple[str, str, bool], list[Fact]] = defaultdict(list)
    for row in told:
        fact = _fact(row)
        if fact.status is not Status.FORECAST:
            facts[row["entity"], fact.scope, simulated(fact)].append(fact)
    family = FAMILY_OF[Measure(defined["measure"])]
    found = []
    for (entity, scope, made_up), some in sorted(facts.items()):
        history = History(FactIndex(some), family, scope, simulated if made_up else published)
        title = f"{names.get(entity) or entity} {defined['name_zh']}（{defined['unit']}）"
        title += f"，口径 / scope {scope}" if scope else ""
        title += "，模拟数据 / simulated" if made_up else ""
        found.append(
            Series(entity, f"{indicator} {entity} {scope}".rstrip(), title, scope, made_up, history)
        )
    return found


def _fact(row: JSON) -> Fact:
    recorded = datetime.fromtimestamp(int(row["recorded"]) / 1000, UTC)
    return Fact(
        scope=row["scope"],
        measure=Measure(row["measure"]),
        start=date.fromisoformat(row["period_start"]),
        end=date.fromisoformat(row["period_end"]),
        period=row["period"],
        value=Decimal(row["value"]),
        status=Status(row["status"]),
        recorded_at=recorded,
        first_recorded_at=recorded,
        derived=bool(row["derived"]),
        basis=(),
    )

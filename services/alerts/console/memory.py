"""The views held in memory: what tests and a page without a store read."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from services.alerts.console.rows import (
    AlertRow,
    AssessmentRow,
    AwaitedRow,
    EntityRow,
    HistoryRow,
    IndicatorRow,
    LedgerRow,
    RejectedRow,
    Snapshot,
    TargetRow,
    ValueRow,
)
from services.runtime.errors import AwayError

MAX_REJECTED = 200


@dataclass
class MemoryViews:
    """Keeps the promises of `Views`. `away` makes every read fail as a lost store would."""

    indicators: list[IndicatorRow] = field(default_factory=list)
    entities: list[EntityRow] = field(default_factory=list)
    target_rows: list[TargetRow] = field(default_factory=list)
    assessment_rows: list[AssessmentRow] = field(default_factory=list)
    value_rows: list[ValueRow] = field(default_factory=list)
    alert_rows: list[AlertRow] = field(default_factory=list)
    history_rows: list[HistoryRow] = field(default_factory=list)
    ledger_rows: list[LedgerRow] = field(default_factory=list)
    rejected_rows: list[RejectedRow] = field(default_factory=list)
    awaited_rows: list[AwaitedRow] = field(default_factory=list)
    away: bool = False
    changes: int = 0

    def touch(self) -> None:
        """Say that rows were changed in place."""
        self.changes += 1

    def judge(self, row: AssessmentRow) -> None:
        """Add an assessment; an older one of the same target and period is superseded."""
        same = (row.target, row.period)
        self.assessment_rows = [
            replace(old, superseded=True) if (old.target, old.period) == same else old
            for old in self.assessment_rows
        ] + [row]
        self.touch()

    def move(self, alert: AlertRow, step: HistoryRow) -> None:
        """An alert as it stands after a transition."""
        self.alert_rows = [a for a in self.alert_rows if a.alert != alert.alert] + [alert]
        self.history_rows.append(step)
        self.touch()

    def stamp(self) -> str:
        """See Views."""
        self._present()
        return str(self.changes)

    def snapshot(self) -> Snapshot:
        """See Views."""
        self._present()
        return Snapshot(
            targets=tuple(self.target_rows),
            latest=tuple(newest(self.assessment_rows)),
            alerts=tuple(self.alerts(closed=False)),
            indicators=tuple(self.indicators),
            entities=tuple(self.entities),
            simulated=frozenset(
                (v.indicator, v.entity, v.scope) for v in self.value_rows if v.status == "G"
            ),
            awaited=tuple(sorted(self.awaited_rows, key=lambda row: (-row.days, row.target))),
        )

    def assessments(self, target: str) -> list[AssessmentRow]:
        """See Views."""
        self._present()
        return sorted((a for a in self.assessment_rows if a.target == target), key=_in_time)

    def versions(self, target: str) -> list[TargetRow]:
        """See Views."""
        self._present()
        return sorted((t for t in self.target_rows if t.target == target), key=lambda t: t.version)

    def values(self, indicator: str, entity: str) -> list[ValueRow]:
        """See Views."""
        self._present()
        rows = (v for v in self.value_rows if (v.indicator, v.entity) == (indicator, entity))
        return sorted(rows, key=lambda v: (v.period_end, v.measure, v.period))

    def alerts(self, closed: bool) -> list[AlertRow]:
        """See Views."""
        self._present()
        rows = [a for a in self.alert_rows if closed or a.is_open]
        return sorted(rows, key=lambda a: (a.opened_at, a.alert), reverse=True)

    def alerts_of(self, target: str) -> list[AlertRow]:
        """See Views."""
        return [a for a in self.alerts(closed=True) if a.target == target]

    def alert(self, alert: str) -> AlertRow | None:
        """See Views."""
        self._present()
        return next((a for a in self.alert_rows if a.alert == alert), None)

    def history(self, alert: str) -> list[HistoryRow]:
        """See Views."""
        self._present()
        return sorted((h for h in self.history_rows if h.alert == alert), key=lambda h: h.seq)

    def ledger(self) -> list[LedgerRow]:
        """See Views."""
        self._present()
        return sorted(self.ledger_rows, key=lambda r: (-r.day.toordinal(), r.department))

    def rejected(self) -> list[RejectedRow]:
        """See Views."""
        self._present()
        rows = sorted(self.rejected_rows, key=lambda r: (r.received_at, r.id), reverse=True)
        return rows[:MAX_REJECTED]

    def ready(self) -> bool:
        """See Views."""
        self._present()
        return True

    def _present(self) -> None:
        if self.away:
            raise AwayError("the views in memory are switched off")


def _in_time(row: AssessmentRow) -> tuple[object, ...]:
    end = row.period_end.toordinal() if row.period_end else 0
    as_of = row.as_of.timestamp() if row.as_of else 0.0
    return (end, row.period, row.version, as_of, row.assessed_at)


def newest(rows: Iterable[AssessmentRow]) -> list[AssessmentRow]:
    """Per target the row, not superseded, of the greatest period end."""
    found: dict[str, AssessmentRow] = {}
    for row in sorted((r for r in rows if not r.superseded), key=_in_time):
        found[row.target] = row
    return [found[target] for target in sorted(found)]

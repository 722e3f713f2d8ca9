"""The port through which the console reads: the public views, nothing else."""

from typing import Protocol

from services.alerts.console.rows import (
    AlertRow,
    AssessmentRow,
    HistoryRow,
    LedgerRow,
    RejectedRow,
    Snapshot,
    TargetRow,
    ValueRow,
)


class Views(Protocol):
    """Reads of `bi.*`. Every call may be made from any thread, blocks, and raises AwayError
    when no store answers in time and RefusedError when a view or a column is not there.
    """

    def stamp(self) -> str:
        """A word that differs whenever an assessment, alert, target or book changed; cheap."""
        ...

    def snapshot(self) -> Snapshot:
        """The catalogue, every target's versions and newest assessment, and the open alerts."""
        ...

    def assessments(self, target: str) -> list[AssessmentRow]:
        """All of a target's, superseded ones too, by period end, then version, then as_of."""
        ...

    def versions(self, target: str) -> list[TargetRow]:
        """A target's versions, oldest first."""
        ...

    def values(self, indicator: str, entity: str) -> list[ValueRow]:
        """Current values of one series, by period end."""
        ...

    def alerts(self, closed: bool) -> list[AlertRow]:
        """Open alerts, newest first; with `closed`, those that are done as well."""
        ...

    def alerts_of(self, target: str) -> list[AlertRow]:
        """Every alert of a target, newest first."""
        ...

    def alert(self, alert: str) -> AlertRow | None:
        """One alert."""
        ...

    def history(self, alert: str) -> list[HistoryRow]:
        """Its transitions in order."""
        ...

    def ledger(self) -> list[LedgerRow]:
        """The books, newest day first."""
        ...

    def rejected(self) -> list[RejectedRow]:
        """The newest refusals, at most 200."""
        ...

    def ready(self) -> bool:
        """Do all the views that the pages need answer?"""
        ...

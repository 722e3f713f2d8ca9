"""What a series says now: newest vintages and what follows from them; pure."""

from collections.abc import Iterable, Sequence

from schemas import period
from schemas.data import IndicatorDefined, Measure
from schemas.period import Span
from schemas.records import Fact
from schemas.status import Status
from services.aggregate import year_to_date
from services.aggregate.decode import fact_name
from services.aggregate.store import Newest
from services.aggregate.tables import CurrentRow


def current_facts(indicator: IndicatorDefined, newest: Iterable[Newest]) -> list[Fact]:
    """The facts of one series: reported ones, then the year-to-date sums that follow.

    A figure taken back (status M) is as if it had never been reported.
    """
    reported: list[Fact] = []
    recorded: dict[int, Newest] = {}
    for row in newest:
        if row.value is None:
            continue
        fact = Fact(
            scope=row.scope,
            measure=row.measure,
            start=row.start,
            end=row.end,
            period=fact_name(row.measure, Span(row.start, row.end)),
            value=row.value,
            status=Status(row.status),
            recorded_at=row.recorded_at,
            first_recorded_at=row.recorded[0],
            vintages=len(row.recorded),
            basis=(row.event_id,),
        )
        recorded[id(fact)] = row
        reported.append(fact)
    if not indicator.is_flow:
        return reported
    return reported + [_summed(total, recorded) for total in year_to_date.derive(reported)]


def _summed(total: year_to_date.Sum, recorded: dict[int, Newest]) -> Fact:
    pieces = total.pieces
    known = max(piece.first_recorded_at for piece in pieces)
    # One vintage per distinct recordedtime of the inputs, from the day all of them were there.
    moments = {at for piece in pieces for at in recorded[id(piece)].recorded if at >= known}
    return Fact(
        scope=pieces[0].scope,
        measure=Measure.CUMULATIVE,
        start=pieces[0].start,
        end=total.end,
        period=period.end_name(total.end),
        value=total.value,
        status=total.status,
        recorded_at=max(piece.recorded_at for piece in pieces),
        first_recorded_at=known,
        vintages=len(moments),
        derived=True,
        basis=tuple(event for piece in pieces for event in piece.basis),
    )


def current_rows(
    indicator: IndicatorDefined,
    entity: str,
    facts: Iterable[Fact],
    shown: Iterable[CurrentRow],
    version: int,
) -> list[CurrentRow]:
    """What `current` must show: the facts, and the end of rows that no longer hold."""
    rows = [
        CurrentRow(
            indicator.indicator,
            entity,
            fact.scope,
            fact.measure.value,
            fact.start,
            fact.end,
            fact.period,
            fact.value,
            "%" if fact.measure is Measure.RATE else indicator.unit,
            fact.status.value,
            fact.recorded_at,
            fact.vintages,
            fact.derived,
            False,
            version,
        )
        for fact in facts
    ]
    there = {row.key for row in rows}
    gone = [row._replace(deleted=True, version=version) for row in shown if row.key not in there]
    return rows + gone


def by_series(rows: Sequence[Newest]) -> dict[tuple[str, str], list[Newest]]:
    """The rows of each series."""
    found: dict[tuple[str, str], list[Newest]] = {}
    for row in rows:
        found.setdefault((row.indicator, row.entity), []).append(row)
    return found

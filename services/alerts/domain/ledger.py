"""The ledger of lamps (`bi.lamp_ledger`): what each period first showed and what became of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from schemas.period import Span
from schemas.records.assessment import Assessment, Lamp

MET = frozenset({Lamp.GREEN, Lamp.BLUE})


class Entry(NamedTuple):
    """One period of one target; `made_up_in` names the later period, empty without one."""

    target: str
    period: str
    first_lamp: Lamp
    current_lamp: Lamp
    made_up_in: str = ""


class _Told(NamedTuple):
    """What was ever said of one period, the oldest first."""

    target: str
    end: date
    rows: list[Assessment]

    @property
    def now(self) -> Assessment:
        return self.rows[-1]


def ledger(history: Iterable[Assessment], spans: Mapping[tuple[str, int], Span]) -> list[Entry]:
    """Every period of every target that has an assessment now, by target and period end.

    `history` are all assessments there ever were, in any order; `spans` of each (target, version).
    The first lamp is the first that judged (grey only where none did). A period that was missed
    is made up by the first later one of its span that is met: it turns yellow, never green. One
    that is met by what is known now was never missed: both its lamps say so.
    """
    periods: dict[tuple[str, date], list[Assessment]] = defaultdict(list)
    for row in sorted(history, key=lambda row: row.sequence):
        if row.period_end is not None:
            periods[row.target, row.period_end].append(row)
    told = [_Told(*key, rows) for key, rows in sorted(periods.items(), key=lambda item: item[0])]
    current = [each for each in told if not each.now.superseded]
    return [_entry(each, current, spans) for each in current]


def _entry(told: _Told, current: list[_Told], spans: Mapping[tuple[str, int], Span]) -> Entry:
    row = told.now
    if row.lamp in MET:
        return Entry(row.target, row.period, row.lamp, row.lamp)
    if row.lamp is Lamp.GREY:
        later = ""
    else:
        last = spans[row.target, row.version].end
        later = next(
            (
                each.now.period
                for each in current
                if each.target == told.target
                and told.end < each.end <= last
                and each.now.lamp in MET
            ),
            "",
        )
    first = next((each.lamp for each in told.rows if each.lamp is not Lamp.GREY), Lamp.GREY)
    return Entry(row.target, row.period, first, Lamp.YELLOW if later else row.lamp, later)

"""`late_report`: the first figure of a period was published after its due day; pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from schemas.working_days import due_day
from services.aggregate.derived import Key
from services.aggregate.findings.finding import Breach, Check, Place
from services.aggregate.findings.known import Known
from services.aggregate.findings.timeline import Said, Timeline

_SHANGHAI = ZoneInfo("Asia/Shanghai")


def places(known: Known) -> Iterator[Place]:
    """Every end of which something is due, with all figures that end there."""
    due_days = known.indicator.due_days
    if due_days is None:
        return
    # What was there in time was never late.
    late = {
        (key.scope, key.end)
        for key, published in known.reported.first_published()
        if published >= _too_late(key.end, due_days)
    }
    ends: dict[tuple[str, date], list[Timeline]] = defaultdict(list)
    for key in known.reported if late else ():
        if (key.scope, key.end) in late and (line := known.reported.get(key)) is not None:
            ends[key.scope, key.end].append(line)
    for (scope, end), lines in ends.items():
        due = due_day(end, due_days)
        yield Place(Key(scope, known.indicator.measure, end, end), tuple(lines), _check(due))


@lru_cache(maxsize=65536)
def _too_late(end: date, due_days: int) -> datetime:
    """When the day after the one on which it is due begins in Shanghai; in UTC as all moments."""
    day_after = due_day(end, due_days) + timedelta(days=1)
    return datetime.combine(day_after, time(), _SHANGHAI).astimezone(UTC)


def _check(due: date) -> Check:
    def check(saids: Sequence[Said | None]) -> Breach | None:
        there = [said for said in saids if said is not None]
        first = min(there, key=lambda said: said.first_recorded_at, default=None)
        if first is None:
            return None
        on = first.first_recorded_at.astimezone(_SHANGHAI).date()
        if on <= due:
            return None
        return Breach(
            first.period,
            f"迟报：{first.period} 应于 {due} 前报送，{on} 才发布，迟 {(on - due).days} 天；"
            "如发布时间（recordedtime）有误请更正，否则请重报并在 note 中说明",
            f"late: {first.period} was due on {due} and published on {on}, {(on - due).days} days"
            " later; correct `recordedtime` if it is wrong, else send it again with a note that"
            " explains it",
            [first],
        )

    return check

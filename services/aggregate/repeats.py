"""Sets aside what came under an id used before: asks the store only when an id may be known.

The filter of ids is complete as long as one role sees everything touched. Whoever takes the role
over, or finds the filter full, loads it anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import numpy as np

from services.aggregate.conflicts import Conflict, conflicts
from services.aggregate.decode import touches
from services.aggregate.findings.duplicate_conflict import duplicate_conflicts
from services.aggregate.ids import Ids
from services.aggregate.seen import Seen
from services.aggregate.store import Figure, SeriesKey, Store
from services.aggregate.tables import CONFLICTS, Finding
from services.aggregate.write import in_pieces

_A_QUERY = 2_000


class Repeats:
    """The ids that have come, and what is done about those that come again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: Seen | None = None
        self._twice = np.array([], np.uint64)
        self._aside: dict[SeriesKey, dict[tuple[int, int, int], Conflict]] = defaultdict(dict)

    @property
    def loaded(self) -> bool:
        """Is there a filter, with room for more?"""
        return self._seen is not None and not self._seen.full

    def load(self) -> None:
        """Know every id that is stored, and all that was set aside."""
        self._aside.clear()
        self._keep(self._store.conflicts())
        self._seen = None  # the old one makes room first
        ids = np.sort(self._store.ids())
        self._twice = ids[1:][ids[1:] == ids[:-1]]
        self._seen = Seen(ids)

    def stored(self, blocks: Sequence[Ids]) -> Ids:
        """Those ids that came twice; all of them were stored before it was loaded."""
        return np.intersect1d(_joined(blocks), self._twice)

    def among(self, blocks: Sequence[Ids]) -> Ids:
        """Those ids that may have come before or come twice in here; all are known afterwards."""
        assert self._seen is not None
        return self._seen.take(_joined(blocks))

    def set_aside(self, ids: Ids) -> dict[SeriesKey, datetime]:
        """Keep all but the first of an id with other content from every reader.

        Answers which series they were in, the first's too, and when the newest was received.
        """
        some = in_pieces(ids.tolist(), _A_QUERY)
        arrivals = [row for piece in some for row in self._store.repeats(piece)]
        refused = list(conflicts(arrivals))
        self._store.insert(CONFLICTS, refused)
        self._keep(refused)
        found: dict[SeriesKey, datetime] = {}
        for row in arrivals:
            if (key := touches(row)) is not None:
                found[key] = max(found.get(key, row.received_at), row.received_at)
        return found

    def standing(self, figures: Iterable[Figure]) -> Iterator[Figure]:
        """The figures without what was set aside: asking the store to leave it out costs more."""
        for figure in figures:
            aside = self._aside.get((figure.indicator, figure.entity))
            if not aside:
                yield figure
            elif left := tuple(v for v in figure.vintages if v[1:4] not in aside):
                yield figure._replace(vintages=left)

    def findings(self, key: SeriesKey, figures: Sequence[Figure]) -> list[Finding]:
        """What was set aside in a series, and whether it was answered since."""
        return duplicate_conflicts(self._aside[key].values(), figures) if key in self._aside else []

    def _keep(self, refused: Iterable[Conflict]) -> None:
        for one in refused:
            self._aside[one.indicator, one.entity][one[:3]] = one


def _joined(blocks: Sequence[Ids]) -> Ids:
    return np.concatenate([np.array([], np.uint64), *blocks])

"""What the store knows of events that were refused and have not been taken since."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from schemas.records.books import Refused
from services.aggregate.ids import HASHED


class Refusing(Protocol):
    """Every call raises AwayError (try again) or RefusedError (never again)."""

    def refused(self, since: datetime) -> dict[str, Refused]:
        """By department what was refused since then, neither resubmitted nor taken later under the
        same source and id."""


# The text of a refused event is kept, and has its source; what is no event has none. Of raw only
# parts received after the oldest reject are read, and none where nothing stands.
_REFUSED = rf"""
WITH standing AS
(
    SELECT
        department, id, received_at, event_id, code, field, message_zh, message_en,
        cityHash64(concat(JSONExtractString(raw, 'source'), '\0', event_id)) AS name
    FROM pacekeeper.rejected FINAL
    WHERE received_at >= {{since:DateTime64(6, 'UTC')}}
        AND (department, id) NOT IN (SELECT department, id FROM pacekeeper.resubmitted)
)
SELECT
    department, count(), arraySort(groupUniqArray(code)),
    argMax((received_at, event_id, code, field, message_zh, message_en), (received_at, id))
FROM standing
LEFT JOIN
(
    SELECT {HASHED} AS name, max(received_at) AS taken_at
    FROM pacekeeper.raw
    WHERE received_at > (SELECT minOrNull(received_at) FROM standing WHERE event_id != '')
        AND {HASHED} IN (SELECT name FROM standing WHERE event_id != '')
    GROUP BY name
) AS taken ON standing.name = taken.name
WHERE event_id = '' OR taken_at <= received_at
GROUP BY department
"""


class ClickHouseRefusing:
    """What is Refusing in ClickHouse, for a store that can ask for rows."""

    _rows: Callable[..., Sequence[Sequence[Any]]]

    def refused(self, since: datetime) -> dict[str, Refused]:
        """See Refusing."""
        # The client would cut a datetime to seconds.
        rows = self._rows(_REFUSED, since=f"{since.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}")
        return {
            str(department): refused(int(count), codes, newest)
            for department, count, codes, newest in rows
        }


def refused(count: int, codes: Sequence[str], newest: Sequence[Any]) -> Refused:
    """`newest` is when the newest was received, its event's id, code, field and both messages."""
    at, event_id, code, field, zh, en = newest
    return Refused(
        count=count,
        codes=tuple(codes),
        received_at=at if at.tzinfo else at.replace(tzinfo=UTC),
        event_id=event_id,
        code=code,
        field=field,
        message_zh=zh,
        message_en=en,
    )

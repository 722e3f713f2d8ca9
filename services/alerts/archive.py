"""What ClickHouse keeps of what the worker published, as the worker's own records."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol

from schemas.records.alert import AlertChanged
from schemas.records.assessment import Assessment
from schemas.topics import series_key
from services.alerts.domain.restored import restored
from services.alerts.domain.rows import amount, ratio
from services.alerts.domain.state import SeriesState
from services.runtime.clickhouse import translated

_AMOUNTS = (
    "actual",
    "expected",
    "gap",
    "required_rate",
    "forecast",
    "forecast_low",
    "forecast_high",
)
_RATIOS = ("pace", "p_meet")
_KNOWN = """
SELECT indicator, entity FROM pacekeeper.judged
UNION DISTINCT
SELECT indicator, entity FROM pacekeeper.alerts
"""
_OF = "FINAL WHERE (indicator, entity) IN {series:Array(Tuple(String, String))}"
_ROWS = f"SELECT * EXCEPT retracted, retracted AS superseded FROM pacekeeper.assessments {_OF}"
_MOVES = f"SELECT indicator, entity, record FROM pacekeeper.alerts {_OF}"
_JUDGED = f"SELECT indicator, entity, sequence FROM pacekeeper.judged {_OF}"

Series = tuple[str, str]


class Client(Protocol):
    """As much of a ClickHouse client as reading takes."""

    def query(self, query: str, parameters: dict[str, Any] | None = None) -> Any:
        """Run one statement and read its whole answer."""
        ...


class Archive:
    """Reads the tables that the sink fills; AwayError while the store is away."""

    def __init__(self, connect: Callable[[], Client]) -> None:
        self._connect = connect

    def known(self) -> set[bytes]:
        """The keys of all series, and departments, of which anything was ever said."""
        with translated():
            found = self._connect().query(_KNOWN).result_rows
        return {_key(*series) for series in found}

    def states(self, keys: Iterable[bytes]) -> dict[bytes, SeriesState]:
        """What the worker remembered of these, by key."""
        series = [tuple(key.decode().split("|", 1)) for key in keys]
        asked = {"series": series}
        rows: dict[Series, list[Assessment]] = defaultdict(list)
        moves: dict[Series, list[AlertChanged]] = defaultdict(list)
        with translated():
            client = self._connect()
            told = client.query(_ROWS, asked)
            for given in told.result_rows:
                row = _assessment(told.column_names, given)
                rows[row.indicator, row.entity].append(row)
            for *where, record in client.query(_MOVES, asked).result_rows:
                moves[where[0], where[1]].append(AlertChanged.model_validate_json(record))
            judged = {
                (indicator, entity): sequence
                for indicator, entity, sequence in client.query(_JUDGED, asked).result_rows
            }
        return {
            _key(*each): restored(rows[each], moves[each], judged.get(each, -1))
            for each in ((one[0], one[1]) for one in series)
        }


def _key(indicator: str, entity: str) -> bytes:
    return series_key(indicator, entity).encode()


def _assessment(names: Sequence[str], values: Sequence[Any]) -> Assessment:
    """The row exactly as it was published, so that it is known again."""
    said = {name: _zoned(value) for name, value in zip(names, values, strict=True)}
    said |= {name: amount(said[name]) for name in _AMOUNTS}
    said |= {name: ratio(_decimal(said[name])) for name in _RATIOS}
    return Assessment.model_validate(said)


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))


def _zoned(value: Any) -> Any:
    # A time that comes without a zone is UTC, as its column says.
    naive = isinstance(value, datetime) and value.tzinfo is None
    return value.replace(tzinfo=UTC) if naive else value

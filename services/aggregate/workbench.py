"""New tables beside those in use: made, filled and swapped in by the engine."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from schemas.records.touched import RebuildState
from services.aggregate.decode import RawRow
from services.aggregate.store import ClickHouseStore, SeriesKey
from services.aggregate.tables import Table
from services.runtime.clickhouse import connect, translated
from services.runtime.settings import Settings

# The longest statement: chargers' states are made from all of raw in one.
_PATIENCE_SECONDS = 6 * 3_600
_SAME_CONTENT = (
    "type, indicator, entity, scope, measure, period_start, period_end, recorded_at,"
    " ifNull(value, 0), sent_unit, status, note, data"
)
_UNDER_USED_IDS = f"""
SELECT {", ".join(RawRow._fields)} FROM pacekeeper.raw
WHERE type IN ('metric.observed', 'project.updated', 'charger.updated') AND (source, event_id) IN
(
    SELECT source, event_id FROM pacekeeper.raw
    WHERE type IN ('metric.observed', 'project.updated', 'charger.updated')
    GROUP BY source, event_id
    HAVING uniqExact({_SAME_CONTENT}) > 1
)
"""
_CHARGERS_OF_RAW = """
INSERT INTO pacekeeper.{intake}
SELECT entity, kafka_partition, kafka_offset, line, source, event_id, recorded_at, received_at, data
FROM pacekeeper.raw WHERE type = 'charger.updated' AND ({where})
"""
_DIFFERENT = """
SELECT indicator, entity
FROM
(
    SELECT indicator, entity, 1 AS side, toString(tuple(* EXCEPT version)) AS said
    FROM pacekeeper.series FINAL
    UNION ALL
    SELECT indicator, entity, 2 AS side, toString(tuple(* EXCEPT version)) AS said
    FROM pacekeeper.series_rebuilt FINAL
)
GROUP BY indicator, entity
HAVING count() = 1 OR min(said) != max(said)
"""


class Beside(ClickHouseStore):
    """A store whose rows go into the table beside the one they are meant for."""

    def insert(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """See Store."""
        super().insert(table._replace(name=f"{table.name}_rebuilt"), rows)

    def rests(self) -> dict[SeriesKey, tuple[SeriesKey, ...]]:
        """See Store. Beside there are none yet: all of them are entered."""
        return {}


class Workbench(ClickHouseStore):
    """The store in use, with the tables beside. Names are without the database."""

    @property
    def beside(self) -> Beside:
        """The same, but for where rows go."""
        return Beside(self._client)

    def begin(self, *names: str) -> None:
        """Empty tables beside these, whatever an attempt before has left."""
        for name in names:
            self.end(name)
            self.command(f"CREATE TABLE pacekeeper.{name}_rebuilt AS pacekeeper.{name}")

    def swap(self, name: str) -> None:
        """The new table takes the place of the one in use, at once."""
        self.command(f"EXCHANGE TABLES pacekeeper.{name} AND pacekeeper.{name}_rebuilt")

    def end(self, *names: str) -> None:
        """Nothing is beside these any more."""
        for name in names:
            self.command(f"DROP TABLE IF EXISTS pacekeeper.{name}_rebuilt SYNC")

    def keep_before(self, firsts: Mapping[int, int]) -> None:
        """Into the new raw table what lies before these offsets of `events`, and all other."""
        where = " OR ".join(
            [f"kafka_partition NOT IN ({', '.join(map(str, firsts))})"]
            + [f"kafka_partition = {p} AND kafka_offset < {at}" for p, at in firsts.items()]
        )
        self.command(
            f"INSERT INTO pacekeeper.raw_rebuilt SELECT * FROM pacekeeper.raw WHERE {where}"
        )

    def under_used_ids(self) -> list[RawRow]:
        """Every arrival under an id that came with more than one content."""
        rows = map(RawRow._make, self._rows(_UNDER_USED_IDS))
        return [
            row._replace(recorded_at=_utc(row.recorded_at), received_at=_utc(row.received_at))
            for row in rows
        ]

    def fill_charger_updates(self) -> None:
        """The new table of chargers' states, unpacked from raw as the feed does."""
        self.command("DROP TABLE IF EXISTS pacekeeper.charger_feed_rebuilt SYNC")
        self.begin("charger_intake", "charger_updates")
        ((feed,),) = self._rows(
            "SELECT as_select FROM system.tables"
            " WHERE database = 'pacekeeper' AND name = 'charger_feed'"
        )
        feed = feed.replace("pacekeeper.charger_intake", "pacekeeper.charger_intake_rebuilt")
        self.command(
            "CREATE MATERIALIZED VIEW pacekeeper.charger_feed_rebuilt"
            f" TO pacekeeper.charger_updates_rebuilt AS {feed}"
        )
        self.command(_CHARGERS_OF_RAW.format(intake="charger_intake_rebuilt", where="true"))
        self.command("DROP TABLE pacekeeper.charger_feed_rebuilt SYNC")
        self.end("charger_intake")

    def feed_chargers(self, after: Mapping[int, int]) -> None:
        """The states of chargers that lie in raw after these offsets, once more."""
        where = " OR ".join(
            [f"kafka_partition NOT IN ({', '.join(map(str, after)) or 'NULL'})"]
            + [f"kafka_partition = {p} AND kafka_offset > {at}" for p, at in after.items()]
        )
        self.command(_CHARGERS_OF_RAW.format(intake="charger_intake", where=where))

    def rebuild_state(self, rebuild: str) -> RebuildState | None:
        """How far a rebuild is; None for one that nobody asked for."""
        rows = self._rows(
            "SELECT rebuild, source, state, step, done, total FROM pacekeeper.rebuilds"
            " WHERE rebuild = {rebuild:String} ORDER BY at DESC LIMIT 1",
            rebuild=rebuild,
        )
        fields = RebuildState.model_fields
        found = [RebuildState(**dict(zip(fields, row, strict=True))) for row in rows]
        return found[0] if found else None

    def different(self) -> list[SeriesKey]:
        """The series that say something else in the table in use than in the one beside."""
        return [(str(indicator), str(entity)) for indicator, entity in self._rows(_DIFFERENT)]

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()

    def command(self, statement: str) -> None:
        """Run one statement."""
        with translated():
            self._client.command(statement)


def open_workbench(settings: Settings) -> Workbench:
    """A workbench of the calling thread's own. AwayError when the engine does not answer."""
    client = connect(
        settings.clickhouse_url,
        settings.clickhouse_user,
        settings.clickhouse_password.get_secret_value(),
        patience=_PATIENCE_SECONDS,
    )
    return Workbench(client)


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

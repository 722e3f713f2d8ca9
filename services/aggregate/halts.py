"""Which partitions of `events` are not written any more, because too much of them is refused."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from schemas.topics import EVENTS
from services.aggregate.decode import RawRow, Undecodable
from services.aggregate.limits import Carried, Limit
from services.aggregate.take import Source, count
from services.runtime import logs
from services.runtime.kafka import Record

log = logs.get("write")


class Halt(NamedTuple):
    """From which offset on a partition is not written, and why."""

    offset: int
    limit: Limit


class Halts:
    """Counts what decoding and storing refuse, apart, and halts a partition at a limit.

    A partition stays halted as long as this process lives. `limited` False only counts.
    """

    def __init__(self, source: Source, limited: bool) -> None:
        self.partitions: dict[int, Halt] = {}
        self._source = source
        self._limited = limited
        self._decoded: dict[int, Carried] = {}
        self._stored: dict[int, Carried] = {}

    def open(self, partition: int, offset: int) -> bool:
        """May what lies there be written?"""
        halt = self.partitions.get(partition)
        return halt is None or offset < halt.offset

    def open_records(self, records: Sequence[Record]) -> Sequence[Record]:
        """The records that may be written."""
        return [each for each in records if self.open(each.partition, each.offset)]

    def decoded(self, records: Sequence[Record], bad: Sequence[Undecodable]) -> bool:
        """Count what could be decoded of the records; True when that halted a partition."""
        before = len(self.partitions)
        numbers: dict[tuple[int, int], list[int]] = defaultdict(list)
        for each in bad:
            numbers[each.at.partition, each.at.offset].append(each.at.line)
            self._decoded.setdefault(each.at.partition, Carried())
        for record in records if self._decoded else ():
            carried = self._decoded.get(record.partition)
            if carried is None or record.partition in self.partitions:
                continue
            start = 0
            for number in numbers[record.partition, record.offset]:
                carried.passed(number - start)
                start = number + 1
                self._note(carried.refused(), record.partition, record.offset, "decode")
            carried.passed(count(record) - start)
        return len(self.partitions) > before

    def stored(self, rows: Sequence[RawRow]) -> None:
        """Count rows of one partition that the store took."""
        carried = self._stored.get(rows[0].kafka_partition)
        if carried is not None:
            carried.passed(len(rows))

    def stored_whole(self, records: Sequence[Record]) -> None:
        """Count the events of records that the store took at once."""
        for record in records if self._stored else ():
            if record.partition in self._stored:
                self._stored[record.partition].passed(count(record))

    def refused(self, row: RawRow) -> None:
        """Count a row that the store refused."""
        carried = self._stored.setdefault(row.kafka_partition, Carried())
        self._note(carried.refused(), row.kafka_partition, row.kafka_offset, "store")

    def _note(self, limit: Limit | None, partition: int, offset: int, by: str) -> None:
        if limit is None or not self._limited or partition in self.partitions:
            return
        self.partitions[partition] = Halt(offset, limit)
        self._source.pause(EVENTS.name, partition)
        log.error(
            "partition_halted",
            topic=EVENTS.name,
            partition=partition,
            offset=offset,
            limit=limit.value,
            refused_by=by,
            remedy="mend what refuses the events, then start the aggregate again",
        )

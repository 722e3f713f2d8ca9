"""A sequence of operations as data: events under local names, in requests, in order of arrival.

A name begins with `@`; sending puts the namespace of the sequence in its place, so that thousands
of sequences can share one stack and none can see another.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

DEPARTMENTS = ("stats", "czgxj")
_FIRST_DAY = datetime(2024, 2, 1, 1, 30, tzinfo=UTC)


def moment(day: int) -> datetime:
    """When something was published: days since 1 February 2024."""
    return _FIRST_DAY + timedelta(days=day)


@dataclass(frozen=True)
class Sent:
    """One event as a department sends it; `day` is when it was published, see `moment`."""

    id: str
    kind: str
    day: int
    data: dict[str, Any]
    department: str = "stats"

    @property
    def recorded(self) -> datetime:
        """When it was published."""
        return moment(self.day)

    @property
    def source(self) -> str:
        """The envelope's source."""
        return f"urn:pacekeeper:{self.department}"

    def body(self, namespace: str) -> bytes:
        """The JSON of the event in a namespace; some say when they were recorded, others do not."""
        times = {"time": self.recorded.isoformat()}
        if len(self.data) % 2:
            times = {"time": moment(0).isoformat(), "recordedtime": self.recorded.isoformat()}
        event = {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": f"pacekeeper.{self.kind}.v1",
            "data": self.data,
        }
        return orjson.dumps(event | times).replace(b"@", namespace.encode() + b".")


def indicator(name: str, measure: str, **changed: Any) -> dict[str, Any]:
    """The definition of an indicator of vehicles."""
    return {
        "indicator": name,
        "name_zh": "产量",
        "name_en": "Output",
        "unit": "%" if measure == "rate" else "万辆",
        "measure": measure,
        "direction": "higher",
        "owner": "stats",
        "frequency": "month",
        "granted": ["czgxj"],
    } | changed


@dataclass
class Plan:
    """The phases of a sequence, each of requests; after each phase the tables are compared.

    `seed` is the one that Hypothesis made it from.
    """

    phases: list[list[list[Sent]]] = field(default_factory=lambda: [[[]]])
    seed: int = 0

    def send(self, event: Sent) -> None:
        """Put an event into the request under way."""
        self.phases[-1][-1].append(event)

    def next_request(self) -> None:
        """What follows is sent after the answer to what is there."""
        if self.phases[-1][-1]:
            self.phases[-1].append([])

    def next_phase(self) -> None:
        """What follows is sent after the tables came to rest, and perhaps a restart."""
        if any(self.phases[-1]):
            self.phases.append([[]])

    def parts(self) -> int:
        """The number of requests."""
        return sum(map(len, self.phases))

    def events(self) -> Iterator[Sent]:
        """Every event, in order."""
        return (event for phase in self.phases for request in phase for event in request)

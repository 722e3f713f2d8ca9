"""What the door must answer to each event of a sequence, and what is stored of it."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from schemas.period import parse
from schemas.topics import EVENTS
from services.runtime.kafka import partition_of
from tests.machine.plan import Sent

# How many vehicles each unit is; every other unit is of a kind of its own.
FACTORS = {"辆": Decimal(1), "百辆": Decimal(100), "万辆": Decimal(10_000)}
_FIELDS = {
    "unit_mismatch": "data.unit",
    "unknown_entity": "data.entity",
    "unknown_indicator": "data.indicator",
    "bad_period": "data.period",
    "conflict": "id",
    "cannot_be_judged": "data.goal.kind",
    "definition_conflict": "data.version",
}

# Events that no indicator is named in.
RECORDS = ("project.updated", "charger.updated")


class Verdict(NamedTuple):
    """`accepted`, `duplicate`, or `rejected` with its code and field."""

    word: str
    code: str = ""

    @property
    def field(self) -> str:
        """The field that is named."""
        return _FIELDS.get(self.code, "")


class Arrival(NamedTuple):
    """An accepted event: its coordinates, and its figure in the unit that was in force then."""

    sent: Sent
    where: tuple[int, int]
    value: Decimal | None = None
    unit: str = ""


def converted(value: Decimal, given: str, wanted: str) -> Decimal:
    """The same amount in another unit."""
    if given == wanted:
        return value
    return value * FACTORS[given] / FACTORS[wanted]


def _kind(unit: str) -> str:
    return "辆" if unit in FACTORS else unit


class Door:
    """One namespace at the door, event by event."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._indicators: dict[str, Sent] = {}
        self._entities: set[str] = set()
        self._targets: dict[tuple[str, int], dict[str, Any]] = {}
        self._said: dict[tuple[str, str], Sent] = {}
        self.arrivals: list[Arrival] = []

    def judge(self, sent: Sent) -> Verdict:
        """What must be answered."""
        before = self._said.get((sent.source, sent.id))
        if before is not None:
            return Verdict("duplicate") if before == sent else Verdict("rejected", "conflict")
        return self._as_new(sent)

    def may_answer(self, sent: Sent, forgetful: bool) -> set[Verdict]:
        """All that may be answered; started anew the door may have forgotten an id."""
        return {self.judge(sent)} | ({self._as_new(sent)} if forgetful else set())

    def _as_new(self, sent: Sent) -> Verdict:
        data = sent.data
        if sent.kind == "metric.observed":
            try:
                parse(data["period"])
            except ValueError:
                return Verdict("rejected", "bad_period")
            if data["indicator"] not in self._indicators:
                return Verdict("rejected", "unknown_indicator")
            if data["entity"] not in self._entities:
                return Verdict("rejected", "unknown_entity")
            if _kind(data["unit"]) != _kind(self._unit(data)):
                return Verdict("rejected", "unit_mismatch")
        if sent.kind in RECORDS and data["entity"] not in self._entities:
            return Verdict("rejected", "unknown_entity")
        if sent.kind == "target.set":
            rate = self._indicators[data["indicator"]].data["measure"] == "rate"
            if rate and data["goal"]["kind"] == "increase":
                return Verdict("rejected", "cannot_be_judged")
            before = self._targets.get((data["target"], data["version"]), data)
            if before != data:
                return Verdict("rejected", "definition_conflict")
        return Verdict("accepted")

    def _unit(self, data: dict[str, Any]) -> str:
        """A growth beside amounts is in %."""
        defined = self._indicators[data["indicator"]].data
        beside = data["measure"] == "rate" and defined["measure"] != "rate"
        return "%" if beside else str(defined["unit"])

    def take(self, sent: Sent) -> None:
        """It was accepted."""
        self._said.setdefault((sent.source, sent.id), sent)
        data = sent.data
        value, unit = None, ""
        if sent.kind == "metric.observed":
            unit = self._unit(data)
            if data["value"] is not None:
                value = converted(Decimal(data["value"]), data["unit"], unit)
        elif sent.kind == "indicator.defined":
            before = self._indicators.get(data["indicator"])
            if before is None or before.recorded <= sent.recorded:
                self._indicators[data["indicator"]] = sent
        elif sent.kind == "entity.defined":
            self._entities.add(data["entity"])
        elif sent.kind == "target.set":
            self._targets[data["target"], data["version"]] = data
        self.arrivals.append(Arrival(sent, self._where(sent), value, unit))

    def promised(self) -> set[tuple[str, str]]:
        """The series that have a target."""
        return {(data["indicator"], data["entity"]) for data in self._targets.values()}

    def _where(self, sent: Sent) -> tuple[int, int]:
        """Everything about one subject lies in one partition, in order of arrival."""
        about = _about(sent).replace("@", f"{self._namespace}.")
        return partition_of(about.encode(), EVENTS.partitions), len(self.arrivals)


def _about(sent: Sent) -> str:
    data = sent.data
    if sent.kind == "indicator.defined":
        return str(data["indicator"])
    if sent.kind == "project.updated":
        return str(data["project"])
    if sent.kind == "charger.updated":
        return f"{data['operator']}|{data['station']}"
    return str(data["entity"])


def firsts(
    arrivals: Sequence[Arrival], order: Callable[[Arrival], Any] = lambda each: each.where
) -> tuple[list[Arrival], list[tuple[Arrival, Arrival]]]:
    """Of each id the first arrival, and the others that said something else, beside the first."""
    found: dict[tuple[str, str], Arrival] = {}
    others: list[tuple[Arrival, Arrival]] = []
    for each in sorted(arrivals, key=order):
        first = found.setdefault((each.sent.source, each.sent.id), each)
        if first.sent != each.sent:
            others.append((first, each))
    return list(found.values()), others

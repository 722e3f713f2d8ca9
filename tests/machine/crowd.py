"""Many sequences through one stack at once, each in a namespace of its own, and what differs."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import httpx

from tests.lags import Lags
from tests.machine.chargers import last_day
from tests.machine.door import Door, Verdict
from tests.machine.places import PLACES
from tests.machine.plan import DEPARTMENTS, Plan, Sent
from tests.machine.views import AS_OF, Row, expected
from tests.stack import RunningStack, eventually

A_REQUEST = 2_000
NDJSON = {"Content-Type": "application/x-ndjson"}
_SPAN = "period_start, period_end"
_PLACE = (
    f"round(lon, {PLACES}), round(lat, {PLACES}), crs, reported_lon, reported_lat, reported_crs"
)
_PROJECT = (
    "project, name, entity, category, amount, currency, stage, on, invested, plan_year_investment,"
    f" progress, {_PLACE}, lead, responsible, recorded_at, department, event_id, source"
)
# Per view what is compared; the first column of names tells the namespace.
_COLUMNS = {
    "observations": (
        f"indicator, entity, scope, period, {_SPAN}, measure, value, unit, status, recorded_at,"
        " department, event_id, source"
    ),
    "current_values": (
        f"indicator, entity, scope, period, {_SPAN}, measure, value, unit, status, recorded_at,"
        " vintages, derived"
    ),
    "revisions": (
        "indicator, entity, scope, period, measure, vintage, value, previous, change, status,"
        " recorded_at, unit"
    ),
    "undefined_values": f"indicator, entity, scope, period, {_SPAN}, measure, reason",
    "findings": "kind, indicator, entity, scope, period, arraySort(event_ids), state, at",
    "indicators": (
        "indicator, name_zh, name_en, unit, measure, direction, owner, frequency, due_days,"
        " JSONExtractString(formula, 'kind'), tolerance, levels_comparable, granted"
    ),
    "entities": "entity, kind, name_zh, parent",
    "targets": (
        "target, version, indicator, entity, scope, year, goal, goal_value, trajectory, lamps,"
        " lead, effective_from"
    ),
    "projects": (
        f"{_PROJECT}, signed_on, registered_on, started_on, building_on, completed_on, producing_on"
    ),
    "project_history": _PROJECT,
    "chargers": (
        "station, charger, operator, use, power_kw, stage, status, status_at, connectors,"
        f" commissioned_on, commissioned_basis, {_PLACE}, entity"
    ),
    "charger_daily": (
        "day, entity, use, stations, chargers, connectors, added, removed, net, kw, fault_share"
    ),
    "rejected": "event_id, department, code, field",
}
# The column that begins with the namespace, where it is not the indicator.
_NAMED = {
    "entities": "entity",
    "targets": "target",
    "findings": "entity",
    "projects": "project",
    "project_history": "project",
    "chargers": "operator",
    "charger_daily": "entity",
    "rejected": "event_id",
}


@dataclass
class Member:
    """One sequence in its namespace: how far it is, and what was refused."""

    namespace: str
    plan: Plan
    door: Door = field(init=False)
    refused: list[tuple[Sent, Verdict]] = field(default_factory=list)
    wrong_answers: list[tuple[Sent, Verdict]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.door = Door(self.namespace)


class Crowd:
    """Sends sequences through the front door and compares what comes out."""

    def __init__(self, stack: RunningStack, run: str) -> None:
        self._stack = stack
        self._run = run
        self.members: list[Member] = []
        self.sent = 0
        self._receipts: dict[str, Row] = {}
        self._books: Counter[tuple[str, str]] = Counter()
        with stack.http() as http:
            self._keys = {
                each: http.post(
                    "/v1/keys", json={"department": each, "scopes": ["observe", "define", "target"]}
                ).json()["key"]
                for each in DEPARTMENTS
            }

    def add(self, plans: Iterable[Plan]) -> None:
        """More sequences."""
        for plan in plans:
            self.members.append(Member(f"{self._run}-{len(self.members)}", plan))

    def send(self, phase: int = 0, forgetful: bool = False) -> None:
        """Send one phase of every sequence; `forgetful` is a door that was started anew."""
        inside = [each for each in self.members if len(each.plan.phases) > phase]
        longest = max((len(each.plan.phases[phase]) for each in inside), default=0)
        for number in range(longest):
            for department in DEPARTMENTS:
                with self._stack.http(self._keys[department]) as http:
                    for post in _posts(inside, phase, number, department):
                        self._post(http, department, post, forgetful)

    def _post(
        self,
        http: httpx.Client,
        department: str,
        post: Sequence[tuple[Member, Sent]],
        forgetful: bool,
    ) -> None:
        body = b"\n".join(sent.body(member.namespace) for member, sent in post)
        answer = _answered(http, body)
        self.sent += len(post)
        for (member, sent), told in zip(post, answer["events"], strict=True):
            verdict = Verdict(told["verdict"], told.get("code", ""))
            if verdict not in member.door.may_answer(sent, forgetful):
                member.wrong_answers.append((sent, verdict))
            if verdict.word == "accepted":
                member.door.take(sent)
            elif verdict.word == "rejected":
                member.refused.append((sent, verdict))
        counts = tuple(answer[word] for word in ("accepted", "duplicate", "rejected"))
        self._receipts[answer["receipt"]] = (department, *counts, counts[0], True)
        for word in ("received", "accepted", "duplicate", "rejected"):
            self._books[department, word] += answer[word]

    def come_to_rest(self, seconds: float) -> None:
        """Wait until every role has done all there is; then until the books are complete."""
        with Lags(f"127.0.0.1:{self._stack.ports.kafka}") as lags:
            eventually(lambda: lags.all_done() or _later(), seconds, "every role is done")
        eventually(
            lambda: (
                not self._stack.rows("SELECT 1 FROM bi.receipts WHERE NOT complete LIMIT 1")
                or _later()
            ),
            seconds,
            "every receipt complete",
        )

    def differences(self) -> dict[str, dict[str, Any]]:
        """Per namespace and view, the rows that are missing and those that are too many.

        Where something differs the views are read once more, and both readings are told: the
        second shows whether it was only not there yet.
        """
        found = self._unlike(self.members, f"{self._run}-")
        read = time.monotonic()
        for member in self.members:
            if member.namespace in found:
                after = f"read again after {time.monotonic() - read:.1f} s"
                again = self._unlike([member], f"{member.namespace}.")
                found[member.namespace][after] = again.get(member.namespace, "as it must be")
        return found

    def _unlike(self, members: Sequence[Member], prefix: str) -> dict[str, dict[str, Any]]:
        shown = {view: self._shown(view, prefix) for view in (*_COLUMNS, "values_as_of")}
        until = max((last_day(each.door.arrivals) for each in self.members), default=date.min)
        # The view goes on to the last day of all chargers that there are.
        daily = shown["charger_daily"]
        for space, rows in daily.items():
            daily[space] = [row for row in rows if row[0] <= until]
        found: dict[str, dict[str, Any]] = defaultdict(dict)
        for member in members:
            if member.wrong_answers:
                found[member.namespace]["answers"] = member.wrong_answers
            for view, rows in expected(member.door.arrivals, member.refused, until).items():
                unlike = difference(shown[view].get(member.namespace, []), rows)
                if unlike:
                    found[member.namespace][view] = unlike
        return dict(found)

    def books_differ(self) -> dict[str, Any]:
        """What `bi.receipts` and `bi.ledger` show beside what was answered."""
        rows = self._stack.rows(
            "SELECT receipt, department, accepted, duplicate, rejected, stored, complete"
            " FROM bi.receipts"
        )
        receipts = {row["receipt"]: tuple(row.values())[1:] for row in rows}
        books = Counter[tuple[str, str]]()
        balance = 0
        for row in self._stack.rows("SELECT * FROM bi.ledger"):
            balance += abs(row["difference"])
            for word in ("received", "accepted", "duplicate", "rejected"):
                books[row["department"], word] += row[word]
        found: dict[str, Any] = {}
        unlike = {
            name: (receipts.get(name), row)
            for name, row in self._receipts.items()
            if receipts.get(name) != row
        }
        if unlike:
            found["receipts"] = unlike
        if books != self._books or balance:
            found["ledger"] = (dict(books), dict(self._books), balance)
        return found

    def _shown(self, view: str, prefix: str) -> dict[str, list[Row]]:
        if view == "values_as_of":
            found: dict[str, list[Row]] = defaultdict(list)
            for at in AS_OF:
                source = f"bi.values_as_of(at = '{at:%Y-%m-%d %H:%M:%S}')"
                for space, rows in self._rows(source, _COLUMNS["current_values"], prefix).items():
                    found[space] += [(at, *row) for row in rows]
            return found
        return self._rows(f"bi.{view}", _COLUMNS[view], prefix, _NAMED.get(view, "indicator"))

    def _rows(
        self, source: str, columns: str, prefix: str, name: str = "indicator"
    ) -> dict[str, list[Row]]:
        # Of the namespace in front of every name only `@` is left, as in the plan.
        rows = self._stack.rows(
            f"SELECT splitByChar('.', {name})[1] AS namespace, {columns} FROM {source}"
            f" WHERE startsWith({name}, '{prefix}')"
        )
        found: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            space, *values = row.values()
            found[space].append(tuple(_local(value, f"{space}.") for value in values))
        return found


def _posts(
    members: Iterable[Member], phase: int, number: int, department: str
) -> Iterator[list[tuple[Member, Sent]]]:
    """What a department sends of the n-th requests of all, in as few real ones as it takes."""
    post: list[tuple[Member, Sent]] = []
    for member in members:
        requests = member.plan.phases[phase]
        if number < len(requests):
            post += [(member, each) for each in requests[number] if each.department == department]
        if len(post) >= A_REQUEST:
            yield post
            post = []
    if post:
        yield post


def _answered(http: httpx.Client, body: bytes) -> dict[str, Any]:
    """The answer; sent again with the same ids while there is none."""
    until = time.monotonic() + 90
    while True:
        try:
            answer = http.post("/v1/events", content=body, headers=NDJSON)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code in (202, 422):
            return dict(answer.json())
        assert answer is None or answer.status_code in (429, 503), answer.text
        assert time.monotonic() < until, "no answer within 90 s"
        time.sleep(0.1)


def _local(value: Any, prefix: str) -> Any:
    if isinstance(value, str):
        return f"@{value.removeprefix(prefix)}" if value.startswith(prefix) else value
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    if isinstance(value, list):
        return tuple(_local(each, prefix) for each in value)
    return value


def difference(shown: Sequence[Row], must: Sequence[Row]) -> dict[str, list[Row]]:
    """Rows that are missing, and rows that are too many; empty when both are the same."""
    here, there = Counter(shown), Counter(must)
    missing, extra = list((there - here).elements()), list((here - there).elements())
    return {"missing": missing, "extra": extra} if missing or extra else {}


def _later() -> None:
    # Asking every moment would be the greatest load of all.
    time.sleep(0.3)

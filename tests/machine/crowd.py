"""Many sequences through one stack at once, each in a namespace of its own, and what differs."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx

from tests.lags import Lags
from tests.machine.alerted import Shown, Step, broken
from tests.machine.chargers import last_day
from tests.machine.door import Door, Verdict
from tests.machine.plan import DEPARTMENTS, Plan, Sent
from tests.machine.shown import SHARED, shown
from tests.machine.views import Row, expected
from tests.stack import RunningStack, eventually

A_REQUEST = 2_000
# The namespace of what counts in all others.
COUNTS = "counts"
NDJSON = {"Content-Type": "application/x-ndjson"}


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
        self._shared: dict[str, dict[str, Any]] = {}
        self._receipts: dict[str, Row] = {}
        self._accepted: dict[str, list[tuple[Member, Sent]]] = defaultdict(list)
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

    def count(self, definitions: Iterable[dict[str, Any]]) -> None:
        """Define, before anything else, indicators that count in every namespace."""
        plan = Plan()
        for number, data in enumerate(definitions):
            plan.send(Sent(f"@{number}", "indicator.defined", 0, data))
            self._shared[data["indicator"].replace("@", SHARED)] = data
        self.members.insert(0, Member(f"{self._run}-{COUNTS}", plan))

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
                self._accepted[answer["receipt"]].append((member, sent))
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
        there = shown(self._stack, prefix, f"{self._run}-{COUNTS}.")
        until = max((last_day(each.door.arrivals) for each in self.members), default=date.min)
        # The view goes on to the last day of all chargers that there are.
        daily = there["charger_daily"]
        for space, rows in daily.items():
            daily[space] = [row for row in rows if row[0] <= until]
        found: dict[str, dict[str, Any]] = defaultdict(dict)
        for member in members:
            if member.wrong_answers:
                found[member.namespace]["answers"] = member.wrong_answers
            must = expected(member.door.arrivals, member.refused, until, self._shared)
            for view, rows in must.rows.items():
                unlike = difference(there[view][member.namespace], rows)
                if unlike:
                    found[member.namespace][view] = unlike
            alerts = map(Shown._make, there["alerts"][member.namespace])
            steps = map(Step._make, there["alert_history"][member.namespace])
            wrong = broken(list(alerts), list(steps), must.judged, must.findings)
            if wrong:
                found[member.namespace]["alerts"] = wrong, *there["alert_history"][member.namespace]
        return dict(found)

    def books_differ(self) -> dict[str, Any]:
        """What `bi.receipts` and `bi.ledger` show beside what was answered."""
        rows = self._stack.rows(
            "SELECT receipt, department, accepted, duplicate, rejected, stored, complete, assessed"
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
            name: (receipts.get(name), must)
            for name, row in self._receipts.items()
            if receipts.get(name) != (must := (*row, self._assessed(name)))
        }
        if unlike:
            found["receipts"] = unlike
        if books != self._books or balance:
            found["ledger"] = (dict(books), dict(self._books), balance)
        return found

    def _assessed(self, receipt: str) -> int:
        """How many events of a request a target rests on; all others end at `stored`."""
        return sum(
            (sent.data.get("indicator"), sent.data.get("entity")) in member.door.promised()
            for member, sent in self._accepted[receipt]
        )


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


def difference(shown: Sequence[Row], must: Sequence[Row]) -> dict[str, list[Row]]:
    """Rows that are missing, and rows that are too many; empty when both are the same."""
    here, there = Counter(shown), Counter(must)
    missing, extra = list((there - here).elements()), list((here - there).elements())
    return {"missing": missing, "extra": extra} if missing or extra else {}


def _later() -> None:
    # Asking every moment would be the greatest load of all.
    time.sleep(0.3)

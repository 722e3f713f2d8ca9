"""The Hypothesis state machine: it makes sequences of operations, for the stack to go through.

Its rules only write down what departments do. The sequences are sent together, so that the tables
have to come to rest once and not thousands of times.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.machine.definitions import FORMULAS, NEEDS, TARGETS, derived
from tests.machine.plan import DEPARTMENTS, Plan, Sent, indicator
from tests.machine.records import DAYS, ENTITIES, Records

MONTHS = ("2024-01", "2024-02", "2024-03", "2024-01/2024-02", "2024-Q1", "2023-03", "2023-Q1")
LONGER = ("2024-04", "2024-Q2", "2024-H1", "2024", "2023", "2024-02-15", "2023-01", "2023-02")
VALUES = ("0", "3", "12.5", "-1.25", "120.04", "33", "41.50", "124.3", "696.8", "823.2", "99999.9")
# Into how many requests a sequence is cut at most: each waits for the answer to the one before.
PARTS = 4
# What arrives in any order.
REPORTS = ("metric.observed", "project.updated", "charger.updated")
# How many targets a sequence sets at most: each of its figures is then judged.
PROMISES = 3


class Departments(Records):
    """What the departments of a small city send. `finished` gets every plan."""

    finished: Callable[[Plan], None]
    restarts = False

    def __init__(self) -> None:
        super().__init__()
        self.figures: list[Sent] = []
        self.definitions: dict[str, dict[str, Any]] = {}
        self.promised: list[str] = []

    @initialize(
        measure=st.sampled_from(("period", "period", "cumulative", "stock", "rate")),
        formulas=st.lists(st.sampled_from(sorted(FORMULAS)), max_size=2, unique=True),
        due_days=st.sampled_from((None, 20)),
        promises=st.lists(TARGETS, max_size=PROMISES - 1),
    )
    def define(
        self,
        measure: str,
        formulas: list[str],
        due_days: int | None,
        promises: list[dict[str, Any]],
    ) -> None:
        """The places, what they report, and what follows from it."""
        for name in ENTITIES:
            parent = {} if name == "@city" else {"parent": "@city"}
            data = {"entity": name, "kind": "district", "name_zh": "区"} | parent
            self._send("entity.defined", 0, data)
        due = {} if due_days is None else {"due_days": due_days}
        self._define(indicator("@out", measure, **due))
        for needed in dict.fromkeys(n for name in formulas for n in NEEDS.get(name, ())):
            if needed == "@used":
                self._define(indicator("@used", measure))
            elif needed not in formulas:
                self._define(derived(needed, measure, FORMULAS[needed]))
        for name in sorted(formulas, key=lambda name: name == "@deep"):
            self._define(derived(name, measure, FORMULAS[name]))
        for each in promises:
            self.promise(each, 0)
        self.plan.next_request()

    def _define(self, data: dict[str, Any], day: int = 0) -> None:
        self.definitions[data["indicator"]] = data
        self._send("indicator.defined", day, data)

    @rule(
        name=st.sampled_from(("@out", "@out", "@out", "@used", "@sum")),
        entity=st.sampled_from(ENTITIES),
        period=st.sampled_from(MONTHS * 3 + LONGER),
        cumulative=st.sampled_from((False, False, True)),
        growth=st.sampled_from((False,) * 9 + (True,)),
        value=st.sampled_from(VALUES),
        unit=st.sampled_from(("万辆", "万辆", "辆", "百辆")),
        status=st.sampled_from("PPPPPEEAAVGGFBD"),
        scope=st.sampled_from(("", "", "", "", "zone")),
        day=DAYS,
        department=st.sampled_from(DEPARTMENTS),
    )
    def observe(
        self,
        name: str,
        entity: str,
        period: str,
        cumulative: bool,
        growth: bool,
        value: str,
        unit: str,
        status: str,
        scope: str,
        day: int,
        department: str,
    ) -> None:
        """A figure."""
        if name not in self.definitions:
            name = "@out"
        measure = self.definitions[name]["measure"]
        if measure in ("period", "cumulative"):
            measure = "cumulative" if cumulative else "period"
        if growth:
            measure = "rate"
        if measure == "cumulative" and "/" in period:
            measure = "period"
        data = {
            "indicator": name,
            "entity": entity,
            "period": period,
            "measure": measure,
            "value": value,
            "unit": "%" if measure == "rate" else unit,
            "status": status,
        } | ({"scope": scope} if scope else {})
        self.figures.append(self._send("metric.observed", day, data, department))

    @precondition(lambda self: self.figures)
    @rule(
        which=st.integers(0, 99),
        value=st.sampled_from(VALUES),
        status=st.sampled_from("PPEAVGF"),
        note=st.sampled_from(("", "", "重新核实")),
        day=DAYS,
    )
    def correct(self, which: int, value: str, status: str, note: str, day: int) -> None:
        """The same figure once more, with another value."""
        before = self._figure(which)
        data = before.data | {"value": value, "status": status} | ({"note": note} if note else {})
        self.figures.append(self._send("metric.observed", day, data, before.department))

    @precondition(lambda self: self.figures)
    @rule(which=st.integers(0, 99), day=DAYS)
    def delete(self, which: int, day: int) -> None:
        """It had been published by mistake."""
        before = self._figure(which)
        data = before.data | {"value": None, "status": "M"}
        self.figures.append(self._send("metric.observed", day, data, before.department))

    @precondition(lambda self: self.figures)
    @rule(which=st.integers(0, 99))
    def repeat(self, which: int) -> None:
        """A sender that heard no answer sends the same again."""
        self.plan.send(self._figure(which))

    @precondition(lambda self: self.figures)
    @rule(which=st.integers(0, 99), value=st.sampled_from(VALUES))
    def reuse(self, which: int, value: str) -> None:
        """An id is used once more, for something else."""
        before = self._figure(which)
        data = before.data | {"value": value, "status": "P"}
        if data != before.data:
            self.plan.send(replace(before, data=data))

    @precondition(lambda self: self.figures)
    @rule(which=st.integers(0, 99), value=st.sampled_from(VALUES), day=DAYS)
    def coincide(self, which: int, value: str, day: int) -> None:
        """Another department uses the same id, for the same figure."""
        before = self._figure(which)
        (other,) = (each for each in DEPARTMENTS if each != before.department)
        data = before.data | {"value": value, "status": "P"}
        sent = replace(before, department=other, day=day, data=data)
        if (other, before.id) not in {(each.department, each.id) for each in self.figures}:
            self.figures.append(sent)
            self.plan.send(sent)

    @precondition(lambda self: len(self.plan.phases[-1][-1]) > 1)
    @rule(place=st.integers(0, 99))
    def reorder(self, place: int) -> None:
        """What was sent last arrives earlier in its request."""
        request = self.plan.phases[-1][-1]
        if all(event.kind in REPORTS for event in request):
            request.insert(place % len(request), request.pop())

    @rule(
        name=st.sampled_from(("@out", "@out", *FORMULAS)),
        change=st.sampled_from(
            (
                {"unit": "辆"},
                {"unit": "万辆"},
                {"name_zh": "新名"},
                {"direction": "lower"},
                {"due_days": 40},
                {"levels_comparable": False},
                {"tolerance": "0.5"},
            )
        ),
        day=st.integers(0, 9),
    )
    def redefine(self, name: str, change: dict[str, Any], day: int) -> None:
        """An indicator is defined anew, or as it had been; what it counts stays of its kind."""
        if name not in self.definitions:
            name = "@out"
        before = self.definitions[name]
        if "unit" in change and before["measure"] == "rate":
            change = {"name_en": "Rate"}
        self._define(before | change, day)

    @rule(
        entity=st.sampled_from(("@east", "@west")),
        parent=st.sampled_from(("@city", None)),
        day=st.integers(0, 9),
    )
    def place(self, entity: str, parent: str | None, day: int) -> None:
        """An entity comes under another one, or under none."""
        above = {} if parent is None else {"parent": parent}
        data = {"entity": entity, "kind": "district", "name_zh": "新区"} | above
        self._send("entity.defined", day, data)

    @precondition(lambda self: len(self.promised) < PROMISES)
    @rule(promised=TARGETS, day=DAYS)
    def promise(self, promised: dict[str, Any], day: int) -> None:
        """A version of a target; what another content was set for is refused."""
        self._send("target.set", day, promised)
        self.promised.append(promised["entity"])

    @precondition(lambda self: self.promised)
    @rule(
        which=st.integers(0, PROMISES - 1),
        told=st.lists(
            st.tuples(st.sampled_from(MONTHS + LONGER), st.sampled_from(VALUES)),
            min_size=2,
            max_size=5,
        ),
        growth=st.sampled_from((False, False, False, True)),
        day=DAYS,
    )
    def keep(self, which: int, told: list[tuple[str, str]], growth: bool, day: int) -> None:
        """A course of figures of what was promised."""
        entity = self.promised[which % len(self.promised)]
        measure = "rate" if growth else self.definitions["@out"]["measure"]
        for period, value in told:
            data = {
                "indicator": "@out",
                "entity": entity,
                "period": period,
                "measure": "period" if measure == "cumulative" and "/" in period else measure,
                "value": value,
                "unit": "%" if measure == "rate" else "万辆",
                "status": "P",
            }
            self.figures.append(self._send("metric.observed", day, data))

    @rule(
        fault=st.sampled_from(
            (
                {"unit": "元"},
                {"entity": "@nowhere"},
                {"indicator": "@nothing"},
                {"period": "2024-13"},
            )
        )
    )
    def mistake(self, fault: dict[str, Any]) -> None:
        """Something that cannot be taken."""
        data = {
            "indicator": "@out",
            "entity": "@city",
            "period": "2024-03",
            "measure": self.definitions["@out"]["measure"],
            "value": "1",
            "unit": self.definitions["@out"]["unit"],
            "status": "P",
        }
        self._send("metric.observed", 1, data | fault)

    @precondition(lambda self: self.plan.parts() < PARTS)
    @rule(restart=st.booleans())
    def pause(self, restart: bool) -> None:
        """A request ends; with `restarts` the tables come to rest, and services are restarted."""
        if restart and self.restarts:
            self.plan.next_phase()
        else:
            self.plan.next_request()

    def _figure(self, which: int) -> Sent:
        return self.figures[which % len(self.figures)]

    def teardown(self) -> None:
        """The sequence is complete."""
        if self.figures or self.records:
            type(self).finished(self.plan)

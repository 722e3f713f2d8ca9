"""Rules of the state machine for projects and chargers: what their owners send of them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.machine.places import GCJ02, WGS84
from tests.machine.plan import DEPARTMENTS, Plan, Sent, moment

ENTITIES = ("@city", "@east", "@west")
# Later days are drawn as often as earlier ones, so that arrival tells nothing about order.
DAYS = st.integers(1, 9)
_STAGES = ("signed", "registered", "started", "building", "completed", "producing", "cancelled")
_AMOUNTS = (("10000000000", "CNY"), ("1000000000", "USD"), ("0.5", "CNY"), ("123.45", "USD"))
# Optional fields that are given together, or none of them.
_OF_PROJECTS: tuple[dict[str, Any], ...] = (
    {},
    {"category": "动力电池", "progress": "33.3"},
    {"invested": "12.5", "plan_year_investment": "100"},
    {"location": WGS84},
    {"location": GCJ02, "lead": "czfgw", "responsible": ["czgxj", "czzyj"]},
)
_OF_CHARGERS: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"power_kw": "120.5"},
    {"power_kw": "7", "location": GCJ02},
    {"location": WGS84},
    {"commissioned_on": "2024-01-28", "commissioned_basis": "reported"},
    {"commissioned_on": "2024-02-05", "commissioned_basis": "observed"},
)
# Two of one station, one of another: they lie in different partitions.
_CHARGERS = (("s1", "1"), ("s1", "2"), ("s2", "1"))
_WORDS = ("AVAILABLE", "CHARGING", "OUTOFORDER", "INOPERATIVE", "BLOCKED", "RESERVED", "REMOVED")
_STATUS = st.sampled_from((*_WORDS, "UNKNOWN", "PLANNED"))
# Some of these are the next day in Shanghai.
_HALF_A_DAY = timedelta(hours=12)


class Records(RuleBasedStateMachine):
    """What is no figure. `records` are the events of it, as often as they may be sent again."""

    def __init__(self) -> None:
        super().__init__()
        self.plan = Plan()
        self.count = 0
        self.records: list[Sent] = []

    def _send(self, kind: str, day: int, data: dict[str, Any], department: str = "stats") -> Sent:
        self.count += 1
        sent = Sent(f"@e{self.count}", kind, day, data, department)
        self.plan.send(sent)
        return sent

    @rule(
        project=st.sampled_from(("@plant", "@plant", "@road")),
        entity=st.sampled_from((*ENTITIES, *ENTITIES, "@nowhere")),
        amount=st.sampled_from(_AMOUNTS),
        stage=st.sampled_from(_STAGES),
        on=st.sampled_from(("2023-12-31", "2024-01-15", "2024-02-29", "2024-06-30")),
        more=st.sampled_from(_OF_PROJECTS),
        day=DAYS,
        department=st.sampled_from(DEPARTMENTS),
    )
    def invest(
        self,
        project: str,
        entity: str,
        amount: tuple[str, str],
        stage: str,
        on: str,
        more: dict[str, Any],
        day: int,
        department: str,
    ) -> None:
        """A project as it stands, in any order of its stages."""
        data = {
            "project": project,
            "name": "三期",
            "entity": entity,
            "amount": {"value": amount[0], "currency": amount[1]},
            "stage": stage,
            "on": on,
        }
        self.records.append(self._send("project.updated", day, data | more, department))

    @rule(
        which=st.sampled_from(_CHARGERS),
        entity=st.sampled_from(("@east", "@east", "@west")),
        use=st.sampled_from(("public", "public", "dedicated")),
        half_days=st.integers(-6, 6),
        sequence=st.sampled_from((None, 1, 2)),
        plugs=st.dictionaries(st.sampled_from("AB"), _STATUS, max_size=2),
        stage=st.sampled_from(("in_service",) * 4 + ("planned", "closed", "removed")),
        more=st.sampled_from(_OF_CHARGERS),
        day=DAYS,
    )
    def plug(
        self,
        which: tuple[str, str],
        entity: str,
        use: str,
        half_days: int,
        sequence: int | None,
        plugs: dict[str, str],
        stage: str,
        more: dict[str, Any],
        day: int,
    ) -> None:
        """A charger as its operator saw it at a time of its own."""
        data = {
            "station": which[0],
            "charger": which[1],
            "operator": "@grid",
            "use": use,
            "status_at": (moment(0) + half_days * _HALF_A_DAY).isoformat(),
            "connectors": [{"connector": name, "status": word} for name, word in plugs.items()],
            "stage": stage,
            "entity": entity,
        } | ({} if sequence is None else {"sequence": sequence})
        self.records.append(self._send("charger.updated", day, data | more))

    @precondition(lambda self: self.records)
    @rule(which=st.integers(0, 99))
    def repeat_record(self, which: int) -> None:
        """A sender that heard no answer sends the same again."""
        self.plan.send(self.records[which % len(self.records)])

    @precondition(lambda self: self.records)
    @rule(which=st.integers(0, 99), entity=st.sampled_from(ENTITIES))
    def reuse_of_record(self, which: int, entity: str) -> None:
        """An id is used once more, for something else."""
        before = self.records[which % len(self.records)]
        if entity != before.data["entity"]:
            self.plan.send(replace(before, data=before.data | {"entity": entity}))

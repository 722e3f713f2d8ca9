"""What must hold of alerts is seen to be broken."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.machine.alerted import Shown, Step, broken
from tests.machine.judged import Judgement

RED = Judgement(
    "@east-2024",
    1,
    "@out",
    "@east",
    "",
    "2024-03",
    date(2024, 3, 31),
    "red",
    "standard",
    "behind",
    gap=Decimal("-1.5"),
)
GREEN = RED._replace(lamp="green", reason="on_pace", gap=Decimal(0), short=False)
ALERT = Shown(
    "@east-2024-behind-1",
    "@east-2024",
    "behind",
    "@out",
    "@east",
    "open",
    "red",
    "high",
    "2024-03",
    "2024-03",
    Decimal("-1.5"),
    "stats",
    0,
    False,
    False,
)
OPENED = Step(ALERT.alert, 1, "open", "behind", "data", "2024-03", "red")
CURED = OPENED._replace(seq=2, state="cured", lamp="green", reason="cured")
CLOSED = CURED._replace(seq=3, state="closed")


@dataclass
class Case:
    """What was judged at last, and what is shown of it."""

    now: Judgement
    shown: list[Shown]
    steps: list[Step]

    def broken(self) -> list[str]:
        return broken(self.shown, self.steps, {self.now.target: [self.now]}, [])


def closed(**changed: Any) -> Shown:
    end = ALERT._replace(state="closed", lamp="green", severity="low", is_closed=True)
    return end._replace(**changed)


@pytest.mark.parametrize(
    "case",
    [
        Case(RED, [ALERT], [OPENED]),
        Case(GREEN, [closed()], [OPENED, CURED, CLOSED]),
        Case(GREEN, [], []),
        # A grey one changes nothing.
        Case(GREEN._replace(lamp="grey"), [ALERT], [OPENED]),
        Case(GREEN._replace(lamp="grey"), [], []),
    ],
)
def test_an_alert_that_went_its_way_is_right(case: Case) -> None:
    assert case.broken() == []


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(Case(RED, [], []), id="nothing is open though it is red"),
        pytest.param(Case(GREEN, [ALERT], [OPENED]), id="open though it is green"),
        pytest.param(
            Case(GREEN._replace(lamp="grey", end=None), [ALERT], [OPENED]), id="open upon no figure"
        ),
        pytest.param(
            Case(RED._replace(gap=Decimal(-2)), [ALERT], [OPENED]), id="what it says is old"
        ),
        pytest.param(
            Case(
                RED,
                [ALERT, ALERT._replace(alert="@east-2024-behind-2")],
                [OPENED, OPENED._replace(alert="@east-2024-behind-2")],
            ),
            id="two are open",
        ),
        pytest.param(Case(GREEN, [closed()], [OPENED, CLOSED]), id="a step is missing"),
        pytest.param(Case(RED, [ALERT], [OPENED, OPENED]), id="a step is there twice"),
        pytest.param(
            Case(GREEN, [closed()], [OPENED, CURED, CLOSED, CURED._replace(seq=4)]),
            id="it ends elsewhere",
        ),
        pytest.param(
            Case(GREEN, [closed()], [OPENED._replace(lamp="green"), CURED, CLOSED]),
            id="it was opened under green",
        ),
        pytest.param(
            Case(GREEN, [closed()], [OPENED, CURED, CLOSED._replace(by="chen")]),
            id="somebody closed it",
        ),
        pytest.param(
            Case(GREEN, [closed(reopened=1)], [OPENED, CURED, CLOSED]),
            id="it was not opened again",
        ),
        pytest.param(
            Case(RED, [ALERT._replace(severity="low")], [OPENED]), id="red is of high severity"
        ),
    ],
)
def test_one_that_did_not_is_seen(case: Case) -> None:
    assert case.broken() != []

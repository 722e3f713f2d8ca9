"""Sequences out of the state machine: as many different ones as are asked for, or the least one."""

from collections.abc import Callable
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.operations import Departments
from tests.machine.plan import Plan

_STEPS = 20
# In a longer run Hypothesis begins to vary what it has, which makes sequences that are much alike.
_A_RUN = 10


def generated(wanted: int, restarts: bool = False, first: int = 0) -> list[Plan]:
    """That many plans, always the same ones of a `first` seed, and no two equal."""
    found: dict[str, Plan] = {}
    for number in count(first):
        if len(found) >= wanted:
            return list(found.values())[:wanted]

        def keep(plan: Plan, number: int = number) -> None:
            plan.seed = number
            found.setdefault(repr(plan.phases), plan)

        _run(keep, restarts, number, phases=[Phase.generate])
    raise AssertionError("there is always a next number")


def shrunk(known: Plan, fails: Callable[[Plan], bool], restarts: bool = False) -> Plan:
    """The least plan that Hypothesis finds to fail, from one that is known to."""
    least: Plan | None = None

    def check(plan: Plan) -> None:
        nonlocal least
        # Until the known one comes by again nothing is tried, from then on everything.
        if (least or plan.phases == known.phases) and fails(plan):
            least = plan
            raise AssertionError("the tables differ")

    try:
        _run(check, restarts, known.seed, phases=[Phase.generate, Phase.shrink])
    except (AssertionError, Flaky):
        # What fails by the time it is asked again counts too, and is the least when time is up.
        assert least is not None
        return least
    return known


def _run(finished: Callable[[Plan], None], with_restarts: bool, number: int, **asked: Any) -> None:
    class Sequences(Departments):
        restarts = with_restarts

    Sequences.finished = staticmethod(finished)  # type: ignore[assignment]
    run_state_machine_as_test(
        seed(number)(Sequences),
        settings=settings(
            max_examples=_A_RUN,
            stateful_step_count=_STEPS,
            database=None,
            deadline=None,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
            **asked,
        ),
    )

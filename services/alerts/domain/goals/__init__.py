"""How each kind of goal is judged: one entry per kind (DOMAIN §2)."""

from collections.abc import Callable, Mapping

from services.alerts.domain.goals.compared import above, in_sync, rank
from services.alerts.domain.goals.levels import growth, increase, level_goal
from services.alerts.domain.goals.milestone import Arrived, Waiting, milestone
from services.alerts.domain.goals.past import keep_falling, not_below_last
from services.alerts.domain.goals.rule import (
    GoalRule,
    own,
    own_or_growth,
    own_or_period,
    reported_growth,
)
from services.alerts.domain.standing import Case, Grey, Outcome


def awaiting_target(case: Case) -> Outcome:
    """A placeholder until the superior's target arrives."""
    return Grey("awaiting_target", {}, case.figure.value, case.figure.facts)


GOALS: Mapping[str, GoalRule] = {
    "at_least": GoalRule(lambda case: level_goal(case, higher=True), own),
    "at_most": GoalRule(lambda case: level_goal(case, higher=False), own),
    "increase": GoalRule(increase, own),
    "growth": GoalRule(growth, reported_growth),
    "above": GoalRule(above, own_or_growth),
    "in_sync": GoalRule(in_sync, own_or_growth),
    "not_below_last": GoalRule(not_below_last, own_or_period),
    "keep_falling": GoalRule(keep_falling, own),
    "rank": GoalRule(rank, own),
    "assigned": GoalRule(awaiting_target, own, silent="awaiting_target"),
    # Nothing is judged while this version is in force.
    "withdrawn": GoalRule(awaiting_target, own),
}
# Goals that read no figure of the series: they are looked at on the clock.
ON_CLOCK: Mapping[str, Callable[[Waiting], Arrived]] = {"milestone": milestone}

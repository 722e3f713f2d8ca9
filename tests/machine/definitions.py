"""What the departments of the state machine define: formulas, and versions of targets."""

from typing import Any

from hypothesis import strategies as st

from tests.machine.plan import indicator
from tests.machine.records import ENTITIES

_GOALS: tuple[dict[str, Any], ...] = (
    {"kind": "at_least", "value": "10"},
    {"kind": "at_least", "value": "20.5", "tolerance": "2"},
    {"kind": "at_least", "value": "124.3", "strict": True},
    {"kind": "at_least", "value": "700"},
    {"kind": "at_most", "value": "41.5"},
    {"kind": "at_most", "value": "120.04", "strict": True},
    {"kind": "increase", "value": "100"},
    {"kind": "growth", "percent": "12.5", "tolerance": "0.5"},
    {"kind": "growth", "percent": "3", "strict": True},
)
FORMULAS: dict[str, dict[str, Any]] = {
    "@ratio": {"kind": "ratio", "a": "@out", "b": "@used"},
    "@left": {"kind": "difference", "a": "@out", "b": "@used"},
    "@sum": {"kind": "sum_of_children", "indicator": "@out"},
    "@share": {"kind": "share", "part": "@out", "whole": {"indicator": "@out", "entity": "parent"}},
    "@part": {
        "kind": "contribution",
        "part": "@out",
        "whole": {"indicator": "@out", "entity": "@city"},
    },
    "@growth": {"kind": "yoy", "indicator": "@out"},
    "@rank": {"kind": "primacy", "indicator": "@out", "among": ["@east", "@west"], "of": "rank"},
    "@lead": {"kind": "primacy", "indicator": "@out", "among": ["@east", "@west"], "of": "ratio"},
    "@deep": {"kind": "yoy", "indicator": "@sum"},
}
NEEDS = {"@ratio": ("@used",), "@left": ("@used",), "@deep": ("@sum",)}
_RATE_UNITS = {"@rank": "位", "@lead": "倍"}


def target(
    entity: str,
    version: int,
    goal: dict[str, Any],
    trajectory: str | None,
    lamps: str,
    scope: str,
) -> dict[str, Any]:
    """A version of a target; the second comes into force amid what is published."""
    data = {
        "target": f"{entity}-2024",
        "indicator": "@out",
        "entity": entity,
        "year": 2024,
        "version": version,
        "effective_from": "2024-01-01" if version == 1 else "2024-02-06",
        "goal": goal,
        "lamps": lamps,
        "lead": "stats",
    }
    if trajectory is not None:
        data["trajectory"] = {"kind": trajectory}
    return data | ({"scope": scope} if scope else {})


TARGETS = st.builds(
    target,
    entity=st.sampled_from(ENTITIES),
    version=st.integers(1, 2),
    goal=st.sampled_from(_GOALS),
    trajectory=st.sampled_from((None, "linear_months", "last_year_profile")),
    lamps=st.sampled_from(("standard", "points", "xuancheng", "ouhai")),
    scope=st.sampled_from(("", "", "", "zone")),
)


def derived(name: str, measure: str, formula: dict[str, Any]) -> dict[str, Any]:
    """The definition of one with a formula."""
    if formula["kind"] in ("difference", "sum_of_children"):
        return indicator(name, measure, formula=formula)
    return indicator(name, "rate", formula=formula, unit=_RATE_UNITS.get(name, "%"))

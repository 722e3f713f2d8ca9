"""What holds for all figures: sign of gap and lamp, corrections there and back, order of facts."""

from decimal import Decimal as D
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.records.assessment import Lamp
from schemas.records.dossier import Fact
from services.alerts.domain.assess import assess
from services.alerts.domain.loop import Settings
from services.alerts.domain.series import take_dossier
from services.alerts.domain.state import SeriesState
from tests.unit.judging import PROFILE, at_least, comparand, dossier, fact, target

_VALUES = st.decimals(0, 200, places=2)
_WAYS: Any = st.sampled_from(
    [
        {"kind": "linear_days"},
        {"kind": "linear_months"},
        PROFILE,
        {"kind": "plan", "values": {"2024-06": "30", "2024-12": "100"}},
        {"kind": "steps", "steps": [{"on": "2024-03-31", "value": "20"}]},
    ]
)
_GOALS: Any = st.sampled_from(
    [at_least("100"), {"kind": "at_most", "value": "100"}, {"kind": "increase", "value": "100"}]
)
_MONTHS = st.dictionaries(st.integers(2, 12), _VALUES, min_size=1)
HISTORY = [fact("2023-06", "40"), fact("2023-12", "80")]


def figures(values: dict[int, D]) -> list[Fact]:
    return [fact(f"2024-{month:02d}", str(value)) for month, value in values.items()]


@given(_MONTHS, _WAYS, _GOALS)
def test_in_the_standard_scheme_gap_and_lamp_agree_in_sign(
    values: dict[int, D], way: Any, goal: Any
) -> None:
    for row in assess(dossier([*HISTORY, *figures(values)], target(goal, trajectory=way))):
        assert row.gap is not None
        if row.lamp is Lamp.BLUE:
            assert row.actual is not None
            assert row.actual >= 100
        elif abs(row.gap) > D("0.0001"):  # what is stored is rounded, lamps are not
            assert (row.lamp is Lamp.GREEN) == (row.gap > 0)


@given(_VALUES, _VALUES, st.sampled_from(["higher", "lower"]))
def test_of_a_growth_too(value: D, percent: D, direction: str) -> None:
    goal = {"kind": "growth", "percent": str(percent)}
    given = dossier(
        [fact("2024-H1", str(value), measure="rate")], target(goal), direction=direction
    )
    (row,) = assess(given)
    assert row.gap is not None
    assert (row.lamp is Lamp.GREEN) == (row.gap >= 0)


@given(_MONTHS, st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(values: dict[int, D], random: Any) -> None:
    facts = [*HISTORY, *figures(values)]
    shuffled = random.sample(facts, len(facts))
    goal = target(at_least("100"), trajectory=PROFILE)
    assert assess(dossier(shuffled, goal)) == assess(dossier(facts, goal))


@given(_VALUES, _VALUES, _WAYS, st.sampled_from(["standard", "xuancheng", "points", "ouhai"]))
def test_there_and_back_is_the_first_verdict(first: D, other: D, way: Any, scheme: str) -> None:
    """A → B → A: the row says again what it said, and so does the state of the worker."""
    goal = target(at_least("100"), trajectory=way, lamps=scheme)
    state, said = SeriesState(), []
    for offset, value in enumerate((first, other, first)):
        given = dossier([*HISTORY, fact("2024-06", str(value))], goal)
        state = take_dossier(state, given, offset, Settings()).state
        said.append(state.targets["t"].rows["2024-06"].digest)
    assert said[0] == said[2]


_OTHER = {"indicator": "vehicle_output", "entity": "jiangsu"}
_COMPARED: Any = st.sampled_from(
    [
        {"kind": "above", "other": _OTHER, "strict": False},
        {"kind": "above", "other": _OTHER, "strict": False, "by": "3"},
        {"kind": "in_sync", "other": _OTHER, "tolerance": "2"},
        {"kind": "not_below_last", "versus": "same_period_last_year"},
        {"kind": "rank", "at_most": 1, "among": ["jiangsu"]},
        {"kind": "keep_falling"},
    ]
)
_PERCENT = {"measure": "stock", "unit": "%"}
_FEW: Any = st.integers(0, 12).map(D)  # few, so that equal ones are met


@given(_COMPARED, _FEW, _FEW, _FEW, st.sampled_from(["higher", "lower"]))
def test_of_a_comparison_too(goal: Any, own: D, other: D, last: D, direction: str) -> None:
    """Green where the gap is not negative; keep falling asks for more than equal."""
    facts = [
        fact("2024-06", str(own), measure="stock"),
        fact("2023-06", str(last), measure="stock"),
    ]
    defined: dict[str, Any] = _PERCENT | {"direction": direction}
    beside = {
        "comparands": (
            comparand("jiangsu", fact("2024-06", str(other), measure="stock"), **defined),
        )
    }
    (row,) = assess(dossier(facts, target(goal), beside=beside, **defined))
    assert row.gap is not None
    equal = goal["kind"] == "keep_falling" and own == last != 0
    assert (row.lamp is Lamp.GREEN) == (row.gap >= 0 and not equal)

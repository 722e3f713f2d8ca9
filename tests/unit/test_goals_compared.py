"""Against others: above the city's average, in step with growth, first among the districts."""

from decimal import Decimal as D
from typing import Any

import pytest

from schemas.records.assessment import Lamp
from schemas.records.dossier import Comparand, Dossier, Fact
from services.alerts.domain.assess import assess
from tests.unit.judging import comparand, dossier, fact, judged, stage, target

OTHER = {"indicator": "vehicle_output", "entity": "jiangsu"}
ABOVE = {"kind": "above", "other": OTHER, "of": "growth"}
FLOW_ABOVE = {"kind": "above", "other": OTHER}
SYNC = {"kind": "in_sync", "other": OTHER, "tolerance": "0.5", "of": "growth"}
RANK = {"kind": "rank", "at_most": 2}


def rate(period: str, value: str, **changed: Any) -> Fact:
    return fact(period, value, measure="rate", **changed)


def beside(*comparands: Comparand, **more: Any) -> dict[str, Any]:
    return {"comparands": comparands} | more


# --- above ---------------------------------------------------------------------------------------
def test_growth_above_the_others_growth() -> None:
    """Imports and exports of the district +7.2 %, of the city +6.8 %: 0.4 points above."""
    other = comparand("jiangsu", rate("2024-H1", "6.8"), rate("2024-06", "9"))
    row = judged([rate("2024-H1", "7.2")], target(ABOVE), beside=beside(other))["2024-06"]
    assert (row.actual, row.expected, row.gap) == (D("7.2"), D("6.8"), D("0.4"))
    assert (row.lamp, row.forecast, row.method, row.required_rate) == (
        Lamp.GREEN,
        D("7.2"),
        "last",
        None,
    )
    assert row.reason_zh == (
        "常州市整车产量2024年1–6月 7.2%，江苏省整车产量对比值 6.8%，领先 0.4 个百分点"
    )
    assert row.reason_en == (
        "Vehicle output (Changzhou), 2024-01 to 2024-06: 7.2% against 6.8% by "
        "Vehicle output (jiangsu), 0.4 points ahead"
    )


def test_the_indicators_tolerance_is_not_that_of_a_comparison() -> None:
    other = comparand("jiangsu", rate("2024-H1", "6.8"))
    row = judged([rate("2024-H1", "6.7")], target(ABOVE), beside=beside(other), tolerance=D(1))
    assert row["2024-06"].lamp is Lamp.YELLOW


def test_amounts_are_compared_in_the_targets_unit() -> None:
    """250 000 辆 are 25 万辆."""
    other = comparand("jiangsu", fact("2024-06", "250000"), unit="辆")
    row = judged([fact("2024-06", "26")], target(FLOW_ABOVE), beside=beside(other))["2024-06"]
    assert (row.expected, row.gap, row.lamp) == (D(25), D(1), Lamp.GREEN)
    assert (row.forecast, row.pace) == (None, None)


def test_other_units_do_not_compare() -> None:
    other = comparand("jiangsu", fact("2024-06", "25"), unit="亿元")
    row = judged([fact("2024-06", "26")], target(FLOW_ABOVE), beside=beside(other))["2024-06"]
    assert (row.lamp, row.reason) == (Lamp.GREY, "no_comparison")
    assert "亿元 → 万辆" in row.reason_zh


def test_what_should_be_low_is_to_lie_below() -> None:
    """Energy per output: 4.5 here, 5 there; by 1 more is −1 on the line of 6, turned: 1.5 ahead."""
    other = comparand("jiangsu", fact("2024-06", "5"))
    row = judged(
        [fact("2024-06", "4.5")],
        target(FLOW_ABOVE | {"by": "1"}),
        beside=beside(other),
        direction="lower",
    )["2024-06"]
    assert (row.expected, row.gap, row.lamp) == (D(6), D("1.5"), Lamp.GREEN)


@pytest.mark.parametrize(
    ("others", "reason", "missing"),
    [
        ([], "no_comparison", "vehicle_output/jiangsu"),
        ([comparand("jiangsu")], "no_comparison", "江苏省整车产量 2024-06-30"),
        ([comparand("jiangsu", rate("2024-05", "9"))], "no_comparison", "2024-06-30"),
        ([comparand("jiangsu", rate("2024-H1", "9", status="F"))], "no_comparison", "2024-06-30"),
        ([comparand("jiangsu", rate("2024-H1", "9", status="G"))], "no_comparison", "2024-06-30"),
        ([comparand("jiangsu", rate("2024-H1", "9", scope="小口径"))], "scope_differs", "小口径"),
    ],
)
@pytest.mark.parametrize("goal", [ABOVE, SYNC])
def test_without_the_others_figure_it_is_grey(
    goal: dict[str, Any], others: list[Comparand], reason: str, missing: str
) -> None:
    row = judged([rate("2024-H1", "7.2")], target(goal), beside=beside(*others))["2024-06"]
    assert (row.lamp, row.reason, row.actual) == (Lamp.GREY, reason, D("7.2"))
    assert missing in row.reason_zh


def test_the_side_that_is_missing_is_named_in_the_sentences_own_language() -> None:
    other = comparand("jiangsu").model_copy(update={"entity_en": "Jiangsu"})
    row = judged([rate("2024-H1", "7.2")], target(ABOVE), beside=beside(other))["2024-06"]
    assert row.reason_zh.endswith("缺少可比对象（江苏省整车产量 2024-06-30），不能评判")
    assert row.reason_en.endswith("compare with (Vehicle output (Jiangsu) 2024-06-30)")


def test_others_are_read_without_scope() -> None:
    other = comparand("jiangsu", rate("2024-H1", "6"), rate("2024-H1", "9", scope="含经开区"))
    own = [rate("2024-H1", "7", scope="含经开区")]
    row = judged(own, target(ABOVE, scope="含经开区"), beside=beside(other))["2024-06"]
    assert row.expected == D(6)
    assert row.reason_zh.startswith("常州市整车产量（口径 含经开区）2024年1–6月 7%")


def test_simulated_is_compared_with_simulated() -> None:
    other = comparand("jiangsu", rate("2024-H1", "6", status="G"))
    own = [rate("2024-H1", "7", status="G")]
    assert judged(own, target(ABOVE), beside=beside(other))["2024-06"].lamp is Lamp.GREEN


def test_growth_over_january_alone_is_grey() -> None:
    other = comparand("jiangsu", rate("2024-01", "6"))
    row = judged([rate("2024-01", "40")], target(ABOVE), beside=beside(other))["2024-01"]
    assert (row.reason, row.gap) == ("jan_feb", D(34))


def test_what_a_comparison_needs_survives_its_journey_as_json() -> None:
    found = beside(
        comparand("jiangsu", rate("2024-H1", "6.8")),
        parent="jiangsu",
        peers=("d0",),
        earlier=(rate("2024-H1", "7", status="E"),),
        projects=(stage("completed", "2024-09-30", "2024-10-08"),),
    )
    given = dossier([rate("2024-H1", "7.2")], target(ABOVE), beside=found)
    line = given.model_dump_json(by_alias=True, exclude_defaults=True)
    assert Dossier.model_validate_json(line) == given
    assert assess(Dossier.model_validate_json(line)) == assess(given)


# --- in sync -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("own", "direction", "gap", "lamp"),
    [
        ("6.5", "higher", "0.5", Lamp.GREEN),
        ("9", "higher", "0.5", Lamp.GREEN),  # better than the other: all of the tolerance is left
        ("6.2", "higher", "0.2", Lamp.GREEN),  # 0.5 − 0.3
        ("6", "higher", "0", Lamp.GREEN),
        ("5.9", "higher", "-0.1", Lamp.YELLOW),
        ("5", "higher", "-1", Lamp.YELLOW),
        ("4.9", "higher", "-1.1", Lamp.RED),
        ("4", "lower", "0.5", Lamp.GREEN),
        ("7.1", "lower", "-0.1", Lamp.YELLOW),
    ],
)
def test_income_in_step_with_the_economy(own: str, direction: str, gap: str, lamp: Lamp) -> None:
    """居民人均可支配收入与经济增长同步: the economy grew by 6.5 %."""
    other = comparand("jiangsu", rate("2024-H1", "6.5"))
    row = judged([rate("2024-H1", own)], target(SYNC), beside=beside(other), direction=direction)[
        "2024-06"
    ]
    assert (row.expected, row.gap, row.lamp) == (D("6.5"), D(gap), lamp)


def test_the_sentence_of_a_goal_in_step_speaks_of_its_tolerance() -> None:
    other = comparand("jiangsu", rate("2024-H1", "6.5"))
    inside = judged([rate("2024-H1", "6.2")], target(SYNC), beside=beside(other))["2024-06"]
    assert inside.reason_zh.endswith("对比值 6.5%，在允许范围内，余 0.2 个百分点")
    outside = judged([rate("2024-H1", "5.9")], target(SYNC), beside=beside(other))["2024-06"]
    assert outside.reason_en.endswith("0.1 points outside the tolerance")


# --- rank ----------------------------------------------------------------------------------------
def districts(*values: str) -> list[Comparand]:
    return [comparand(f"d{number}", fact("2024-06", value)) for number, value in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "direction", "place", "lamp"),
    [
        (("8", "7"), "higher", 1, Lamp.GREEN),
        (("10", "7"), "higher", 2, Lamp.GREEN),
        (("10", "11"), "higher", 3, Lamp.RED),
        (("9", "9"), "higher", 1, Lamp.GREEN),  # a tie: nobody is strictly better
        (("8", "7"), "lower", 3, Lamp.RED),
    ],
)
def test_the_rank_is_one_more_than_those_strictly_better(
    values: tuple[str, ...], direction: str, place: int, lamp: Lamp
) -> None:
    peers = beside(*districts(*values), peers=("d0", "d1", "changzhou"))
    row = judged([fact("2024-06", "9")], target(RANK), beside=peers, direction=direction)["2024-06"]
    assert (row.actual, row.expected, row.gap, row.lamp) == (place, 2, 2 - place, lamp)
    assert "位" in row.reason_zh


def test_among_those_that_are_named() -> None:
    peers = beside(*districts("10", "11", "12"), peers=("d0", "d1", "d2"))
    row = judged([fact("2024-06", "9")], target(RANK | {"among": ["d1"]}), beside=peers)["2024-06"]
    assert (row.actual, set(row.basis)) == (2, {"cumulative-2024-06"})


@pytest.mark.parametrize(
    ("goal", "peers", "missing"),
    [
        (RANK, {}, "among"),
        (RANK | {"among": ["changzhou"]}, {}, "among"),
        (RANK | {"among": ["d0", "d9"]}, {}, "vehicle_output/d9"),
    ],
)
def test_a_missing_peer_is_grey(goal: dict[str, Any], peers: dict[str, Any], missing: str) -> None:
    found = beside(*districts("8"), **peers)
    row = judged([fact("2024-06", "9")], target(goal), beside=found)["2024-06"]
    assert (row.lamp, row.reason) == (Lamp.GREY, "no_comparison")
    assert missing in row.reason_zh

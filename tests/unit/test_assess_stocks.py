"""Stocks against their trajectories, by hand."""

from decimal import Decimal as D
from typing import Any

from schemas.records.assessment import Lamp
from tests.unit.judging import PROFILE, at_least, fact, judged, target

STOCK = {"measure": "stock", "unit": "台"}


def level(period: str, value: str, recorded: str = "2024-12-31", **changed: Any) -> Any:
    return fact(period, value, recorded, measure="stock", **changed)


def test_a_stock_starts_from_the_level_of_the_day_before() -> None:
    """1000 + (1600 − 1000) × 182/366 = 1298.3607; pace (1240 − 1000) / 298.3607 = 0.804396.

    In 6 months 240 were added: 40 a month; 1240 + 40 × 6 = 1480; (1600 − 1240) / 6 = 60.
    """
    row = judged(
        [level("2023-12", "1000"), level("2024-06", "1240")], target(at_least("1600")), **STOCK
    )["2024-06"]
    assert (row.expected, row.pace) == (D("1298.3607"), D("0.804396"))
    assert (row.forecast, row.method) == (D("1480"), "stock")
    assert (row.required_rate, row.lamp) == (D("60"), Lamp.RED)
    assert row.reason_zh.startswith("常州市整车产量2024年6月末 1240 台")


def test_the_net_addition_is_that_of_the_last_twelve_months() -> None:
    """From June to June 360: 30 a month; 1240 + 30 × 6 = 1420."""
    facts = [level("2023-06", "880"), level("2023-12", "1000"), level("2024-06", "1240")]
    assert judged(facts, target(at_least("1600")), **STOCK)["2024-06"].forecast == D("1420")


def test_a_stock_without_base_is_grey_until_the_end() -> None:
    facts = [level("2024-06", "1240"), level("2024-12", "1610")]
    rows = judged(facts, target(at_least("1600")), **STOCK)
    june, december = rows["2024-06"], rows["2024-12"]
    assert (june.lamp, june.reason) == (Lamp.GREY, "no_baseline")
    assert (june.actual, june.expected, june.forecast) == (D("1240"), None, None)
    assert "2023-12-31" in june.reason_zh
    assert (december.lamp, december.expected, december.pace) == (Lamp.BLUE, D("1600"), None)


def test_at_the_end_steps_need_no_base_either() -> None:
    """No step is due before the last day: what is left is the goal."""
    way = {"kind": "steps", "steps": [{"on": "2024-12-31", "value": "1600"}]}
    row = judged([level("2024-12", "1590")], target(at_least("1600"), trajectory=way), **STOCK)
    assert (row["2024-12"].expected, row["2024-12"].lamp) == (1600, Lamp.RED)


def test_a_stock_that_misses_its_goal_without_base_is_red_by_the_gap() -> None:
    row = judged([level("2024-12", "1590")], target(at_least("1600")), **STOCK)["2024-12"]
    assert (row.lamp, row.gap, row.forecast) == (Lamp.RED, D("-10"), None)


def test_an_increase_of_a_stock_is_what_was_added_since() -> None:
    """1240 − 1000 = 240 of 3500 × 182/366 = 1740.4372; forecast 240 + 40 × 6 = 480."""
    rows = judged(
        [level("2023-12", "1000"), level("2024-06", "1240")],
        target({"kind": "increase", "value": "3500"}),
        **STOCK,
    )
    row = rows["2024-06"]
    assert (row.actual, row.expected, row.pace) == (D("240"), D("1740.4372"), D("0.137896"))
    assert (row.forecast, row.required_rate) == (D("480"), D("543.3333"))


def test_an_increase_without_base_stays_grey_even_at_the_end() -> None:
    rows = judged([level("2024-12", "9")], target({"kind": "increase", "value": "1"}), **STOCK)
    row = rows["2024-12"]
    assert (row.lamp, row.reason, row.actual) == (Lamp.GREY, "no_baseline", None)


def test_a_falling_stock_against_a_ceiling() -> None:
    """100 down to 80: 90.0546 by June; 85 is ahead though neither ratio says so."""
    facts = [level("2023-12", "100"), level("2024-06", "85")]
    row = judged(facts, target({"kind": "at_most", "value": "80"}), **STOCK)["2024-06"]
    assert (row.gap, row.pace, row.lamp) == (D("5.0546"), None, Lamp.GREEN)


def test_a_growing_stock_against_a_ceiling_uses_due_over_done() -> None:
    """100, at most 120: 109.9454 by June; 115 is 9.9454 / 15 = 0.663024."""
    facts = [level("2023-12", "100"), level("2024-06", "115")]
    row = judged(facts, target({"kind": "at_most", "value": "120"}), **STOCK)["2024-06"]
    assert (row.pace, row.lamp) == (D("0.663024"), Lamp.RED)


def test_a_stocks_profile_is_that_of_its_net_additions() -> None:
    """2023: from 100 to 130 by June, 200 by December: 30 %. 2024: 200 + 100 × 0.3 = 230."""
    facts = [level("2022-12", "100"), level("2023-06", "130"), level("2023-12", "200")]
    facts += [level("2024-06", "230")]
    row = judged(facts, target(at_least("300"), trajectory=PROFILE), **STOCK)["2024-06"]
    assert (row.expected, row.pace, row.lamp) == (D("230"), D("1"), Lamp.GREEN)


def test_a_simulated_level_is_no_history_of_a_published_one() -> None:
    """June of last year is simulated: from December to June 240, 40 a month."""
    facts = [level("2023-06", "1", status="G"), level("2023-12", "1000"), level("2024-06", "1240")]
    assert judged(facts, target(at_least("1600")), **STOCK)["2024-06"].forecast == D("1480")


def test_a_stock_without_its_first_level_has_no_profile() -> None:
    facts = [level("2023-06", "130"), level("2023-12", "200"), level("2024-06", "230")]
    row = judged(facts, target(at_least("300"), trajectory=PROFILE), **STOCK)["2024-06"]
    assert row.trajectory_used == "linear_days"


def test_two_levels_within_one_month_forecast_nothing() -> None:
    facts = [level("2023-12", "1"), level("2024-06-10", "2"), level("2024-06-20", "3")]
    rows = judged(
        facts[1:], target(at_least("9"), **{"from": "2024-06-11", "to": "2024-12-31"}), **STOCK
    )
    assert rows["2024-06-20"].forecast is None

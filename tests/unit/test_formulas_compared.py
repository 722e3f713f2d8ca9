"""Share, contribution and growth: equal days and scope, the newest class both sides have."""

from typing import Any

import pytest

from schemas.data import Measure
from tests.unit.formula_world import World, indicator

OF_PARENT = {"kind": "share", "part": "gdp", "whole": {"indicator": "gdp", "entity": "parent"}}
OF_CITY = {"kind": "share", "part": "gdp", "whole": {"indicator": "gdp", "entity": "changzhou"}}
CONTRIBUTION = OF_PARENT | {"kind": "contribution"}
YOY = {"kind": "yoy", "indicator": "gdp"}


def world(formula: dict[str, Any], gdp: dict[str, Any] | None = None, **changed: Any) -> World:
    return World(
        indicator("gdp", **(gdp or {})),
        indicator("derived", formula, **changed),
        below={"wujin": "changzhou", "town": "wujin"},
    )


def share_of(*told: tuple[str, str, str, str]) -> World:
    """Figures of 2023: entity, value, status, scope."""
    w = world(OF_PARENT)
    for entity, value, status, scope in told:
        w.tell("gdp", entity, "2023-12", value, status, scope=scope)
    return w


@pytest.mark.parametrize("formula", [OF_PARENT, OF_CITY])
def test_a_share_is_the_part_in_per_cent_of_the_whole(formula: dict[str, Any]) -> None:
    w = world(formula).tell("gdp", "wujin", "2024-06", "1").tell("gdp", "changzhou", "2024-06", "3")
    assert w.said("derived", "wujin") == {"2024-H1": "33.3333"}
    # What judges has the digits that the table has not.
    (fact,) = w.series("derived", "wujin").facts()
    assert str(fact.value).startswith("33.33333333333333333333333333")
    assert (fact.derived, fact.basis, fact.vintages) == (True, ("e-1", "e-2"), 1)


def test_a_half_is_rounded_to_the_even_digit() -> None:
    w = share_of(("wujin", "100001", "P", ""), ("changzhou", "800000", "P", ""))
    assert w.said("derived", "wujin") == {"2023": "12.5001"}
    w = share_of(("wujin", "2000001", "P", ""), ("changzhou", "40000000", "P", ""))
    assert w.said("derived", "wujin") == {"2023": "5"}


@pytest.mark.parametrize(
    ("parts", "wholes", "found"),
    [
        # Wujin 2023: an estimate, then preliminary; the newest class that both have counts.
        ("E3240 P3222.84", "E10116", "32.0285 E"),
        ("E3240 P3222.84", "E10000 P10116.36", "31.8577 P"),
        ("P3222.84 E3240", "P10116.36", "31.8577 P"),
        ("A3 P2 E1", "E4 P4 A4", "75 A"),
        ("V3", "P4", "75 V"),
        ("P1 P3", "P4", "75 P"),
        ("G3", "G4", "75 G"),
        ("G3", "P4", "status_differs"),
        ("E3", "P4", "status_differs"),
        ("P3 F2", "P4 F5", "75 P"),
        ("P3", "F4", "no_comparison"),
        ("D3", "B4", "75 D"),
        ("B3", "P4", "status_differs"),
        ("P3", "", "no_comparison"),
        ("P3", "P0", "zero_divisor"),
    ],
)
def test_an_estimate_is_compared_with_an_estimate(parts: str, wholes: str, found: str) -> None:
    told = [("wujin", each[1:], each[0], "") for each in parts.split()]
    told += [("changzhou", each[1:], each[0], "") for each in wholes.split()]
    w = share_of(*told)
    if found[0].isdigit():
        value, status = found.split()
        assert w.said("derived", "wujin") == {"2023": value}
        assert w.series("derived", "wujin").facts()[0].status == status
    else:
        assert w.lacks("derived", "wujin") == {"2023": found}


def test_the_part_decides_the_scope() -> None:
    w = share_of(
        ("wujin", "3222.84", "P", "with zone"),
        ("wujin", "2239.58", "P", "without zone"),
        ("changzhou", "10116.36", "P", ""),
        ("changzhou", "9000", "P", "without zone"),
    )
    assert w.said("derived", "wujin") == {
        "2023 with zone": "31.8577",
        "2023 without zone": "24.8842",
    }


def test_a_whole_under_another_scope_only_is_no_whole() -> None:
    w = share_of(("wujin", "1", "P", ""), ("changzhou", "2", "P", "s"))
    assert w.lacks("derived", "wujin") == {"2023": "scope_differs"}


def test_a_forecast_of_the_whole_in_the_scope_of_the_part_is_no_whole() -> None:
    # 20 of the 100 that were reached: the 110 under the part's own scope are only foreseen.
    told = ("wujin", "20", "P", "with zone"), ("changzhou", "100", "P", "")
    w = share_of(*told, ("changzhou", "110", "F", "with zone"))
    assert w.said("derived", "wujin") == {"2023 with zone": "20"}
    assert w.lacks("derived", "wujin") == {}
    # Once it is reached in that scope, it is the whole: 20 / 80.
    w.tell("gdp", "changzhou", "2023-12", "80", "P", scope="with zone")
    assert w.said("derived", "wujin") == {"2023 with zone": "25"}


def test_of_a_part_that_is_only_foreseen_nothing_is_asked() -> None:
    for whole in (("changzhou", "100", "P", ""), ("changzhou", "100", "F", "")):
        w = share_of(("wujin", "20", "F", ""), whole)
        assert w.said("derived", "wujin") == w.lacks("derived", "wujin") == {}


def test_a_forecast_under_another_scope_is_no_value_of_that_scope() -> None:
    w = share_of(("wujin", "1", "P", ""), ("changzhou", "2", "F", "s"))
    assert w.lacks("derived", "wujin") == {"2023": "no_comparison"}


def test_a_break_compares_within_its_scope_only() -> None:
    told = ("wujin", "1", "B", "s"), ("changzhou", "4", "B", "")
    assert share_of(*told).lacks("derived", "wujin") == {"2023 s": "status_differs"}
    both = share_of(*told, ("changzhou", "2", "B", "s"))
    assert both.said("derived", "wujin") == {"2023 s": "50"}


def test_nothing_lies_above_the_top() -> None:
    w = share_of(("changzhou", "1", "P", ""))
    assert w.lacks("derived", "changzhou") == {"2023": "no_parent"}


def test_different_currencies_have_no_share() -> None:
    formula = {"kind": "share", "part": "gdp", "whole": {"indicator": "usd", "entity": "parent"}}
    for kind in ("share", "contribution"):
        w = World(
            indicator("gdp"),
            indicator("usd", unit="亿美元"),
            indicator("derived", formula | {"kind": kind}),
            below={"wujin": "changzhou"},
        )
        w.tell("gdp", "wujin", "2024-06", "1").tell("usd", "changzhou", "2024-06", "1")
        assert w.lacks("derived", "wujin") == {"2024-H1": "unit_differs"}


def test_the_same_days_are_found_under_every_name() -> None:
    w = world(OF_PARENT)
    w.tell("gdp", "wujin", "2024-H1", "1", measure=Measure.PERIOD)
    w.tell("gdp", "changzhou", "2024-06", "4")
    assert w.said("derived", "wujin") == {"2024-H1": "25"}


def test_sums_and_months_that_follow_have_shares_too() -> None:
    w = world(OF_PARENT)
    for entity, values in (("wujin", "12"), ("changzhou", "48")):
        for month, value in enumerate(values, 1):
            w.tell("gdp", entity, f"2024-0{month}", value, measure=Measure.PERIOD)
    w.tell("gdp", "wujin", "2024-03", "9").tell("gdp", "changzhou", "2024-03", "20")
    assert w.said("derived", "wujin") == {
        "2024-01": "25",
        "2024-02": "25",
        "2024-01/2024-02": "25",
        "2024-03": "75",
        "2024-Q1": "45",
    }


def test_a_share_of_levels_is_of_the_month_they_end() -> None:
    w = world(OF_PARENT, {"measure": "stock"})
    for day in ("2024-06", "2024-07-15"):
        w.tell("gdp", "wujin", day, "1").tell("gdp", "changzhou", day, "2")
    assert w.said("derived", "wujin") == {"2024-06": "50", "2024-07-15": "50"}


def test_a_growth_reported_beside_amounts_has_no_share() -> None:
    w = world(OF_PARENT)
    for entity in ("wujin", "changzhou"):
        w.tell("gdp", entity, "2024-06", "6", measure=Measure.RATE)
    assert w.said("derived", "wujin") == w.lacks("derived", "wujin") == {}


def contributed(p0: str, p1: str, w0: str, w1: str, statuses: str = "PPPP") -> World:
    w = world(CONTRIBUTION)
    places = [("wujin", "2023-06"), ("wujin", "2024-06")]
    places += [("changzhou", "2023-06"), ("changzhou", "2024-06")]
    for (entity, name), value, status in zip(places, (p0, p1, w0, w1), statuses, strict=True):
        if value:
            w.tell("gdp", entity, name, value, status)
    return w


@pytest.mark.parametrize(
    ("levels", "found"),
    [
        (("100", "110", "1000", "1040"), "25"),
        (("100", "150", "1000", "1040"), "125"),
        (("100", "90", "1000", "1040"), "-25"),
        (("100", "110", "1000", "1005"), "200"),
        (("100", "90", "1000", "995"), "200"),
        (("100", "110", "1000", "1004.9999"), "change_too_small"),
        (("100", "110", "1000", "995.0001"), "change_too_small"),
        (("100", "110", "0", "0"), "change_too_small"),
        (("", "110", "1000", "1040"), "no_baseline"),
        (("100", "110", "", "1040"), "no_baseline"),
        (("100", "110", "1000", ""), "no_comparison"),
    ],
)
def test_contribution_is_one_change_in_per_cent_of_the_other(
    levels: tuple[str, str, str, str], found: str
) -> None:
    w = contributed(*levels)
    said = w.said("derived", "wujin").get("2024-H1") or w.lacks("derived", "wujin")["2024-H1"]
    assert said == found


@pytest.mark.parametrize(
    ("statuses", "found"),
    [
        ("FPPP", "no_baseline"),
        ("PPFP", "no_baseline"),
        ("PPPF", "no_comparison"),
    ],
)
def test_what_is_only_foreseen_contributes_to_nothing(statuses: str, found: str) -> None:
    # Part last year and now, whole last year and now.
    w = contributed("100", "110", "1000", "1040", statuses)
    assert w.lacks("derived", "wujin")["2024-H1"] == found


def test_of_a_part_that_is_only_foreseen_no_contribution_is_asked() -> None:
    w = contributed("100", "110", "1000", "1040", "PFPP")
    assert w.said("derived", "wujin") == {}
    assert "2024-H1" not in w.lacks("derived", "wujin")


def test_a_contribution_falls_back_to_the_whole_without_scope() -> None:
    w = world(CONTRIBUTION)
    for entity, last, now in (("wujin", "100", "110"), ("changzhou", "1000", "1040")):
        scope = "with zone" if entity == "wujin" else ""
        w.tell("gdp", entity, "2023-06", last, scope=scope)
        w.tell("gdp", entity, "2024-06", now, scope=scope)
    w.tell("gdp", "changzhou", "2024-06", "1100", "F", scope="with zone")
    # 10 of 40, not of what is foreseen under the part's scope.
    assert w.said("derived", "wujin") == {"2024-H1 with zone": "25"}


def test_a_contribution_needs_one_class_on_all_four_sides() -> None:
    w = contributed("100", "110", "1000", "1040", "APAP")
    assert w.lacks("derived", "wujin")["2024-H1"] == "status_differs"
    assert w.lacks("derived", "changzhou")["2024-H1"] == "no_parent"


@pytest.mark.parametrize(
    ("last", "now", "found"),
    [
        ("P80", "P100", "25"),
        ("P80 A100", "P100", "25"),
        ("A80", "P100", "status_differs"),
        ("", "P100", "no_baseline"),
        ("P0", "P100", "not_positive"),
        ("P-5", "P100", "not_positive"),
        ("E50 P80", "E100", "100"),
        ("F80", "P100", "no_baseline"),
        ("P80 F90", "P100 F120", "25"),
    ],
)
def test_growth_compares_equal_classes_a_year_apart(last: str, now: str, found: str) -> None:
    w = world(YOY)
    for name, told in (("2023-02", last), ("2024-02", now)):
        for each in told.split():
            w.tell("gdp", "wujin", name, each[1:], each[0])
    said = w.said("derived", "wujin") | w.lacks("derived", "wujin")
    assert said["2024-01/2024-02"] == found


def test_growth_at_constant_prices_is_never_made_from_levels() -> None:
    for fixed in ({"levels_comparable": False}, {"measure": "rate", "unit": "%"}):
        w = world(YOY, fixed)
        w.tell("gdp", "wujin", "2023-06", "4").tell("gdp", "wujin", "2024-06", "5")
        assert set(w.lacks("derived", "wujin").values()) == {"levels_not_comparable"}


def test_growth_of_a_level_looks_a_year_back() -> None:
    w = world(YOY, {"measure": "stock"})
    w.tell("gdp", "wujin", "2023-02", "4").tell("gdp", "wujin", "2024-02", "5")
    assert w.said("derived", "wujin") == {"2024-02": "25"}

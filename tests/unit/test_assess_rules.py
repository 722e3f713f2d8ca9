"""Which figure, which version, and when a period is grey."""

from datetime import date
from decimal import Decimal as D

import pytest

from schemas.records.assessment import Lamp
from services.alerts.domain.assess import assess, judge
from services.alerts.domain.versions import in_force
from tests.unit.judging import (
    PROFILE,
    at_least,
    dossier,
    fact,
    judged,
    moment,
    target,
    year_to_date,
)

GUIDANCE = (
    target(at_least("650000"), 1, effective_from="2023-12-01"),
    target(at_least("560000"), 2, effective_from="2024-03-22"),
)


def test_a_figure_is_judged_by_the_version_in_force_when_it_was_first_recorded() -> None:
    """The first quarter was published on 1 April, after the guidance was cut on 22 March."""
    facts = [fact("2024-02", "40000", "2024-03-01"), fact("2024-03", "80400", "2024-04-01")]
    rows = judged(facts, *GUIDANCE)
    assert (rows["2024-02"].version, rows["2024-03"].version) == (1, 2)
    # 560 000 × 91 / 366 = 139 234.9727
    assert rows["2024-03"].expected == D("139234.9727")


def test_a_correction_never_changes_the_version() -> None:
    facts = [fact("2024-02", "41000", "2024-06-01", first="2024-03-01", vintages=2)]
    row = judged(facts, *GUIDANCE)["2024-02"]
    assert (row.version, row.as_of) == (1, moment("2024-06-01"))


def test_the_day_counts_in_china() -> None:
    """21 March, 17:00 UTC is the 22nd in China."""
    late = moment("2024-03-21").replace(hour=17)
    facts = [fact("2024-02", "40000", recorded_at=late, first_recorded_at=late)]
    assert judged(facts, *GUIDANCE)["2024-02"].version == 2


def test_before_any_version_was_in_force_the_earliest_judges() -> None:
    facts = [fact("2024-02", "40000", "2023-11-01")]
    assert judged(facts, *GUIDANCE)["2024-02"].version == 1


def test_of_equal_days_the_higher_version_judges() -> None:
    same = target(at_least("1"), 3, effective_from="2024-03-22")
    facts = [fact("2024-03", "80400", "2024-04-01")]
    assert judged(facts, same, *GUIDANCE)["2024-03"].version == 3


def test_a_version_judges_only_inside_its_own_span() -> None:
    next_year = target(at_least("9"), 2, year=2025, effective_from="2024-01-01")
    rows = judged([fact("2024-06", "5"), fact("2025-06", "5")], target(at_least("9")), next_year)
    assert (rows["2024-06"].version, rows["2025-06"].version) == (1, 2)


def test_versions_may_read_other_scopes_and_kinds() -> None:
    zone = target(at_least("100"), 2, scope="with_zone", effective_from="2024-05-01")
    facts = [fact("2024-03", "30", "2024-04-10"), fact("2024-06", "60", "2024-07-10")]
    rows = judged(facts, target(at_least("100")), zone)
    assert rows["2024-03"].version == 1
    assert (rows["2024-06"].version, rows["2024-06"].reason) == (2, "scope_differs")


def test_a_withdrawn_target_is_not_judged_at_all() -> None:
    ended = target({"kind": "withdrawn"}, 2, effective_from="2024-05-01")
    assert judged([fact("2024-03", "9", "2024-04-10")], target(at_least("9")), ended) == {}


def test_a_withdrawal_that_is_to_come_changes_nothing_before() -> None:
    ended = target({"kind": "withdrawn"}, 2, effective_from="2024-12-01")
    given = dossier([fact("2024-03", "9", "2024-04-10")], target(at_least("9")), ended)
    before, after = (judge(given, 0, now=moment(day)) for day in ("2024-11-30", "2024-12-01"))
    assert [each.assessment.version for each in before[0].opinions] == [1]
    assert (before[0].withdrawn, after[0].withdrawn, after[0].opinions) == (False, True, ())


def test_what_was_recorded_while_a_target_was_withdrawn_is_not_judged() -> None:
    ended = target({"kind": "withdrawn"}, 2, effective_from="2024-05-01")
    anew = target(at_least("90"), 3, effective_from="2024-08-01")
    facts = [fact("2024-03", "20", "2024-04-10"), fact("2024-06", "40", "2024-07-10")]
    facts += [fact("2024-09", "60", "2024-10-10")]
    rows = judged(facts, target(at_least("90")), ended, anew)
    assert {period: row.version for period, row in rows.items()} == {"2024-03": 1, "2024-09": 3}


def test_the_version_shown_without_figures_is_the_one_in_force() -> None:
    versions = [version.data for version in GUIDANCE]
    assert in_force(versions, date(2024, 3, 21))[0].version == 1
    assert in_force(versions, date(2024, 3, 22))[0].version == 2
    assert in_force(versions, date(2020, 1, 1))[0].version == 1


def test_two_targets_on_one_series_are_judged_apart() -> None:
    other = target(at_least("50"), target="u")
    rows = assess(dossier([fact("2024-06", "30")], target(at_least("100")), other))
    assert [(row.target, row.lamp) for row in rows] == [("t", Lamp.RED), ("u", Lamp.GREEN)]


# --- which figure ---------------------------------------------------------------------------------
def test_of_two_names_of_one_figure_the_newer_is_judged() -> None:
    older = fact("2024-H1", "60", "2024-07-10", measure="period")
    newer = fact("2024-06", "61", "2024-08-10")
    row = judged([older, newer], target(at_least("100")))["2024-06"]
    assert (row.actual, row.basis) == (D(61), ("cumulative-2024-06",))
    assert judged([fact("2024-06", "61", "2024-07-01"), older], target(at_least("100")))[
        "2024-06"
    ].actual == D(60)


def test_a_reported_figure_comes_before_an_equally_old_derived_one() -> None:
    derived = fact("2024-06", "60", derived=True, basis=("a", "b"))
    reported = fact("2024-H1", "60", measure="period")
    row = judged([derived, reported], target(at_least("100")))["2024-06"]
    assert row.basis == ("period-2024-H1",)


def test_a_derived_year_to_date_names_its_pieces() -> None:
    derived = fact("2024-06", "102.48", derived=True, basis=("to-may", "june"))
    row = judged([derived], target(at_least("200")))["2024-06"]
    assert (row.actual, row.basis) == (D("102.48"), ("to-may", "june"))


def test_a_month_without_the_one_before_is_incomplete() -> None:
    facts = [fact("2024-02", "8", measure="period")]
    row = judged(facts, target(at_least("100")))["2024-02"]
    assert (row.lamp, row.reason, row.actual) == (Lamp.GREY, "incomplete", None)
    assert row.basis == ("period-2024-02",)
    assert row.reason_zh == ("常州市整车产量2024年1–2月累计数据不全，缺 2024-01，不能合成累计数")


def test_a_forecast_is_never_judged() -> None:
    rows = judged([fact("2024-06", "60", status="F")], target(at_least("100")))
    assert rows[""].reason == "no_data"


def test_figures_of_another_scope_only() -> None:
    facts = [fact("2024-06", "60", scope="with_zone")]
    row = judged(facts, target(at_least("100")))["2024-06"]
    assert (row.lamp, row.reason, row.actual) == (Lamp.GREY, "scope_differs", None)
    assert "with_zone" in row.reason_zh
    assert judged(facts, target(at_least("100"), scope="with_zone"))["2024-06"].actual == D(60)


def test_the_newest_record_time_of_the_basis_dates_the_verdict() -> None:
    """A correction of last year's total re-judges this year."""
    facts = [fact("2024-06", "50", "2024-07-10"), fact("2023-06", "30", "2023-07-10")]
    facts += [fact("2023-12", "80", "2024-09-01")]
    row = judged(facts, target(at_least("100")))["2024-06"]
    assert row.as_of == moment("2024-09-01")


# --- January --------------------------------------------------------------------------------------
def test_january_alone_is_grey_with_its_figures() -> None:
    row = judged([fact("2024-01", "5")], target(at_least("100")))["2024-01"]
    assert (row.lamp, row.reason) == (Lamp.GREY, "jan_feb")
    # 100 × 31 / 366 = 8.4699
    assert (row.actual, row.expected, row.gap) == (D(5), D("8.4699"), D("-3.4699"))
    assert (row.pace, row.required_rate, row.forecast, row.method) == (None, None, None, "none")


def test_january_alone_says_that_its_profile_has_no_history() -> None:
    row = judged([fact("2024-01", "5")], target(at_least("100"), trajectory=PROFILE))["2024-01"]
    assert (row.reason, row.trajectory_used) == ("jan_feb", "linear_days")
    assert row.reason_zh.endswith("（无可用的往年进度，按天数均摊）")


def test_january_and_february_are_judged_together() -> None:
    rows = judged(year_to_date(2024, "5", "12"), target(at_least("100")))
    assert rows["2024-02"].lamp is Lamp.RED


def test_a_goal_reached_in_january_is_blue() -> None:
    row = judged([fact("2024-01", "100")], target(at_least("100")))["2024-01"]
    assert (row.lamp, row.reason, row.required_rate) == (Lamp.BLUE, "met", 0)


@pytest.mark.parametrize("frequency", ["month", "quarter"])
def test_a_growth_rate_over_january_alone_is_grey(frequency: str) -> None:
    goal = target({"kind": "growth", "percent": "6"})
    row = judged([fact("2024-01", "85", measure="rate")], goal, frequency=frequency)["2024-01"]
    assert (row.reason, row.actual, row.forecast) == ("jan_feb", D(85), None)


def test_a_goal_on_a_year_on_year_rate_over_january_alone_is_grey_too() -> None:
    growth = {"formula": {"kind": "yoy", "indicator": "gdp"}, "unit": "%", "measure": "rate"}
    facts = [fact("2024-01", "5", measure="rate"), fact("2024-02", "5", measure="rate")]
    rows = judged(facts, target(at_least("6")), **growth)
    assert (rows["2024-01"].lamp, rows["2024-01"].reason) == (Lamp.GREY, "jan_feb")
    assert rows["2024-02"].lamp is Lamp.YELLOW


def test_stocks_days_and_spans_from_another_month_are_judged_in_january() -> None:
    stock = judged(
        [fact("2023-12", "1", measure="stock"), fact("2024-01", "5", measure="stock")],
        target(at_least("10")),
        measure="stock",
    )
    assert stock["2024-01"].lamp is Lamp.GREEN
    daily = judged([fact("2024-01", "5")], target(at_least("100")), frequency="day")
    assert daily["2024-01"].lamp is Lamp.RED
    span = {"from": "2023-12-01", "to": "2024-06-30", "effective_from": "2023-12-01"}
    pieces = [fact("2023-12", "5", measure="period"), fact("2024-01", "5", measure="period")]
    assert judged(pieces, target(at_least("100"), **span))["2024-01"].lamp is Lamp.RED


def test_a_share_reported_for_january_is_no_growth() -> None:
    row = judged(
        [fact("2024-01", "41", measure="rate")], target(at_least("40")), measure="rate", unit="%"
    )["2024-01"]
    assert row.lamp is Lamp.GREEN


def test_a_rates_unit_other_than_percent_is_named() -> None:
    row = judged(
        [fact("2024-06", "2", measure="rate")], target(at_least("3")), measure="rate", unit="倍"
    )["2024-06"]
    assert "落后 1 倍" in row.reason_zh


def test_a_stock_on_a_day_inside_a_month_names_the_day() -> None:
    facts = [fact("2023-12", "1", measure="stock"), fact("2024-06-15", "5", measure="stock")]
    row = judged(facts, target(at_least("10")), measure="stock")["2024-06-15"]
    assert "2024年6月15日 5 万辆" in row.reason_zh


def test_a_dossier_survives_its_journey_as_json() -> None:
    given = dossier([fact("2024-06", "60")], target({"kind": "assigned", "from": "js"}))
    read = type(given).model_validate_json(given.model_dump_json(by_alias=True))
    assert assess(read) == assess(given)

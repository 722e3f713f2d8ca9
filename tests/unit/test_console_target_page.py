"""A target's page: what holds, what was superseded, versions, evidence."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from services.alerts.console.catalogue import Catalogue
from services.alerts.console.language import Language
from services.alerts.console.memory import MemoryViews
from services.alerts.console.target_page import TargetPage, target_page
from tests.console_demo import demo


def _page(views: MemoryViews, target: str = "vehicles-2024", code: str = "zh") -> TargetPage:
    versions = views.versions(target)
    values = views.values(versions[0].indicator, versions[0].entity)
    names = Catalogue.of(views.snapshot(), Language(code))
    return target_page(versions, views.assessments(target), values, names)


def test_the_table_has_the_newest_period_first_and_superseded_rows_apart() -> None:
    page = _page(demo())
    assert [row.period for row in page.held][:2] == ["2024年6月", "2024年5月"]
    assert [row.actual for row in page.superseded] == ["27.9"]
    assert page.tile.actual == "27.2"


def test_a_row_says_behind_its_status_and_that_it_is_simulated() -> None:
    newest = _page(demo()).held[0]
    assert (newest.gap, newest.behind, newest.status, newest.simulated) == (
        "−15.11",
        True,
        "模拟",
        True,
    )


def test_an_interval_and_a_chance_are_shown_only_where_they_are_known() -> None:
    views = demo()
    assert (_page(views).held[0].interval, _page(views).held[0].chance) == ("", "")
    last = views.assessments("vehicles-2024")[-1]
    views.judge(
        replace(last, forecast_low=Decimal(58), forecast_high=Decimal("70.25"), p_meet=0.031)
    )
    row = _page(views).held[0]
    assert (row.interval, row.chance) == ("80% 区间 58 – 70.25", "达标概率 3.1%")


def test_the_version_in_force_last_heads_the_page() -> None:
    views = demo()
    old = views.versions("vehicles-2024")[0]
    views.target_rows.append(
        replace(old, version=2, effective_from=date(2024, 3, 22), goal_value=Decimal(64))
    )
    page = _page(views)
    assert [(row.version, row.now) for row in page.versions] == [(1, False), (2, True)]
    assert page.tile.goal == "≥ 64 万辆"


def test_names_stand_for_ids_and_the_evidence_is_what_the_latest_row_rests_on() -> None:
    page = _page(demo())
    assert (page.responsible, page.supervisor) == ("市发改委、市商务局", "市政府办")
    assert page.evidence[-1] == "nev-2024-06"
    assert _page(demo(), code="en").tile.name == "Vehicle output"


def test_a_rate_has_no_trajectory_whatever_it_carries() -> None:
    assert _page(demo(), "budget-2024").trajectory == ""
    assert _page(demo()).trajectory == "按去年进度"


def test_a_target_without_any_figure_has_a_page() -> None:
    page = _page(demo(), "places-2024")
    assert (page.tile.actual, page.tile.lamp.word, page.evidence) == ("–", "尚无数据", ())


def test_a_goal_may_come_as_its_whole_json() -> None:
    views = demo()
    views.target_rows = [
        replace(row, goal='{"kind":"at_least","value":"100","strict":true}', goal_value=None)
        if row.target == "vehicles-2024"
        else row
        for row in views.target_rows
    ]
    assert _page(views).tile.goal == "突破 100 万辆"

"""The overview: units and tasks, counts, what is newest, and what cannot be judged."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from services.alerts.console.lamps import shown
from services.alerts.console.language import Language
from services.alerts.console.memory import MemoryViews
from services.alerts.console.overview import Filter, Overview, Tile, current, overview
from services.alerts.console.rows import AwaitedRow, Snapshot
from tests.console_demo import demo, next_month

ZH = Language("zh")


def _tiles(snapshot: Snapshot) -> dict[str, Tile]:
    content = overview(snapshot, Filter(), ZH)
    return _tiles_of(content)


def _tiles_of(content: Overview) -> dict[str, Tile]:
    lines = (*content.judged.lines, *content.waiting.lines)
    return {tile.target: tile for line in lines for cell in line.cells for tile in cell}


def test_every_target_stands_once_at_its_unit_and_task() -> None:
    content = overview(demo().snapshot(), Filter(), ZH)
    assert content.total == len(_tiles(demo().snapshot())) == 10
    line = content.judged.lines[0]
    cell = line.cells[content.judged.tasks.index("新能源之都")]
    assert [tile.name for tile in cell] == ["整车产量", "新能源产值"], "the worst comes first"
    assert line.unit_name == "市工信局", "and so does its unit"


def test_a_version_that_is_to_come_is_not_shown_yet() -> None:
    views = demo()
    first = views.target_rows[0]
    later = replace(first, version=9, goal_value=Decimal(7), effective_from=date(2098, 1, 1))
    views.target_rows = [first, replace(later, started=False)]
    assert current(views.snapshot().targets)[first.target] == first
    assert current([replace(later, started=False)])[first.target].version == 9


def test_targets_to_come_from_above_are_to_be_asked_for() -> None:
    views = demo()
    target = views.target_rows[0]
    views.awaited_rows = [
        AwaitedRow("t-1", target.indicator, target.entity, "jiangsu", date(2024, 1, 1), 3),
        AwaitedRow("t-2", target.indicator, "elsewhere", "jiangsu", date(2023, 1, 1), 368),
    ]
    content = overview(views.snapshot(), Filter(), ZH)
    assert [one.target for one in content.awaited] == ["t-2", "t-1"], "the longest first"
    assert content.awaited[1].asked == "待jiangsu下达，已等 3 天"
    here = overview(views.snapshot(), Filter(entity=target.entity), ZH)
    assert [one.target for one in here.awaited] == ["t-1"]


def test_units_all_in_grey_stand_apart() -> None:
    content = overview(demo().snapshot(), Filter(), ZH)
    assert [line.unit_name for line in content.waiting.lines] == ["市教育局"]


def test_the_branch_of_a_task_does_not_make_a_column() -> None:
    views = demo()
    views.indicators = [
        replace(row, tree=f"{row.tree}/{row.indicator}") for row in views.indicators
    ]
    content = overview(views.snapshot(), Filter(), ZH)
    assert content.judged.tasks == ("新能源之都", "民生实事", "生态环境", "经济运行")
    assert _tiles_of(content)["gdp-2024"].branch == "经济运行/gdp"


def test_the_counts_follow_the_entity_and_not_the_lamp() -> None:
    content = overview(demo().snapshot(), Filter("wujin", "green"), ZH)
    assert dict(content.counts) == {"red": 0, "yellow": 0, "green": 3, "blue": 1, "grey": 2}
    assert set(_tiles_of(content)) == {"jobs-2024", "wetland-2024", "retail-2024"}


def test_a_target_without_lead_stands_at_the_owner_and_without_task_at_its_entity() -> None:
    views = demo()
    views.target_rows = [replace(row, lead="") for row in views.target_rows]
    views.indicators = [replace(row, tree="") for row in views.indicators]
    tile = _tiles(views.snapshot())["vehicles-2024"]
    assert (tile.unit_name, tile.task) == ("市工信局", "常州市")


def test_a_grey_lamp_gives_its_reason_as_its_word() -> None:
    tiles = _tiles(demo().snapshot())
    assert tiles["places-2024"].lamp.word == "尚无数据"
    assert tiles["energy-2024"].lamp.word == "等待上级下达"


def test_a_target_that_was_not_judged_yet_waits_in_grey() -> None:
    views = demo()
    views.assessment_rows = []
    tile = _tiles(views.snapshot())["vehicles-2024"]
    assert (tile.lamp.lamp, tile.lamp.word, tile.bar) == ("grey", "等待判定", None)


def test_a_withdrawn_target_without_assessment_is_gone() -> None:
    views = demo()
    views.assessment_rows = [a for a in views.assessment_rows if a.target != "jobs-2024"]
    old = next(row for row in views.target_rows if row.target == "jobs-2024")
    views.target_rows.append(replace(old, version=2, goal="withdrawn", goal_value=None))
    assert "jobs-2024" not in _tiles(views.snapshot())


def test_simulated_figures_are_marked_and_published_ones_are_not() -> None:
    tiles = _tiles(demo().snapshot())
    assert [name for name, tile in tiles.items() if tile.simulated] == ["vehicles-2024"]


def test_the_newest_assessment_comes_first() -> None:
    views = demo()
    next_month(views)
    content = overview(views.snapshot(), Filter(), ZH)
    assert (content.newest[0].target, content.newest[0].lamp.lamp) == ("vehicles-2024", "yellow")
    assert len(content.newest) == 8


def test_nothing_at_all_is_an_empty_overview() -> None:
    content = overview(MemoryViews().snapshot(), Filter(), ZH)
    assert (content.total, content.judged.lines, content.newest) == (0, (), ())


def test_a_colour_means_what_its_scheme_says_and_an_offices_own_scheme_keeps_its_id() -> None:
    assert shown("yellow", "ouhai", "", ZH).word == "逾期补上"
    own = shown("red", "our-office", "", ZH)
    assert (own.word, own.scheme, own.title) == (
        "明显落后",
        "our-office",
        "红 · 明显落后 (our-office)",
    )


def test_a_lamp_that_nobody_knows_is_grey() -> None:
    assert shown("purple", "standard", "", ZH).lamp == "grey"

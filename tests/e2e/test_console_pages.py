"""The console in a browser, on views in memory: what only a browser can show."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.console_browser import Operator, operator, running_browser
from tests.console_demo import demo, next_month
from tests.console_server import PASSWORD, Served, served


@pytest.fixture
def console() -> Iterator[Served]:
    with served(demo()) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as found:
        yield found


@pytest.fixture
def desk(console: Served, browser: Browser) -> Iterator[Operator]:
    with operator(browser, console.url) as found:
        found.sign_in(PASSWORD)
        yield found


def test_a_lamp_changes_without_reload_when_a_figure_arrives(
    console: Served, desk: Operator, tmp_path: Path
) -> None:
    tile = desk.page.locator("#tile-vehicles-2024")
    expect(tile).to_have_attribute("data-lamp", "red")
    desk.mark()
    next_month(console.views, "yellow")
    expect(tile).to_have_attribute("data-lamp", "yellow")
    expect(tile).to_contain_text("2024年7月")
    expect(tile).to_have_class("tile tile-yellow changed")
    expect(desk.page.locator("#announce")).to_have_text("整车产量：红 → 黄")
    expect(desk.page.locator("#count-yellow")).to_have_attribute("data-count", "3")
    assert desk.was_never_reloaded()
    desk.shoot(tmp_path / "overview.png")


def test_an_open_target_follows_with_its_chart_and_table(
    console: Served, desk: Operator, tmp_path: Path
) -> None:
    desk.page.click("#tile-vehicles-2024")
    desk.await_chart()
    expect(desk.page.locator("#chart")).to_have_attribute("data-points", "6")
    desk.mark()
    next_month(console.views, "green")
    expect(desk.page.locator("#standing .verdict")).to_have_attribute("data-lamp", "green")
    expect(desk.page.locator("#held tbody tr").first).to_contain_text("2024年7月")
    expect(desk.page.locator("#chart")).to_have_attribute("data-points", "7")
    assert desk.was_never_reloaded()
    desk.await_chart()
    desk.shoot(tmp_path / "target.png")


def test_the_filter_survives_a_change(console: Served, desk: Operator) -> None:
    desk.page.select_option("#entity", "changzhou")
    desk.page.click(".filter button")
    expect(desk.page.locator(".tile")).to_have_count(4)
    next_month(console.views, "yellow")
    expect(desk.page.locator("#tile-vehicles-2024")).to_have_attribute("data-lamp", "yellow")
    expect(desk.page.locator(".tile")).to_have_count(4)
    expect(desk.page.locator("#entity")).to_have_value("changzhou")


def test_a_lost_store_puts_up_a_banner_and_takes_it_down(console: Served, desk: Operator) -> None:
    console.views.away = True
    expect(desk.page.locator("#banner")).to_contain_text("暂时无法访问")
    expect(desk.page.locator("#tile-vehicles-2024")).to_be_visible()
    console.views.away = False
    expect(desk.page.locator("#banner")).to_be_hidden()


def test_what_is_being_written_survives_a_change(console: Served, desk: Operator) -> None:
    desk.page.goto(console.url + "/alerts/behind.vehicles-2024.1")
    desk.page.fill("#note", "已联系企业")
    desk.page.click("#basis-2 summary")
    next_month(console.views, "yellow")
    expect(desk.page.locator("#standing .sentence")).to_contain_text("1–7月")
    expect(desk.page.locator("#note")).to_have_value("已联系企业")
    expect(desk.page.locator("#basis-2")).to_have_attribute("open", "")
    desk.page.locator("form", has=desk.page.locator("#note")).locator("button").click()
    expect(desk.page.locator(".pending")).to_have_text("备注：已送出，等待处理")
    assert [sent.note for sent in console.door.sent] == ["已联系企业"]


def test_the_keyboard_alone_reaches_a_targets_page(desk: Operator) -> None:
    desk.page.keyboard.press("Tab")
    expect(desk.page.locator(".skip")).to_be_focused()
    desk.page.keyboard.press("Enter")
    for _ in range(40):
        desk.page.keyboard.press("Tab")
        if desk.page.evaluate("document.activeElement.classList.contains('tile')"):
            break
    outline = desk.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "the focus can be seen"
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#chart")).to_be_visible()


def test_the_focus_stays_on_its_tile_while_the_page_changes(
    console: Served, desk: Operator
) -> None:
    desk.page.focus("#tile-jobs-2024")
    next_month(console.views, "yellow")
    expect(desk.page.locator("#tile-vehicles-2024")).to_have_attribute("data-lamp", "yellow")
    expect(desk.page.locator("#tile-jobs-2024")).to_be_focused()


def test_a_narrow_screen_scrolls_inside_its_tables_only(desk: Operator) -> None:
    desk.page.set_viewport_size({"width": 700, "height": 900})
    for path in ("/", "/targets/vehicles-2024", "/alerts", "/books"):
        desk.page.goto(desk.url + path)
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= 700, path


def test_paper_shows_lamps_and_no_controls(desk: Operator) -> None:
    desk.page.emulate_media(media="print")
    expect(desk.page.locator("#tile-vehicles-2024 .sign")).to_be_visible()
    expect(desk.page.locator(".filter")).to_be_hidden()
    expect(desk.page.locator(".top nav")).to_be_hidden()


def test_the_stream_tells_the_turn_at_once_and_again_on_a_change(console: Served) -> None:
    with httpx.Client(base_url=console.url, trust_env=False, timeout=10) as http:
        token = http.get("/sign-in").text.split('name="csrf" value="')[1].split('"')[0]
        form = {"operator": "admin", "password": PASSWORD, "csrf": token}
        http.post("/sign-in", data=form)
        with http.stream("GET", "/live") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            lines = (line for line in stream.iter_lines() if line.startswith("data:"))
            assert next(lines) == 'data: {"turn": 1, "away": false}'
            next_month(console.views)
            assert next(lines) == 'data: {"turn": 2, "away": false}'

"""An operator in a browser on the whole stack: figures pushed at the front door move the lamps."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from services.cli.demo.year import demo_year
from tests.console_browser import Operator, operator, running_browser
from tests.stack import RunningStack, eventually

DEPARTMENT = "browser-bureau"
TARGET = "browser-output-2024"


def _event(number: int, kind: str, data: dict[str, Any], day: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"browser-{number}",
        "source": f"urn:pacekeeper:{DEPARTMENT}",
        "type": f"pacekeeper.{kind}.v1",
        "time": f"{day}T09:00:00+08:00",
        "data": data,
    }


def _figure(number: int, period: str, value: str, day: str) -> dict[str, Any]:
    data = {
        "indicator": "browser_output",
        "entity": "browser-town",
        "period": period,
        "measure": "cumulative",
        "value": value,
        "unit": "万辆",
        "status": "P",
    }
    return _event(number, "metric.observed", data, day)


DEFINITIONS = (
    _event(
        1,
        "entity.defined",
        {"entity": "browser-town", "kind": "town", "name_zh": "浏览镇", "name_en": "Browsing"},
        "2024-01-02",
    ),
    _event(
        2,
        "entity.defined",
        {"entity": DEPARTMENT, "kind": "department", "name_zh": "浏览镇工信办"},
        "2024-01-02",
    ),
    _event(
        3,
        "indicator.defined",
        {
            "indicator": "browser_output",
            "name_zh": "浏览镇整车产量",
            "name_en": "Browsing's vehicle output",
            "unit": "万辆",
            "measure": "cumulative",
            "direction": "higher",
            "owner": DEPARTMENT,
            "frequency": "month",
            "tree": "浏览任务",
        },
        "2024-01-02",
    ),
    _event(
        4,
        "target.set",
        {
            "target": TARGET,
            "indicator": "browser_output",
            "entity": "browser-town",
            "year": 2024,
            "version": 1,
            "effective_from": "2024-01-01",
            "approved_by": "镇人代会",
            "goal": {"kind": "at_least", "value": "100"},
            "lead": DEPARTMENT,
        },
        "2024-01-20",
    ),
)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with running_browser() as found:
        yield found


@pytest.fixture
def desk(stack: RunningStack, browser: Browser) -> Iterator[Operator]:
    with operator(browser, stack.console_url) as found:
        found.sign_in(stack.console_password)
        yield found


def _push(stack: RunningStack, *events: dict[str, Any]) -> None:
    stack.push(*(json.dumps(event).encode() for event in events))


def test_a_figure_pushed_moves_the_lamp_in_an_open_browser(
    stack: RunningStack, desk: Operator, tmp_path: Path
) -> None:
    _push(stack, *DEFINITIONS)
    tile = desk.page.locator(f"#tile-{TARGET}")
    expect(tile).to_have_attribute("data-lamp", "grey")
    desk.mark()
    _push(stack, _figure(5, "2024-03", "10", "2024-04-10"))
    expect(tile).to_have_attribute("data-lamp", "red")
    expect(tile).to_contain_text("明显落后")
    assert desk.was_never_reloaded()
    desk.shoot(tmp_path / "overview.png")

    tile.click()
    desk.await_chart()
    verdict = desk.page.locator("#standing .verdict")
    expect(verdict).to_have_attribute("data-lamp", "red")
    expect(desk.page.locator("#standing")).to_contain_text("浏览镇工信办")
    desk.mark()
    _push(stack, _figure(6, "2024-06", "60", "2024-07-10"))
    expect(verdict).to_have_attribute("data-lamp", "green")
    expect(desk.page.locator("#held tbody tr").first).to_contain_text("2024年6月")
    expect(desk.page.locator("#chart")).to_have_attribute("data-points", "2")
    assert desk.was_never_reloaded()
    desk.await_chart()
    desk.shoot(tmp_path / "target.png")


def test_a_command_is_pending_until_the_worker_has_put_it_on_record(
    stack: RunningStack, desk: Operator
) -> None:
    figure = _figure(8, "2024-09", "20", "2024-10-10")
    target = {**DEFINITIONS[3]["data"], "target": "browser-loop-2024", "entity": DEPARTMENT}
    own = {**figure["data"], "entity": DEPARTMENT}
    _push(
        stack,
        *DEFINITIONS,
        _event(9, "target.set", target, "2024-01-20"),
        {**figure, "data": own},
    )
    rows = eventually(
        lambda: (
            stack.rows("SELECT alert FROM bi.alerts WHERE target = 'browser-loop-2024'") or None
        ),
        what="an alert",
    )
    desk.page.goto(f"{stack.console_url}/alerts/{rows[0]['alert']}")
    desk.page.locator('form:has(input[value="acknowledge"]) button').click()
    expect(desk.page.locator("#standing")).to_contain_text("已签收")
    expect(desk.page.locator(".pending")).to_have_count(0)
    expect(desk.page.locator(".step").first).to_contain_text("admin")


def test_the_demo_year_shows_what_is_behind_and_what_is_simulated(
    stack: RunningStack, desk: Operator, tmp_path: Path
) -> None:
    # `make screenshots` names the folder in which the pictures are kept.
    folder = Path(os.environ.get("PACEKEEPER_SCREENSHOTS", tmp_path))
    _push(stack, *demo_year())
    simulated = desk.page.locator("#tile-vehicles-2024")
    published = desk.page.locator("#tile-vehicles-2024-published")
    expect(simulated).to_have_attribute("data-lamp", "red")
    expect(simulated.locator(".simulated")).to_have_text("模拟数据")
    expect(published).to_have_attribute("data-lamp", "red")
    expect(published.locator(".simulated")).to_have_count(0)
    desk.page.goto(stack.console_url)
    desk.shoot(folder / "overview.png", whole=False)
    desk.page.goto(f"{stack.console_url}/targets/vehicles-2024")
    desk.await_chart()
    expect(desk.page.locator("#chart")).to_have_attribute("data-points", "12")
    desk.shoot(folder / "target.png")

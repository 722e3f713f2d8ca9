"""An operator with the role view in a browser: reads all, commands nothing, leaves when removed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from schemas.operators import Operator, Role
from services.runtime import passwords
from services.runtime.operators import OperatorFile
from tests.console_browser import operator, running_browser
from tests.console_demo import demo, next_month
from tests.console_server import served

WORD = "a password of theirs"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as found:
        yield found


def test_view_signs_in_by_keyboard_and_is_led_out_of_an_open_page_when_removed(
    browser: Browser, tmp_path: Path
) -> None:
    file = OperatorFile(tmp_path / "operators.json")
    at = datetime(2026, 1, 2, tzinfo=UTC)
    kept = passwords.hashed(WORD)
    one = Operator(name="李梅", role=Role.VIEW, password=kept, added_at=at)
    file.change(lambda operators: operators.update({one.name: one}))
    with (
        served(demo(), tmp_path / "operators.json") as console,
        operator(browser, console.url) as desk,
    ):
        desk.page.goto(f"{console.url}/alerts/behind.vehicles-2024.1")
        expect(desk.page.locator("#operator")).to_be_focused()
        desk.page.keyboard.type(one.name)
        desk.page.keyboard.press("Tab")
        desk.page.keyboard.type(WORD)
        desk.page.keyboard.press("Enter")
        expect(desk.page.locator(".who")).to_have_text("李梅 · 查看")
        expect(desk.page.locator("#connection")).to_have_class("connection on")
        expect(desk.page.locator(".commands form")).to_have_count(0)
        desk.shoot(tmp_path / "view.png")
        desk.page.emulate_media(media="print")
        expect(desk.page.locator(".who")).to_be_hidden()
        desk.page.emulate_media(media="screen")

        file.change(lambda operators: operators.clear())
        next_month(console.views, "yellow")
        expect(desk.page.locator("#operator")).to_be_visible()
        # The browser notes each answer 401: that of the stream, and that of the page.
        assert all("401" in complaint for complaint in desk.complaints)
        desk.complaints.clear()

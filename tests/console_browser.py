"""An operator at a real browser; whatever the page complains about fails the test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import chromium

PATIENCE_MS = 20_000


@dataclass
class Operator:
    """A page of a browser on one console, and what it complained about."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def sign_in(self, password: str) -> None:
        """Through the form."""
        self.page.goto(self.url)
        self.page.fill("#operator", "admin")
        self.page.fill("#password", password)
        self.page.click("main button[type=submit]")
        expect(self.page.locator("#connection")).to_have_class("connection on")

    def mark(self) -> None:
        """Leave a mark that a reload would wipe."""
        self.page.evaluate("window.neverReloaded = true")

    def was_never_reloaded(self) -> bool:
        """Is the mark still there?"""
        return bool(self.page.evaluate("window.neverReloaded === true"))

    def await_chart(self) -> None:
        """Until the trajectory is drawn."""
        expect(self.page.locator("#chart")).to_have_attribute("data-drawn", "true")
        expect(self.page.locator("#chart canvas")).to_be_visible()

    def shoot(self, path: Path, whole: bool = True) -> None:
        """The whole page, or its first screen, as a picture with its animations at their end."""
        self.page.screenshot(path=path, full_page=whole, animations="disabled")
        assert path.stat().st_size > 20_000, "a picture of something"


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A Chromium."""
    found = chromium.find()
    assert found, "no Chromium: run `python -m tests.chromium`"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--headless", *chromium.ARGUMENTS]
        )
        yield browser
        browser.close()


@contextmanager
def operator(browser: Browser, url: str) -> Iterator[Operator]:
    """Somebody without cookies in front of a console."""
    context = browser.new_context(viewport={"width": 1600, "height": 1000}, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    seen = Operator(page, url)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: seen.complaints.append(said.text) if said.type == "error" else None,
    )
    yield seen
    context.close()
    assert seen.complaints == []

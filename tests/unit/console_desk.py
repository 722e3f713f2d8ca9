"""The console as an operator meets it: served on a port, driven by an HTTP client."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from services.alerts.console.memory import MemoryViews
from tests.console_server import PASSWORD, served

ALERT = "/alerts/behind.vehicles-2024.1"


class Desk:
    """An operator's browser without a browser."""

    def __init__(
        self, views: MemoryViews, sign_in: bool = True, operators: Path = Path("no-operators.json")
    ) -> None:
        self.views = views
        self._served = served(views, operators)
        self._signs_in = sign_in

    def __enter__(self) -> "Desk":
        found = self._served.__enter__()
        self.door = found.door
        self.url = found.url
        self.http = httpx.Client(base_url=found.url, trust_env=False, timeout=20)
        if self._signs_in:
            self.sign_in("admin", PASSWORD)
        return self

    def __exit__(self, *error: object) -> None:
        self.http.close()
        self._served.__exit__(None, None, None)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.http.get(path, headers=headers, follow_redirects=False)

    def hidden(self, page: str, name: str, after: str = "") -> str:
        text = self.get(page).text
        found = re.search(rf'name="{name}" value="([^"]+)"', text[text.index(after) :])
        assert found, f"{page} has no {name}"
        return found[1]

    def post(self, path: str, page: str, **form: str) -> httpx.Response:
        form.setdefault("csrf", self.hidden(page, "csrf"))
        return self.http.post(path, data=form, follow_redirects=False)

    def sign_in(self, operator: str, password: str) -> httpx.Response:
        return self.post("/sign-in", "/sign-in", operator=operator, password=password)

    def command(self, action: str, **form: str) -> httpx.Response:
        form.setdefault("command_id", self.hidden(ALERT, "command_id", f'value="{action}"'))
        return self.post(ALERT, ALERT, action=action, **form)

    def until(self, path: str, said: Callable[[str], bool]) -> str:
        """The page once it says so; the poller needs a turn."""
        deadline = time.monotonic() + 5
        while not said(text := self.get(path).text):
            assert time.monotonic() < deadline, text
            time.sleep(0.01)
        return text

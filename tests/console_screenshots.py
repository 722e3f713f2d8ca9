"""Pictures of the running console: `python -m tests.console_screenshots [folder [target]]`.

Reads the address and the password where the console's own process reads them, so that it shows
whatever runs there: after `make demo`, the demo year.
"""

import sys
from pathlib import Path

from playwright.sync_api import expect

from services.runtime import settings
from tests.console_browser import operator, running_browser

FOLDER = Path("docs/screenshots")
TARGET = "vehicles-2024"


def main(arguments: list[str]) -> int:
    """Take both pictures."""
    folder = Path(arguments[0]) if arguments else FOLDER
    target = arguments[1] if len(arguments) > 1 else TARGET
    given = settings.load()
    url = f"http://{given.listen}:{given.console_port}"
    folder.mkdir(parents=True, exist_ok=True)
    with running_browser() as browser, operator(browser, url) as desk:
        desk.sign_in(given.console_password.get_secret_value())
        expect(desk.page.locator(".tile").first).to_be_visible()
        desk.shoot(folder / "overview.png", whole=False)
        desk.page.goto(f"{url}/targets/{target}")
        desk.await_chart()
        desk.shoot(folder / "target.png")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

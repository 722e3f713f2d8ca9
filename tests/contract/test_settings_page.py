"""docs/settings.md names every variable, and only variables that exist."""

import re
from pathlib import Path

from services.runtime.settings import Settings

_PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
_EMBEDDED = {"PACEKEEPER_CACHE", "PACEKEEPER_MAVEN_URL"}


def test_the_page_names_every_setting() -> None:
    named = set(re.findall(r"`(PACEKEEPER_[A-Z_]+)`", _PAGE.read_text("utf-8")))
    fields = {f"PACEKEEPER_{name.upper()}" for name in Settings.model_fields}
    assert named == fields | _EMBEDDED

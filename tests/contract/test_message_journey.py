"""docs/message-journey.md names only what exists."""

import importlib
import re
from pathlib import Path

import pytest

_PAGE = Path(__file__).parents[2] / "docs" / "message-journey.md"
_NAME = re.compile(r"`((?:schemas|services|deploy)\.[A-Za-z_.]+)`")


def names() -> list[str]:
    return sorted(set(_NAME.findall(_PAGE.read_text("utf-8"))))


def test_the_page_names_the_whole_way() -> None:
    services = {name.split(".")[1] for name in names() if name.startswith("services.")}
    assert services == {"ingest", "aggregate", "alerts", "series"}


@pytest.mark.parametrize("name", names())
def test_a_name_on_the_page_can_be_imported(name: str) -> None:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[length:]:
            found = getattr(found, attribute)
        return
    pytest.fail(f"{name} does not exist")

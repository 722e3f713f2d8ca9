"""Both languages say everything, and say nothing that no page asks for."""

import re
import string
from pathlib import Path

import pytest

from schemas.data import Action
from schemas.records.alert import AlertState
from schemas.records.assessment import Lamp
from services.alerts.console import language
from services.alerts.console.commands import offered
from services.alerts.console.language import Language, catalogue, choose
from services.alerts.domain.schemes import SCHEMES
from tests.console_demo import demo

HERE = Path(language.__file__).parent
SOURCES = [*HERE.rglob("*.py"), *HERE.glob("templates/*.html")]
ASKED = re.compile(r"""["']([a-z_]+(?:\.[a-z_0-9]+)*)["']""")
# Families whose last word comes from data: `lamp.` ~ the lamp.
FAMILY = re.compile(r"""["']([a-z_]+(?:\.[a-z_]+)*\.)(?:["']\s*~|\{)""")


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_is_there_in_both_languages_with_the_same_values_to_fill_in() -> None:
    for key, texts in catalogue().items():
        assert set(texts) == {"zh", "en"}, key
        assert all(text.strip() for text in texts.values()) or key == "chart.simulated", key
        assert _fields(texts["zh"]) == _fields(texts["en"]), key


def test_every_key_that_a_page_asks_for_is_in_the_catalogue() -> None:
    known = set(catalogue())
    asked = {
        (source.name, key)
        for source in SOURCES
        for key in re.findall(
            r"""(?:\bt|words|language)\(\s*["']([a-z_.0-9]+)["']\s*[,)]""",
            source.read_text("utf-8"),
        )
    }
    assert len(asked) > 100
    assert {(name, key) for name, key in asked if key not in known} == set()


def test_the_catalogue_holds_no_text_that_nothing_asks_for() -> None:
    sources = "\n".join(source.read_text("utf-8") for source in SOURCES)
    asked = set(ASKED.findall(sources))
    families = tuple(FAMILY.findall(sources))
    unused = [key for key in catalogue() if key not in asked and not key.startswith(families)]
    assert unused == []


@pytest.mark.parametrize("family", [("lamp", Lamp), ("colour", Lamp), ("state", AlertState)])
def test_every_word_of_the_contract_has_a_text(family: tuple[str, type[Lamp]]) -> None:
    name, words = family
    assert {f"{name}.{word}" for word in words} <= set(catalogue())


def test_every_scheme_and_every_offered_command_has_a_name() -> None:
    assert {f"scheme.{scheme}" for scheme in SCHEMES} <= set(catalogue())
    actions = {action for alert in demo().alert_rows for action in offered(alert)}
    assert Action.NOTE in actions
    assert {f"action.{action}" for action in actions} <= set(catalogue())


@pytest.mark.parametrize(
    ("asked", "kept", "chosen"),
    [
        (None, None, "zh"),
        ("en", None, "en"),
        (None, "en", "en"),
        ("zh", "en", "zh"),
        ("xx", "en", "en"),
    ],
)
def test_the_address_goes_before_the_cookie_and_chinese_is_the_default(
    asked: str | None, kept: str | None, chosen: str
) -> None:
    assert choose(asked, kept).code == chosen


def test_a_name_missing_in_one_language_is_borrowed_from_the_other() -> None:
    assert Language("en").pick("整车产量", "") == "整车产量"
    assert Language("zh").pick("", "Vehicle output") == "Vehicle output"

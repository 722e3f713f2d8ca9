"""docs/judgement.md and its Chinese twin say what the judge says, of every rule there is.

A section is named by the code at the end of its heading. Its table gives columns of an assessment
(or of the ledger) with the sum that leads to them, its quotes are sentences of the judge; a section
about an alert gives its transitions, one a line. Sums in the text are worked out too.
"""

import re
from datetime import date
from decimal import Decimal, localcontext
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

import pytest

from schemas.exact import CONTEXT
from schemas.lamps import read
from schemas.period import Span
from schemas.records.alert import AlertState
from schemas.records.assessment import Assessment, Lamp
from services.alerts.domain.goals import GOALS, ON_CLOCK
from services.alerts.domain.grounds import BOOKS, FINDING, REJECTED
from services.alerts.domain.kinds import KINDS
from services.alerts.domain.ledger import Entry, ledger
from services.alerts.domain.overdue import OVERDUE
from services.alerts.domain.schemes import SCHEMES
from services.alerts.domain.trajectories import TRAJECTORIES
from services.alerts.domain.wording import METHODS, MILESTONES, TEMPLATES
from tests.unit.judgement import EXAMPLES, STORIES
from tests.unit.judgement.lamps import OWN

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"zh": DOCS / "judgement.zh.md", "en": DOCS / "judgement.md"}
CHINESE = dict(zip("绿黄红灰蓝", ("green", "yellow", "red", "grey", "blue"), strict=True))
YEAR = Span(date(2024, 1, 1), date(2024, 12, 31))
_SUM = re.compile(r"[\d\s.+−×÷()√<≥≤>]+")
_CODE = re.compile(r"`([^`]+)`")


class Section(NamedTuple):
    """What is written under one heading."""

    text: str

    @property
    def table(self) -> list[list[str]]:
        """The three cells of every line below the head of the table."""
        lines = [line for line in self.text.splitlines() if line.startswith("|")]
        return [[cell.strip() for cell in line.split("|")[1:4]] for line in lines[2:]]

    @property
    def quotes(self) -> list[str]:
        """What the judge is said to say."""
        return [line[2:] for line in self.text.splitlines() if line.startswith("> ")]


@cache
def sections(language: str) -> dict[str, Section]:
    """The sections of a page by their code."""
    parts = re.split(r"^#{2,3} .*?(?:`(\w+)`)?$", PAGES[language].read_text("utf-8"), flags=re.M)
    return {
        code: Section(text) for code, text in zip(parts[1::2], parts[2::2], strict=True) if code
    }


def value(cell: str) -> str:
    """A word as the judge would write it."""
    return CHINESE.get(cell, cell).strip("`")


def number(cell: str) -> Decimal:
    """−89 488.9454"""
    return Decimal(cell.replace(" ", "").replace("−", "-"))


def worked_out(written: str) -> Any:
    """What a sum comes to: a number, or whether a comparison holds."""
    assert _SUM.fullmatch(written), written
    joined = re.sub(r"(?<=\d) (?=\d)", "", written).replace("√", "root")
    for sign, operator in (("−", "-"), ("×", "*"), ("÷", "/"), ("≥", ">="), ("≤", "<=")):
        joined = joined.replace(sign, operator)
    exact = re.sub(r"\d+(\.\d+)?", lambda found: f"D('{found[0]}')", joined)
    with localcontext(CONTEXT):
        return eval(exact, {"D": Decimal, "root": Decimal.sqrt})


def comes_to(written: str, result: str) -> bool:
    """Is it the result, rounded as it is written?"""
    found, shown = worked_out(written), number(result)
    return bool(found.quantize(shown, context=CONTEXT) == shown)


def rows(code: str) -> dict[str, tuple[Assessment, Entry | None]]:
    """What the judge says, by period, with the ledger's entry where there is one."""
    judged = EXAMPLES[code].rows()
    spans = {("t", row.version): YEAR for row in judged.values()}
    entries = {entry.period: entry for entry in ledger(judged.values(), spans)}
    return {period: (row, entries.get(period)) for period, row in judged.items()}


both = pytest.mark.parametrize("language", PAGES)
examples = pytest.mark.parametrize("code", EXAMPLES)


@both
@examples
def test_an_example_is_what_the_judge_says(language: str, code: str) -> None:
    section, judged = sections(language)[code], rows(code)
    assert section.table
    for name, written, result in section.table:
        *named, column = name.replace("`", "").split(" ")
        (period,) = named or judged
        row, entry = judged[period]
        said = getattr(row, column) if hasattr(row, column) else getattr(entry, column)
        if isinstance(said, Decimal):
            assert number(result) == said, (name, said)
            assert not written or comes_to(written, result), (name, worked_out(written))
        else:
            assert value(result) == str(said), (name, said)
            assert not written or worked_out(written) is True, name
    said_by_it = {getattr(row, f"reason_{language}") for row, _ in judged.values()}
    assert section.quotes
    assert set(section.quotes) <= said_by_it


@both
@examples
def test_an_example_tells_every_figure_that_was_judged(language: str, code: str) -> None:
    text = re.sub(r"(?<=\d) (?=\d)", "", sections(language)[code].text)
    told = {Decimal(found) for found in re.findall(r"\d+(?:\.\d+)?", text)}
    given = EXAMPLES[code].dossier
    facts = [*given.facts, *(fact for other in given.comparands for fact in other.facts)]
    assert {fact.value for fact in facts if not fact.derived} <= told


@both
@pytest.mark.parametrize("code", STORIES)
def test_a_story_of_an_alert_is_what_becomes_of_it(language: str, code: str) -> None:
    section, told = sections(language)[code], STORIES[code]
    shown = [(state.strip("`"), reason.strip("`")) for _, state, reason in section.table]
    assert shown == [(each.state.value, each.reason) for each in told]
    notes = [text for note in told[-1].notes for text in note.text.split(" / ")]
    assert set(section.quotes) <= set(notes)


@both
def test_sums_in_the_text_are_right(language: str) -> None:
    for code in _CODE.findall(PAGES[language].read_text("utf-8")):
        written, equals, result = code.partition(" = ")
        if equals:
            assert comes_to(written, result), code


@both
def test_the_file_of_the_own_scheme_is_the_one_of_the_example(language: str) -> None:
    lines = sections(language)["own"].text.splitlines()
    file = "\n".join(line for line in lines if line.startswith("    "))
    assert read(dedent(file)) == read(OWN)


@both
def test_every_section_has_its_example(language: str) -> None:
    assert list(sections(language)) == list(sections("zh"))
    assert set(sections(language)) == {*EXAMPLES, *STORIES}


def test_both_pages_show_the_same_sums() -> None:
    for code in EXAMPLES:
        zh, en = (
            [(name, written, value(result)) for name, written, result in sections(each)[code].table]
            for each in PAGES
        )
        assert zh == en


@both
def test_a_new_rule_needs_its_words(language: str) -> None:
    rules = {*GOALS, *ON_CLOCK, *TRAJECTORIES, *SCHEMES, *KINDS, OVERDUE}
    assert rules <= set(sections(language))
    codes = {*TEMPLATES, *MILESTONES, *METHODS, *AlertState, FINDING, BOOKS, REJECTED}
    assert codes <= set(_CODE.findall(PAGES[language].read_text("utf-8")))


@both
def test_every_lamp_and_every_reason_is_shown(language: str) -> None:
    shown = {value(row[2]) for section in sections(language).values() for row in section.table}
    assert {*Lamp, *TEMPLATES, *MILESTONES} <= shown

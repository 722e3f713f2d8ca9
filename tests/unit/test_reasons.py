"""Sentences: one template per code in both languages, with strictness and scope."""

import string
from decimal import Decimal as D
from typing import Any

import pytest

from schemas.records.assessment import Assessment
from services.alerts.domain.reasons import shown
from services.alerts.domain.wording import AGAINST, MILESTONES, TEMPLATES
from tests.unit.judging import PROFILE, at_least, comparand, fact, judged, target

CODES = {
    "met",
    "on_pace",
    "behind",
    "missed",
    "no_data",
    "incomplete",
    "no_baseline",
    "jan_feb",
    "awaiting_target",
    "scope_differs",
    "status_differs",
    "no_comparison",
    "no_parent",
    "not_due",
}


def test_every_code_of_the_contract_has_its_template() -> None:
    assert TEMPLATES.keys() == CODES
    assert MILESTONES.keys() <= CODES


def fields(text: str) -> set[str]:
    return {name.removesuffix("_zh").removesuffix("_en") for _, name, _, _ in _parts(text) if name}


def _parts(text: str) -> Any:
    return string.Formatter().parse(text)


@pytest.mark.parametrize("table", [TEMPLATES, MILESTONES, AGAINST])
def test_both_languages_say_the_same(table: dict[str, tuple[str, str]]) -> None:
    for code, (zh, en) in table.items():
        # January is named in so many words.
        assert fields(zh) - {"when"} == fields(en) - {"when"}, code


@pytest.mark.parametrize(
    ("value", "text"),
    [("27.2", "27.2"), ("0.98765", "0.9876"), ("1234567.891", "1234567.89"), ("-0.5", "-0.5")],
)
def test_numbers_are_shown_as_people_read_them(value: str, text: str) -> None:
    assert shown(D(value)) == text


def sentence(row: Assessment) -> tuple[str, str]:
    return row.reason_zh, row.reason_en


def test_a_goal_that_is_met() -> None:
    row = judged([fact("2024-09", "101")], target(at_least("100")))["2024-09"]
    assert sentence(row) == (
        "常州市整车产量2024年1–9月累计 101 万辆，已达到目标 100 万辆；"
        "按月均进度预计期末 134.67 万辆",
        "Vehicle output (Changzhou), 2024-01 to 2024-09, to date: 101 万辆, the goal of 100 万辆 "
        "is reached; at an even pace the span ends at 134.67 万辆",
    )


def test_a_goal_that_is_missed_by_equality_says_that_it_was_to_be_exceeded() -> None:
    row = judged([fact("2024-12", "100")], target(at_least("100", strict=True)))["2024-12"]
    assert sentence(row) == (
        "常州市整车产量2024年1–12月累计 100 万辆，期末目标 100 万辆，持平，未完成"
        "（须超过目标，持平不算完成）",
        "Vehicle output (Changzhou), 2024-01 to 2024-12, to date: 100 万辆 against a goal of "
        "100 万辆, level with it: missed (the goal is to be exceeded: equal is not enough)",
    )


def test_a_profile_that_is_not_there_is_said_after_the_strictness() -> None:
    goal = target(at_least("100", strict=True), trajectory=PROFILE)
    row = judged([fact("2024-12", "100")], goal)["2024-12"]
    assert row.reason_zh.endswith("持平不算完成）（无可用的往年进度，按天数均摊）")


def test_january_keeps_its_words() -> None:
    row = judged([fact("2024-01", "5")], target(at_least("100")))["2024-01"]
    assert sentence(row) == (
        "常州市整车产量1月单月 5 万辆，时序目标 8.47 万辆；春节错月，1–2月合并评判",
        "Vehicle output (Changzhou), January alone: 5 万辆 against 8.47 万辆 due by then; the "
        "Spring Festival moves, January and February are judged together",
    )


def test_the_scope_of_a_target_is_part_of_its_name() -> None:
    goal = target(at_least("100"), scope="含经开区")
    row = judged([fact("2024-06", "60", scope="含经开区")], goal)["2024-06"]
    assert row.reason_zh.startswith("常州市整车产量（口径 含经开区）2024年1–6月累计 60 万辆")
    assert row.reason_en.startswith("Vehicle output (Changzhou), scope 含经开区, 2024-01 to")


def test_the_line_of_what_only_rises() -> None:
    goal = {"kind": "not_below_last", "versus": "same_period_last_year"}
    row = judged([fact("2023-06", "9"), fact("2024-06", "8")], target(goal))["2024-06"]
    assert sentence(row) == (
        "常州市整车产量2024年1–6月累计 8 万辆，去年同期 9 万辆，落后 1 万辆",
        "Vehicle output (Changzhou), 2024-01 to 2024-06, to date: 8 万辆 against 9 万辆 in the "
        "same period last year, 1 万辆 behind",
    )


def test_a_place_is_spoken_of_as_a_place() -> None:
    peers = {"comparands": tuple(comparand(f"d{n}", fact("2024-06", "9")) for n in range(3))}
    goal = {"kind": "rank", "at_most": 2, "among": ["d0", "d1", "d2"]}
    row = judged([fact("2024-06", "8")], target(goal), beside=peers)["2024-06"]
    assert row.reason_zh == "常州市整车产量2024年1–6月累计 第 4 位，目标不低于第 2 位，落后 2 位"

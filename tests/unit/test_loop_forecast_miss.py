"""Alerts that a forecast opens, and what ends them."""

from datetime import UTC, datetime
from decimal import Decimal as D
from typing import Any

import pytest

from schemas.records.assessment import Assessment, Lamp
from services.alerts.domain.assess import Opinion
from services.alerts.domain.kinds import KINDS
from tests.unit.judging import fact
from tests.unit.stories import Story

# 24 of 80 in the first quarter of last year, 32 by April, 60 by May: green by months, while last
# year's profile says less than 100.
LAST_YEAR = [fact("2023-03", "24"), fact("2023-04", "32"), fact("2023-05", "60")]
LAST_YEAR += [fact("2023-06", "60"), fact("2023-12", "80")]


def slow(**options: Any) -> Story:
    story = Story(**options)
    story.facts = {f.period: f for f in LAST_YEAR}
    return story


def test_two_short_forecasts_in_a_row_open_and_one_that_meets_closes() -> None:
    story = slow()
    assert story.given(m03="26") == []  # 26 / 0.3 = 86.67
    # 35 / 0.4 = 87.5
    assert story.given(m04="35") == [("forecast_miss", "open", "forecast_miss", "2024-04")]
    assert (story.last.lamp, story.last.severity) == (Lamp.GREEN, "low")
    # 60 / 0.75 = 80
    assert story.given(m05="60") == [
        ("forecast_miss", "open", "still_forecast_miss", "2024-05"),
    ]
    # 76 / 0.75 = 101.33
    assert story.given(m06="76") == [
        ("forecast_miss", "cured", "cured", "2024-06"),
        ("forecast_miss", "closed", "cured", "2024-06"),
    ]


def test_an_older_figure_that_comes_late_is_no_correction_of_the_newest() -> None:
    """45 of 100 by May: 60; 35 by April, which comes later: 87.5."""
    story = slow()
    assert story.given(m05="45") == []
    assert story.given(m04="35") == [("forecast_miss", "open", "forecast_miss", "2024-05")]


def test_a_forecast_miss_gives_way_to_behind() -> None:
    story = slow()
    story.given(m03="26", m04="35")
    assert story.given(m05="40") == [
        ("behind", "open", "behind", "2024-05"),
        ("forecast_miss", "closed", "behind_opened", "2024-05"),
    ]


def test_a_forecast_miss_that_never_was_is_withdrawn() -> None:
    story = slow()
    story.given(m03="26", m04="35")
    assert story.given(m04="41") == [("forecast_miss", "withdrawn", "correction", "2024-04")]


def test_a_goal_reached_ends_a_forecast_miss() -> None:
    story = slow()
    story.given(m03="26", m04="35")
    assert [t[1] for t in story.given(m05="101")] == ["cured", "closed"]


def opinion(p_meet: str | None, short: bool | None = True, lamp: Lamp = Lamp.GREEN) -> Opinion:
    return Opinion(
        Assessment(
            target="t",
            version=1,
            indicator="i",
            entity="e",
            period="2024-03",
            p_meet=None if p_meet is None else D(p_meet),
            lamp=lamp,
            scheme="standard",
            reason="on_pace",
            reason_zh="",
            reason_en="",
            assessed_at=datetime(2026, 1, 1, tzinfo=UTC),
            sequence=0,
        ),
        short,
    )


@pytest.mark.parametrize(
    ("opinions", "opens"),
    [
        ([opinion("0.49")], True),  # a probability below a half is enough once
        ([opinion("0.5")], False),
        ([opinion(None)], False),
        ([opinion(None), opinion(None)], True),
        ([opinion(None, short=False), opinion(None)], False),
        ([opinion(None), opinion(None, short=None)], False),
        ([opinion(None, lamp=Lamp.RED), opinion(None)], False),
    ],
)
def test_when_a_forecast_miss_opens(opinions: list[Opinion], opens: bool) -> None:
    assert KINDS["forecast_miss"].opens(opinions) is opens

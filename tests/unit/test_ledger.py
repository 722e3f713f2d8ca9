"""What each period first showed, what it shows now, and which later period made it up."""

from collections.abc import Iterable
from datetime import date
from itertools import permutations

import pytest

from schemas.period import Span
from schemas.records.assessment import Assessment, Lamp
from services.alerts.domain.assess import assess
from services.alerts.domain.ledger import Entry, ledger
from tests.unit.judging import at_least, dossier, target, year_to_date

YEAR = Span(date(2024, 1, 1), date(2024, 12, 31))
SPANS = {("t", 1): YEAR, ("u", 1): YEAR}
G, Y, R, GREY, B = Lamp.GREEN, Lamp.YELLOW, Lamp.RED, Lamp.GREY, Lamp.BLUE


def history(*dossiers: Iterable[str], scheme: str = "ouhai") -> list[Assessment]:
    """All that was said while figures by month came in; 120 in a year, 10 a month."""
    goal = target(at_least("120"), trajectory={"kind": "linear_months"}, lamps=scheme)
    return [
        row
        for sequence, values in enumerate(dossiers)
        for row in assess(dossier(year_to_date(2024, *values), goal), sequence)
    ]


def shown(rows: Iterable[Assessment]) -> list[tuple[str, Lamp, Lamp, str]]:
    return [entry[1:] for entry in ledger(rows, SPANS)]


def test_a_missed_period_that_is_made_up_turns_yellow_never_green() -> None:
    """March 25 of 30, April 38 of 40, May 52 of 50: made up in May; the verdict of then stays."""
    rows = history(("", "20", "25", "38", "52"))
    assert shown(rows) == [
        ("2024-02", G, G, ""),
        ("2024-03", R, Y, "2024-05"),
        ("2024-04", R, Y, "2024-05"),
        ("2024-05", G, G, ""),
    ]
    assert [row.lamp for row in rows] == [G, R, R, G]


def test_the_first_later_period_that_is_met_is_named() -> None:
    rows = history(("", "", "25", "40", "49", "61"))
    assert shown(rows) == [
        ("2024-03", R, Y, "2024-04"),
        ("2024-04", G, G, ""),
        ("2024-05", R, Y, "2024-06"),
        ("2024-06", G, G, ""),
    ]


def test_a_goal_reached_for_good_makes_up_what_was_missed() -> None:
    rows = history(("", "", "25", "120"))
    assert shown(rows) == [("2024-03", R, Y, "2024-04"), ("2024-04", B, B, "")]


def test_a_correction_that_shows_a_period_was_met_makes_both_lamps_green() -> None:
    """March was missed with 25; corrected to 31 it never was."""
    assert shown(history(("", "", "25"), ("", "", "31"))) == [("2024-03", G, G, "")]


def test_a_correction_that_takes_a_period_back_to_missed_keeps_its_first_lamp() -> None:
    assert shown(history(("", "", "31"), ("", "", "25"))) == [("2024-03", G, R, "")]


def test_a_period_that_could_not_be_judged_yet_has_no_first_lamp_of_its_own() -> None:
    grey = history(("5",))
    assert shown(grey) == [("2024-01", GREY, GREY, "")]
    later = [row.model_copy(update={"lamp": R, "sequence": 1}) for row in grey]
    assert shown(grey + later) == [("2024-01", R, R, "")]


def test_a_row_taken_back_leaves_the_ledger() -> None:
    rows = history(("", "", "25", "41"))
    gone = rows[1].model_copy(update={"superseded": True, "sequence": 1})
    assert shown([*rows, gone]) == [("2024-03", R, R, "")]


def test_it_is_kept_for_every_scheme() -> None:
    """28 of 30 is yellow in the standard scheme: made up it stays yellow, and the ledger says by
    which period."""
    rows = history(("", "", "28", "40"), scheme="standard")
    assert shown(rows)[0] == ("2024-03", Y, Y, "2024-04")


def test_a_period_after_the_span_makes_up_nothing() -> None:
    spans = {("t", 1): Span(YEAR.start, date(2024, 3, 31))}
    assert ledger(history(("", "", "25", "41")), spans)[0].made_up_in == ""


def test_targets_are_kept_apart_and_rows_without_a_period_left_out() -> None:
    rows = history(("", "", "25"))
    other = [row.model_copy(update={"target": "u"}) for row in history(("", "", "31", "41"))]
    silent = assess(dossier([], target(at_least("1"))), 9)
    assert ledger([*rows, *other, *silent], SPANS) == [
        Entry("t", "2024-03", R, R),
        Entry("u", "2024-03", G, G),
        Entry("u", "2024-04", G, G),
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_arrival_does_not_matter(order: tuple[int, ...]) -> None:
    rows = history(("", "", "25"), ("", "", "29", "41"))
    assert len(rows) == 3
    assert shown(rows[place] for place in order) == [
        ("2024-03", R, Y, "2024-04"),
        ("2024-04", G, G, ""),
    ]

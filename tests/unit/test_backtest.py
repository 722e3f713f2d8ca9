"""What each method would have been off by, by month of the year."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.records.dossier import Fact
from services.series.answers import Answers
from services.series.backtest import CHOSEN, lacks, scores, trials, with_choice
from services.series.index import FactIndex
from services.series.measured import Family, published
from services.series.models import ABSENT
from services.series.profile import History
from tests.unit.judging import fact
from tests.unit.test_models import EVEN, STEEP, Mean, months


def history(facts: Sequence[Fact], family: Family = Family.FLOW) -> History:
    return History(FactIndex(facts), family, "", published)


def test_a_year_by_hand() -> None:
    """2022: 24 by June, 60 in all; 2023: 60 and 120.

    June 2022 has no year before it: by months 24 / 0.5 = 48, 12 below 60. June 2023 by 2022's
    profile: 60 / (24/60) = 150, 30 above 120; by months 60 / 0.5 = 120, exact. The model has 18
    months then, too few. What came counts: 12/60 = 20 %, 30/120 = 25 %.
    """
    given = months(2022, *STEEP) + months(2023, *EVEN) + months(2024, "10")
    found = [trial for trial in trials(history(given), Mean()) if trial.month == 6]
    assert [(t.year, t.method, t.forecast, t.error, t.chosen) for t in found] == [
        (2022, "linear", D(48), D(-12), True),
        (2023, "profile", D(150), D(30), True),
        (2023, "linear", D(120), D(0), False),
    ]
    june = [score for score in scores(Family.FLOW, with_choice(found)) if score.month == 6]
    assert [(s.method, s.years, s.mean) for s in june] == [
        ("profile", 1, 0.25),
        ("linear", 2, 0.1),
        (CHOSEN, 2, pytest.approx(0.225)),
    ]
    (linear,) = [score for score in june if score.method == "linear"]
    assert (linear.median, linear.bias) == (0.1, -0.1)


def test_the_quarters_of_a_car_maker_of_wujin() -> None:
    """As published: 2023 52 584, 86 533, 105 108, 131 805; 2024 80 400, 108 581, 152 831, 158 696.

    Half of 2024: 188 981. By 2023's profile 188 981 / (139 117 / 376 030) = 510 811, 2.06 % above
    the 500 508 that came; by months 377 962, 24.48 % below. By March: 80 400 · 376 030 / 52 584 =
    574 943 and 321 600; by September 341 812 · 376 030 / 244 225 = 526 283 and 455 749.
    """
    quarters = {2023: (52584, 86533, 105108, 131805), 2024: (80400, 108581, 152831, 158696)}
    facts = [
        fact(f"{year}-{3 * number:02d}", str(sum(values[:number])), derived=True)
        for year, values in quarters.items()
        for number in (1, 2, 3, 4)
    ]
    found = [trial for trial in trials(history(facts), ABSENT) if trial.year == 2024]
    assert [(t.month, t.method, round(t.forecast), t.chosen) for t in found] == [
        (3, "profile", 574943, True),
        (3, "linear", 321600, False),
        (6, "profile", 510811, True),
        (6, "linear", 377962, False),
        (9, "profile", 526283, True),
        (9, "linear", 455749, False),
    ]
    sizes = {(s.month, s.method): s.bias for s in scores(Family.FLOW, found)}
    assert sizes[6, "profile"] == pytest.approx(0.0206, abs=0.0001)
    assert sizes[6, "linear"] == pytest.approx(-0.2448, abs=0.0001)


def test_from_24_months_on_the_model_is_tried_and_chosen_where_it_was_nearer() -> None:
    """2023 was even after a steep 2022, 2024 is even: at June 2024 there are 30 months. The mean
    of the last twelve says 120 and 120 comes; a year ago it was 12 off, the profile 30."""
    given = months(2022, *STEEP) + months(2023, *EVEN) + months(2024, *EVEN)
    found = [t for t in trials(history(given), Mean()) if (t.year, t.month) == (2024, 6)]
    assert [(t.method, t.forecast, t.chosen) for t in found] == [
        ("profile", D(120), False),
        ("linear", D(120), False),
        ("autoets", D(120), True),
    ]


def test_where_the_profile_was_nearer_the_model_is_shown_and_not_chosen() -> None:
    steep = months(2022, *STEEP) + months(2023, *STEEP) + months(2024, *STEEP)
    found = [t for t in trials(history(steep), Mean()) if (t.year, t.month) == (2024, 6)]
    assert [(t.method, t.chosen) for t in found] == [
        ("profile", True),
        ("linear", False),
        ("autoets", False),
    ]


def test_a_model_that_cannot_tell_has_no_trial() -> None:
    given = months(2022, *EVEN) + months(2023, *EVEN) + months(2024, *EVEN)
    assert {t.method for t in trials(history(given), Mean(fewest=99))} == {"profile", "linear"}


def test_a_stock_goes_on_by_its_net_additions() -> None:
    """130 in June, 100 a year before: 2.5 a month, 15 more by December: 145 against 150."""
    levels = {"2022-06": "100", "2023-06": "130", "2023-12": "150"}
    facts = [fact(period, value, measure="stock") for period, value in levels.items()]
    (found,) = trials(history(facts, Family.STOCK), ABSENT)
    assert (found.year, found.month, found.method) == (2023, 6, "stock")
    assert (found.forecast, found.error, found.chosen) == (D(145), D(-5), True)
    assert lacks(Family.STOCK, [found], installed=False) == []


def test_a_rate_stays_as_it_is_and_its_error_is_in_points() -> None:
    facts = [
        fact("2023-01/2023-06", "6.5", measure="rate"),
        fact("2023", "6.1", measure="rate"),
        fact("2024-01/2024-06", "5", measure="rate"),
    ]
    (found,) = trials(history(facts, Family.RATE), ABSENT)
    assert (found.method, found.forecast, found.error) == ("last", D("6.5"), D("0.4"))
    (score, chosen) = scores(Family.RATE, with_choice([found]))
    assert (score.mean, chosen.method) == (0.4, CHOSEN)


def test_a_year_that_came_to_nothing_tells_no_share() -> None:
    zero = trials(history(months(2023, *["0"] * 12)), ABSENT)
    assert zero
    assert scores(Family.FLOW, zero) == []


def test_days_inside_a_month_and_years_that_are_not_over_are_no_trials() -> None:
    facts = [*months(2023, *EVEN), fact("2023-06-15", "55"), *months(2024, *EVEN[:5])]
    found = trials(history(facts), ABSENT)
    assert {(trial.year, trial.month) for trial in found} == {(2023, m) for m in range(1, 12)}
    assert len(found) == 11


def test_a_figure_of_pieces_that_do_not_tile_is_no_trial() -> None:
    facts = [fact("2023-12", "120"), fact("2023-06", "10", measure="period")]
    assert trials(history(facts), ABSENT) == []


@pytest.mark.parametrize(
    ("facts", "installed", "codes"),
    [
        ([], True, ["no_year"]),
        (months(2024, *EVEN[:5]), True, ["no_year"]),
        (months(2023, *EVEN), True, ["no_last_year", "few_months"]),
        (months(2023, *EVEN), False, ["no_last_year", "no_model"]),
        (months(2022, *EVEN) + months(2023, *EVEN), True, ["few_months"]),
    ],
)
def test_what_is_missing_has_a_name(facts: list[Fact], installed: bool, codes: list[str]) -> None:
    found = trials(history(facts), Mean())
    assert lacks(Family.FLOW, found, installed=installed) == codes


def test_before_the_first_month_of_a_flow_is_over_there_is_no_share() -> None:
    """A profile of 0 by January: nothing to divide by, so no forecast by it."""
    late = ["0", *EVEN[1:]]
    found = trials(history(months(2022, *late) + months(2023, *late)), ABSENT)
    january = [trial.method for trial in found if (trial.year, trial.month) == (2023, 1)]
    assert january == ["linear"]


@dataclass(frozen=True)
class Rest:
    """What a month comes to in this series, told from nothing."""

    installed: bool = True

    def ahead(self, points: Sequence[D], months: int) -> D | None:
        return D(7) * months


VALUES = st.lists(st.integers(1, 1000), min_size=36, max_size=48)


@settings(deadline=None, max_examples=15)
@given(VALUES)
def test_no_trial_knows_what_came_after_it(values: list[int]) -> None:
    """Doubling every month after a trial's changes outcomes, never what was forecast."""

    def told(months_: list[int]) -> dict[tuple[int, int, str], D]:
        facts = [
            each
            for year, first in ((2021, 0), (2022, 12), (2023, 24))
            for each in months(year, *map(str, months_[first : first + 12]))
        ]
        found = trials(history(facts), Rest())
        return {(t.year, t.month, t.method): t.forecast for t in found}

    changed = values[:30] + [value * 2 for value in values[30:]]
    before, after = told(values), told(changed)
    for key, forecast in before.items():
        if key[:2] <= (2023, 6):
            assert after[key] == forecast


def test_the_model_is_asked_until_nothing_is_open() -> None:
    given = history(months(2022, *STEEP) + months(2023, *EVEN) + months(2024, *EVEN))
    model, answers, rounds = Mean(), Answers(), 0
    while True:
        found = trials(given, answers)
        if not answers.questions:
            break
        said = {n: model.ahead(*asked) for n, asked in answers.questions.items()}
        answers, rounds = answers.with_answers(said), rounds + 1
    assert found == trials(given, model)
    assert rounds <= 2

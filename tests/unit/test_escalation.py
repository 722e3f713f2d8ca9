"""The n-th period in a row behind turns red, where an office's scheme says so."""

import pytest

from schemas.lamps import LampScheme
from schemas.records.assessment import Lamp
from services.alerts.domain.assess import judge
from services.alerts.domain.schemes import with_own
from tests.unit.judging import at_least, dossier, fact, target, year_to_date

OWN = with_own(
    [
        LampScheme.model_validate(
            {
                "name": "own",
                "name_zh": "本区",
                "name_en": "Ours",
                "origin": "区政府办 2024",
                "measure": "pace",
                "green": "1",
                "yellow": "0.5",
                "escalate_after": 3,
            }
        )
    ]
)
LETTERS = {Lamp.GREEN: "g", Lamp.YELLOW: "y", Lamp.RED: "r", Lamp.GREY: "-", Lamp.BLUE: "b"}


def lamps(*values: str, scheme: str = "own") -> str:
    """120 in a year, 10 a month; January is never judged."""
    goal = target(at_least("120"), trajectory={"kind": "linear_months"}, lamps=scheme)
    (judged,) = judge(dossier(year_to_date(2024, *values), goal), 0, schemes=OWN)
    return "".join(LETTERS[opinion.assessment.lamp] for opinion in judged.opinions)


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (("9", "19", "29", "39", "49"), "-yyrr"),  # February, March, then April is the third
        (("9", "19", "29", "40", "49", "59", "69"), "-yygyyr"),  # a period met begins anew
        (("9", "19", "1", "39", "49"), "-yrrr"),  # a red one counts too
        (("9", "19", "29", "120", "49"), "-yyby"),
    ],
)
def test_the_third_in_a_row_is_red(values: tuple[str, ...], shown: str) -> None:
    assert lamps(*values) == shown


def test_a_scheme_that_says_nothing_of_it_does_not_escalate() -> None:
    assert lamps("9.9", "19.9", "29.9", "39.9", "49.9", scheme="standard") == "-yyyy"


def test_a_grey_period_neither_counts_nor_breaks_the_row() -> None:
    goal = target(at_least("120"), trajectory={"kind": "linear_months"}, lamps="own")
    facts = [fact("2024-02", "19"), fact("2024-03", "29"), fact("2024-05", "49")]
    facts.append(fact("2024-04", "9", measure="period"))  # no year-to-date follows from it here
    (judged,) = judge(dossier(facts, goal), 0, schemes=OWN)
    rows = [opinion.assessment for opinion in judged.opinions]
    assert [LETTERS[row.lamp] for row in rows] == ["y", "y", "-", "r"]
    assert rows[-1].reason_zh.endswith("（连续 3 期未达进度，升级为红灯）")
    assert rows[-1].reason == "behind"

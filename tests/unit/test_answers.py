"""What a model is known to say: the same content is the same question, the rest is noted."""

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from services.series.answers import Answers, Question

POINTS = st.lists(st.decimals(-(10**9), 10**9, places=4), min_size=1, max_size=40).map(tuple)


def test_what_is_not_known_is_noted_and_left_open() -> None:
    answers = Answers()
    assert answers.ahead([D(1), D(2)], 3) is None
    (question,) = answers.questions.values()
    assert question == Question((D(1), D(2)), 3)
    assert answers.used == {}


def test_once_answered_it_is_heard_and_nothing_is_open() -> None:
    asked = Question((D(1), D(2)), 3)
    answers = Answers({"old": D(9)}).with_answers({asked.name: D(7)})
    assert answers.ahead([D(1), D(2)], 3) == 7
    assert answers.used == {asked.name: D(7)}
    assert answers.questions == {}


def test_a_model_that_could_not_tell_is_not_asked_again() -> None:
    asked = Question((D(1),), 1)
    answers = Answers({asked.name: None})
    assert answers.ahead([D(1)], 1) is None
    assert answers.used == {asked.name: None}
    assert answers.questions == {}


def test_without_a_model_nothing_is_asked_yet_what_was_said_still_holds() -> None:
    asked = Question((D(1),), 1)
    answers = Answers({asked.name: D(4)}, installed=False)
    assert answers.ahead([D(1)], 1) == 4
    assert answers.ahead([D(2)], 1) is None
    assert answers.questions == {}


@given(POINTS, st.integers(1, 12))
def test_a_name_tells_content_not_notation(points: tuple[D, ...], months: int) -> None:
    name = Question(points, months).name
    assert Question(tuple(D(f"{point:f}000") for point in points), months).name == name
    assert Question(points, months + 1).name != name
    assert Question((*points, D(0)), months).name != name
    assert Question((points[0] + 1, *points[1:]), months).name != name

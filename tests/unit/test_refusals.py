"""The validator's findings in the words of the contract, also for models that are no events."""

from typing import Annotated

import pytest
from pydantic import BaseModel, Field, ValidationError

from schemas.answers import NewKey
from schemas.events import LINES, parse_event, refusal
from schemas.refusals import refusal as the_same
from schemas.rejects import RejectCode, RejectedError, finding
from tests.builders import observed


class Wanted(BaseModel):
    """A body with findings that no event has."""

    even: Annotated[int, Field(multiple_of=2)] = 0
    code: Annotated[str, Field(pattern="^[{][A-Z]+[}]$")] = "{A}"


def refused(body: str) -> RejectedError:
    with pytest.raises(ValidationError) as caught:
        Wanted.model_validate_json(body)
    return refusal(caught.value)


def test_a_finding_without_words_of_its_own_keeps_the_validators():
    error = refused('{"even":3}')
    assert (error.code, error.field) == ("bad_value", "even")
    assert error.message == ("字段 even：值不符合要求", "even: Input should be a multiple of 2")


def test_braces_in_a_finding_do_no_harm():
    error = refused('{"code":"x"}')
    assert error.message.en == "code: String should match pattern '^[(][A-Z]+[)]$'"


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("预期[值]", "data.预期[值]"),
        ("a\x00b\u202ec", "data.a\ufffdb\ufffdc"),
        ("x" * 1000, "data." + "x" * 96 + "…"),
    ],
)
def test_the_name_of_an_unknown_field_is_shown_in_bounds(name, field):
    with pytest.raises(RejectedError) as caught:
        parse_event(observed(**{name: 1}))
    assert (caught.value.code, caught.value.field) == ("unknown_field", field)


def test_the_branches_of_a_union_are_not_in_the_path():
    with pytest.raises(ValidationError) as caught:
        NewKey.model_validate_json('{"department":"a","scopes":["read"],"expires":"2024"}')
    assert refusal(caught.value).field == "expires"


def test_a_body_that_is_no_object_is_malformed():
    assert (refused("[]").code, refused("[]").field) == ("malformed", "")


def test_a_line_that_is_no_event_is_malformed_with_the_place():
    with pytest.raises(ValidationError) as caught:
        LINES.validate_json(b'{"id":}')
    assert refusal(caught.value).message.en.startswith("not a readable JSON event: expected value")


def test_a_finding_carries_both_languages_and_its_field():
    made = finding(RejectCode.PRECISION, "过长{}", "too long{}", "value")
    assert made.type == "precision"
    assert made.message() == "too long{}"
    assert made.context == {"zh": "过长{}", "en": "too long{}", "field": "value"}


def test_the_words_are_found_under_the_name_of_events_as_well():
    assert the_same is refusal

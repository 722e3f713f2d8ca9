"""Operators: what a name may be, and what is kept of an account."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.data import Action, AlertCommand
from schemas.operators import Operator, Operators, as_kept, is_name

_KEPT = {"role": "view", "password": "scrypt$1$2$3$4$5", "added_at": "2026-01-02T03:04:05+00:00"}


@pytest.mark.parametrize("name", ["li", "李梅", "o·brien", "a.b-c_1", "_x", "Ünal", "A" * 64])
def test_a_name_is_letters_of_any_script(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "a b", " li", "li\n", ".li", "-li", "a'b", "<b>", "A" * 65, "admin", "Admin", "data"]
    + ["li\u200b", "l\u202ei", "ｌｉ", "e\u0301", "\u3164", "\u1160", "\ud800", "a/b", "a|b", "🙂"],
)
def test_what_could_pass_for_another_name_or_for_markup_is_none(name: str) -> None:
    assert not is_name(name)


@given(st.text(max_size=70))
def test_every_name_can_sign_a_command_and_is_found_as_it_is_typed(name: str) -> None:
    if is_name(name):
        command = AlertCommand(command_id="c", alert="a", action=Action.NOTE, person=name)
        assert command.person == name
        assert as_kept(f" {name} ") == as_kept(unicodedata.normalize("NFD", name)) == name
        assert name.isprintable()
        assert not set(name) & set("<>&\"'|/\\ ")


def test_a_name_typed_in_full_width_is_the_same_name() -> None:
    assert as_kept("ｌｉ ") == "li"


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "admin"},
        {"name": "a b"},
        {"role": "root"},
        {"password": "secret"},
        {"password": "scrypt$1$2$3$4"},
        {"department": "A B"},
        {"nickname": "x"},
    ],
)
def test_an_account_that_is_none_is_refused_and_what_it_held_is_not_told(
    changed: dict[str, str],
) -> None:
    with pytest.raises(ValidationError) as refused:
        Operator.model_validate_json(_json({"name": "li"} | _KEPT | changed))
    assert "secret" not in str(refused.value)
    assert "scrypt" not in str(refused.value).replace("^scrypt", "")


def test_two_names_that_differ_in_case_alone_are_one_name() -> None:
    li, again = ({"name": name} | _KEPT for name in ("li", "LI"))
    assert len(Operators.model_validate_json(_json({"operators": [li]})).operators) == 1
    with pytest.raises(ValidationError, match="twice"):
        Operators.model_validate_json(_json({"operators": [li, again]}))


def test_the_hash_is_not_shown_by_chance() -> None:
    assert "scrypt" not in repr(Operator.model_validate_json(_json({"name": "li"} | _KEPT)))


def _json(value: object) -> str:
    return json.dumps(value)

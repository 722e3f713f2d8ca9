"""An office's own schemes of lamps are data, checked when they are loaded."""

from decimal import Decimal as D

import pytest

from schemas.lamps import SHIPPED, read
from schemas.rejects import RejectedError
from services.alerts.domain.schemes import SCHEMES

OWN = """
- name: district-2024
  name_zh: 区督查室三色灯
  name_en: Lamps of the district office
  origin: 区政府督查室 2024 年通知
  measure: pace
  green: "0.95"
  yellow: 0.8
  escalate_after: 3
"""


def test_what_ships_has_a_rule() -> None:
    assert SCHEMES.keys() == SHIPPED


def test_a_scheme_is_read_from_yaml_or_json() -> None:
    (scheme,) = read(OWN)
    assert (scheme.name, scheme.green, scheme.yellow) == ("district-2024", D("0.95"), D("0.8"))
    assert (scheme.escalate_after, scheme.blue) == (3, True)
    assert read("") == ()
    assert read("[" + scheme.model_dump_json() + "]") == (scheme,)


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ('green: "0.95"', 'green: "0.7"', "bad_value", "0.yellow"),
        ("measure: pace", "measure: points", "bad_value", "0.yellow"),
        ('green: "0.95"\n  yellow: 0.8', "green: 1\n  yellow: -1", "bad_value", "0.yellow"),
        ('pace\n  green: "0.95"', "points\n  green: -1", "bad_value", "0.green"),
        ("name: district-2024", "name: standard", "conflict", "0.name"),
        ("name: district-2024", "name: District", "bad_value", "0.name"),
        ("escalate_after: 3", "escalate_after: 1", "bad_value", "0.escalate_after"),
        ("measure: pace", "measure: speed", "bad_value", "0.measure"),
        ("  origin: 区政府督查室 2024 年通知\n", "", "missing_field", "0.origin"),
        ("  yellow:", "  amber:", "unknown_field", "0.amber"),
        ("name_zh: 区", "name_zh: [区", "malformed", ""),
        ("name_en: Lamps of the district office", "name_en: 2024-01-01", "malformed", ""),
    ],
)
def test_a_scheme_that_is_wrong_is_refused_in_words(
    old: str, new: str, code: str, field: str
) -> None:
    assert old in OWN
    with pytest.raises(RejectedError) as refused:
        read(OWN.replace(old, new))
    assert (refused.value.code, refused.value.field) == (code, field)
    zh, en = refused.value.message
    assert zh != en
    assert any("\u4e00" <= character <= "\u9fff" for character in zh)


def test_a_name_is_given_once() -> None:
    with pytest.raises(RejectedError, match="is there twice"):
        read(OWN + OWN)


@pytest.mark.parametrize("text", ["name: x", "3", "[3]"])
def test_what_is_no_list_of_schemes_is_refused(text: str) -> None:
    with pytest.raises(RejectedError):
        read(text)


def test_a_gap_may_lie_below_zero() -> None:
    text = OWN.replace("measure: pace", "measure: gap")
    text = text.replace('green: "0.95"\n  yellow: 0.8', "green: -1\n  yellow: -5")
    (scheme,) = read(text)
    assert (scheme.green, scheme.yellow) == (D(-1), D(-5))

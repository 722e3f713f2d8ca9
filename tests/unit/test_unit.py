"""Units: prefixes and bases, exact conversion, and what is not a unit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.unit import BASES, MAX_LENGTH, PREFIXES, UnitText, convert, parse

UNIT: TypeAdapter[str] = TypeAdapter(UnitText)
SPELLINGS = sorted(
    {
        f"{prefix}{base}"
        for prefix in ("", *PREFIXES)
        for base in BASES
        if parse(prefix + base).known
    }
)
VALUES = st.builds(
    lambda digits, places: Decimal(f"{digits}E-{places}"),
    st.integers(-(10**38) + 1, 10**38 - 1),
    st.integers(0, 10),
)


@pytest.mark.parametrize(
    ("text", "kind", "factor"),
    [
        ("元", "元", 1),
        ("万元", "元", 10**4),
        ("亿元", "元", 10**8),
        ("万亿元", "元", 10**12),
        ("千万元", "元", 10**7),
        ("百万美元", "美元", 10**6),
        ("亿美元", "美元", 10**8),
        ("十万亩", "亩", 10**5),
        ("万辆", "辆", 10**4),
        ("台", "台", 1),
        ("千瓦", "W", 10**3),
        ("万千瓦", "W", 10**7),
        ("kW", "W", 10**3),
        ("MW", "W", 10**6),
        ("GW", "W", 10**9),
        ("千瓦时", "kWh", 1),
        ("亿千瓦时", "kWh", 10**8),
        ("度", "kWh", 1),
        ("%", "%", 1),
        ("位", "位", 1),
        ("吨标准煤", "吨标准煤", 1),
    ],
)
def test_a_known_unit(text, kind, factor):
    assert parse(text) == (kind, Decimal(factor), True)


@pytest.mark.parametrize(
    ("text", "kind", "factor"),
    [
        ("艘", "艘", 1),
        ("万艘", "艘", 10**4),
        ("万", "万", 1),
        ("万%", "万%", 1),
        ("亿GW", "亿GW", 1),
    ],
)
def test_a_counting_word_that_an_indicator_brings(text, kind, factor):
    assert parse(text) == (kind, Decimal(factor), False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "万 辆",
        "万辆 ",
        "10辆",
        "m²",
        "万辆\n",
        "万\x00辆",
        "辆\u202e",
        "辆\u200b",
        "\ufeff辆",
        "辆\u2028",
        "x" * (MAX_LENGTH + 1),
    ],
)
def test_what_is_no_unit(text):
    with pytest.raises(ValueError, match="^"):
        parse(text)
    with pytest.raises(ValidationError) as caught:
        UNIT.validate_python(text)
    assert caught.value.errors()[0]["type"] == "unknown_unit"


@pytest.mark.parametrize("value", [None, 1, True, ["元"], {}])
def test_a_unit_is_a_string(value):
    with pytest.raises(ValidationError) as caught:
        UNIT.validate_python(value)
    assert caught.value.errors()[0]["type"] == "bad_value"


@given(VALUES, st.sampled_from(SPELLINGS), st.data())
def test_a_conversion_there_and_back_is_exact(value, one, data):
    given_unit = parse(one)
    other = parse(
        data.draw(st.sampled_from([u for u in SPELLINGS if parse(u).kind == given_unit.kind]))
    )
    there = convert(value, given_unit, other)
    assert convert(there, other, given_unit) == value


@pytest.mark.parametrize(
    ("value", "one", "other", "converted"),
    [
        ("41.5", "万辆", "辆", "415000"),
        ("415000", "辆", "万辆", "41.5"),
        ("1.2", "万亿元", "亿元", "12000"),
        ("1", "元", "万亿元", "0.000000000001"),
        ("120", "kW", "万千瓦", "0.012"),
        ("3.5", "%", "%", "3.5"),
        ("9" * 38, "亿元", "元", "9" * 38 + "0" * 8),
    ],
)
def test_conversions(value, one, other, converted):
    assert convert(Decimal(value), parse(one), parse(other)) == Decimal(converted)


@pytest.mark.parametrize(
    ("one", "other"), [("元", "美元"), ("辆", "台"), ("kW", "kWh"), ("%", "位")]
)
def test_units_of_two_kinds_do_not_convert(one, other):
    with pytest.raises(ValueError, match="is not"):
        convert(Decimal(1), parse(one), parse(other))

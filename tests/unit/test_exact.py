"""Exact decimals: what comes in comes through, or is refused by name."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas import exact
from schemas.digits import lost_digits, value_as_written
from schemas.exact import (
    Exact,
    as_sent,
    fits,
    parse,
    significant_digits,
    sum_of,
    text,
    with_zeros,
)

EXACT: TypeAdapter[Decimal] = TypeAdapter(Exact)
# Every decimal of at most 38 digits in fixed notation, at any place of the point.
DECIMALS = st.builds(
    lambda digits, places: Decimal(f"{digits}E-{places}"),
    st.integers(-(10**38) + 1, 10**38 - 1),
    st.integers(0, 37),
).filter(lambda value: len(as_sent(value).lstrip("-").replace(".", "")) <= 38)
# What a double carries: at most 15 significant digits.
DOUBLES = st.builds(
    lambda digits, places: Decimal(f"{digits}E-{places}"),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.integers(0, 20),
)


def read(body: str) -> Decimal:
    return EXACT.validate_json(body)


def refused(body: str) -> str:
    with pytest.raises(ValidationError) as caught:
        read(body)
    (details,) = caught.value.errors()
    return details["type"]


@given(DECIMALS)
def test_a_string_of_38_digits_comes_through_exactly(value):
    assert read(json.dumps(as_sent(value))) == value


@given(DOUBLES)
def test_a_number_of_15_digits_comes_through_exactly(value):
    written = as_sent(value)
    assert read(written) == read(json.dumps(written)) == value
    assert lost_digits(f'{{"value":{written}}}') is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_kept_as_it_was_written_or_refused(value):
    body = repr(value)
    exactly = Decimal(body)
    short = (
        significant_digits(exactly) <= 15
        and len(as_sent(exactly).strip("-").replace(".", "")) <= 38
    )
    if short:
        assert read(body) == exactly
    else:
        assert refused(body) == "precision"


@given(st.one_of(DECIMALS, st.floats(allow_nan=False).map(lambda f: Decimal(repr(f)))))
def test_what_is_read_can_be_read_again_as_it_is_written(value):
    try:
        found = parse(float(value))
    except ValueError:
        return
    written = EXACT.dump_json(found)
    assert EXACT.validate_json(written) == found
    assert EXACT.dump_json(EXACT.validate_json(written)) == written


@given(DECIMALS)
def test_the_canonical_string_is_one_per_value(value):
    shown = text(value)
    assert Decimal(shown) == value
    assert shown == text(Decimal(shown))
    assert "E" not in shown
    assert shown != "-0"
    assert "." not in shown or not shown.endswith(("0", "."))


@pytest.mark.parametrize(
    ("value", "canonical", "sent"),
    [
        ("41.50", "41.5", "41.50"),
        ("0.00", "0", "0.00"),
        ("-0.0", "0", "-0.0"),
        ("1000", "1000", "1000"),
        ("1E+3", "1000", "1000"),
        ("-0.00000000010", "-0.0000000001", "-0.00000000010"),
    ],
)
def test_spellings(value, canonical, sent):
    assert text(Decimal(value)) == canonical
    assert as_sent(Decimal(value)) == sent


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("true", "bad_value"),
        ("false", "bad_value"),
        ("null", "bad_value"),
        ("[]", "bad_value"),
        ("{}", "bad_value"),
        ("NaN", "bad_value"),
        ("Infinity", "bad_value"),
        ("-Infinity", "bad_value"),
        ("1e400", "bad_value"),
        ('"NaN"', "bad_value"),
        ('""', "bad_value"),
        ('"+1"', "bad_value"),
        ('"1e3"', "bad_value"),
        ('"1,000"', "bad_value"),
        ('".5"', "bad_value"),
        ('"5."', "bad_value"),
        ('" 5"', "bad_value"),
        ('"5\\n"', "bad_value"),
        ('"４１"', "bad_value"),
        ('"0x10"', "bad_value"),
        ('"1_000"', "bad_value"),
        ('"' + "1" * 39 + '"', "precision"),
        ('"' + "1" * 30 + "." + "1" * 9 + '"', "precision"),
        ("1234567890123456", "precision"),
        ("0.1234567890123456", "precision"),
        ("1e38", "precision"),
        ("1e-38", "precision"),
        ("1e300", "precision"),
        ("5e-324", "precision"),
        ("1" + "0" * 4000, "precision"),
    ],
)
def test_refusals(body, code):
    assert refused(body) == code


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("41.5", "41.5"),
        ("-3", "-3"),
        ("1e3", "1000"),
        ("1e37", "1" + "0" * 37),
        ("123456789012345", "123456789012345"),
        ("1234567890123450000", "1234567890123450000"),
        ('"' + "9" * 38 + '"', "9" * 38),
        ('"00041.5"', "41.5"),
    ],
)
def test_what_is_taken(body, value):
    assert read(body) == Decimal(value)


def test_a_decimal_of_python_is_taken_as_it_is():
    assert parse(Decimal("1.234567890123456789")) == Decimal("1.234567890123456789")


@pytest.mark.parametrize(
    ("value", "digits"), [("0", 0), ("0.0", 0), ("1000", 1), ("10.01", 4), ("-0.0120", 2)]
)
def test_significant_digits(value, digits):
    assert significant_digits(Decimal(value)) == digits


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("0", True),
        ("0E-30", True),
        ("9" * 28, True),
        ("1" + "0" * 28, False),
        ("9" * 28 + "." + "9" * 10, True),
        ("0.0000000001", True),
        ("0.00000000001", False),
        ("0.10000000000000", True),
        ("1E-11", False),
        ("1E+27", True),
        ("NaN", False),
        ("Infinity", False),
    ],
)
def test_what_a_column_of_38_digits_and_10_places_keeps(value, kept):
    assert fits(Decimal(value)) is kept


@given(DECIMALS)
@example(Decimal("9999999999999999999999999999.5"))
def test_what_fits_is_not_changed_by_the_column(value):
    stored = exact.CONTEXT.quantize(value, Decimal(1).scaleb(-10))
    # abs() would round to the 28 digits of the default context.
    assert fits(value) is (stored == value and stored.copy_abs() < Decimal(10) ** 28)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ('{"data":{"value":1234567890123456}}', "data.value"),
        ('{"data":{"value":1.0000000000000001}}', "data.value"),
        ('{"data": {"a":[1, 0.10000000000000001]}}', "data.a.1"),
        ('{"data":{"value":12345678901234567e-5}}', "data.value"),
        ('{"data":{"value":1.50000000000000000e5}}', None),
        ('{"data":{"value":1000000000000000000000}}', None),
        ('{"data":{"value":-0.000000000000000001}}', None),
        ('{"data":{"value":"1234567890123456789"}}', None),
        ('{"data":{"note":"见 :1234567890123456789"}}', None),
        ('{"data":{"value":41.5}}', None),
    ],
)
def test_digits_that_a_double_loses_are_found_in_the_text(body, path):
    assert lost_digits(body) == lost_digits(body.encode()) == path


@given(st.integers(10**15, 10**30).filter(lambda n: len(str(n).strip("0")) > 15))
def test_every_number_of_more_than_15_digits_is_found(number: Any):
    assert lost_digits(f'{{"a":{{"b":[0,{number}]}}}}') == "a.b.1"


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ('{"value":41.50}', "41.50"),
        ('{"value" : -0.0 , "x":1}', "-0.0"),
        ('{"data":{"unit":"x","value":\n100.00\t}}', "100.00"),
        ('{"value":41}', None),
        ('{"value":4.150e1}', None),
        ('{"value":"41.50"}', None),
        ('{"value":null}', None),
        ('{"note":"\\"value\\":41.50"}', None),
        ('{"a":"value","b":41.50}', None),
    ],
)
def test_a_number_is_found_as_it_was_written(body, written):
    assert value_as_written(body) == value_as_written(body.encode()) == written


@given(DOUBLES, st.integers(0, 20))
def test_zeros_change_the_spelling_of_a_number_and_not_its_value(value, more):
    written = as_sent(value) + ("" if "." in as_sent(value) else ".") + "0" * (more + 1)
    found = with_zeros(read(written), written)
    assert found == value
    assert as_sent(found) == written or len(written.lstrip("-").replace(".", "")) > 38
    assert EXACT.validate_json(EXACT.dump_json(found)) == value


def test_a_sum_is_exact():
    # The default context would round to 28 digits.
    assert sum_of([Decimal("1E+27"), Decimal("1E-10")]) == Decimal("1" + "0" * 27 + ".0000000001")
    assert sum_of([]) == 0

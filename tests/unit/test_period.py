"""Periods: every spelling of the contract, and one canonical name per span."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas import period
from schemas.period import PeriodText, Span

PERIOD: TypeAdapter[str] = TypeAdapter(PeriodText)
DAYS = st.dates(date(1970, 1, 1), date(2148, 12, 31))
SPANS = st.tuples(DAYS, DAYS).map(lambda days: Span(min(days), max(days)))
YEARS = st.integers(1970, 2148)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-H1", "2024-01-01", "2024-06-30"),
        ("2024-H2", "2024-07-01", "2024-12-31"),
        ("2024-Q1", "2024-01-01", "2024-03-31"),
        ("2024-Q4", "2024-10-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2024-03-15", "2024-03-15", "2024-03-15"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
        ("2024-01/2024-02", "2024-01-01", "2024-02-29"),
        ("2023-Q4/2024-Q1", "2023-10-01", "2024-03-31"),
        ("2024-03-04/2024-03-10", "2024-03-04", "2024-03-10"),
        ("2024-01-01/2024-01-01", "2024-01-01", "2024-01-01"),
        ("2024/2025", "2024-01-01", "2025-12-31"),
    ],
)
def test_every_spelling(text, start, end):
    assert PERIOD.validate_python(text) == text
    assert period.parse(text) == (date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24",
        "2024-13",
        "2024-00",
        "2024-1",
        "2024-02-30",
        "2023-02-29",
        "2024-03-00",
        "2024-H3",
        "2024-Q0",
        "2024-Q5",
        "2024-h1",
        "2024-W10",
        "202403",
        "2024/03",
        "2024-03/",
        "/2024-03",
        "2024-03/2024-01",
        "2024-01/2024-02/2024-03",
        "2024-03 ",
        "2024-03\n",
        "２０２４",
        "2024年3月",
        "0000",
        "0000-01",
        "1969",
        "1969-12",
        "1969-12-31",
        "1969-12/1970-01",
        "2149",
        "2149-06-06",
        "2148/2149",
        "9999-12",
        2024,
        2024.5,
        True,
        None,
        [],
        {},
        b"2024",
        date(2024, 3, 15),
    ],
)
def test_what_is_no_period(text):
    with pytest.raises(ValidationError) as caught:
        PERIOD.validate_python(text)
    assert caught.value.errors()[0]["type"] == "bad_period"


def test_the_first_and_the_last_year_are_taken():
    assert PERIOD.validate_python("1970-01-01/2148-12-31")


@given(SPANS)
def test_the_canonical_name_of_a_span_is_read_as_the_same_span(span):
    name = period.span_name(span)
    assert period.parse(PERIOD.validate_python(name)) == span


@given(DAYS)
def test_the_canonical_name_of_an_end_is_read_as_that_end(day):
    assert period.parse(period.end_name(day)).end == day


@given(YEARS, st.sampled_from(["", "-H1", "-H2", "-Q1", "-Q2", "-Q3", "-Q4", "-01", "-12"]))
def test_a_named_period_is_its_own_canonical_name(year, part):
    name = f"{year}{part}"
    assert period.span_name(period.parse(name)) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2024-01/2024-12", "2024"),
        ("2024-01/2024-06", "2024-H1"),
        ("2024-04/2024-06", "2024-Q2"),
        ("2024-03-01/2024-03-31", "2024-03"),
        ("2024-03-15/2024-03-15", "2024-03-15"),
        ("2024-02/2024-04", "2024-02/2024-04"),
        ("2024-04/2024-09", "2024-04/2024-09"),
        ("2024-07/2025-06", "2024-07/2025-06"),
        ("2024-01/2024-02", "2024-01/2024-02"),
        ("2024-01-01/2024-02-29", "2024-01/2024-02"),
        ("2024-01-01/2024-02-28", "2024-01-01/2024-02-28"),
        ("2024-01-02/2024-01-31", "2024-01-02/2024-01-31"),
    ],
)
def test_one_span_has_one_name(text, name):
    assert period.span_name(period.parse(text)) == name


@given(SPANS)
def test_days_are_counted_with_both_ends(span):
    assert span.start + timedelta(days=span.days - 1) == span.end


@given(DAYS)
def test_a_month_end_is_the_last_day_of_its_month(day):
    end = period.month_end(day)
    assert (end.year, end.month) == (day.year, day.month)
    assert period.is_month_end(end)
    assert (end == day) is period.is_month_end(day)


@pytest.mark.parametrize(
    ("day", "years", "before"),
    [
        ("2024-06-15", 1, "2023-06-15"),
        ("2024-02-29", 1, "2023-02-28"),
        ("2024-02-29", 4, "2020-02-29"),
        ("2025-02-28", 1, "2024-02-29"),
        ("2024-02-28", 1, "2023-02-28"),
        ("2024-12-31", 1, "2023-12-31"),
    ],
)
def test_the_same_day_of_an_earlier_year(day, years, before):
    found = period.same_day_last_year(date.fromisoformat(day), years)
    assert found.isoformat() == before


def test_a_year_is_a_span():
    assert period.year_span(2024) == period.parse("2024")

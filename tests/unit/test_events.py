"""Events as they come: what is taken, what it is the same as, and the line it becomes."""

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import exact
from schemas.events import LINES, Accepted, accepted_line, content, parse_event, subject
from schemas.publish.examples import example
from tests.builders import RECEIVED, line, observed
from tests.unit.changed_examples import (
    CHARGER,
    ENTITY,
    INDICATOR,
    METRIC,
    PROJECT,
    TARGET,
    changed,
    field_refused,
    raw_value,
    refused,
)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("NaN", "bad_value"),
        ("Infinity", "bad_value"),
        ("1e400", "bad_value"),
        ("-1e400", "bad_value"),
        ("1234567890123456", "precision"),
        ("1.0000000000000001", "precision"),
        ("0.10000000000000001", "precision"),
        ("41.50000000000000000001", "precision"),
        ("1" * 39, "precision"),
        ("1e38", "precision"),
    ],
)
def test_numbers_that_lose_digits_or_are_none(written, code):
    error = refused(raw_value(written))
    assert (error.code, error.field) == (code, "data.value")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("41.5", "41.5"),
        ("41.50000000000000000", "41.5"),
        ("100000000000000000000", "100000000000000000000"),
        ("-0", "0"),
        ("1E2", "100"),
        ('"' + "9" * 38 + '"', "9" * 38),
        ('"' + "9" * 27 + '.12345678901"', "9" * 27 + ".12345678901"),
    ],
)
def test_numbers_that_come_through(written, value):
    event = parse_event(raw_value(written))
    assert exact.text(event.data.value) == value  # type: ignore[union-attr]


def test_lost_digits_are_found_where_they_are():
    raw = json.dumps(changed(CHARGER, "data.location.lat", "@")).replace(
        '"@"', "31.0000000000000001"
    )
    assert refused(raw).field == "data.location.lat"


def test_status_m_takes_a_figure_back_and_leaves_none():
    error = refused(changed(METRIC, "data.status", "M"))
    assert (error.code, error.field) == ("bad_value", "data.value")


def test_a_deletion_has_status_m_and_no_value():
    event = changed(METRIC, "data.value", None)
    event["data"]["status"] = "M"
    assert parse_event(json.dumps(event)).data.value is None  # type: ignore[union-attr]


@pytest.mark.parametrize("period", ["2024-01/2024-06", "2024-01-01/2024-06-15", "2024-06", "2024"])
def test_a_cumulative_may_be_named_by_its_interval_from_the_first_of_january(period):
    assert parse_event(json.dumps(changed(METRIC, "data.period", period)))


def test_a_period_value_may_cross_the_year():
    event = changed(METRIC, "data.period", "2023-11/2024-02")
    event["data"]["measure"] = "period"
    assert parse_event(json.dumps(event))


def test_text_of_several_lines_is_kept_where_several_are_allowed():
    event = changed(INDICATOR, "data.definition", "第一行\n\t第二行\r\n")
    assert parse_event(json.dumps(event)).data.definition == "第一行\n\t第二行\r\n"  # type: ignore[union-attr]


@pytest.mark.parametrize("id_", ["关于 2024 年 6 月", "A/B+C=#?%", "é" * 128, "a'b\"c\\d"])
def test_any_printable_character_may_stand_in_an_id(id_):
    assert parse_event(json.dumps(changed(METRIC, "id", id_))).id == id_


@pytest.mark.parametrize(
    ("name", "key"),
    [
        (INDICATOR, "vehicle_output"),
        (ENTITY, "wujin-hightech"),
        (METRIC, "changzhou"),
        (PROJECT, "battery-base-3"),
        (CHARGER, "星能充电|CZ-0231"),
        (TARGET, "changzhou"),
    ],
)
def test_the_subject_of_an_event_is_the_key_of_its_record(name, key):
    assert subject(parse_event(json.dumps(example(name)))) == key


def test_equal_content_is_the_same_type_data_and_publication():
    one = parse_event(observed("41.5", id="a", time="2024-07-10T09:00:00+08:00"))
    same = parse_event(observed("41.50", id="b", time="2024-07-10T01:00:00Z"))
    explicit = parse_event(observed("41.5", recordedtime="2024-07-10T09:00:00+08:00"))
    later = parse_event(observed("41.5", recordedtime="2024-07-11T09:00:00+08:00"))
    other = parse_event(observed("41.6"))
    assert content(one) == content(same) == content(explicit)
    assert content(later) != content(one) != content(other)


def test_a_line_is_the_event_as_sent_followed_by_its_acceptance():
    sent = observed("41.50")
    written = json.loads(line(sent))
    assert {name: written[name] for name in json.loads(sent)} == json.loads(sent)
    assert written["canonicalvalue"] == "41.5"
    assert list(written)[-5:] == [
        "receipt", "department", "receivedtime", "canonicalvalue", "canonicalunit",
    ]  # fmt: skip


def numbers() -> Iterator[st.SearchStrategy[str]]:
    """Figures as they may be written: strings of up to 38 digits, numbers of up to 15."""
    for digits, places, quote in ((38, 10, '"'), (15, 10, "")):
        most = 10**digits - 1
        yield st.builds(
            lambda n, p, q: f"{q}{exact.as_sent(Decimal(f'{n}E-{p}'))}{q}",
            st.integers(-most, most),
            st.integers(0, places),
            st.just(quote),
        )


@given(st.one_of(*numbers()))
def test_a_figure_goes_from_the_wire_into_a_line_and_out_again_exactly(written):
    event = parse_event(raw_value(written))
    value = Decimal(written.strip('"'))
    assert event.data.value == value  # type: ignore[union-attr]
    accepted = Accepted(
        receipt="r",
        department="czgxj",
        receivedtime=RECEIVED,
        canonicalvalue=exact.text(value),
        canonicalunit="万辆",
    )
    read = LINES.validate_json(accepted_line(event, accepted))
    assert read.data == event.data
    assert Decimal(read.canonicalvalue or "") == value


@given(st.text(max_size=200))
def test_any_text_is_an_event_or_refused_in_words(text):
    refused(text)


@given(
    st.sampled_from([METRIC, CHARGER, PROJECT, INDICATOR, ENTITY, TARGET]),
    st.data(),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    ),
)
def test_whatever_stands_in_a_field_is_taken_or_refused_at_that_field(name, data, value):
    field = data.draw(st.sampled_from(sorted(example(name)["data"])))
    raw = json.dumps(changed(name, f"data.{field}", value))
    # A pair of fields may be refused at its other half, and a lone surrogate is no JSON.
    assert field_refused(raw).partition(".")[0] in ("data", "")

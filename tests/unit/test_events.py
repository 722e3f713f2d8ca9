"""Events as they come: what is taken, and for everything else the code and the field."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import exact
from schemas.events import LINES, Accepted, accepted_line, content, parse_event, subject
from schemas.publish.examples import example
from schemas.rejects import RejectedError
from tests.builders import RECEIVED, line, observed

METRIC = "pacekeeper.metric.observed.v1"
CHARGER = "pacekeeper.charger.updated.v1"
PROJECT = "pacekeeper.project.updated.v1"
INDICATOR = "pacekeeper.indicator.defined.v1"
ENTITY = "pacekeeper.entity.defined.v1"
TARGET = "pacekeeper.target.set.v1"
GONE = object()


def changed(name: str, path: str, value: Any) -> dict[str, Any]:
    """The example of the type with one place changed, or taken away."""
    event = example(name)
    *above, last = path.split(".")
    place: Any = event
    for part in above:
        place = place[_index(place, part)]
    if value is GONE:
        del place[last]
    else:
        place[_index(place, last)] = value
    return event


def _index(place: Any, part: str) -> str | int:
    return int(part) if isinstance(place, list) else part


def refused(raw: bytes | str | dict[str, Any]) -> RejectedError:
    with pytest.raises(RejectedError) as caught:
        parse_event(json.dumps(raw) if isinstance(raw, dict) else raw)
    return caught.value


def raw_value(written: str) -> str:
    """An observation whose value is written in the text just so."""
    return json.dumps(changed(METRIC, "data.value", "@")).replace('"@"', written)


def field_refused(raw: str) -> str:
    """The field at which an event is refused; empty if it is taken, or is none at all."""
    try:
        parse_event(raw)
    except RejectedError as error:
        return error.field
    return ""


@pytest.mark.parametrize(
    ("name", "path", "value", "code"),
    [
        # the envelope
        (METRIC, "specversion", "0.3", "bad_value"),
        (METRIC, "specversion", 1.0, "bad_value"),
        (METRIC, "specversion", GONE, "missing_field"),
        (METRIC, "id", "", "bad_value"),
        (METRIC, "id", "a" * 129, "bad_value"),
        (METRIC, "id", "a\nb", "bad_value"),
        (METRIC, "id", "a\x00b", "bad_value"),
        (METRIC, "id", "a\x7fb", "bad_value"),
        (METRIC, "id", "a\u0085b", "bad_value"),
        (METRIC, "id", "a\u2028b", "bad_value"),
        (METRIC, "id", "a\u202eb", "bad_value"),
        (METRIC, "id", "a\u2066b", "bad_value"),
        (METRIC, "id", "a\u200fb", "bad_value"),
        (METRIC, "id", "a\u061cb", "bad_value"),
        (METRIC, "id", "a\u200bb", "bad_value"),
        (METRIC, "id", "a\u00adb", "bad_value"),
        (METRIC, "id", "\ufeffa", "bad_value"),
        (METRIC, "id", 7, "bad_value"),
        (METRIC, "id", None, "bad_value"),
        (METRIC, "id", GONE, "missing_field"),
        (METRIC, "source", "urn:other:czgxj", "bad_value"),
        (METRIC, "source", "urn:pacekeeper:", "bad_value"),
        (METRIC, "source", "urn:pacekeeper:CZGXJ", "bad_value"),
        (METRIC, "source", GONE, "missing_field"),
        (METRIC, "type", "pacekeeper.metric.observed.v2", "unknown_type"),
        (METRIC, "type", "metric.observed.v1", "unknown_type"),
        (METRIC, "type", "pacekeeper.alert.command.v1", "unknown_type"),
        (METRIC, "type", 1, "unknown_type"),
        (METRIC, "type", GONE, "missing_field"),
        (METRIC, "time", "2024-07-10T09:00:00", "bad_value"),
        (METRIC, "time", "2024-07-10", "bad_value"),
        (METRIC, "time", "2024-07-10 09:00:00Z", "bad_value"),
        (METRIC, "time", "2024-02-30T09:00:00Z", "bad_value"),
        (METRIC, "time", "2024-07-10T25:00:00Z", "bad_value"),
        (METRIC, "time", "2024-07-10T09:00:60Z", "bad_value"),
        (METRIC, "time", "1720573200", "bad_value"),
        (METRIC, "time", 1720573200, "bad_value"),
        (METRIC, "time", "1900-01-01T00:00:00Z", "bad_value"),
        (METRIC, "time", "2299-01-01T00:00:00Z", "bad_value"),
        (METRIC, "time", GONE, "missing_field"),
        (METRIC, "recordedtime", "2024-07-10T09:00:00", "bad_value"),
        (METRIC, "datacontenttype", "text/plain", "bad_value"),
        (METRIC, "traceparent", "00-xyz", "bad_value"),
        (METRIC, "data", GONE, "missing_field"),
        (METRIC, "data", [], "bad_value"),
        (METRIC, "data", "x", "bad_value"),
        (METRIC, "data", None, "bad_value"),
        (METRIC, "extra", 1, "unknown_field"),
        (METRIC, "recordedTime", "2024-07-10T09:00:00Z", "unknown_field"),
        # a figure
        (METRIC, "data.vaule", "1", "unknown_field"),
        (METRIC, "data.value", GONE, "missing_field"),
        (METRIC, "data.value", None, "bad_value"),
        (METRIC, "data.value", True, "bad_value"),
        (METRIC, "data.value", "41,5", "bad_value"),
        (METRIC, "data.value", "NaN", "bad_value"),
        (METRIC, "data.value", {}, "bad_value"),
        (METRIC, "data.value", "1" * 20 + "." + "1" * 19, "precision"),
        (METRIC, "data.value", 1234567890.1234567, "precision"),
        (METRIC, "data.value", 9007199254740993, "precision"),
        (METRIC, "data.period", "2024-13", "bad_period"),
        (METRIC, "data.period", 2024, "bad_period"),
        (METRIC, "data.period", None, "bad_period"),
        (METRIC, "data.period", ["2024"], "bad_period"),
        (METRIC, "data.period", "2024-02-30", "bad_period"),
        (METRIC, "data.period", "2023-02-29", "bad_period"),
        (METRIC, "data.period", "2024-06/2024-01", "bad_period"),
        (METRIC, "data.period", "2024-02/2024-06", "bad_period"),
        (METRIC, "data.period", "2023-01/2024-06", "bad_period"),
        (METRIC, "data.period", "1969-12", "bad_period"),
        (METRIC, "data.period", "2149", "bad_period"),
        (METRIC, "data.period", GONE, "missing_field"),
        (METRIC, "data.measure", "total", "bad_value"),
        (METRIC, "data.status", "X", "bad_value"),
        (METRIC, "data.unit", "", "unknown_unit"),
        (METRIC, "data.unit", "万 辆", "unknown_unit"),
        (METRIC, "data.unit", "万辆\x00", "unknown_unit"),
        (METRIC, "data.unit", "辆\u202e", "unknown_unit"),
        (METRIC, "data.unit", "10辆", "unknown_unit"),
        (METRIC, "data.unit", 1, "bad_value"),
        (METRIC, "data.indicator", "整车产量", "bad_value"),
        (METRIC, "data.indicator", "Vehicle", "bad_value"),
        (METRIC, "data.indicator", "a" * 97, "bad_value"),
        (METRIC, "data.indicator", "vehicle_output\n", "bad_value"),
        (METRIC, "data.entity", "", "bad_value"),
        (METRIC, "data.note", "a\nb", "bad_value"),
        (METRIC, "data.note", "a\u202eb", "bad_value"),
        (METRIC, "data.note", "长" * 513, "bad_value"),
        (METRIC, "data.scope", "s" * 97, "bad_value"),
        (METRIC, "data.scope", None, "bad_value"),
        # a definition
        (INDICATOR, "data.name_zh", "", "bad_value"),
        (INDICATOR, "data.name_en", GONE, "missing_field"),
        (INDICATOR, "data.definition", "a\x00b", "bad_value"),
        (INDICATOR, "data.definition", "长" * 4097, "bad_value"),
        (INDICATOR, "data.direction", "up", "bad_value"),
        (INDICATOR, "data.frequency", "hour", "bad_value"),
        (INDICATOR, "data.due_days", -1, "bad_value"),
        (INDICATOR, "data.due_days", 401, "bad_value"),
        (INDICATOR, "data.due_days", "20", "bad_value"),
        (INDICATOR, "data.due_days", True, "bad_value"),
        (INDICATOR, "data.due_days", 2.5, "bad_value"),
        (INDICATOR, "data.levels_comparable", "yes", "bad_value"),
        (INDICATOR, "data.levels_comparable", 1, "bad_value"),
        (INDICATOR, "data.tolerance", "-1", "bad_value"),
        (INDICATOR, "data.granted", "cztjj", "bad_value"),
        (INDICATOR, "data.granted", ["cztjj"] * 101, "bad_value"),
        (ENTITY, "data.kind", "village", "bad_value"),
        (ENTITY, "data.location.crs", "bd09", "bad_value"),
        # a project
        (PROJECT, "data.on", "2024-02-30", "bad_value"),
        (PROJECT, "data.on", 20240516, "bad_value"),
        (PROJECT, "data.on", "20240516", "bad_value"),
        (PROJECT, "data.on", "1715817600", "bad_value"),
        (PROJECT, "data.on", "2024-05-16T00:00:00", "bad_value"),
        (PROJECT, "data.on", "1969-12-31", "bad_value"),
        (PROJECT, "data.on", "2149-01-01", "bad_value"),
        (PROJECT, "data.stage", "finished", "bad_value"),
        (PROJECT, "data.progress", "-1", "bad_value"),
        (PROJECT, "data.progress", "100.1", "bad_value"),
        (PROJECT, "data.invested", "-1", "bad_value"),
        (PROJECT, "data.amount.value", "-1", "bad_value"),
        (PROJECT, "data.amount.currency", "EUR", "bad_value"),
        (PROJECT, "data.amount", "12000000000", "bad_value"),
        (PROJECT, "data.responsible.0", "市工信局", "bad_value"),
        # a charger
        (CHARGER, "data.station", "a\tb", "bad_value"),
        (CHARGER, "data.station", "s" * 65, "bad_value"),
        (CHARGER, "data.status_at", "2024-07-10T09:15:00", "bad_value"),
        (CHARGER, "data.connectors", {}, "bad_value"),
        (CHARGER, "data.connectors.1.status", "charging", "bad_value"),
        (CHARGER, "data.connectors.0.plug", "A", "unknown_field"),
        (CHARGER, "data.power_kw", "0", "bad_value"),
        (CHARGER, "data.sequence", -1, "bad_value"),
        (CHARGER, "data.sequence", 10**15, "bad_value"),
        (CHARGER, "data.location.lon", 1e-60, "precision"),
    ],
)
def test_what_is_refused_and_where(name, path, value, code):
    error = refused(changed(name, path, value))
    assert (error.code, error.field) == (code, path)
    assert error.message.zh
    assert error.message.en
    assert error.message.zh != error.message.en


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("data.location.lon", "180.1", "data.location"),
        ("data.location.lat", "-90.1", "data.location"),
        ("data.commissioned_on", None, "data.commissioned_basis"),
        ("data.commissioned_basis", None, "data.commissioned_basis"),
    ],
)
def test_fields_that_do_not_go_together(path, value, field):
    error = refused(changed(CHARGER, path, value))
    assert (error.code, error.field) == ("bad_value", field)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "null",
        "1",
        '"text"',
        "[]",
        "{",
        "{}}",
        "not json",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        '{"id":"\x01"}',
        '{"id":"a","id2":}',
        "[" * 100_000,
        '{"data":' * 300 + "1" + "}" * 300,
        b'{"specversion":"\xff"}',
        '{"id":"\\ud800"}',
        '{"id":"\\udc00\\ud800"}',
        '{"sequence":' + "1" * 5000 + "}",
    ],
)
def test_what_is_no_event_at_all(raw):
    error = refused(raw)
    assert error.code in ("malformed", "missing_field")
    assert (error.code == "malformed") is (error.field == "")
    assert error.code == "malformed"


def test_an_object_without_a_type_is_told_so():
    error = refused("{}")
    assert (error.code, error.field) == ("missing_field", "type")


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


def test_a_misspelt_field_is_named_and_not_the_one_it_stood_for():
    event = changed(METRIC, "data.value", GONE)
    event["data"]["vaule"] = "1"
    error = refused(event)
    assert (error.code, error.field) == ("unknown_field", "data.vaule")


def test_a_message_names_the_field_and_the_remedy_in_both_languages():
    error = refused(changed(METRIC, "data.status", "X"))
    assert error.message == (
        "字段 data.status：应为 'A', 'B', 'D', 'E', 'F', 'G', 'M', 'P' or 'V'",
        "data.status: 'A', 'B', 'D', 'E', 'F', 'G', 'M', 'P' or 'V' is expected",
    )
    assert str(error).startswith("bad_value data.status: ")


def test_an_unknown_type_is_told_which_there_are():
    error = refused(changed(METRIC, "type", "pacekeeper.metric.v1"))
    assert METRIC in error.message.en


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

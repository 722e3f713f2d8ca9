"""What is refused of an event: the code, the field, and the words."""

import pytest

from tests.unit.changed_examples import (
    CHARGER,
    ENTITY,
    GONE,
    INDICATOR,
    METRIC,
    PROJECT,
    changed,
    refused,
)


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

"""What is taken of observations, projects and chargers, and in which unit it is kept."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import exact, figure, unit
from schemas.answers import Scope
from schemas.data import EntityDefined, IndicatorDefined, TargetSet
from schemas.events import parse_event
from schemas.lamps import SHIPPED
from schemas.rejects import RejectCode, RejectedError
from services.ingest.accept import Canonical, Plain, judge, note, scope_of
from services.ingest.known import Known, Overlay
from services.ingest.sender import Sender
from tests.builders import defined, observed, raw_event, target

NOW = datetime(2026, 1, 2, tzinfo=UTC)
STATS = Sender("stats", frozenset({Scope.OBSERVE}))
ADMIN = Sender("admin", frozenset(Scope))


@dataclass
class Shelf:
    """A `Known` that is filled by hand."""

    indicators: dict[str, IndicatorDefined] = field(default_factory=dict)
    entities: dict[str, EntityDefined] = field(default_factory=dict)
    targets: dict[tuple[str, int], TargetSet] = field(default_factory=dict)
    figures: set[str] = field(default_factory=set)
    lamps: frozenset[str] = SHIPPED

    def indicator(self, name: str) -> IndicatorDefined | None:
        return self.indicators.get(name)

    def entity(self, name: str) -> EntityDefined | None:
        return self.entities.get(name)

    def target(self, name: str, version: int) -> TargetSet | None:
        return self.targets.get((name, version))

    def newest_target(self, name: str) -> TargetSet | None:
        versions = [t for (n, _), t in self.targets.items() if n == name]
        return max(versions, key=lambda t: t.version, default=None)

    def recorded(self, key: bytes) -> datetime | None:
        return None

    def schemes(self) -> frozenset[str]:
        return self.lamps

    def observed(self, indicator: str) -> bool:
        return indicator in self.figures


def indicator(**changed: Any) -> IndicatorDefined:
    return parse_event(defined(**changed)).data  # type: ignore[return-value]


def place(name: str, parent: str | None = None) -> EntityDefined:
    return EntityDefined.model_validate_json(
        orjson.dumps({"entity": name, "kind": "city", "name_zh": name, "parent": parent})
    )


def shelf(*indicators: IndicatorDefined, places: Iterable[str] = ("changzhou",)) -> Shelf:
    named = {one.indicator: one for one in indicators or (indicator(),)}
    return Shelf(named, {name: place(name) for name in places})


def refused(raw: bytes, known: Known | None = None, sender: Sender = STATS) -> tuple[str, str]:
    """Code and field of the refusal."""
    event = parse_event(raw)
    known = known or shelf()
    with pytest.raises(RejectedError) as caught:
        judge(event, sender, known, NOW)
    plain = figure.read(raw)
    assert plain is None or Plain(sender, known, NOW).judge(plain) is None
    error = caught.value
    assert error.message.zh
    assert error.message.en
    return error.code, error.field


def kept(raw: bytes, known: Known | None = None, sender: Sender = STATS) -> Canonical:
    known = known or shelf()
    canonical = judge(parse_event(raw), sender, known, NOW)
    plain = figure.read(raw)
    assert plain is None or Plain(sender, known, NOW).judge(plain) == canonical
    return canonical


@pytest.mark.parametrize(
    ("value", "sent", "own", "canonical"),
    [
        ("41.5", "万辆", "万辆", "41.5"),
        ("41.50", "万辆", "万辆", "41.5"),
        ("415000", "辆", "万辆", "41.5"),
        ("41.5", "万辆", "辆", "415000"),
        ("0.0001", "亿辆", "辆", "10000"),
        ("-3", "千辆", "百辆", "-30"),
        ("-0", "辆", "万辆", "0"),
        ("1", "GW", "万千瓦", "100"),
        ("12.5", "万千瓦时", "度", "125000"),
        ("1", "枚", "万枚", "0.0001"),
        ("9999999999999999999999999999", "辆", "辆", "9999999999999999999999999999"),
        ("0.0000000001", "辆", "辆", "0.0000000001"),
        ("0.000001", "辆", "万辆", "0.0000000001"),
    ],
)
def test_a_figure_is_converted_exactly(value, sent, own, canonical):
    known = shelf(indicator(unit=own))
    assert kept(observed(value, unit=sent), known) == (canonical, own)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12
    ),
    st.sampled_from(["辆", "百辆", "千辆", "万辆", "百万辆", "亿辆"]),
    st.sampled_from(["辆", "百辆", "千辆", "万辆"]),
)
def test_every_conversion_can_be_undone(value, sent, own):
    canonical, kept_in = kept(observed(exact.as_sent(value), unit=sent), shelf(indicator(unit=own)))
    assert kept_in == own
    assert canonical is not None
    back = unit.convert(Decimal(canonical), unit.parse(own), unit.parse(sent))
    assert back == value


@pytest.mark.parametrize(
    ("value", "sent", "own"),
    [
        ("0.00000000001", "辆", "辆"),
        ("0.0000001", "辆", "万辆"),
        ("99999999999999999999999999999", "辆", "辆"),
        ("9999999999999999999999999", "万辆", "辆"),
    ],
)
def test_what_would_have_to_be_rounded_is_refused(value, sent, own):
    known = shelf(indicator(unit=own))
    assert refused(observed(value, unit=sent), known) == (RejectCode.PRECISION, "data.value")


def test_a_figure_taken_back_has_no_value_but_a_unit():
    assert kept(observed(None)) == (None, "万辆")


def test_growth_is_reported_in_per_cent_beside_any_amount():
    assert kept(observed("8.1", measure="rate", unit="%")) == ("8.1", "%")


def test_a_rate_has_figures_in_its_own_unit():
    known = shelf(indicator(measure="rate", unit="位"))
    assert kept(observed("3", measure="rate", unit="位"), known) == ("3", "位")
    wrong = observed("3", measure="rate", unit="%")
    assert refused(wrong, known) == (RejectCode.UNIT_MISMATCH, "data.unit")


@pytest.mark.parametrize(
    ("own", "sent", "good"),
    [
        ("cumulative", "period", True),
        ("period", "cumulative", True),
        ("cumulative", "stock", False),
        ("stock", "stock", True),
        ("stock", "period", False),
        ("stock", "cumulative", False),
        ("rate", "period", False),
    ],
)
def test_the_measure_fits_the_indicator(own, sent, good):
    known, raw = shelf(indicator(measure=own)), observed(measure=sent)
    if good:
        assert kept(raw, known).value == "41.5"
    else:
        assert refused(raw, known) == (RejectCode.MEASURE_MISMATCH, "data.measure")


@pytest.mark.parametrize(
    ("raw", "code", "where"),
    [
        (observed(indicator="nobody"), "unknown_indicator", "data.indicator"),
        (observed(entity="nowhere"), "unknown_entity", "data.entity"),
        (observed(unit="枚"), "unknown_unit", "data.unit"),
        (observed(unit="元"), "unit_mismatch", "data.unit"),
        (observed(source="urn:pacekeeper:czgxj"), "wrong_source", "source"),
        (observed(time="2026-01-02T00:05:01Z"), "future", "time"),
        (observed(recordedtime="2026-01-02T00:05:01Z"), "future", "recordedtime"),
    ],
)
def test_an_observation_that_cannot_be_taken(raw, code, where):
    assert refused(raw) == (code, where)


def test_up_to_five_minutes_ahead_is_taken():
    at = (NOW + timedelta(minutes=5)).isoformat()
    assert kept(observed(time=at, recordedtime=at)).value == "41.5"


def test_only_the_owner_the_granted_and_an_administrator_report():
    known = shelf(indicator(owner="czgxj"))
    assert refused(observed(), known) == (RejectCode.NOT_OWNER, "data.indicator")
    assert kept(observed(), known, ADMIN).value == "41.5"
    assert kept(observed(), shelf(indicator(owner="czgxj", granted=["stats"]))).value == "41.5"


def project(**changed: Any) -> bytes:
    data = {
        "project": "p-1",
        "name": "电池厂",
        "entity": "changzhou",
        "amount": {"value": "10000000000", "currency": "CNY"},
        "stage": "signed",
        "on": "2024-03-01",
    }
    return raw_event("project.updated", data | changed)


def charger(**changed: Any) -> bytes:
    data = {
        "station": "S1",
        "charger": "C1",
        "operator": "State Grid",
        "use": "public",
        "status_at": "2024-03-01T00:00:00Z",
        "connectors": [],
        "stage": "in_service",
        "entity": "changzhou",
    }
    return raw_event("charger.updated", data | changed)


@pytest.mark.parametrize("raw", [project(), charger(), charger(power_kw="120")])
def test_projects_and_chargers_have_no_canonical_figure(raw):
    assert kept(raw) == (None, None)


@pytest.mark.parametrize(
    ("raw", "code", "where"),
    [
        (project(entity="nowhere"), "unknown_entity", "data.entity"),
        (
            project(amount={"value": "0.12345678901", "currency": "USD"}),
            "precision",
            "data.amount.value",
        ),
        (project(invested="0.12345678901"), "precision", "data.invested"),
        (project(progress="0.12345678901"), "precision", "data.progress"),
        (charger(entity="nowhere"), "unknown_entity", "data.entity"),
        (charger(power_kw="0.12345678901"), "precision", "data.power_kw"),
        (charger(status_at="2026-01-02T00:06:00Z"), "future", "data.status_at"),
    ],
)
def test_projects_and_chargers_that_cannot_be_taken(raw, code, where):
    assert refused(raw) == (code, where)


def test_each_type_needs_its_scope():
    place_ = raw_event("entity.defined", {"entity": "x", "kind": "city", "name_zh": "x"})
    scopes = [scope_of(parse_event(raw)) for raw in (observed(), defined(), place_, target())]
    assert scopes == [Scope.OBSERVE, Scope.DEFINE, Scope.DEFINE, Scope.TARGET]


def test_an_overlay_answers_with_what_the_request_added():
    overlay = Overlay(Shelf())
    for raw in (
        defined(),
        raw_event("entity.defined", {"entity": "wujin", "kind": "district", "name_zh": "武进"}),
        target(),
        target(version=2),
        observed(),
        project(),
    ):
        note(parse_event(raw), overlay)
    assert overlay.indicator("vehicle_output") == indicator()
    assert overlay.entity("wujin") is not None
    first, newest = overlay.target("vehicles-2024", 1), overlay.newest_target("vehicles-2024")
    assert (first and first.version, newest and newest.version) == (1, 2)
    assert overlay.observed("vehicle_output")
    assert not overlay.observed("other")
    assert overlay.newest_target("other") is None

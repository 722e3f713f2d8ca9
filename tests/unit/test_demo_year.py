"""The demo year: real figures on their days, simulated months marked as such, warnings early."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from schemas import period
from schemas.catalogue import load_catalogue
from schemas.data import MetricObserved
from schemas.events import parse_event
from schemas.unit import parse as parse_unit
from services.cli.demo.published import Row, publications, published_observations, read_rows
from services.cli.demo.simulate import SIMULATED, profile, simulated_months
from services.cli.demo.year import demo_year, once

YEAR = demo_year()
OBSERVED = [event for event in YEAR if event["type"] == "pacekeeper.metric.observed.v1"]


def values(indicator: str, entity: str, **wanted: str) -> dict[tuple[str, str], str]:
    """Value by (period, day) of the observations that match."""
    found = {}
    for event in OBSERVED:
        data = event["data"]
        if (data["indicator"], data["entity"]) != (indicator, entity):
            continue
        if all(data.get(key, "") == value for key, value in wanted.items()):
            found[data["period"], event["recordedtime"][:10]] = data["value"]
    return found


def simulated(indicator: str, year: int) -> list[Decimal]:
    """Year-to-date by month as it is pushed."""
    found = values(indicator, "changzhou", scope="simulated")
    months = sorted(key for key in found if key[0].startswith(f"{year}-"))
    return [Decimal(found[key]) for key in months]


def target(name: str) -> dict[str, Any]:
    (event,) = [event for event in YEAR if event["data"].get("target") == name]
    return dict(event["data"])


def test_every_event_is_readable_and_none_lies_in_the_future() -> None:
    for raw in YEAR:
        event = parse_event(json.dumps(raw))
        assert event.recordedtime is not None
        assert event.recordedtime <= datetime.now(UTC)


def test_definitions_come_before_targets_and_targets_before_figures() -> None:
    kinds = [event["type"].removeprefix("pacekeeper.").removesuffix(".v1") for event in YEAR]
    order = ["entity.defined", "indicator.defined", "target.set", "metric.observed"]
    assert list(dict.fromkeys(kinds)) == order
    assert kinds == sorted(kinds, key=order.index)


@pytest.mark.parametrize("kind", ["target.set", "metric.observed"])
def test_events_of_a_kind_come_by_the_day_they_became_public(kind: str) -> None:
    days = [event["recordedtime"] for event in YEAR if event["type"] == f"pacekeeper.{kind}.v1"]
    assert days == sorted(days)


def test_ids_are_unique_and_the_same_in_every_run() -> None:
    ids = [event["id"] for event in YEAR]
    assert len(set(ids)) == len(ids)
    assert demo_year() == YEAR


def test_every_figure_fits_its_indicator() -> None:
    indicators = load_catalogue().indicators()
    entities = {event["data"]["entity"] for event in YEAR if event["id"].startswith("entity-")}
    for raw in OBSERVED:
        data = parse_event(json.dumps(raw)).data
        assert isinstance(data, MetricObserved)
        indicator = indicators[data.indicator]
        assert data.entity in entities
        assert indicator.takes(data.measure), raw["id"]
        if data.measure == "rate":
            assert data.unit == "%"
        else:
            assert parse_unit(data.unit).kind == parse_unit(indicator.unit).kind, raw["id"]


def test_one_fact_is_never_published_twice_on_a_day() -> None:
    facts = []
    for raw in OBSERVED:
        data = parse_event(json.dumps(raw)).data
        assert isinstance(data, MetricObserved)
        start = data.span.start if data.measure in ("period", "rate") else None
        key = (data.indicator, data.entity, data.scope, data.measure, start, data.span.end)
        facts.append((key, raw["recordedtime"]))
    assert len(set(facts)) == len(facts)


@pytest.mark.parametrize("one", SIMULATED, ids=lambda one: one.indicator)
@pytest.mark.parametrize(("year", "places"), [(2023, 2), (2024, 2)])
def test_simulated_months_rise_to_the_published_total(one: Any, year: int, places: int) -> None:
    months = simulated(one.indicator, year)
    assert len(months) == 12
    assert months == sorted(set(months))
    assert months[0] > 0
    assert months[-1] == one.totals[year]
    assert all(round(month, places) == month for month in months)


def test_simulated_totals_are_the_published_ones() -> None:
    ends = {(one, year): simulated(one, year)[-1] for one in TOTALS for year in (2023, 2024)}
    assert ends == {(one, year): Decimal(TOTALS[one][year]) for one, year in ends}
    for one, totals in TOTALS.items():
        published = values(one, "changzhou", scope="")
        for year, total in totals.items():
            days = [day for (name, day), value in published.items() if value == total]
            assert days, f"{one} {year} is not published"


TOTALS = {
    "vehicle_output": {2023: "68", 2024: "80"},
    "new_energy_output": {2023: "7600", 2024: "8500"},
}


def test_simulated_and_real_never_share_a_series() -> None:
    for event in OBSERVED:
        data = event["data"]
        is_simulated = data.get("scope") == "simulated"
        assert (data["status"] == "G") is is_simulated, event["id"]
        if is_simulated:
            assert "模拟" in data["note"]
            assert "simulated" in data["note"]


def test_the_profile_is_the_nations_2023() -> None:
    shares = profile()
    assert shares[-1] == 1
    assert shares == sorted(shares)
    # January and February of 2023: 134.6266 + 166.4180 of 2554.5276.
    assert round(shares[1], 4) == Decimal("0.1178")


@pytest.mark.parametrize(
    ("name", "goal", "pace", "lamp"),
    [("vehicles-2024", "100", "0.80", "red"), ("new-energy-2024", "8800", "0.97", "yellow")],
)
def test_the_year_is_seen_to_fall_short_from_february_on(
    name: str, goal: str, pace: str, lamp: str
) -> None:
    """The rules' own arithmetic: goal x last year's share, the standard lamp at 1 and 0.9."""
    data = target(name)
    assert (data["goal"]["value"], data["scope"]) == (goal, "simulated")
    last, this = (simulated(data["indicator"], year) for year in (2023, 2024))
    for before, now in zip(last[1:], this[1:], strict=True):
        reached = now / (Decimal(goal) * before / last[-1])
        assert round(reached, 2) == Decimal(pace)
        assert ("yellow" if reached >= Decimal("0.9") else "red") == lamp


def test_february_is_public_nine_months_before_the_year_ends() -> None:
    found = values("vehicle_output", "changzhou", scope="simulated")
    assert ("2024-02", "2024-03-20") in found


@pytest.mark.parametrize("name", ["vehicles-2024", "new-energy-2024"])
def test_the_published_figures_are_judged_by_a_twin_of_the_target(name: str) -> None:
    own, twin = target(name), target(f"{name}-published")
    assert own.pop("scope") == "simulated"
    assert {**own, "target": twin["target"]} == twin


def test_wujins_three_values_of_2023_stand_in_their_scopes() -> None:
    assert values("gdp", "wujin", measure="cumulative", period="2023", scope="") == {
        ("2023", "2023-12-29"): "3240"
    }
    assert values("gdp", "wujin", measure="cumulative", period="2023", scope="with_edz") == {
        ("2023", "2024-04-30"): "3222.84"
    }
    assert values("gdp", "wujin", measure="cumulative", period="2023", scope="without_edz") == {
        ("2023", "2024-04-30"): "2239.58"
    }


def test_the_maker_announces_a_quarter_on_the_first_of_the_next_month() -> None:
    quarters = {
        key: value
        for key, value in values("vehicle_deliveries", "li-auto", measure="period").items()
        if "Q" in key[0]
    }
    assert quarters == {
        ("2023-Q1", "2023-04-01"): "52584",
        ("2023-Q2", "2023-07-01"): "86533",
        ("2023-Q3", "2023-10-01"): "105108",
        ("2023-Q4", "2024-01-01"): "131805",
        ("2024-Q1", "2024-04-01"): "80400",
        ("2024-Q2", "2024-07-01"): "108581",
        ("2024-Q3", "2024-10-01"): "152831",
        ("2024-Q4", "2025-01-01"): "158696",
    }


def test_names_that_drift_are_two_series() -> None:
    """Whole vehicles (68) and new-energy vehicles (more than 70) of 2023 are counted apart."""
    assert ("2023", "2024-01-16") in values("vehicle_output", "changzhou", scope="")
    assert list(values("nev_output", "changzhou", period="2023").values()) == ["70"]
    assert "70" not in values("vehicle_output", "changzhou", scope="").values()


def test_no_figure_is_published_before_its_period_began() -> None:
    for event in OBSERVED:
        span = period.parse(event["data"]["period"])
        assert event["recordedtime"][:10] > span.start.isoformat(), event["id"]


def test_every_row_becomes_a_figure() -> None:
    rows = [row for row in read_rows() if row["value"] or row["yoy_pct"]]
    assert len(rows) == len(read_rows())
    levels = sum(1 for row in rows if row["value"]) + sum(1 for row in rows if row["yoy_pct"])
    also = publications()["also"]
    levels += sum(1 for row in also if row["value"]) + sum(1 for row in also if row["yoy_pct"])
    catalogue = load_catalogue()
    assert len(published_observations(catalogue, read_rows(), publications())) == levels


def test_a_day_of_ours_is_marked_and_has_a_reason() -> None:
    ours = [one for one in publications()["rows"] if "published" in one]
    assert len(ours) > 50
    for one in ours + publications()["also"]:
        assert one["reason"]
        notes = [
            event["data"]["note"]
            for event in OBSERVED
            if event["recordedtime"].startswith(one["published"])
            and event["data"]["period"] == one["period"]
        ]
        assert any("推定" in note and one["reason"] in note for note in notes), one


def test_a_row_with_a_full_date_keeps_it_unless_it_is_a_later_summary() -> None:
    full = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
    moved = {
        (row["series"], row["published"])
        for row in read_rows()
        if full.fullmatch(row["published"])
        for one in publications()["rows"]
        if "published" in one
        and all(row[key] == one[key] for key in ("series", "area", "period"))
        and row["value"] == one.get("value", row["value"])
    }
    assert moved == {("li_auto_deliveries", "2025-03-14")}


ROW: Row = {
    "series": "gdp",
    "area": "Changzhou",
    "period": "2024-Q1",
    "period_kind": "ytd",
    "value": "2300",
    "unit": "亿元",
    "yoy_pct": "",
    "status": "preliminary",
    "published": "2024",
    "source": "somewhere",
    "note": "",
}


def test_a_row_without_a_day_is_not_guessed_at() -> None:
    said = {**publications(), "rows": [], "also": []}
    with pytest.raises(ValueError, match="2024-Q1"):
        published_observations(load_catalogue(), [ROW], said)


def test_a_remark_that_fits_no_row_is_a_slip() -> None:
    with pytest.raises(ValueError, match="not there"):
        published_observations(load_catalogue(), [ROW], publications())


def test_simulated_months_are_the_same_whoever_asks() -> None:
    (vehicles, _) = SIMULATED
    assert simulated_months(vehicles, 2024) == simulated("vehicle_output", 2024)


def test_two_values_under_one_id_are_a_slip() -> None:
    first = {"id": "a", "data": {"value": "1"}}
    assert once([first, first]) == [first]
    with pytest.raises(ValueError, match="a"):
        once([first, {"id": "a", "data": {"value": "2"}}])

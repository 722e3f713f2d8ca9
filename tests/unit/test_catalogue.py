"""The catalogue of Changzhou and Wujin says what the texts say, and marks what they do not."""

import csv
import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from schemas.catalogue import Catalogue, catalogue_events, load_catalogue
from schemas.catalogue.model import Figure
from schemas.data import IndicatorDefined
from schemas.events import parse_event
from schemas.goals import Above, AtLeast, Growth, InSync, Milestone, Rank, Steps
from schemas.unit import parse as parse_unit

SEEDS = Path(__file__).parent.parent / "data" / "seed_targets.csv"

CATALOGUE = load_catalogue()
BY_SEED = {figure.seed: figure for figure in CATALOGUE.figures}


def seeds() -> list[dict[str, str]]:
    with SEEDS.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def number(text: str) -> bool:
    return text.replace(".", "").isdigit()


def goal_of(seed: str) -> object:
    return BY_SEED[seed].targets[0].goal


def twice(names: list[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def test_every_figure_with_a_target_is_there_exactly_once() -> None:
    assert [figure.seed for figure in CATALOGUE.figures] == [row["id"] for row in seeds()]
    assert len(CATALOGUE.figures) == 58


@pytest.mark.parametrize("row", seeds(), ids=lambda row: row["id"])
def test_a_figure_carries_its_quote_and_has_a_target(row: dict[str, str]) -> None:
    figure = BY_SEED[row["id"]]
    assert (figure.quote, figure.file) == (row["quote"], row["seed_file"])
    assert row["seed_file"] in CATALOGUE.texts
    assert figure.targets


@pytest.mark.parametrize(
    "row", [row for row in seeds() if number(row["target_2024"])], ids=lambda row: row["id"]
)
def test_a_number_in_the_text_is_the_number_of_the_goal(row: dict[str, str]) -> None:
    goal = goal_of(row["id"])
    if row["id"] in ("W044", "C085"):
        # The text's number is a radius in minutes or kilometres; the goal is the share inside it.
        assert isinstance(goal, AtLeast)
        assert any(why.startswith("goal:") for why in BY_SEED[row["id"]].targets[0].assumed)
        return
    if isinstance(goal, Rank):
        assert goal.at_most == int(row["target_2024"])
        return
    assert isinstance(goal, AtLeast | Growth)
    reached = goal.percent if isinstance(goal, Growth) else goal.value
    assert reached == Decimal(row["target_2024"])


@pytest.mark.parametrize(
    "row", [row for row in seeds() if row["actual_2023"]], ids=lambda row: row["id"]
)
def test_what_was_reached_in_2023_is_kept_with_its_quote(row: dict[str, str]) -> None:
    actual = BY_SEED[row["id"]].actual_2023
    assert actual is not None
    assert actual.value == Decimal(row["actual_2023"])
    assert (actual.quote, actual.file) == (row["quote_2023"], row["file_2023"])


def test_only_figures_with_a_result_have_one() -> None:
    given = {row["id"] for row in seeds() if row["actual_2023"]}
    assert {figure.seed for figure in CATALOGUE.figures if figure.actual_2023} == given


def test_ids_are_unique() -> None:
    figures = CATALOGUE.all_figures()
    assert not twice([entry.indicator for one in figures for entry in one.indicators])
    assert not twice([f"{one.target} v{one.version}" for one, _ in CATALOGUE.targets()])
    assert not twice([entry.entity for entry in CATALOGUE.entities])


def test_whoever_owns_leads_or_supervises_is_an_entity() -> None:
    bodies = {
        entry.entity for entry in CATALOGUE.entities if entry.kind in ("department", "enterprise")
    }
    for entry in CATALOGUE.indicators().values():
        assert {entry.owner, *entry.granted} <= bodies, entry.indicator
    for target, _ in CATALOGUE.targets():
        named = {target.lead, target.supervisor, *target.responsible}
        assert named <= bodies, target.target


def test_whatever_a_target_names_is_defined() -> None:
    places = {entry.entity for entry in CATALOGUE.entities}
    indicators = CATALOGUE.indicators()
    for target, _ in CATALOGUE.targets():
        assert target.indicator in indicators
        assert target.entity in places
        goal = target.goal
        if isinstance(goal, Above | InSync):
            assert goal.other.indicator in indicators
            assert goal.other.entity in places
        if isinstance(goal, Rank):
            assert set(goal.among) <= places
            assert target.entity in goal.among
        if isinstance(goal, Milestone) and goal.indicator:
            assert goal.indicator in indicators


def test_every_unit_is_one_the_contract_knows() -> None:
    unknown = [
        entry.unit for entry in CATALOGUE.indicators().values() if not parse_unit(entry.unit).known
    ]
    assert unknown == []


def test_a_path_of_steps_ends_at_the_goal() -> None:
    paths = [one for one, _ in CATALOGUE.targets() if isinstance(one.trajectory, Steps)]
    assert len(paths) > 10
    for target in paths:
        assert isinstance(target.trajectory, Steps)
        assert isinstance(target.goal, AtLeast)
        assert target.trajectory.steps[-1].value == target.goal.value


def test_a_tolerance_or_a_path_of_ours_is_marked() -> None:
    for target, _ in CATALOGUE.targets():
        marks = " ".join(target.assumed)
        goal = target.goal
        if isinstance(goal, Growth | InSync | AtLeast) and goal.tolerance is not None:
            assert "tolerance" in marks, target.target
        if "trajectory" in target.model_fields_set:
            assert "trajectory" in marks, target.target
    for entry in CATALOGUE.indicators().values():
        assert any("due_days" in why for why in entry.assumed), entry.indicator


@pytest.mark.parametrize(
    ("seed", "kind"),
    [
        ("W001", "growth"),
        ("W002", "growth"),
        ("W004", "in_sync"),
        ("W005", "rank"),
        ("W006", "above"),
        ("W007", "above"),
        ("W009", "keep_falling"),
        ("W010", "keep_falling"),
        ("W011", "assigned"),
        ("W012", "assigned"),
        ("W013", "assigned"),
        ("W014", "assigned"),
        ("W015", "not_below_last"),
        ("W016", "not_below_last"),
        ("W017", "not_below_last"),
        ("W018", "not_below_last"),
        ("W019", "rank"),
        ("W032", "milestone"),
        ("W033", "milestone"),
        ("W034", "milestone"),
        ("W045", "milestone"),
        ("W046", "milestone"),
        ("H080", "milestone"),
        ("C092", "milestone"),
    ],
)
def test_a_phrase_without_a_number_has_a_goal_of_its_kind(seed: str, kind: str) -> None:
    assert {target.goal.kind for target in BY_SEED[seed].targets} == {kind}


@pytest.mark.parametrize(("seed", "strict"), [("C081", True), ("C082", True), ("C083", False)])
def test_to_break_through_is_more_than_to_reach(seed: str, strict: bool) -> None:
    goal = goal_of(seed)
    assert isinstance(goal, AtLeast)
    assert goal.strict is strict


def test_gdp_is_never_grown_from_its_levels() -> None:
    fixed = {name for name, entry in CATALOGUE.indicators().items() if not entry.levels_comparable}
    assert fixed == {"gdp", "industrial_value_added"}


def test_the_two_penetration_rates_are_two_indicators() -> None:
    (target,) = BY_SEED["C086"].targets
    assert target.indicator == "nev_stock_penetration"
    sold = [one for one in CATALOGUE.beyond if one.actual_2023 and not one.targets]
    names = {entry.indicator for one in sold for entry in one.indicators}
    assert names == {"nev_sales_penetration"}


@pytest.mark.parametrize("seed", ["W023", "W031", "C084"])
def test_a_result_counted_otherwise_stands_under_a_scope_of_its_own(seed: str) -> None:
    actual = BY_SEED[seed].actual_2023
    assert actual is not None
    assert actual.scope
    assert BY_SEED[seed].targets[0].scope == ""


def test_the_cut_guidance_is_a_second_version() -> None:
    versions = [
        (one.version, one.effective_from, one.goal.value, day)
        for one, day in CATALOGUE.targets()
        if one.target == "deliveries-2024" and isinstance(one.goal, AtLeast)
    ]
    assert versions == [
        (1, date(2024, 1, 1), Decimal(650000), date(2024, 2, 1)),
        (2, date(2024, 3, 22), Decimal(560000), date(2024, 3, 22)),
    ]


def test_events_are_readable_and_name_nothing_that_follows() -> None:
    known: set[str] = set()
    for raw in catalogue_events(CATALOGUE):
        event = parse_event(json.dumps(raw))
        data = raw["data"]
        if isinstance(event.data, IndicatorDefined) and "formula" in data:
            whole = data["formula"].get("whole", {}).get("indicator")
            assert whole is None or whole in known
        if "target" in data:
            assert {data["indicator"], data["entity"]} <= known
        elif "parent" in data:
            assert data["parent"] in known
        known.add(data.get("indicator", data.get("entity")))
        assert "assumed" not in data


def test_no_event_id_is_used_twice() -> None:
    assert not twice([event["id"] for event in catalogue_events(CATALOGUE)])


def with_figure(**changes: object) -> str:
    raw = {"reasons": {}, "texts": {}, "entities": [], "figures": [{"entity": "wujin", **changes}]}
    return json.dumps(raw)


@pytest.mark.parametrize(
    "changes", [{"goal_kind": "growth"}, {"assumed": [""]}, {"seed": "X1"}, {"targets": [{}]}]
)
def test_a_catalogue_with_a_slip_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Catalogue.model_validate_json(with_figure(**changes))


def test_a_target_without_a_text_needs_its_own_day() -> None:
    homeless = Figure(entity="wujin", targets=BY_SEED["W001"].targets)
    catalogue = CATALOGUE.model_copy(update={"figures": (homeless,)})
    with pytest.raises(ValueError, match="published"):
        list(catalogue.targets())

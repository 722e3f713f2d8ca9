"""Targets in files on the whole stack: in, out, in again; seen as a tree and in the ledger."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from schemas.catalogue import catalogue_events, load_catalogue
from services.cli.plan import listed, target
from tests.builders import defined, observed, raw_event
from tests.command_line import Run
from tests.stack import RunningStack, eventually, running_stack
from tests.unit.plans import seed


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """One on which nobody else has set targets."""
    with running_stack(tmp_path_factory.mktemp("targets")) as running:
        yield running


@pytest.fixture
def run(run: Run) -> Run:
    """Run one `pacekeeper targets …`."""
    return partial(run, "targets")


def test_the_seed_targets_are_imported_and_exported_and_none_is_doubled(
    stack: RunningStack, run: Run, tmp_path: Path
) -> None:
    some = seed()
    definitions = [e for e in catalogue_events(load_catalogue()) if "target" not in e["data"]]
    stack.push(*(json.dumps(event).encode() for event in definitions))
    plan = tmp_path / "plan.yaml"
    plan.write_text(listed.text(map(target.canonical, some)), "utf-8")
    code, out, err = run("import", plan, "--json")
    assert code == 0, err
    assert json.loads(out)["accepted"] == len(some)

    names = {each.target for each in some}
    known = "SELECT DISTINCT target FROM bi.latest_assessments"
    eventually(lambda: names <= {r["target"] for r in stack.rows(known)}, 60, "every target judged")
    exported = tmp_path / "plan.xlsx"
    assert run("export", "--year", 2024, "-o", exported)[0] == 0
    told = json.loads(run("import", exported, "--json")[1])
    assert (told["rejected"], told["accepted"]) == (0, 0)
    assert told["duplicate"] >= len(some)
    stored = [row for row in stack.rows("SELECT target FROM bi.targets") if row["target"] in names]
    assert len(stored) == len(some)


def test_a_plan_with_children_is_a_tree_and_a_missed_period_is_made_up(
    stack: RunningStack, run: Run, tmp_path: Path
) -> None:
    places = ("tree-city", "tree-north", "tree-south")
    stack.push(
        *(
            raw_event("entity.defined", {"entity": p, "kind": "district", "name_zh": p}, id=p)
            for p in places
        ),
        defined(indicator="tree_output"),
    )
    common = {"indicator": "tree_output", "version": 1, "effective_from": "2024-01-01"}
    common |= {"year": 2024, "lamps": "ouhai", "trajectory": {"kind": "linear_months"}}
    plan = [
        common
        | {"target": place, "entity": place, "goal": {"kind": "at_least", "value": value}}
        | ({"parent": "tree-city"} if place != "tree-city" else {})
        for place, value in zip(places, ("120", "70", "40"), strict=True)
    ]
    path = tmp_path / "plan.yaml"
    # The parent stands last: what lies above is sent first all the same.
    path.write_text(listed.text(reversed(plan)), "utf-8")
    code, out, err = run("import", path, "--json")
    assert (code, json.loads(out)["accepted"]) == (0, 3), err
    sql = (
        "SELECT child, toFloat64(sum_of_children) AS sum, toFloat64(difference) AS difference"
        " FROM bi.target_tree WHERE parent = 'tree-city' ORDER BY child"
    )
    eventually(lambda: len(stack.rows(sql)) == 2, 30, "the tree")
    assert [tuple(row.values()) for row in stack.rows(sql)] == [
        ("tree-north", 110.0, 10.0),
        ("tree-south", 110.0, 10.0),
    ]
    months = (("2024-03", "25"), ("2024-04", "38"), ("2024-05", "52"))
    figures = (observed(v, m, indicator="tree_output", entity="tree-city", id=m) for m, v in months)
    stack.push(*figures)
    sql = "SELECT * FROM bi.lamp_ledger WHERE target = 'tree-city' ORDER BY period"
    eventually(lambda: len(stack.rows(sql)) == 3, 30, "the ledger")
    assert [tuple(row.values())[1:] for row in stack.rows(sql)] == [
        ("2024-03", "red", "yellow", "2024-05"),
        ("2024-04", "red", "yellow", "2024-05"),
        ("2024-05", "green", "green", ""),
    ]


def test_the_door_names_what_is_not_defined_and_the_rest_is_taken(
    stack: RunningStack, run: Run, tmp_path: Path
) -> None:
    stack.push(defined(indicator="door_output"))
    stack.push(
        raw_event("entity.defined", {"entity": "door", "kind": "town", "name_zh": "门"}, id="d"),
    )
    good = {
        "target": "door-1",
        "indicator": "door_output",
        "entity": "door",
        "version": 1,
        "effective_from": "2024-01-01",
        "year": 2024,
        "goal": {"kind": "rank", "at_most": 1, "among": ["door"]},
    }
    fine = good | {"target": "door-2", "goal": {"kind": "keep_falling"}}
    path = tmp_path / "plan.yaml"
    path.write_text(listed.text([good, fine, fine | {"target": "x", "entity": "nowhere"}]), "utf-8")
    code, out, _ = run("import", path, "--json")
    told = json.loads(out)
    assert (code, told["accepted"], told["rejected"]) == (1, 1, 2)
    bad = [(e["row"], e["column"], e["code"]) for e in told["events"] if "code" in e]
    assert bad == [(1, "goal.among", "cannot_be_judged"), (3, "entity", "unknown_entity")]

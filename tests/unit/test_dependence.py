"""What a touched series changes, step by step, and what a derived one reads."""

from typing import Any

from services.aggregate.catalogue import Catalogue
from services.aggregate.dependence import Dependence
from services.runtime.kafka import Record
from tests.builders import defined, line, raw_event

CITY, TOWNS = "city", ("x", "y")
STORED = {("a", "x"), ("a", "y"), ("b", CITY), ("all", "old-city"), ("b", "x")}
OF_PARENT = {"kind": "share", "part": "a", "whole": {"indicator": "all", "entity": "parent"}}
OF_CITY = {"kind": "share", "part": "a", "whole": {"indicator": "b", "entity": CITY}}


def entity(name: str, parent: str | None = None) -> bytes:
    data = {"entity": name, "kind": "town", "name_zh": name, "parent": parent}
    return raw_event("entity.defined", {k: v for k, v in data.items() if v is not None})


def derived(name: str, formula: dict[str, Any] | None) -> bytes:
    return defined(indicator=name, **({"formula": formula} if formula else {}))


DEFINITIONS = (
    entity(CITY),
    *(entity(town, CITY) for town in TOWNS),
    derived("a", None),
    derived("b", None),
    derived("all", {"kind": "sum_of_children", "indicator": "a"}),
    derived("share", OF_PARENT),
    derived("of-city", OF_CITY),
    derived("grown", {"kind": "yoy", "indicator": "share"}),
    derived("per", {"kind": "ratio", "a": "all", "b": "b"}),
    derived("rank", {"kind": "primacy", "indicator": "b", "among": [CITY], "of": "rank"}),
    derived("counted", {"kind": "count_projects", "where": {}}),
    derived("of-counted", {"kind": "yoy", "indicator": "counted"}),
)


def catalogue(*more: bytes) -> Catalogue:
    found = Catalogue()
    for offset, raw in enumerate((*DEFINITIONS, *more)):
        found.apply(Record("catalogue", 0, offset, 0, b"k", line(raw)))
    return found


def dependence(*more: bytes) -> Dependence:
    return Dependence(catalogue(*more), lambda names: {k for k in STORED if k[0] in set(names)})


def test_a_child_reaches_its_parent_and_through_it_its_siblings() -> None:
    assert dependence().affected([("a", "x")]) == {
        ("a", "x"),
        ("all", CITY),
        ("per", CITY),
        ("of-city", "x"),
        *((name, town) for name in ("share", "grown") for town in TOWNS),
    }


def test_a_fixed_whole_reaches_every_entity_that_has_the_part() -> None:
    found = dependence().affected([("b", CITY)])
    assert {entity for name, entity in found if name == "of-city"} == {"x", "y"}
    assert {entity for name, entity in found if name == "rank"} == {CITY, "x"}


def test_who_is_no_peer_and_no_whole_reaches_itself_alone() -> None:
    found = dependence().affected([("b", "x")])
    assert found == {("b", "x"), ("per", "x"), ("rank", "x")}


def test_a_formula_that_is_counted_elsewhere_is_left_alone() -> None:
    found = dependence().affected([("counted", CITY)])
    assert found == {("counted", CITY), ("of-counted", CITY)}
    assert dependence().reads(("counted", CITY)) == set()


def test_everything_is_read_that_a_series_rests_on() -> None:
    assert dependence().needed([("grown", "x")]) == {
        ("grown", "x"),
        ("share", "x"),
        ("a", "x"),
        ("a", "y"),
        ("all", CITY),
    }
    assert dependence().reads(("rank", "x")) == {("b", "x"), ("b", CITY)}
    assert dependence().reads(("of-city", "x")) == {("a", "x"), ("b", CITY)}
    assert dependence().reads(("share", CITY)) == {("a", CITY)}
    assert dependence().reads(("per", CITY)) == {("all", CITY), ("b", CITY)}
    assert dependence().reads(("nobody", "x")) == set()


def test_a_definition_touches_every_entity_that_has_the_first_argument() -> None:
    assert dependence().of(["a", "grown", "per"]) == {
        ("a", "x"),
        ("a", "y"),
        ("grown", "x"),
        ("grown", "y"),
        ("per", CITY),
        ("per", "old-city"),
    }


def test_a_new_parent_changes_the_sums_above_and_the_share_in_it() -> None:
    moved = dependence(entity("x", "new-city"))
    assert moved.placed(["x"]) == {
        ("all", "new-city"),
        ("all", "old-city"),
        ("share", "x"),
        ("counted", "x"),
        ("counted", "new-city"),
    }
    # The reach is of today's tree.
    assert ("all", CITY) not in moved.affected([("a", "x")])
    assert ("all", "new-city") in moved.affected([("a", "x")])
    # Nobody reports the part for the city itself, so that it has no share.
    assert dependence().placed([CITY]) == {("all", "old-city"), ("counted", CITY)}


def test_a_new_formula_takes_the_place_of_the_old_one() -> None:
    changed = catalogue(derived("all", {"kind": "sum_of_children", "indicator": "b"}))
    assert changed.users("a") == ("of-city", "share")
    assert changed.users("b") == ("all", "of-city", "per", "rank")
    assert "all" not in catalogue(derived("all", None)).derived()
    assert catalogue().children(CITY) == TOWNS
    assert catalogue().parent(CITY) is None
    assert catalogue().parent("nobody") is None


def test_a_reported_whole_stands_beside_the_sum_of_what_is_below() -> None:
    found = dependence()
    assert found.beside([("all", CITY), ("a", "x"), ("share", "x")]) == {("a", CITY)}
    assert found.below(("a", CITY)) == [("a", "x"), ("a", "y")]


def test_nothing_is_compared_with_what_no_formula_adds_up() -> None:
    found = dependence()
    assert found.below(("b", CITY)) == found.below(("share", CITY)) == []
    assert found.beside([("not-defined", CITY)]) == set()

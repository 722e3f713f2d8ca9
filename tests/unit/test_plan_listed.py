"""A plan as YAML: what is written is what is read, and what would unfold is not."""

import time
from pathlib import Path

import pytest

from services.cli.failures import CommandError
from services.cli.plan import listed
from services.cli.plan.limits import FILE_BYTES, ROWS
from services.cli.plan.target import Entry
from tests.unit.plans import faults_of, targets_of

PLAN = Path("plan.yaml")
GOOD = """
- target: vehicles-2024
  indicator: vehicle_output
  entity: changzhou
  year: 2024
  version: 1
  effective_from: 2024-01-01
  goal: {kind: at_least, value: 100.50, strict: true}
  trajectory: {kind: plan, values: {2024-03: 20, 2024: 100.50}}
"""


def test_numbers_and_days_are_read_as_they_are_written() -> None:
    (found,) = targets_of(listed.read(PLAN, GOOD.encode()))
    assert (found.year, found.version, found.effective_from.isoformat()) == (2024, 1, "2024-01-01")
    assert str(found.goal.value) == "100.50"  # type: ignore[union-attr]
    below = "targets:" + GOOD.replace("\n", "\n  ")
    assert targets_of(listed.read(PLAN, below.encode())) == [found]


@pytest.mark.parametrize(
    ("written", "data"),
    [
        ("12345678901234567890.5", "12345678901234567890.5"),
        ("123456789012", "123456789012"),
        ("-5", -5),
        ("010", "010"),
        ("1:30", "1:30"),
        ("0x1F", "0x1F"),
        ("1e999999999", "1e999999999"),
        (".inf", ".inf"),
        ("~", None),
        ("yes", True),
        ("2024-06-30", "2024-06-30"),
        ("[1, a]", [1, "a"]),
    ],
)
def test_a_value_is_never_another_one(written: str, data: object) -> None:
    (entry,) = listed.read(PLAN, f"- v: {written}".encode())
    assert entry == Entry(1, {"v": data})


def test_a_bad_item_is_named_by_its_number_and_field() -> None:
    bad = GOOD.replace("100.50", "1e9") + "- 5\n" + GOOD.replace("version: 1", "version: one")
    assert faults_of(listed.read(PLAN, (GOOD + bad).encode())) == [
        (2, "目标值", "bad_value"),
        (3, "", "bad_value"),
        (4, "版本", "bad_value"),
    ]


LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{c}: &{c} [{', '.join([f'*{p}'] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "written",
    [
        LAUGHS,
        "- &a {b: *a}",
        "- {<<: &x {a: 1}, <<: *x}",
        "- !!python/object/apply:os.system [true]",
        "- !!binary aGk=",
        "- !!set {a}",
        "- !own thing",
        "- {a: 1, a: 2}",
        "- {[a]: 1}",
        "[" * 100_000,
        "- " * 100_000,
        "{a: " * 2_000,
        "a: b: c",
        "\x00",
        "5",
        "targets: 5",
        "",
        "{targets: [], more: []}",
        "--- []\n--- []",
    ],
    ids=range(19),
)
def test_what_unfolds_runs_or_says_two_things_is_refused_in_words(written: str) -> None:
    began = time.process_time()
    with pytest.raises(CommandError, match="plan.yaml"):
        list(listed.read(PLAN, written.encode()))
    assert time.process_time() - began < 5


def test_a_file_that_is_no_text_or_too_large_is_refused() -> None:
    for written in (b"\xff\xfe\x00", bytes(FILE_BYTES + 1)):
        with pytest.raises(CommandError, match="plan.yaml"):
            list(listed.read(PLAN, written))


def test_more_items_than_a_plan_has_are_refused() -> None:
    with pytest.raises(CommandError, match=str(ROWS)):
        list(listed.read(PLAN, b"- {}\n" * 100_000))


def test_an_alias_that_is_a_merge_is_none_either() -> None:
    with pytest.raises(CommandError, match="aliases"):
        list(listed.read(PLAN, b"- &x {a: 1}\n- {<<: *x}"))

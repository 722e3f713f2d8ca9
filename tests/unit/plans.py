"""Plans for tests: targets of every kind, written to a file and read back."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from openpyxl import Workbook

from schemas.catalogue import load_catalogue
from schemas.data import TargetSet
from schemas.names import ONE_LINE
from services.cli.plan import target
from services.cli.plan.columns import COLUMNS, by_field
from services.cli.plan.target import Entry, Fault, Planned


def seed() -> list[TargetSet]:
    """The targets of the texts, every one, and those beyond them."""
    return [
        TargetSet.model_validate_json(
            each.model_dump_json(
                by_alias=True, exclude_unset=True, exclude={"assumed", "published"}
            )
        )
        for each, _ in load_catalogue().targets()
    ]


def read(found: Iterable[Entry | Fault]) -> list[Planned | Fault]:
    return [each if isinstance(each, Fault) else target.check(each, column_named) for each in found]


def column_named(field: str) -> str:
    column = by_field(field)
    return column.heading if column else field


def targets_of(found: Iterable[Entry | Fault]) -> list[TargetSet]:
    taken = []
    for each in read(found):
        assert isinstance(each, Planned), each
        taken.append(each.target)
    return taken


def faults_of(found: Iterable[Entry | Fault]) -> list[tuple[int, str, str]]:
    """Row, column and code of each, and that both languages say something."""
    told = [each for each in read(found) if isinstance(each, Fault)]
    assert all(each.zh and each.en and each.zh != each.en for each in told)
    return [(*each.place, each.code) for each in told]


def row(**changed: Any) -> dict[str, Any]:
    """A row of a sheet by heading: a good target, with some cells changed."""
    good = {
        "目标编号": "vehicles-2024",
        "指标": "vehicle_output",
        "对象": "changzhou",
        "年度": 2024,
        "版本": 1,
        "生效日期": "2024-01-01",
        "目标类型": "达到 at_least",
        "目标值": 100,
    }
    return good | changed


def book(path: Path, *rows: dict[str, Any], title: str = "目标") -> bytes:
    """A workbook as an office would fill it in."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = title
    headings = [c.heading for c in COLUMNS if any(c.heading in each for each in rows)]
    headings += sorted({name for each in rows for name in each} - set(headings))
    sheet.append(headings)
    for each in rows:
        sheet.append([each.get(heading) for heading in headings])
    made.save(path)
    return path.read_bytes()


slugs = st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,12}", fullmatch=True)
# Files are written in XML, which knows no non-characters.
words = st.from_regex(ONE_LINE, fullmatch=True).filter(
    lambda text: 0 < len(text) < 40 and not {"\ufffe", "\uffff"} & set(text)
)
days = st.dates(date(1970, 1, 1), date(2148, 12, 31)).map(date.isoformat)
numbers = st.one_of(
    st.integers(-(10**9), 10**9).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12)).map(
        lambda number: format(number, "f")
    ),
    st.from_regex(r"-?[0-9]{20,25}\.[0-9]{1,10}", fullmatch=True),
).filter(lambda text: len(text) < 38)
positive = st.integers(0, 10**6).map(str)


def maybe(fields: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any of these fields, or none."""
    return st.fixed_dictionaries({}, optional=fields)


def made(fixed: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            name: each if isinstance(each, st.SearchStrategy) else st.just(each)
            for name, each in fixed.items()
        },
        optional=optional,
    )


series = made({"indicator": slugs, "entity": slugs})
amounts = made(
    {"kind": st.sampled_from(("at_least", "at_most", "increase")), "value": numbers},
    strict=st.booleans(),
    tolerance=positive,
    and_growth=numbers,
)
MILESTONE = {"kind": "milestone", "name": words, "due": days}
goals = st.one_of(
    amounts,
    made({"kind": "growth", "percent": numbers}, tolerance=positive, strict=st.booleans()),
    made(
        {"kind": "above", "other": series},
        by=numbers,
        strict=st.booleans(),
        tolerance=positive,
        of=st.just("growth"),
    ),
    made({"kind": "in_sync", "other": series, "tolerance": positive}, of=st.just("growth")),
    made(
        {
            "kind": "not_below_last",
            "versus": st.sampled_from(("previous", "same_period_last_year")),
        },
        strict=st.booleans(),
    ),
    made({"kind": "keep_falling"}),
    made({"kind": "rank", "at_most": st.integers(1, 99)}, among=st.lists(slugs, min_size=1)),
    made(
        {"kind": "milestone", "name": words, "due": days, "project": slugs},
        stage=st.just("started"),
    ),
    made({"kind": "milestone", "name": words, "due": days, "indicator": slugs, "value": numbers}),
    made({"kind": "assigned", "from": slugs}),
    made({"kind": "withdrawn"}),
)


@st.composite
def ways(draw: st.DrawFn, goal: dict[str, Any]) -> dict[str, Any]:
    """A trajectory of 2024 that fits the goal."""
    kind = draw(
        st.sampled_from(("linear_days", "linear_months", "last_year_profile", "plan", "steps"))
    )
    months = draw(st.lists(st.integers(1, 11), unique=True, max_size=4))
    if kind == "last_year_profile":
        return {"kind": kind, "years": draw(st.integers(1, 10))}
    if kind == "plan":
        values = {f"2024-{month:02d}": draw(numbers) for month in months}
        return {"kind": kind, "values": values | {"2024": goal.get("value", "1")}}
    if kind == "steps":
        first = [f"2024-{month:02d}-05" for month in sorted(months)] + ["2024-12-31"]
        return {"kind": kind, "steps": [{"on": on, "value": draw(numbers)} for on in first]}
    return {"kind": kind}


@st.composite
def targets(draw: st.DrawFn) -> TargetSet:
    """A target of any kind that the contract takes."""
    goal = draw(goals)
    found = {
        "target": draw(slugs),
        "indicator": draw(slugs),
        "entity": draw(slugs),
        "version": draw(st.integers(1, 99)),
        "effective_from": draw(days),
        "goal": goal,
    }
    spans = ({"year": 2024}, {"from": "2024-02-01", "to": "2024-12-31"})
    found |= draw(st.sampled_from(spans))
    if draw(st.booleans()):
        found["trajectory"] = draw(ways(goal))
    found |= draw(
        maybe(
            {
                "lamps": slugs,
                "scope": words,
                "lead": slugs,
                "responsible": st.lists(slugs, min_size=1, max_size=3),
                "supervisor": slugs,
                "approved_by": words,
                "parent": slugs,
            }
        )
    )
    return TargetSet.model_validate_json(json.dumps(found))

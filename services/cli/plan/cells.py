"""Cells to the data of a target and back. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

from schemas import exact
from services.cli.plan.columns import COLUMNS, NUMBER_OF, POINTS_OF, Column

_YES, _NO = ("是", "true", "yes", "1"), ("否", "false", "no", "0")
_APART = re.compile(r"[、，,;；\s]+")
_POINTS_APART = re.compile(r"[;；\n]+")


class BadCellError(ValueError):
    """A cell that says nothing of its kind, in Chinese and English with the remedy."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class Cell(NamedTuple):
    """What a sheet holds in one place; `percent` if it is shown as a percentage."""

    value: Any
    percent: bool = False


def read(column: Column, cell: Cell) -> Any:
    """The value as the contract's JSON has it; None for an empty cell."""
    value = cell.value
    if isinstance(value, str) and column.holds != "text":
        value = value.strip()
    if value is None or value == "":
        return None
    if cell.percent and column.holds == "exact":
        raise BadCellError(
            "单元格是百分比格式，请改为常规格式，百分数直接填 6.5",
            "the cell is formatted as a percentage: make it general and write 6.5",
        )
    return _READ[column.holds](column, value)


def _text(column: Column, value: Any) -> Any:
    return str(value)


def _slug(column: Column, value: Any) -> Any:
    """A code, its Chinese word, or the word and the code as the drop-down offers them."""
    said = str(value)
    for code, word in column.words.items():
        if said in (code, word, offered(code, word)):
            return code
    return said


def _whole(column: Column, value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value) else value


def _exact(column: Column, value: Any) -> Any:
    return value


def _day(column: Column, value: Any) -> Any:
    if isinstance(value, datetime):
        return str(value.date() if value.time() == time() else value)
    return str(value)


def _flag(column: Column, value: Any) -> Any:
    said = str(value).lower()
    if said in _YES or said in _NO:
        return said in _YES
    raise BadCellError("请填 是 或 否", "write 是 (yes) or 否 (no)")


def _slugs(column: Column, value: Any) -> Any:
    return [part for part in _APART.split(str(value)) if part]


def _points(column: Column, value: Any) -> Any:
    found = []
    for part in filter(None, map(str.strip, _POINTS_APART.split(str(value)))):
        name, equals, number = part.partition("=")
        if not equals:
            raise BadCellError(
                f"“{part[:40]}”应写成 期=值，如 2024-06=45，各期用分号隔开",
                f"'{part[:40]}' must be period=value, like 2024-06=45, with semicolons between",
            )
        found.append((name.strip(), number.strip()))
    names = [name for name, _ in found]
    if len(set(names)) != len(names):
        raise BadCellError("同一期写了两次，请只留一个", "a period is there twice: keep one")
    return found


_READ = {
    "text": _text,
    "slug": _slug,
    "whole": _whole,
    "exact": _exact,
    "day": _day,
    "flag": _flag,
    "slugs": _slugs,
    "points": _points,
}


def data_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a target from what its columns say, by path."""
    goal, way = values.get("goal.kind"), values.get("trajectory.kind")
    data: dict[str, Any] = {}
    for path, value in values.items():
        if path == "goal.number":
            path = f"goal.{NUMBER_OF.get(goal or '', 'value')}"
            value = _rank(value) if goal == "rank" else value
        elif path == "trajectory.points":
            path = f"trajectory.{POINTS_OF.get(way or '', 'values')}"
            value = [{"on": on, "value": v} for on, v in value] if way == "steps" else dict(value)
        *above, last = path.split(".")
        place = data
        for name in above:
            place = place.setdefault(name, {})
        place[last] = value
    return data


def _rank(value: Any) -> Any:
    return _whole(COLUMNS[0], value)


def values_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """What each column says, by path, of canonical data (services.cli.plan.target)."""
    goal, way = data["goal"]["kind"], data.get("trajectory", {}).get("kind", "")
    found = {}
    for column in COLUMNS:
        path = column.path
        if path == "goal.number":
            path = f"goal.{NUMBER_OF.get(goal, 'value')}"
        elif path == "trajectory.points":
            path = f"trajectory.{POINTS_OF.get(way, 'values')}"
        value: Any = data
        for name in path.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is not None:
            found[column.path] = value
    return found


def write(column: Column, value: Any) -> Any:
    """What the cell of a sheet holds so that it reads back as the same."""
    if column.words:
        word = column.words.get(value)
        return value if word is None else offered(value, word)
    return _WRITE.get(column.holds, lambda value: value)(value)


def offered(code: str, word: str) -> str:
    """An entry of a drop-down."""
    return f"{word} {code}"


def _number(value: Any) -> Any:
    """A number for people to reckon with where it loses nothing, else its digits as text."""
    number = Decimal(value)
    if exact.significant_digits(number) > exact.NUMBER_DIGITS:
        return value
    return int(number) if number == number.to_integral_value() else float(number)


def _joined(value: Sequence[str]) -> str:
    return "、".join(value)


def _points_text(value: Any) -> str:
    pairs = value.items() if isinstance(value, Mapping) else ((s["on"], s["value"]) for s in value)
    return "; ".join(f"{name}={number}" for name, number in pairs)


_WRITE = {
    "exact": _number,
    "day": date.fromisoformat,
    "flag": lambda value: "是" if value else "否",
    "slugs": _joined,
    "points": _points_text,
}

"""The published figures of the demo year: rows of real_series.csv as observations.

`publications.yaml` says what the rows cannot: which indicator a series is, and the day a figure
was most likely first published where the row has no full date.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from schemas.catalogue import Catalogue
from schemas.catalogue.events import Event, event
from schemas.data import IndicatorDefined, Measure
from services.cli.demo.naming import observation_id

Row = dict[str, str]
Publications = dict[str, Any]

_FULL_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SELECTORS = ("series", "area", "period", "value")


@dataclass(frozen=True)
class Said:
    """What publications.yaml says of one row; empty strings where it says nothing."""

    published: str = ""
    indicator: str = ""
    scope: str = ""
    reason: str = ""


def read_rows() -> list[Row]:
    """The rows of real_series.csv; a source of `same` is the one above it."""
    rows = list(csv.DictReader(_data("real_series.csv").splitlines()))
    for above, row in zip(rows, rows[1:], strict=False):
        if row["source"].startswith("same"):
            row["source"] = above["source"]
    return rows


@cache
def publications() -> Publications:
    """publications.yaml as it stands."""
    loaded: Publications = yaml.safe_load(_data("publications.yaml"))
    return loaded


def published_observations(
    catalogue: Catalogue, rows: Sequence[Row], said: Publications
) -> list[Event]:
    """An observation for every level and every growth rate of the rows, in their order.

    Raises ValueError for a row whose day is not known, and for a remark that fits no row.
    """
    lost = [one for one in said["rows"] if not any(_fits(one, row) for row in rows)]
    if lost:
        raise ValueError(f"publications.yaml speaks of rows that are not there: {lost}")
    indicators = catalogue.indicators()
    observed: list[Event] = []
    for row in rows:
        observed += _observations(indicators, row, _said(row, said), said)
    for row in said["also"]:
        about = Said(published=row["published"], reason=row["reason"])
        observed += _observations(indicators, {**row, "note": ""}, about, said)
    return observed


def _data(name: str) -> str:
    return files(__package__).joinpath("data", name).read_text(encoding="utf-8-sig")


def _said(row: Row, said: Publications) -> Said:
    for one in said["rows"]:
        if _fits(one, row):
            return Said(**{key: one[key] for key in one if key not in _SELECTORS})
    return Said()


def _fits(one: dict[str, str], row: Row) -> bool:
    return all(one[key] == row[key] for key in _SELECTORS if key in one)


def _observations(
    indicators: dict[str, Any], row: Row, about: Said, said: Publications
) -> Iterator[Event]:
    day = about.published or row["published"]
    if not _FULL_DATE.fullmatch(day):
        raise ValueError(f"publications.yaml lacks the day of {row['series']} {row['period']}")
    series, area = said["series"][row["series"]], said["areas"][row["area"]]
    indicator: IndicatorDefined = indicators[about.indicator or series["indicator"]]
    scope = about.scope or area.get("scope", "")
    shared = {
        "indicator": indicator.indicator,
        "entity": area["entity"],
        **({"scope": scope} if scope else {}),
        "period": row["period"],
        "status": _status(row["status"], series, said),
        "note": _note(row, about),
    }
    level = {"measure": _measure(row["period_kind"], indicator).value, "value": row["value"]}
    rate = {"measure": Measure.RATE.value, "value": row["yoy_pct"]}
    for figure, unit in ((level, series.get("unit", row["unit"])), (rate, "%")):
        if figure["value"]:
            data = {**shared, **figure, "unit": unit}
            at = date.fromisoformat(day)
            yield event("metric.observed", observation_id(data, at), indicator.owner, at, data)


def _measure(period_kind: str, indicator: IndicatorDefined) -> Measure:
    if period_kind == "stock":
        return Measure.STOCK
    if period_kind == "ytd":
        return Measure.CUMULATIVE
    return indicator.measure if period_kind == "year" else Measure.PERIOD


def _status(words: str, series: dict[str, str], said: Publications) -> str:
    first = words.split(" ")[0]
    status: str = series.get(first) or said["statuses"][first]
    return status


def _note(row: Row, about: Said) -> str:
    """What an analyst has to know of the figure, in one line."""
    parts = [
        "发布日期为推定 / assumed publication date" if about.published else "",
        about.reason,
        f"原文 / as published: {row['status']}",
        row["note"],
        f"来源 / source: {row['source']}",
    ]
    return "；".join(part for part in parts if part)

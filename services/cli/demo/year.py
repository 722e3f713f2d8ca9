"""The demo year as events, in the order they are pushed."""

from collections.abc import Iterable, Iterator
from typing import Any

from schemas.catalogue import Catalogue, catalogue_events, load_catalogue
from schemas.catalogue.events import Event, event
from schemas.data import Measure
from services.cli.demo.naming import observation_id
from services.cli.demo.published import publications, published_observations, read_rows
from services.cli.demo.simulate import ENTITY, SCOPE, SIMULATED, simulated_observations

PUBLISHED_SUFFIX = "-published"


def demo_year() -> list[Event]:
    """Definitions, then targets, then every observation by the day it was published.

    The events are CloudEvents as the front door takes them; every call gives the same ones.
    """
    catalogue = load_catalogue()
    defined = list(_with_simulated_targets(catalogue_events(catalogue)))
    observed = once(
        [
            *published_observations(catalogue, read_rows(), publications()),
            *_reached_in_2023(catalogue),
            *simulated_observations(catalogue),
        ]
    )
    return defined + sorted(observed, key=lambda one: (one["recordedtime"], one["id"]))


def _with_simulated_targets(events: Iterable[Event]) -> Iterator[Event]:
    """Targets with simulated months judge those; a twin judges what the city published."""
    simulated = {(one.indicator, ENTITY) for one in SIMULATED}
    for one in events:
        data = one["data"]
        if "target" not in data or (data["indicator"], data["entity"]) not in simulated:
            yield one
            continue
        yield {**one, "data": {**data, "scope": SCOPE}}
        name = data["target"] + PUBLISHED_SUFFIX
        yield {**one, "id": f"{name}-v{data['version']}", "data": {**data, "target": name}}


def _reached_in_2023(catalogue: Catalogue) -> Iterator[Event]:
    """What the texts give as reached in 2023."""
    indicators = catalogue.indicators()
    for figure, actual, day in catalogue.actuals():
        indicator = indicators[actual.indicator or figure.indicators[0].indicator]
        period = "2023-12" if indicator.measure is Measure.STOCK else "2023"
        data: dict[str, Any] = {
            "indicator": indicator.indicator,
            "entity": figure.entity,
            "period": period,
            "measure": indicator.measure.value,
            "value": str(actual.value),
            "unit": actual.unit,
            "status": actual.status.value,
            "note": _quoted(actual.quote, actual.file, actual.assumed),
        }
        if actual.scope:
            data["scope"] = actual.scope
        yield event("metric.observed", observation_id(data, day), indicator.owner, day, data)


def _quoted(quote: str, file: str, assumed: tuple[str, ...]) -> str:
    parts = [f"原文 / text: {quote}（{file}）", *(f"推定 / assumed {why}" for why in assumed)]
    return "；".join(parts)


def once(events: Iterable[Event]) -> list[Event]:
    """A figure that a series and a text both give on the same day is one event."""
    kept: dict[str, Event] = {}
    for one in events:
        first = kept.setdefault(one["id"], one)
        if first["data"]["value"] != one["data"]["value"]:
            raise ValueError(f"two values under one id: {one['id']}")
    return list(kept.values())

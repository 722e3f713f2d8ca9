"""A catalogue as events: entities, then indicators, then targets."""

from datetime import date
from typing import Any

from schemas.catalogue.model import Catalogue, Entity, Indicator, Target
from schemas.events import PREFIX, SOURCE_PREFIX

Event = dict[str, Any]

# Entities belong to nobody in particular; the city's government office keeps the list.
KEEPER = "czzfb"
DEFINED_ON = date(2024, 1, 2)
_OURS = {"assumed", "published"}


def at_nine(day: date) -> str:
    """That day at nine in the morning in Shanghai: publications have a day and no hour."""
    return f"{day.isoformat()}T09:00:00+08:00"


def event(kind: str, id_: str, department: str, day: date, data: dict[str, Any]) -> Event:
    """A CloudEvent as the front door takes it, made and published on that day."""
    return {
        "specversion": "1.0",
        "id": id_,
        "source": f"{SOURCE_PREFIX}{department}",
        "type": f"{PREFIX}{kind}.v1",
        "time": at_nine(day),
        "recordedtime": at_nine(day),
        "data": data,
    }


def catalogue_events(catalogue: Catalogue) -> list[Event]:
    """Definitions first, then targets by the day they became public; nothing names what follows."""
    owners = {name: entry.owner for name, entry in catalogue.indicators().items()}
    targets = sorted(catalogue.targets(), key=lambda pair: pair[1])
    return [
        *(
            event("entity.defined", f"entity-{entry.entity}", KEEPER, DEFINED_ON, _data(entry))
            for entry in catalogue.entities
        ),
        *(
            event("indicator.defined", f"def-{name}", entry.owner, DEFINED_ON, _data(entry))
            for name, entry in catalogue.indicators().items()
        ),
        *(
            event(
                "target.set",
                f"{target.target}-v{target.version}",
                target.lead or owners[target.indicator],
                day,
                _data(target),
            )
            for target, day in targets
        ),
    ]


def _data(entry: Entity | Indicator | Target) -> dict[str, Any]:
    return entry.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude=_OURS)

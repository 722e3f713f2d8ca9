"""Simulated figures of ten thousand series, as a department sends them, and their definitions."""

from datetime import UTC, datetime
from typing import Any

import orjson

INDICATORS = 10
ENTITIES = 1_000
MONTHS = 24


def _event(kind: str, name: str, data: dict[str, Any]) -> bytes:
    event = {
        "specversion": "1.0",
        "id": name,
        "source": "urn:pacekeeper:bench",
        "type": f"pacekeeper.{kind}.v1",
        "time": datetime.now(UTC).isoformat(),
        "data": data,
    }
    return orjson.dumps(event)


def definitions() -> list[bytes]:
    """Ten indicators and a thousand entities: ten thousand series."""
    indicators = [
        _event(
            "indicator.defined",
            f"indicator-{n}",
            {
                "indicator": f"bench-{n}",
                "name_zh": "测",
                "name_en": "bench",
                "unit": "万辆",
                "measure": "cumulative",
                "direction": "higher",
                "owner": "bench",
                "frequency": "month",
            },
        )
        for n in range(INDICATORS)
    ]
    entities = [
        _event(
            "entity.defined",
            f"entity-{n}",
            {"entity": f"town-{n}", "kind": "town", "name_zh": "镇"},
        )
        for n in range(ENTITIES)
    ]
    return indicators + entities


def series(n: int) -> tuple[str, str]:
    """Indicator and entity of the n-th figure."""
    number = n % (INDICATORS * ENTITIES)
    return f"bench-{number % INDICATORS}", f"town-{number // INDICATORS}"


def figure(run: str, n: int) -> bytes:
    """The n-th figure of a run: all series of a month, then the next month."""
    indicator, entity = series(n)
    month = n // (INDICATORS * ENTITIES) % MONTHS
    data = {
        "indicator": indicator,
        "entity": entity,
        "period": f"{2023 + month // 12}-{month % 12 + 1:02}",
        "measure": "cumulative",
        "value": f"{n / 100:.2f}",
        "unit": "万辆",
        "status": "P",
        "note": "simulated",
    }
    return _event("metric.observed", f"{run}-{n}", data)

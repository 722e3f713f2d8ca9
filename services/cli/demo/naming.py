"""Ids of the demo's observations: readable, and the same in every run."""

from collections.abc import Mapping
from datetime import date


def observation_id(data: Mapping[str, str], day: date) -> str:
    """Series, period, measure and the day of this vintage, joined by dots."""
    parts = [data["indicator"], data["entity"], data.get("scope", "")]
    parts += [data["period"], data["measure"], day.isoformat()]
    return ".".join(part for part in parts if part)

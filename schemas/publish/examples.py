"""One example per event type, as committed in `schemas/examples`."""

import json
from importlib.resources import files
from typing import Any


def example_text(name: str) -> str:
    """The example of a type as it is in its file."""
    return files("schemas").joinpath("examples", f"{name}.json").read_text(encoding="utf-8")


def example(name: str) -> dict[str, Any]:
    """The example of a type, read."""
    found: dict[str, Any] = json.loads(example_text(name))
    return found

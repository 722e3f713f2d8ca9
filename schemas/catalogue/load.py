"""Reads a catalogue that ships with the package."""

import json
from functools import cache
from importlib.resources import files

import yaml

from schemas.catalogue.model import Catalogue

DEFAULT = "changzhou-2024"


@cache
def load_catalogue(name: str = DEFAULT) -> Catalogue:
    """The catalogue of that name; a pydantic ValidationError names what is wrong in it."""
    text = files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    # Through JSON, so that the file is held to the same strict reading as an event is.
    return Catalogue.model_validate_json(json.dumps(_parse(text)))


def _parse(text: str) -> object:
    # The C loader reads the file in a tenth of the time, where the wheel has it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(text, Loader=loader)

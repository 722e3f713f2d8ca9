"""What a government promised, as data: entities, indicators, targets, and what we assumed."""

from schemas.catalogue.events import catalogue_events
from schemas.catalogue.load import load_catalogue
from schemas.catalogue.model import Catalogue

__all__ = ["Catalogue", "catalogue_events", "load_catalogue"]

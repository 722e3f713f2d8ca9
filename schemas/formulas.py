"""How a derived indicator follows from others (`formula` of a definition)."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from schemas.exact import Exact
from schemas.goals import Stage
from schemas.names import Contract, ForeignId, NamedLine, Slug, positive


class Whole(Contract):
    """The larger side of a share: an indicator of an entity, or of the `parent`."""

    indicator: Slug
    entity: Slug


class PartOfWhole(Contract):
    """`share` and `contribution`."""

    kind: Literal["share", "contribution"]
    part: Slug
    whole: Whole


class TwoIndicators(Contract):
    """`difference` and `ratio` of two indicators of one entity, same period."""

    kind: Literal["difference", "ratio"]
    a: Slug
    b: Slug


class OneIndicator(Contract):
    """`sum_of_children` and `yoy`."""

    kind: Literal["sum_of_children", "yoy"]
    indicator: Slug


class Primacy(Contract):
    """Rank, or ratio to the best other."""

    kind: Literal["primacy"]
    indicator: Slug
    among: tuple[Slug, ...] = Field(min_length=1, max_length=500)
    of: Literal["rank", "ratio"]


class Money(Contract):
    """An amount in plain 元 or 美元; the two are never converted."""

    value: Annotated[Exact, AfterValidator(positive)]
    currency: Literal["CNY", "USD"]


class ProjectFilter(Contract):
    """Which projects count: at least one of the amounts, below every other class."""

    at_least: tuple[Money, ...] = Field(default=(), max_length=8)
    below: tuple[Money, ...] = Field(default=(), max_length=8)
    stage: Stage | None = None
    category: tuple[NamedLine, ...] = Field(default=(), max_length=64)


class OfProjects(Contract):
    """`count_projects` and `investment_progress`."""

    kind: Literal["count_projects", "investment_progress"]
    where: ProjectFilter


Use = Literal["public", "dedicated", "private", "unknown"]


class CountChargers(Contract):
    """Facilities commissioned in the year (`since`), else in service."""

    kind: Literal["count_chargers"]
    use: tuple[Use, ...] = Field(min_length=1, max_length=4)
    since: Literal["year"] | None = None


class Coverage(Contract):
    """Share of a boundary's grid within the radius of a station in service."""

    kind: Literal["coverage"]
    radius_km: Annotated[Exact, AfterValidator(positive)]
    area: ForeignId
    use: tuple[Use, ...] = Field(min_length=1, max_length=4)


Formula = Annotated[
    PartOfWhole | TwoIndicators | OneIndicator | Primacy | OfProjects | CountChargers | Coverage,
    Field(discriminator="kind"),
]


def parts(formula: Formula) -> Iterator[tuple[str, str]]:
    """The fields that name an indicator, the first argument first, and the names."""
    if isinstance(formula, PartOfWhole):
        yield "part", formula.part
        yield "whole.indicator", formula.whole.indicator
    elif isinstance(formula, TwoIndicators):
        yield "a", formula.a
        yield "b", formula.b
    elif isinstance(formula, OneIndicator | Primacy):
        yield "indicator", formula.indicator

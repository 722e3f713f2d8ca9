"""Schemes of lamps: the names of those that ship, and an office's own as data.

Which colour means what differs between governments, so thresholds are data with their origin
named. A file of own schemes is YAML or JSON: a list of `LampScheme`.
"""

import json
from typing import Annotated, Literal, Self

import yaml
from pydantic import Field, TypeAdapter, ValidationError, model_validator

from schemas.exact import Exact
from schemas.names import Contract, NamedLine, Slug
from schemas.refusals import refusal
from schemas.rejects import RejectCode, RejectedError, finding

SHIPPED = frozenset({"standard", "xuancheng", "points", "tianjin", "ouhai"})


class LampScheme(Contract):
    """Green up to one limit, yellow up to another, red beyond.

    `measure` says what the limits are about: `pace` (actual / expected: green from, yellow from),
    `points` (percentage points of the goal behind: green below, yellow up to), `gap` (in the
    indicator's unit, negative is behind: green from, yellow from). Rates have no pace; by `pace`
    they are judged as in `standard`. With `escalate_after` n, the n-th yellow period in a row is
    red. `blue` tells whether a goal that is reached for the whole span shows as such.
    """

    name: Slug
    name_zh: NamedLine
    name_en: NamedLine
    origin: NamedLine
    measure: Literal["pace", "points", "gap"]
    green: Exact
    yellow: Exact
    escalate_after: Annotated[int, Field(ge=2, le=60)] | None = None
    blue: bool = True

    @model_validator(mode="after")
    def _limits_in_order(self) -> Self:
        falling = self.measure != "points"
        if self.yellow > self.green if falling else self.yellow < self.green:
            words = ("不得大于", "not above") if falling else ("不得小于", "not below")
            raise finding(
                RejectCode.BAD_VALUE,
                f"按 {self.measure} 评判时，yellow {words[0]} green，请对调或改正",
                f"by {self.measure}, yellow lies {words[1]} green: swap or correct them",
                "yellow",
            )
        if self.measure != "gap" and min(self.green, self.yellow) < 0:
            raise finding(
                RejectCode.BAD_VALUE,
                f"按 {self.measure} 评判时，界限不得小于零",
                f"by {self.measure}, no limit lies below zero",
                "green" if self.green < 0 else "yellow",
            )
        return self

    @model_validator(mode="after")
    def _name_is_free(self) -> Self:
        if self.name in SHIPPED:
            raise finding(
                RejectCode.CONFLICT,
                f"{self.name} 是自带的亮灯规则，请另取名称",
                f"{self.name} is a scheme that ships: take another name",
                "name",
            )
        return self


_FILE: TypeAdapter[tuple[LampScheme, ...]] = TypeAdapter(tuple[LampScheme, ...])


def read(text: str) -> tuple[LampScheme, ...]:
    """An office's own schemes from YAML or JSON.

    Raises RejectedError, in Chinese and English, with the field to correct (`0.green`).
    """
    try:
        found = yaml.safe_load(text)
        # Through JSON, so that the file is held to the same strict reading as an event is.
        schemes = _FILE.validate_json(json.dumps(found or []))
    except (yaml.YAMLError, TypeError) as error:
        why = " ".join(f"{error}".split())
        raise RejectedError(
            RejectCode.MALFORMED,
            "",
            f"亮灯规则文件无法读取，应为 YAML 或 JSON 列表：{why}",
            f"the file of lamp schemes cannot be read, a YAML or JSON list is expected: {why}",
        ) from error
    except ValidationError as error:
        raise refusal(error) from error
    names = [scheme.name for scheme in schemes]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise RejectedError(
            RejectCode.CONFLICT,
            "name",
            f"亮灯规则 {twice} 出现两次，请只留一个",
            f"the scheme {twice} is there twice: keep one",
        )
    return schemes

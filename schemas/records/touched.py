"""From the writing role to the deriving one: what a block touched, and a rebuild asked for."""

from typing import Literal

from pydantic import ConfigDict

from schemas.records.record import Moment, Record


class Touched(Record):
    """What one written block of `events` touched: up to `offset` of `partition` all is stored.

    `ids` are those of its figures, projects and chargers: eight bytes each, the least first,
    CityHash64 of source, a zero byte and id; base64 in JSON.
    """

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    partition: int
    offset: int
    series: tuple[tuple[str, str], ...]
    ids: bytes = b""


class RebuildAsked(Record):
    """A record of `touched` under the key `rebuild`: recompute the tables, from raw or `events`."""

    rebuild: str
    source: Literal["raw", "events"]
    at: Moment


class RebuildState(Record):
    """How far a rebuild is: `done` of `total` of one step."""

    rebuild: str
    source: Literal["raw", "events"]
    state: Literal["asked", "running", "done"]
    step: str = ""
    done: int = 0
    total: int = 0

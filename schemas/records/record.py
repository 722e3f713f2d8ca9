"""What every record is, and how days, moments and values are written in one."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

from schemas.exact import WRITTEN, as_sent
from schemas.names import DAY, MOMENT

# What the door looked at closely was written by ourselves since: a dossier has hundreds of these,
# and the contract's own types ask Python again for each.
Day = Annotated[date, WithJsonSchema({"type": "string", "format": "date", "pattern": DAY})]
Moment = Annotated[
    AwareDatetime, WithJsonSchema({"type": "string", "format": "date-time", "pattern": MOMENT})
]
Value = Annotated[Decimal, PlainSerializer(as_sent, return_type=str), WithJsonSchema(WRITTEN)]


class Record(BaseModel):
    """Internal records are frozen and closed; values are read from JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

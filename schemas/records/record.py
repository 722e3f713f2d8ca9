"""What every record is."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Internal records are frozen and closed; values are read from JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

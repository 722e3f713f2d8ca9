"""Why an event is refused: a code, the field, and the remedy in Chinese and English."""

from enum import StrEnum
from typing import NamedTuple

from pydantic_core import PydanticCustomError


class RejectCode(StrEnum):
    """The words of the contract; a new one is a change of the contract."""

    MALFORMED = "malformed"
    UNKNOWN_FIELD = "unknown_field"
    MISSING_FIELD = "missing_field"
    BAD_VALUE = "bad_value"
    BAD_PERIOD = "bad_period"
    PRECISION = "precision"
    FUTURE = "future"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_INDICATOR = "unknown_indicator"
    UNKNOWN_ENTITY = "unknown_entity"
    UNKNOWN_UNIT = "unknown_unit"
    UNIT_MISMATCH = "unit_mismatch"
    MEASURE_MISMATCH = "measure_mismatch"
    NOT_OWNER = "not_owner"
    WRONG_SOURCE = "wrong_source"
    CONFLICT = "conflict"
    DEFINITION_CONFLICT = "definition_conflict"
    CYCLE = "cycle"
    CANNOT_BE_JUDGED = "cannot_be_judged"
    TOO_LARGE = "too_large"


class Message(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str


class RejectedError(ValueError):
    """An event that cannot be taken as it is; sending it again unchanged will not help.

    `field` is a dotted path into the event (`data.value`), empty when the whole is meant.
    """

    def __init__(self, code: RejectCode, field: str, zh: str, en: str) -> None:
        super().__init__(f"{code} {field}: {en}")
        self.code = code
        self.field = field
        self.message = Message(zh, en)


def finding(code: RejectCode, zh: str, en: str, field: str = "") -> PydanticCustomError:
    """What a validator raises: both languages, and `field` below the place that it looks at."""
    return PydanticCustomError(code.value, "{en}", {"zh": zh, "en": en, "field": field})

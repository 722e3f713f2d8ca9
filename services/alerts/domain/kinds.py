"""What an alert can be about: one entry per kind (DOMAIN §5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from schemas.records.assessment import Lamp
from services.alerts.domain.assess import Opinion

BEHIND = "behind"
FORECAST_MISS = "forecast_miss"
_TROUBLE = frozenset({Lamp.YELLOW, Lamp.RED})
_WELL = frozenset({Lamp.GREEN, Lamp.BLUE})
_HALF = Decimal("0.5")


@dataclass(frozen=True)
class Kind:
    """`opens` looks at all current judgements, oldest first; the others at a single one.

    `ground`: this judgement keeps the alert open. `clear`: this one speaks for its cure.
    `overtaken`: another kind takes the alert's place. What is none of these changes nothing.
    """

    opens: Callable[[Sequence[Opinion]], bool]
    ground: Callable[[Opinion], bool]
    clear: Callable[[Opinion], bool]
    overtaken: Callable[[Opinion], bool] = lambda opinion: False


def in_trouble(opinion: Opinion) -> bool:
    """Yellow or red."""
    return opinion.assessment.lamp in _TROUBLE


def _well(opinion: Opinion) -> bool:
    return opinion.assessment.lamp in _WELL


def _falls_short(opinion: Opinion) -> bool:
    likely = opinion.assessment.p_meet
    short = likely < _HALF if likely is not None else bool(opinion.short)
    return opinion.assessment.lamp is Lamp.GREEN and short


def _forecast_clears(opinion: Opinion) -> bool:
    """Met for good, or on pace with a forecast that meets the goal."""
    lamp = opinion.assessment.lamp
    return lamp is Lamp.BLUE or (lamp is Lamp.GREEN and opinion.short is False)


def _forecast_opens(opinions: Sequence[Opinion]) -> bool:
    """One forecast with a probability below a half, else short ones of the last two periods."""
    if not _falls_short(opinions[-1]):
        return False
    if opinions[-1].assessment.p_meet is not None:
        return True
    return len(opinions) > 1 and _falls_short(opinions[-2])


KINDS: Mapping[str, Kind] = {
    BEHIND: Kind(lambda opinions: in_trouble(opinions[-1]), in_trouble, _well),
    FORECAST_MISS: Kind(
        _forecast_opens,
        _falls_short,
        _forecast_clears,
        in_trouble,
    ),
}

"""Which series want to be looked at when, though nothing new is said of them."""

from collections.abc import Iterable
from datetime import datetime

from services.alerts.domain.loop import Settings
from services.alerts.domain.state import SeriesState
from services.alerts.domain.unanswered import next_look

# How a state that has anything to wait for differs from all others, before it is read.
_WAITS = b'"waits_since":"'


class Timer:
    """Told of every state that is kept; what it names is a tick in the series' own partition."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._looks: dict[bytes, datetime] = {}

    def clear(self) -> None:
        """Others own the series now."""
        self._looks.clear()

    def note(self, key: bytes, state: SeriesState) -> None:
        """The series as it is from now on."""
        look = next_look(state, self._settings)
        if look is None:
            self._looks.pop(key, None)
        else:
            self._looks[key] = look

    def read(self, states: Iterable[tuple[bytes, bytes]]) -> None:
        """States as they were remembered, which nobody has told of."""
        for key, raw in states:
            if _WAITS in raw and key not in self._looks:
                self.note(key, SeriesState.model_validate_json(raw))

    def due(self, now: datetime) -> list[bytes]:
        """Whose time has come; each is named once, until it is noted again."""
        found = sorted(key for key, look in self._looks.items() if look <= now)
        for key in found:
            del self._looks[key]
        return found

"""Lamps as they are shown: an order, a word of the scheme, and the scheme's name beside it.

The shape (templates/parts.html) tells the lamp without its colour.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.lamps import LampScheme
from services.alerts.console.language import Language, catalogue

ORDER = ("red", "yellow", "green", "blue", "grey")


@dataclass(frozen=True)
class LampShown:
    """One lamp in one language. `word` means what the scheme means by that colour."""

    lamp: str
    colour: str
    word: str
    scheme: str

    @property
    def title(self) -> str:
        """The tooltip, and what a screen reader says."""
        return f"{self.colour} · {self.word} ({self.scheme})"


def shown(lamp: str, scheme: str, reason: str, language: Language) -> LampShown:
    """The words of a lamp; a grey one says why it cannot be judged."""
    kind = lamp if lamp in ORDER else "grey"
    word = language.maybe(f"lamp.{scheme}.{kind}", language(f"lamp.{kind}"))
    if kind == "grey":
        word = language.maybe(f"reason.{reason}", word)
    return LampShown(kind, language(f"colour.{kind}"), word, scheme_name(scheme, language))


def learn(own: Iterable[LampScheme]) -> None:
    """From now on an office's own schemes are shown by their names."""
    catalogue().update({f"scheme.{s.name}": {"zh": s.name_zh, "en": s.name_en} for s in own})


def scheme_name(scheme: str, language: Language) -> str:
    """The name of a lamp scheme; one that is not known here goes by its id."""
    return language.maybe(f"scheme.{scheme}", scheme)

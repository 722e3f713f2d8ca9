"""Lamps as they are shown: an order, a word of the scheme, and the scheme's name beside it.

The shape (templates/parts.html) tells the lamp without its colour.
"""

from dataclasses import dataclass

from services.alerts.console.language import Language

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


def scheme_name(scheme: str, language: Language) -> str:
    """The name of a lamp scheme; an office's own goes by its id."""
    return language.maybe(f"scheme.{scheme}", scheme)

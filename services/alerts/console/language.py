"""What the page says, in Chinese and English, from one catalogue (`texts.json`)."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DEFAULT = "zh"
TAGS = {"zh": "zh-CN", "en": "en"}


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every text by key and language."""
    text = Path(__file__).with_name("texts.json").read_text("utf-8")
    found: dict[str, dict[str, str]] = json.loads(text)
    return found


@dataclass(frozen=True)
class Language:
    """One language; calling it with a key gives the text, with the named values filled in."""

    code: str = DEFAULT

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key that must be in the catalogue."""
        text = catalogue()[key][self.code]
        return text.format(**values) if values else text

    def maybe(self, key: str, otherwise: str = "") -> str:
        """The text of a key that may be missing: words of a newer worker, an office's scheme."""
        found = catalogue().get(key)
        return found[self.code] if found else otherwise

    def pick(self, zh: str, en: str) -> str:
        """A name in this language, or in the other one if this has none."""
        return (zh or en) if self.code == "zh" else (en or zh)

    @property
    def tag(self) -> str:
        """For the `lang` attribute."""
        return TAGS[self.code]

    @property
    def other(self) -> str:
        """The language the switch leads to."""
        return "en" if self.code == "zh" else "zh"


def choose(asked: str | None, kept: str | None) -> Language:
    """The language asked for in the address, else the one kept in the cookie, else Chinese."""
    for code in (asked, kept):
        if code in TAGS:
            return Language(code)
    return Language()

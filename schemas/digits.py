"""What the numbers of a JSON text were like before a double was made of them.

Of digits that a double cannot carry what was sent can no longer be told. Zeros behind the point it
drops: they say how a figure was rounded.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from schemas.exact import NUMBER_DIGITS

# A number of 16 digits or more; seldom enough that the text is read a second time only then.
_LONG_NUMBER = re.compile(rb"[:\[,]\s*-?(?:[0-9]\.?){16,}")
_LOST = object()
# The member `value` where it is a number in plain decimals: within a text its quotes are escaped.
_VALUE = re.compile(rb'"value"[ \t\r\n]*:[ \t\r\n]*(-?[0-9]+\.[0-9]+)[ \t\r\n,}]')


def value_as_written(raw: bytes | str) -> str | None:
    """The number of the member `value` with every zero; None unless it is in plain decimals.

    `raw` is an event with one such member at most.
    """
    found = _VALUE.search(raw.encode() if isinstance(raw, str) else raw)
    return None if found is None else found[1].decode()


def lost_digits(raw: bytes | str) -> str | None:
    """The dotted path of the first bare number of more than 15 significant digits."""
    text = raw.encode() if isinstance(raw, str) else raw
    if not _LONG_NUMBER.search(text):
        return None
    tree = json.loads(text, parse_float=_mark, parse_int=_mark)
    return next(_paths(tree), None)


def _mark(written: str) -> object:
    mantissa = written.lower().partition("e")[0]
    digits = mantissa.lstrip("-").replace(".", "").strip("0")
    return _LOST if len(digits) > NUMBER_DIGITS else None


def _paths(tree: Any, above: str = "") -> Iterator[str]:
    if tree is _LOST:
        yield above
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from _paths(value, f"{above}.{name}" if above else name)
    if isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _paths(value, f"{above}.{index}")

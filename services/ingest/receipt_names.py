"""The names of receipts: ULIDs, a run of them from one draw, because every request needs one."""

import os
import time
from collections.abc import Callable, Iterator

from ulid import ULID

# Crockford's base 32; the last two characters of a name count from 00 to zz.
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ENDS = tuple(tens + ones for tens in _DIGITS for ones in _DIGITS)


def names(now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> Iterator[str]:
    """Each name once. The names of a millisecond share 70 random bits and count from there."""
    while True:
        drawn = now_ms()
        begin = str(ULID(drawn.to_bytes(6, "big") + os.urandom(10)))[: -len(_ENDS[0])]
        for end in _ENDS:
            yield begin + end
            if now_ms() != drawn:
                break

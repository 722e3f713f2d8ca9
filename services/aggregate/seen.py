"""Which ids have come before: a Bloom filter of 64-bit ids; pure.

It never forgets one, and takes less than one new id in ten thousand for a known one. An id sets
four bits in each of three words: few places in memory to go to, whatever the size.
"""

import numpy as np
from numpy.typing import NDArray

from services.aggregate.ids import Ids

# Ids to a word of 64 bits when it is full: more of them, and too many would be taken for known.
_A_WORD = 3
_LEAST = 1 << 20
# Odd, without a pattern: fractions of the square roots of 2, 3 and 5.
_SPREAD = np.array([0x6A09E667F3BCC909, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B], np.uint64)
_BITS = np.array([0, 6, 12, 18], np.uint64)
_AT_ONCE = 1 << 16


class Seen:
    """Holds the ids given, with room for half as many again: four bytes each for the first."""

    def __init__(self, ids: Ids) -> None:
        self._capacity = max(_LEAST, ids.size + ids.size // 2)
        self._words = np.zeros(self._capacity // _A_WORD + 1, np.uint64)
        self._held = 0
        for start in range(0, ids.size, _AT_ONCE):
            self._add(ids[start : start + _AT_ONCE])

    @property
    def full(self) -> bool:
        """Are there so many that another one should be made of all ids?"""
        return self._held > self._capacity

    def take(self, ids: Ids) -> Ids:
        """Those that may have come before, or stand here twice; from now on all are known."""
        each, times = np.unique(ids, return_counts=True)
        known = self._holds(each)
        self._add(each[~known])
        return each[known | (times > 1)]

    def _add(self, ids: Ids) -> None:
        self._held += ids.size
        at, bits = self._places(ids)
        np.bitwise_or.at(self._words, at, bits)

    def _holds(self, ids: Ids) -> NDArray[np.bool_]:
        at, bits = self._places(ids)
        found: NDArray[np.bool_] = (self._words[at] & bits == bits).all(axis=1)
        return found

    def _places(self, ids: Ids) -> tuple[Ids, Ids]:
        """Per id three words, and the bits in each."""
        spread = ids[:, None] * _SPREAD
        at = (spread >> np.uint64(32)) * np.uint64(self._words.size) >> np.uint64(32)
        places = (spread[:, :, None] >> _BITS) & np.uint64(63)
        return at, np.bitwise_or.reduce(np.uint64(1) << places, axis=2)

"""Student's t for whole degrees of freedom, in closed form.

Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4. The distribution of
a forecast from a few past errors needs no more, and no numerical library.
"""

from functools import lru_cache
from math import atan, cos, pi, sin, sqrt

_STEPS = 80


def cdf(t: float, degrees: int) -> float:
    """P(T ≤ t) for `degrees` ≥ 1."""
    angle = atan(t / sqrt(degrees))
    odd = degrees % 2
    term = cos(angle) if odd else 1.0
    total = 0.0
    for k in range(2 + odd, degrees + 1, 2):
        total += term
        term *= cos(angle) ** 2 * (k - 1) / k
    if odd:
        return 0.5 + (angle + sin(angle) * total) / pi
    return 0.5 + sin(angle) * total / 2


@lru_cache(maxsize=256)
def quantile(p: float, degrees: int) -> float:
    """The t below which a share p of the distribution lies, 0.5 ≤ p < 1."""
    low, high = 0.0, 1.0
    while cdf(high, degrees) < p:
        high *= 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if cdf(middle, degrees) < p else (low, middle)
    return high

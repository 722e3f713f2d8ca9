"""Student's t against the printed tables."""

from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.series.student import cdf, quantile

# Upper 10 % points of the tables.
TABLE = [
    (1, 3.0777),
    (2, 1.8856),
    (3, 1.6377),
    (4, 1.5332),
    (5, 1.4759),
    (6, 1.4398),
    (7, 1.4149),
    (8, 1.3968),
    (9, 1.3830),
    (10, 1.3722),
]


@pytest.mark.parametrize(("degrees", "t"), TABLE)
def test_the_upper_ten_per_cent_points(degrees: int, t: float) -> None:
    assert round(quantile(0.9, degrees), 4) == t


@given(st.floats(-50, 50), st.integers(1, 12))
def test_both_sides_add_up_to_one(t: float, degrees: int) -> None:
    assert isclose(cdf(t, degrees) + cdf(-t, degrees), 1, abs_tol=1e-12)


def test_two_degrees_by_their_own_formula() -> None:
    """P(T ≤ t) = 1/2 + t / (2 √(2 + t²)) for two degrees."""
    for t in (-3.0, -0.5, 0.0, 0.7, 4.0):
        assert isclose(cdf(t, 2), 0.5 + t / (2 * sqrt(2 + t * t)))

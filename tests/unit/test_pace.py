"""How long a role lets the next block gather."""

import pytest

from services.aggregate.pace import LONGEST_REST, rest


@pytest.mark.parametrize(
    ("worked", "full", "rests"),
    [(0.0, False, 0.0), (0.05, False, 0.05), (9.0, False, LONGEST_REST), (9.0, True, 0.0)],
)
def test_a_role_rests_as_long_as_it_worked_unless_there_is_more(
    worked: float, full: bool, rests: float
) -> None:
    assert rest(worked, full) == rests

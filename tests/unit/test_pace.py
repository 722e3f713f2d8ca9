"""How long a role lets the next block gather."""

import pytest

from services.aggregate.pace import LONGEST_GATHER, LONGEST_REST, gather, rest


@pytest.mark.parametrize(
    ("worked", "times", "full", "rests"),
    [
        (0.0, 1, False, 0.0),
        (0.05, 1, False, 0.05),
        (0.05, 3, False, 0.05 * 3),
        (9.0, 1, False, LONGEST_REST),
        (9.0, 1, True, 0.0),
    ],
)
def test_a_role_rests_in_proportion_to_its_work_unless_there_is_more(
    worked: float, times: float, full: bool, rests: float
) -> None:
    assert rest(worked, times, full) == rests


@pytest.mark.parametrize(
    ("ahead", "waits"),
    [
        (0.0, 0.0),
        (2 * LONGEST_REST, 0.0),
        (5.0, 4 * (5.0 - 2 * LONGEST_REST)),
        (1e6, LONGEST_GATHER),
    ],
)
def test_only_what_takes_long_waits_for_more(ahead: float, waits: float) -> None:
    assert gather(ahead) == waits

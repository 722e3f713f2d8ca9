"""What moves is waited for; what stands still is given up."""

import pytest

from services.runtime.standstill import Standstill


@pytest.mark.parametrize(
    ("looks", "over"),
    [
        ([(0, "a"), (10, "a")], False),
        ([(0, "a"), (10.1, "a")], True),
        ([(0, "a"), (10, "b"), (20, "b")], False),
        ([(0, "a"), (10, "b"), (20, "a"), (30, "b"), (40, "b")], False),
        ([(0, "a"), (10, "b"), (20.1, "b")], True),
        ([(0, None), (10.1, None)], True),
        ([(10.1, None)], True),
        ([(10.1, "a")], False),
    ],
)
def test_only_what_has_not_changed_for_the_time_is_over(
    looks: list[tuple[float, object]], over: bool
) -> None:
    standstill = Standstill(seconds=10, now=0)
    *before, (now, seen) = looks
    assert not any(standstill.over(what, at) for at, what in before)
    assert standstill.over(seen, now) is over

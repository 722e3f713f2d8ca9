"""What each role may ask of an alert."""

from itertools import pairwise

import pytest

from schemas.data import Action
from schemas.operators import Role
from services.alerts.console.roles import MAY, may

_FROM = {
    Role.OPERATE: "acknowledge dispatch note plan extend request_close",
    Role.SUPERVISE: "grant silence unsilence reopen",
}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_a_command_is_for_a_role_and_for_those_above_it(role: Role, action: Action) -> None:
    (first,) = (of for of, actions in _FROM.items() if action in actions.split())
    roles = list(Role)
    assert may(role, action) is (roles.index(role) >= roles.index(first))


def test_each_role_includes_the_one_before() -> None:
    assert all(MAY[lower] <= MAY[higher] for lower, higher in pairwise(Role))
    assert MAY[Role.VIEW] == set()

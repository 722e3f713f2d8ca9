"""What each role may ask of an alert. Pure."""

from collections.abc import Mapping

from schemas.data import Action
from schemas.operators import Role

_OPERATE = frozenset(
    {
        Action.ACKNOWLEDGE,
        Action.DISPATCH,
        Action.NOTE,
        Action.PLAN,
        Action.EXTEND,
        Action.REQUEST_CLOSE,
    }
)
_SUPERVISE = _OPERATE | {Action.GRANT, Action.SILENCE, Action.UNSILENCE, Action.REOPEN}
MAY: Mapping[Role, frozenset[Action]] = {
    Role.VIEW: frozenset(),
    Role.OPERATE: _OPERATE,
    Role.SUPERVISE: _SUPERVISE,
    Role.ADMIN: frozenset(Action),
}


def may(role: Role, action: Action) -> bool:
    """Does the role include this command?"""
    return action in MAY[role]

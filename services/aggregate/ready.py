"""When the aggregate is ready: its roles run, none waits for a store or broker that is away or
full, and no partition of `events` is halted.
"""

from collections.abc import Collection, Sequence

from schemas.topics import EVENTS


class Readiness:
    """What /readyz asks.

    `running` are the roles that do, `held` those that try something again, `halted` the partitions
    that are.
    """

    def __init__(self, roles: Sequence[str], held: Collection[str] = ()) -> None:
        self.running: set[str] = set()
        self.halted: Collection[int] = ()
        self._held = held
        self._roles = roles
        self._was_ready = False

    def checks(self) -> dict[str, bool]:
        """Each check and whether it is passed."""
        roles = {role: role in self.running for role in self._roles}
        if not self._was_ready:
            # Who waits for a start would start it over and over for a partition that stays halted.
            self._was_ready = all(roles.values())
            return roles
        for role in list(self._held):
            roles[role] = False
        return roles | {f"{EVENTS.name}/{partition}": False for partition in list(self.halted)}

"""How long a role lets the next block gather; pure.

Many small blocks cost the engine far more than few larger ones: an insert or a read back costs
10 to 20 ms of processor however few rows it has. So after a block that took all there was, a role
rests in proportion to its work: an idle system answers at once, a busy one batches by itself, and
a backlog (full blocks) is worked off without a pause.
"""

LONGEST_REST = 0.5


def rest(worked: float, times: float, full: bool) -> float:
    """Seconds to wait after a block: `times` the `worked` seconds; none behind a full one."""
    return 0.0 if full else min(worked * times, LONGEST_REST)

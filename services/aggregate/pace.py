"""How long a role lets the next block gather; pure.

Many small blocks cost the engine far more than few larger ones: an insert or a read back costs
10 to 20 ms of processor however few rows it has. So after a block that took all there was, a role
rests in proportion to its work: an idle system answers at once, a busy one batches by itself, and
a backlog (full blocks) is worked off without a pause.

A round of deriving costs by the series, however often each was touched. Where one would take
seconds, and more keeps coming, waiting some times as long as it takes makes several of them one,
and leaves most of the processor to who receives and writes what keeps coming.
"""

LONGEST_REST = 0.5
LONGEST_GATHER = 30.0
_TIMES = 4.0


def rest(worked: float, times: float, full: bool) -> float:
    """Seconds to wait after a block: `times` the `worked` seconds; none behind a full one."""
    return 0.0 if full else min(worked * times, LONGEST_REST)


def gather(ahead: float) -> float:
    """Seconds in which more may join a round that will take `ahead` seconds.

    None for a short one: the rest behind it does the same.
    """
    return min(max(0.0, _TIMES * (ahead - 2 * LONGEST_REST)), LONGEST_GATHER)

"""`python -m services.aggregate`: writes, derives and sinks until SIGTERM."""

import gc
import signal
import sys

from services.aggregate.app import Aggregate
from services.runtime import logs, settings


def main() -> int:
    """0 when asked to stop, 70 when a role failed."""
    found = settings.load()
    # Figures are many small tuples without cycles: as often as Python looks for any by itself, it
    # takes as long as all the rest of deriving.
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    # Deriving computes for seconds on end; who reads or writes beside it would wait 5 ms for each
    # of many short steps.
    sys.setswitchinterval(0.0005)
    logs.configure(found.log_level)
    aggregate = Aggregate(found)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: aggregate.stop.set())
    aggregate.run()
    return 70 if aggregate.failed.is_set() else 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m bench`: every figure as text on stderr and as JSON on stdout."""

import json
import sys
from typing import Any

from bench import end_to_end, engine, inventories, judging, machine, packing, queries, whole_way
from bench.peers import __main__ as peers


def main() -> None:
    """Measure and print."""
    told: dict[str, Any] = {
        "machine": machine.describe(),
        "engine": [engine.measure()],
        "whole_way": whole_way.measure(),
        "end_to_end": end_to_end.everywhere(),
        "packing": packing.measure(),
        "judging": judging.measure(judging.plan([])),
        "peers": peers.compare(peers.plan([])),
        "queries": [queries.measure()],
        "inventories": inventories.measure(),
    }
    found = told["whole_way"]
    lines = [
        f"ready after {found['start_s']['median']} s (median of {len(found['start_s']['all'])})",
        f"idle PSS {found['idle_pss_mib']['total']} MiB",
    ]
    for what, spread in found["paced"].items():
        lines.append(
            f"{what:13} p50 {spread['p50']}  p99 {spread['p99']}  max {spread['max']}"
            f"  ({whole_way.PER_SECOND}/s)"
        )
    for where, figures in told["end_to_end"].items():
        lines += [f"end to end, {where}", *end_to_end.lines(figures)]
    lines += engine.lines(told["engine"][0])
    lines += packing.text(told["packing"])
    lines += judging.lines(told["judging"]["medians"])
    lines += queries.lines(told["queries"][0])
    lines += inventories.lines(told["inventories"])
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()

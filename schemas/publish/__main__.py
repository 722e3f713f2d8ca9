"""`python -m schemas.publish [--check]`: write the published contract, or say what is stale."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from schemas.publish.documents import FOLDER, stale, write


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """0 when the folder is up to date, 1 when `--check` found something stale."""
    parser = argparse.ArgumentParser(prog="python -m schemas.publish", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if stale")
    if parser.parse_args(arguments).check:
        found = stale(folder)
        for name in found:
            sys.stderr.write(f"已过期 stale: {name}（make schemas）\n")
        return 1 if found else 0
    for name in write(folder):
        sys.stdout.write(f"{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

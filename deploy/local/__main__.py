"""`python -m deploy.local [--home DIR]`: the embedded stack's supervisor in the foreground."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TextIO

from deploy.local.credentials import ensure_secrets
from deploy.local.logstream import LogStream, wants_colour
from deploy.local.parts import Part, stack_parts
from deploy.local.refusal import Refusal
from deploy.local.settings import Settings, read_settings
from deploy.local.statefolder import StateFolder, acquire_lock
from deploy.local.supervisor import NAME, Supervisor, settle


def serve(
    settings: Settings,
    make_parts: Callable[[Mapping[str, str]], Sequence[Part]],
    env: Mapping[str, str],
    console: TextIO | None,
) -> None:
    """Supervise the parts that `make_parts` builds from their common environment, until a signal.

    Raises Refusal before anything was started.
    """
    folder = StateFolder(settings.home)
    folder.make()
    with acquire_lock(folder):
        settle(folder, settings.bound_ports())
        parts = make_parts(settings.environment() | ensure_secrets(folder.secrets, env))
        colours = {NAME: "1"} | {part.name: part.colour for part in parts}
        coloured = console is not None and wants_colour(console, env)
        stream = LogStream(folder.logs, colours, console, coloured)
        supervisor = Supervisor(parts, folder, stream, {**env, "PYTHONUNBUFFERED": "1"})
        try:
            asyncio.run(supervisor.run())
        finally:
            stream.close()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("--home", type=Path, help="state folder (PACEKEEPER_HOME)")
    parser.add_argument("--quiet", action="store_true", help="write the log files only")
    options = parser.parse_args(arguments)
    try:
        settings = read_settings(os.environ, options.home)
        console = None if options.quiet else sys.stdout
        serve(settings, partial(stack_parts, settings), os.environ, console)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

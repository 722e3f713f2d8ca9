"""Stand-in parts for the supervisor's tests: small Python programs that keep a common journal.

Run as a script it is a whole supervisor of such parts: `supervisor_stand_ins.py HOME NAME …`.
The part `broken` says that its configuration is wrong and ends.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from deploy.local.__main__ import serve
from deploy.local.parts import Part
from deploy.local.probes import file_ready
from deploy.local.refusal import Refusal
from deploy.local.settings import read_settings

T = TypeVar("T")

# Arguments: journal, name, gate, flag. It is ready once the gate file is there.
_PROGRAM = """
import pathlib, signal, sys, time
journal, name, gate, flag = sys.argv[1:5]
def note(text):
    with open(journal, "a") as file:
        file.write(f"{name} {text}\\n")
def end(number, frame):
    note("stopped")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
note("started")
print(f"hello from {name}", flush=True)
while not pathlib.Path(gate).exists():
    time.sleep(0.01)
note("ready")
pathlib.Path(flag).touch()
while True:
    time.sleep(60)
"""


_BROKEN = "import sys; print('no such setting'); sys.exit(78)"


def journal(home: Path) -> list[str]:
    path = home / "journal"
    return path.read_text().splitlines() if path.exists() else []


def open_gate(home: Path, *names: str) -> None:
    for name in names:
        (home / f"{name}.gate").touch()


def stand_in(home: Path, name: str, *needs: str, program: str = _PROGRAM) -> Part:
    flag = home / "run" / f"{name}.ready"
    arguments = (str(home / "journal"), name, str(home / f"{name}.gate"), str(flag))
    return Part(
        name,
        (sys.executable, "-I", "-S", "-c", program, *arguments),
        file_ready(flag),
        needs=needs,
        flag=flag,
        colour="32",
        grace_seconds=5.0,
    )


def eventually(look: Callable[[], T], seconds: float = 20.0) -> T:
    """The first true answer of `look`, within a deadline."""
    deadline = time.monotonic() + seconds
    while not (answer := look()):
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.01)
    return answer


def main() -> int:
    home, *names = (argument for argument in sys.argv[1:] if not argument.startswith("--"))
    settings = read_settings(os.environ, Path(home))
    programs = {"broken": _BROKEN}
    parts = [stand_in(settings.home, name, program=programs.get(name, _PROGRAM)) for name in names]
    try:
        serve(settings, lambda environment: parts, os.environ, sys.stdout)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

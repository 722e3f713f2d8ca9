"""A small file kept whole, whoever is killed and however many write."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services.runtime.keptfile import KeptFile

# Writes long texts of one letter for ever, a line on stdout after each.
_FOR_EVER = """
import itertools, sys
from pathlib import Path
from services.runtime.keptfile import KeptFile
file = KeptFile(Path(sys.argv[1]))
for letter in itertools.cycle("ab"):
    file.change(lambda text: letter * 200_000)
    print(letter, flush=True)
"""
# Adds as many lines as are asked for, one by one.
_ADD = """
import sys
from pathlib import Path
from services.runtime.keptfile import KeptFile
file = KeptFile(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    file.change(lambda text: (text or "") + f"{sys.argv[2]}{number}\\n")
"""


def test_a_text_is_read_as_it_was_written_by_its_owner_alone(tmp_path: Path) -> None:
    file = KeptFile(tmp_path / "new" / "kept")
    assert file.read() is None
    file.change(lambda text: f"{text} 甲")
    assert file.read() == "None 甲"
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_step_that_fails_changes_nothing(tmp_path: Path) -> None:
    file = KeptFile(tmp_path / "kept")
    file.change(lambda text: "1")
    with pytest.raises(ZeroDivisionError):
        file.change(lambda text: str(1 / 0))
    assert file.read() == "1"


def test_every_change_has_a_stamp_of_its_own(tmp_path: Path) -> None:
    file = KeptFile(tmp_path / "kept")
    stamps = [file.stamp()]
    file.change(lambda text: "1")
    stamps.append(file.stamp())
    file.change(lambda text: "2")
    stamps.append(file.stamp())
    file.path.chmod(0o400)
    stamps.append(file.stamp())
    file.path.unlink()
    assert len(set(stamps)) == 4
    assert file.stamp() == stamps[0]


def test_a_link_that_leads_elsewhere_is_a_change(tmp_path: Path) -> None:
    for name in "12":
        (tmp_path / name).write_text(name)
    link, next_link = tmp_path / "kept", tmp_path / "next"
    link.symlink_to("1")
    file = KeptFile(link)
    stamp = file.stamp()
    next_link.symlink_to("2")
    next_link.replace(link)
    assert file.stamp() != stamp
    assert file.read() == "2"


def test_a_writer_killed_at_any_moment_leaves_a_whole_text(tmp_path: Path) -> None:
    file = KeptFile(tmp_path / "kept")
    for round_ in range(6):
        command = [sys.executable, "-c", _FOR_EVER, str(file.path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            writer.stdout.readline()
            until = time.monotonic() + 0.0007 * round_
            while time.monotonic() < until:
                pass
            writer.send_signal(signal.SIGKILL)
        assert file.read() in ("a" * 200_000, "b" * 200_000)
    file.change(lambda text: "a draft left behind stops nobody")
    assert file.read() == "a draft left behind stops nobody"


def test_of_two_writers_at_once_none_loses_anything(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    commands = [[sys.executable, "-c", _ADD, str(path), name, "60"] for name in "xy"]
    writers = [subprocess.Popen(command) for command in commands]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    lines = path.read_text().split()
    assert sorted(lines) == sorted(f"{name}{number}" for name in "xy" for number in range(60))

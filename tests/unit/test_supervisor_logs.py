"""The log stream: lines, names, colours, files and their rotation."""

import io
import re
from pathlib import Path

import pytest

from deploy.local.logstream import (
    LONGEST_LINE,
    LineSplitter,
    LogStream,
    RotatingFile,
    last_lines,
    wants_colour,
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class ClosedPipe(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_every_line_carries_time_and_name(tmp_path: Path) -> None:
    console = io.StringIO()
    stream = LogStream(tmp_path, {"kafka": "35", "clickhouse": "33"}, console, coloured=False)
    stream.write("kafka", "就绪")
    stream.close()
    assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3} kafka      \| 就绪\n", console.getvalue())
    stamp, line = (tmp_path / "kafka.log").read_text().split(" ", 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d", stamp)
    assert line == "就绪\n"


def test_the_name_is_coloured_and_the_file_is_not(tmp_path: Path) -> None:
    console = Terminal()
    stream = LogStream(tmp_path, {"kafka": "35"}, console, coloured=True)
    stream.write("kafka", "ready")
    stream.close()
    assert "\x1b[35mkafka |\x1b[0m ready" in console.getvalue()
    assert "\x1b" not in (tmp_path / "kafka.log").read_text()


@pytest.mark.parametrize(
    ("console", "env", "coloured"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    console: io.StringIO, env: dict[str, str], coloured: bool
) -> None:
    assert wants_colour(console, env) is coloured


def test_a_console_that_went_away_does_not_stop_the_files(tmp_path: Path) -> None:
    stream = LogStream(tmp_path, {}, ClosedPipe(), coloured=False)
    stream.write("ingest", "one")
    stream.write("ingest", "two")
    stream.close()
    assert [line.split()[-1] for line in last_lines(tmp_path / "ingest.log")] == ["one", "two"]


def test_a_log_that_cannot_be_written_does_not_stop_the_console(tmp_path: Path) -> None:
    console = io.StringIO()
    stream = LogStream(tmp_path / "missing", {}, console, coloured=False)
    stream.write("ingest", "one")
    stream.close()
    assert console.getvalue().endswith("one\n")


def test_lines_are_whole_however_the_bytes_arrive() -> None:
    data = "一\r\n二\n三".encode()
    splitter = LineSplitter()
    lines = [line for byte in data for line in splitter.feed(bytes([byte]))]
    assert lines == ["一", "二"]
    assert splitter.flush() == ["三"]
    assert splitter.flush() == []


def test_a_line_without_end_is_cut_and_bad_bytes_are_shown() -> None:
    splitter = LineSplitter()
    assert splitter.feed(b"x" * LONGEST_LINE) == []
    assert splitter.feed(b"y") == ["x" * LONGEST_LINE + "y"]
    assert splitter.feed(b"\xff\n") == ["\ufffd"]


def test_a_log_file_rotates_by_size_and_keeps_a_few(tmp_path: Path) -> None:
    path = tmp_path / "ingest.log"
    file = RotatingFile(path, limit=10, kept=2)
    for number in range(5):
        file.write(f"line {number}\n".encode())
    file.close()
    texts = {entry.name: entry.read_text() for entry in tmp_path.iterdir()}
    assert texts == {
        "ingest.log": "line 4\n",
        "ingest.log.1": "line 3\n",
        "ingest.log.2": "line 2\n",
    }


def test_a_log_file_goes_on_where_the_last_run_ended(tmp_path: Path) -> None:
    path = tmp_path / "ingest.log"
    for text in (b"one\n", b"two\n"):
        file = RotatingFile(path)
        file.write(text)
        file.close()
    assert last_lines(path) == ["one", "two"]
    assert last_lines(path, count=1) == ["two"]
    assert last_lines(tmp_path / "none.log") == []

"""What commands show: tables and progress on stderr or stdout, JSON on stdout alone."""

import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed
from rich.table import Table

AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / one JSON object")]

# A file or a pipe has no width of its own: keep cells whole.
stdout = Console(width=None if sys.stdout.isatty() else 200)
stderr = Console(stderr=True)


def put_json(value: Any) -> None:
    """One JSON object on stdout."""
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str) + b"\n")
    sys.stdout.buffer.flush()


def put_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table on stdout."""
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    stdout.print(table)


def say(line: str) -> None:
    """A line for people; kept apart from what a program reads."""
    stderr.print(line, highlight=False)


def progress() -> Progress:
    """A bar on stderr that vanishes when done."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Elapsed(),
        console=stderr,
        transient=True,
    )

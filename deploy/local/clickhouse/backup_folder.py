"""The folder of a backup: whether everything that its list names is there, whole and on the disk.

The engine says BACKUP_CREATED on a full disk too, over files cut short and an empty list.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

LIST = ".backup"


def first_broken(folder: Path) -> str | None:
    """The first file that is missing or cut short, None if the backup is whole."""
    try:
        for name, size in _listed(folder / LIST):
            if not _is_whole(folder / name, size):
                return name
    except (OSError, ElementTree.ParseError):
        return LIST
    return None


def _listed(path: Path) -> Iterator[tuple[str, int]]:
    """Name and size of every file; files of equal contents are stored once, as `data_file`."""
    for _, each in ElementTree.iterparse(path):
        if each.tag == "file":
            name = each.findtext("data_file", "") or each.findtext("name", "")
            yield name, int(each.findtext("size", "0"))
            each.clear()


def _is_whole(path: Path, size: int) -> bool:
    if size == 0:
        return True
    try:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            return os.fstat(file.fileno()).st_size == size
    except OSError:
        return False

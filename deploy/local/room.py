"""Room on the disk of a folder, told to whoever can make some."""

from __future__ import annotations

import shutil
from pathlib import Path

# The engine asks for a multiple of what it is about to write, the broker for whole segments.
SCARCE_BYTES = 64 * 1024 * 1024


def shortage(folder: Path) -> str | None:
    """A sentence if the disk of this folder has hardly any room left."""
    try:
        free = shutil.disk_usage(folder).free
    except FileNotFoundError:
        return None
    if free >= SCARCE_BYTES:
        return None
    left = f"{free / 1024 / 1024:.1f} MiB"
    return (
        f"{folder} 所在磁盘只剩 {left}，请腾出或增加空间，之后会自动恢复 / "
        f"the disk of {folder} has {left} left: make room, it goes on by itself then"
    )

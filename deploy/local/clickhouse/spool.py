"""What must be whole before it goes on, a result or the data of an insert, waits on disk."""

from __future__ import annotations

import contextlib
import os
import tempfile
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, cast

from deploy.local.clickhouse.errors import room

_PIECE = 1 << 20


class Spool:
    """A folder of files; what an earlier server left in it is dropped."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for stale in folder.iterdir():
            stale.unlink()

    def path(self) -> Path:
        """A name that nobody has yet."""
        return self._folder / uuid.uuid4().hex

    def file(self) -> BinaryIO:
        """An empty file without a name, whose room is free again when it is closed."""
        with room():
            return cast(BinaryIO, tempfile.TemporaryFile(dir=self._folder))

    def keep(self, pieces: Iterable[bytes]) -> Spooled:
        """Write all pieces to disk and give them back from there."""
        path = self.path()
        try:
            with path.open("xb") as file:
                for piece in pieces:
                    file.write(piece)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Spooled(path)


class Spooled:
    """A file to be read once, piece by piece; its name is gone at once, its room when closed."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("rb")
        path.unlink()
        self.size = os.fstat(self._file.fileno()).st_size

    def read(self) -> bytes:
        """The next piece, empty at the end."""
        return self._file.read(_PIECE)

    def close(self) -> None:
        """Free the disk."""
        with contextlib.suppress(OSError):
            self._file.close()

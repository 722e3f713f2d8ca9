"""Results on disk leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.clickhouse.spool import Spool


def test_what_was_kept_comes_back_once(tmp_path: Path) -> None:
    kept = Spool(tmp_path / "spool").keep([b"a" * 1_500_000, b"b"])
    assert list((tmp_path / "spool").iterdir()) == []
    pieces = list(iter(kept.read, b""))
    kept.close()
    assert kept.size == 1_500_001
    assert b"".join(pieces) == b"a" * 1_500_000 + b"b"
    assert max(map(len, pieces)) <= 1 << 20


def test_a_result_that_fails_is_dropped(tmp_path: Path) -> None:
    def failing() -> Iterator[bytes]:
        yield b"a"
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        Spool(tmp_path).keep(failing())
    assert list(tmp_path.iterdir()) == []


def test_a_new_server_drops_what_an_earlier_one_left(tmp_path: Path) -> None:
    Spool(tmp_path).path().write_bytes(b"half a result")
    Spool(tmp_path)
    assert list(tmp_path.iterdir()) == []

"""Whoever asks is told when a disk is nearly full."""

from pathlib import Path

import pytest

from deploy.local import room


def test_a_disk_with_room_is_not_worth_a_word(tmp_path: Path) -> None:
    assert room.shortage(tmp_path) is None


def test_a_folder_that_is_not_there_yet_lacks_nothing(tmp_path: Path) -> None:
    assert room.shortage(tmp_path / "none") is None


def test_a_disk_that_is_nearly_full_is_named_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "SCARCE_BYTES", 1 << 62)
    said = room.shortage(tmp_path)
    assert said is not None
    assert str(tmp_path) in said
    assert "make room" in said
    assert "请腾出或增加空间" in said

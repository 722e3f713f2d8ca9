"""A backup's folder is believed only if every file of its list is there and whole."""

from pathlib import Path

import pytest

from deploy.local.clickhouse.backup_folder import first_broken

LIST = """<config><contents>
<file><name>data/a.bin</name><size>3</size></file>
<file><name>data/copy.bin</name><size>3</size><data_file>data/a.bin</data_file></file>
<file><name>data/empty.bin</name><size>0</size></file>
</contents></config>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.bin").write_bytes(b"abc")
    (tmp_path / ".backup").write_text(LIST)
    return tmp_path


def test_a_whole_backup_has_no_broken_file(folder: Path) -> None:
    assert first_broken(folder) is None


@pytest.mark.parametrize("content", [b"", b"ab", b"abcd"])
def test_a_file_of_another_size_is_broken(folder: Path, content: bytes) -> None:
    (folder / "data" / "a.bin").write_bytes(content)
    assert first_broken(folder) == "data/a.bin"


def test_a_missing_file_is_broken(folder: Path) -> None:
    (folder / "data" / "a.bin").unlink()
    assert first_broken(folder) == "data/a.bin"


@pytest.mark.parametrize("text", ["", "<config><contents><file>", "not a list"])
def test_a_list_that_was_cut_short_is_broken(folder: Path, text: str) -> None:
    (folder / ".backup").write_text(text)
    assert first_broken(folder) == ".backup"


def test_a_folder_without_a_list_is_broken(tmp_path: Path) -> None:
    assert first_broken(tmp_path) == ".backup"

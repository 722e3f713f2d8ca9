"""The file of added users."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local.clickhouse.users import UnreadableUsersError, User, UserFile, is_name

ANNA = User("anna", "read-only", "scrypt$…", "2026-01-02T03:04:05+00:00")


def test_users_are_read_as_they_were_written(tmp_path: Path) -> None:
    file = UserFile(tmp_path / "clickhouse" / "users.json")
    assert file.read() == {}
    before = file.stamp()
    file.change(lambda users: users.update(anna=ANNA))
    assert file.read() == {"anna": ANNA}
    assert file.stamp() != before


def test_only_the_owner_reads_the_file(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    UserFile(path).change(lambda users: users.update(anna=ANNA))
    assert path.stat().st_mode & 0o777 == 0o600
    assert ANNA.password not in repr(ANNA)


def test_a_step_that_fails_changes_nothing(tmp_path: Path) -> None:
    file = UserFile(tmp_path / "users.json")
    file.change(lambda users: users.update(anna=ANNA))
    with pytest.raises(KeyError):
        file.change(lambda users: users.pop("bert") and None)
    assert file.read() == {"anna": ANNA}


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"anna": {}}', '{"anna": {"access": "root", "password": "x", "added_at": ""}}']
    + ['{"bi": {"access": "all", "password": "x", "added_at": ""}}'],
)
def test_a_broken_file_is_an_error_and_no_empty_list(tmp_path: Path, text: str) -> None:
    path = tmp_path / "users.json"
    path.write_text(text)
    with pytest.raises(UnreadableUsersError):
        UserFile(path).read()


@pytest.mark.parametrize("name", ["anna", "_x", "a.b-c_1", "A" * 64])
def test_a_name_is_plain(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "1a", "a b", "a'b", "中", "A" * 65, "bi", "default", "a\n"])
def test_other_names_are_refused(name: str) -> None:
    assert not is_name(name)

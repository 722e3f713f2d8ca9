"""The file of the console's operators."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.operators import Operator, Role
from services.runtime.operators import OperatorFile, UnreadableOperatorsError

LI = Operator(
    name="李梅",
    role=Role.OPERATE,
    department="czgxj",
    password="scrypt$1$2$3$4$5",
    added_at=datetime(2026, 1, 2, tzinfo=UTC),
)


def test_accounts_are_read_as_they_were_written(tmp_path: Path) -> None:
    file = OperatorFile(tmp_path / "home" / "operators.json")
    assert file.read() == {}
    file.change(lambda operators: operators.update({LI.name: LI}))
    assert file.read() == {"李梅": LI}
    assert (tmp_path / "home" / "operators.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "broken",
    [
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"operators": [{"name": "li"}]}',
        b'{"operators": [{"name": "admin", "role": "view", "password": "scrypt$1$2$3$4$SECRET",'
        b' "added_at": "2026-01-02T03:04:05Z"}]}',
    ],
)
def test_a_broken_file_is_named_stays_as_it_is_and_tells_nothing_it_holds(
    tmp_path: Path, broken: bytes
) -> None:
    path = tmp_path / "operators.json"
    path.write_bytes(broken)
    file = OperatorFile(path)
    for attempt in (file.read, lambda: file.change(lambda operators: operators.clear())):
        with pytest.raises(UnreadableOperatorsError, match=r"operators\.json: ") as refused:
            attempt()
        assert "SECRET" not in str(refused.value)
    assert path.read_bytes() == broken


def test_a_file_that_cannot_be_reached_is_said_so_and_has_a_stamp(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    file = OperatorFile(tmp_path / "file" / "operators.json")
    with pytest.raises(UnreadableOperatorsError, match="Not a directory"):
        file.read()
    assert "Not a directory" in str(file.stamp())

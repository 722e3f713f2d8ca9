"""The accounts as the console sees them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.operators import Operator, Role
from services.alerts.console.accounts import Accounts
from services.runtime import passwords
from services.runtime.operators import OperatorFile, UnreadableOperatorsError

ADMIN_WORD, LI_WORD = "of the admin", "李梅的口令 is long"
LI = Operator(
    name="李梅",
    role=Role.OPERATE,
    department="czgxj",
    password=passwords.hashed(LI_WORD),
    added_at=datetime(2026, 1, 2, tzinfo=UTC),
)


@pytest.fixture
def file(tmp_path: Path) -> OperatorFile:
    found = OperatorFile(tmp_path / "operators.json")
    found.change(lambda operators: operators.update({LI.name: LI}))
    return found


@pytest.fixture
def accounts(file: OperatorFile) -> Accounts:
    return Accounts(ADMIN_WORD, file)


def _changed(**changed: object) -> Callable[[dict[str, Operator]], None]:
    return lambda operators: operators.update({LI.name: LI.model_copy(update=changed)})


@pytest.mark.parametrize(
    ("name", "password", "role"),
    [
        ("admin", ADMIN_WORD, Role.ADMIN),
        ("李梅", LI_WORD, Role.OPERATE),
        (" 李梅 ", LI_WORD, Role.OPERATE),
        ("admin", LI_WORD, None),
        ("李梅", ADMIN_WORD, None),
        ("李梅", "", None),
        ("nobody", LI_WORD, None),
        ("", "", None),
    ],
)
def test_each_is_let_in_with_the_own_password_alone(
    accounts: Accounts, name: str, password: str, role: Role | None
) -> None:
    found = accounts.enter(name, password)
    assert (found.role if found else None) == role


def test_without_a_password_of_its_own_admin_is_not_let_in(file: OperatorFile) -> None:
    assert Accounts("", file).enter("admin", "") is None


@pytest.mark.parametrize(
    "change",
    [
        lambda operators: operators.clear(),
        _changed(role=Role.VIEW),
        _changed(password=passwords.hashed("another one, long")),
        _changed(password=passwords.hashed(LI_WORD)),
    ],
    ids=["removed", "role", "password", "the same password once more"],
)
def test_a_session_ends_when_its_account_changes(
    accounts: Accounts, file: OperatorFile, change: Callable[[dict[str, Operator]], None]
) -> None:
    entered = accounts.enter("李梅", LI_WORD)
    assert entered
    assert accounts.known(entered.name, entered.mark) == entered
    file.change(change)
    assert accounts.known(entered.name, entered.mark) is None


def test_a_session_lasts_while_others_change(accounts: Accounts, file: OperatorFile) -> None:
    entered = accounts.enter("李梅", LI_WORD)
    assert entered
    wang = LI.model_copy(update={"name": "wang"})
    file.change(lambda operators: operators.update(wang=wang))
    assert accounts.known(entered.name, entered.mark) == entered
    assert [one.name for one in accounts.everyone()] == ["admin", "wang", "李梅"]


def test_a_mark_opens_one_account_and_tells_nothing_of_the_password(accounts: Accounts) -> None:
    entered = accounts.enter("李梅", LI_WORD)
    assert entered
    assert accounts.known("admin", entered.mark) is None
    assert accounts.known("李梅", "") is None
    assert LI.password not in repr(replace(entered))


def test_while_the_file_is_broken_only_admin_is_let_in(
    accounts: Accounts, file: OperatorFile, tmp_path: Path
) -> None:
    entered = accounts.enter("李梅", LI_WORD)
    assert entered
    assert accounts.trouble == ""
    whole = (tmp_path / "operators.json").read_text()
    (tmp_path / "operators.json").write_text(whole[:-9])
    with pytest.raises(UnreadableOperatorsError):
        accounts.enter("李梅", LI_WORD)
    assert accounts.known(entered.name, entered.mark) is None
    assert accounts.enter("admin", ADMIN_WORD)
    assert "operators.json" in accounts.trouble
    (tmp_path / "operators.json").write_text(whole)
    assert accounts.known(entered.name, entered.mark) == entered
    assert accounts.trouble == ""


def test_who_is_removed_while_the_password_is_checked_is_not_let_in(
    accounts: Accounts, file: OperatorFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    matches = passwords.matches

    def slowly(password: str, kept: str) -> bool:
        file.change(lambda operators: operators.clear())
        return matches(password, kept)

    monkeypatch.setattr(passwords, "matches", slowly)
    assert accounts.enter("李梅", LI_WORD) is None

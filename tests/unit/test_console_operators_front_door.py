"""Several operators at the console's front door: what each role sees, sends and is refused."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from schemas.data import Action
from schemas.operators import Operator, Role
from services.alerts.console.commands import offered
from services.alerts.console.roles import may
from services.runtime import passwords
from services.runtime.operators import OperatorFile
from tests.console_demo import demo
from tests.console_server import PASSWORD
from tests.unit.console_desk import ALERT, Desk

WORD = "a password of theirs"
_KEPT = passwords.hashed(WORD)
# What a form of each command carries, so that nothing but the role can be missing.
_FORM = {"unit": "czgxj", "note": "已联系", "due": "2024-08-31", "reason": "停产检修"}
_FORM["until"] = "2024-08-01T08:00"


def _operator(name: str, role: Role) -> Operator:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    return Operator(name=name, role=role, department="czgxj", password=_KEPT, added_at=at)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "operators.json"
    everyone = {f"某{role}": _operator(f"某{role}", role) for role in Role}
    OperatorFile(found).change(lambda operators: operators.update(everyone))
    return found


@pytest.fixture
def desk(path: Path) -> Iterator[Desk]:
    with Desk(demo(), sign_in=False, operators=path) as found:
        yield found


def _send(desk: Desk, action: str) -> httpx.Response:
    csrf = desk.hidden(ALERT, "csrf")
    form = {"csrf": csrf, "action": action, "command_id": f"c-{action}"} | _FORM
    return desk.http.post(ALERT, data=form, follow_redirects=False)


@pytest.mark.parametrize("role", Role)
def test_a_role_sends_what_it_may_and_a_forged_form_is_refused_in_words(
    desk: Desk, role: Role
) -> None:
    assert desk.sign_in(f"某{role}", WORD).headers["location"] == "/"
    for action in Action:
        answer = _send(desk, action)
        if may(role, action):
            assert answer.status_code == 303, action
        else:
            assert answer.status_code == 403, action
            assert "办理没有送出" in answer.text
    assert {sent.action for sent in desk.door.sent} == {one for one in Action if may(role, one)}
    assert {sent.person for sent in desk.door.sent} <= {f"某{role}"}


@pytest.mark.parametrize("role", Role)
def test_the_page_offers_only_what_the_role_may_do(desk: Desk, role: Role) -> None:
    desk.sign_in(f"某{role}", WORD)
    text = desk.get(ALERT).text
    shown = {one for one in Action if f'name="action" value="{one}"' in text}
    alert = ALERT.rpartition("/")[2]
    row = desk.views.alert(alert)
    assert row
    possible = offered(row, desk.views.history(alert))
    assert shown == {one for one in possible if may(role, one)}
    assert ("只能查看" in text) is (role is Role.VIEW)


def test_a_command_that_is_not_known_is_no_question_of_roles(desk: Desk) -> None:
    desk.sign_in("某view", WORD)
    assert _send(desk, "burn").status_code == 422


@pytest.mark.parametrize("page", ["/", "/targets/vehicles-2024", "/alerts", ALERT, "/books"])
def test_the_role_view_sees_every_page(desk: Desk, page: str) -> None:
    desk.sign_in("某view", WORD)
    answer = desk.get(page)
    assert answer.status_code == 200
    assert "某view · 查看" in answer.text
    assert 'href="/operators"' not in answer.text


def test_only_admin_sees_who_is_there(desk: Desk) -> None:
    desk.sign_in("某supervise", WORD)
    refused = desk.get("/operators")
    assert (refused.status_code, "只有角色为“管理”" in refused.text) == (403, True)
    desk.http.cookies.clear()
    desk.sign_in("admin", PASSWORD)
    text = desk.get("/operators").text
    row = text[text.index("某supervise") :].split("</tr>")[0]
    assert "督查" in row
    assert "市工信局" in row
    assert "2026-01-02 08:00" in row
    assert row.count('class="time">20') == 2, "added, and here a moment ago"
    assert text[text.index("某view") :].split("</tr>")[0].count('class="time">20') == 1
    assert "scrypt" not in text


def test_admin_of_the_settings_needs_no_file() -> None:
    with Desk(demo()) as desk:
        assert desk.get("/").status_code == 200
        assert "内置" in desk.get("/operators").text


@pytest.mark.parametrize("change", ["removed", "role", "password"])
def test_a_session_ends_with_a_change_of_its_account(desk: Desk, path: Path, change: str) -> None:
    desk.sign_in("某operate", WORD)
    assert desk.get("/").status_code == 200
    new = {
        "removed": {},
        "role": {"某operate": _operator("某operate", Role.VIEW)},
        "password": {
            "某operate": _operator("某operate", Role.OPERATE).model_copy(
                update={"password": passwords.hashed("another, and long")}
            )
        },
    }[change]
    csrf = desk.hidden(ALERT, "csrf")

    def step(operators: dict[str, Operator]) -> None:
        del operators["某operate"]
        operators.update(new)

    OperatorFile(path).change(step)
    note = {"action": "note", "note": "x", "csrf": csrf, "command_id": "c-1"}
    answer = desk.http.post(ALERT, data=note, follow_redirects=False)
    assert answer.headers["location"] == "/sign-in?next=/"
    assert desk.door.sent == []
    assert desk.get("/live").status_code == 401
    assert desk.get("/sign-in").status_code == 200, "and not sent round in a circle"
    assert desk.get("/").headers["location"].startswith("/sign-in")


def test_a_stream_ends_with_its_session(desk: Desk, path: Path) -> None:
    desk.sign_in("某view", WORD)
    with desk.http.stream("GET", "/live") as stream:
        lines = stream.iter_lines()
        assert next(line for line in lines if line.startswith("event")) == "event: state"
        OperatorFile(path).change(lambda operators: operators.clear())
        desk.views.away = True
        assert not [line for line in lines if line.startswith("event")]


def test_a_name_that_nobody_has_is_told_and_slowed_down_as_a_wrong_password(desk: Desk) -> None:
    names = ["某view", "nobody", "<b>", "某view", "某view"]
    answers = [desk.sign_in(name, "guess") for name in names]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 401, 429]
    assert len({answer.text.count("口令不对") for answer in answers[:4]}) == 1


def test_signing_in_buys_no_tries_at_another_account(desk: Desk) -> None:
    for _ in range(3):
        assert desk.sign_in("admin", "guess").status_code == 401
        assert desk.sign_in("某view", WORD).status_code == 303
        desk.http.cookies.clear()
    assert desk.sign_in("admin", "guess").status_code == 401
    assert desk.sign_in("admin", "guess").status_code == 429


def test_while_the_file_is_broken_admin_comes_in_and_is_told_the_remedy(
    desk: Desk, path: Path
) -> None:
    desk.sign_in("某operate", WORD)
    path.write_text("{")
    assert desk.get("/").status_code == 303
    shut_out = desk.sign_in("某operate", WORD)
    assert (shut_out.status_code, "只有 admin 可以登录" in shut_out.text) == (503, True)
    assert desk.sign_in("admin", PASSWORD).status_code == 303
    text = desk.get("/operators").text
    assert "请修复它，或删除后重建账户" in text
    assert str(path) in text

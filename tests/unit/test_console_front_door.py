"""The console through its front door: who gets in, what each page says, what trouble looks like."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.alerts.console.door import CommandRefusedError
from services.alerts.console.memory import MemoryViews
from services.alerts.console.rows import HistoryRow, IndicatorRow
from services.runtime.errors import AwayError
from tests.console_demo import demo, next_month
from tests.console_server import PASSWORD
from tests.unit.console_desk import ALERT, Desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    with Desk(demo()) as found:
        yield found


@pytest.fixture
def stranger() -> Iterator[Desk]:
    with Desk(demo(), sign_in=False) as found:
        yield found


@pytest.mark.parametrize(
    "path", ["/", "/targets/vehicles-2024", "/alerts?state=all", ALERT, "/books"]
)
def test_a_stranger_is_sent_to_sign_in_and_afterwards_on(stranger: Desk, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 303
    way = answer.headers["location"]
    assert way.startswith("/sign-in?next=")
    answer = stranger.post(
        "/sign-in", way, operator="admin", password=PASSWORD, next=stranger.hidden(way, "next")
    )
    assert (answer.status_code, answer.headers["location"]) == (303, path)


def test_a_stranger_gets_no_fragment_no_chart_and_no_stream(stranger: Desk) -> None:
    fragment = stranger.get("/", **{"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["hx-redirect"]) == (401, "/sign-in")
    assert stranger.get("/targets/vehicles-2024/chart.json").status_code == 401
    assert stranger.get("/live").status_code == 401
    assert (
        stranger.http.post(ALERT, data={"action": "note"}, follow_redirects=False).headers[
            "location"
        ]
        == "/sign-in?next=/"
    )


def test_a_wrong_password_is_told_and_slowed_down(stranger: Desk) -> None:
    answers = [
        stranger.post("/sign-in", "/sign-in", operator="admin", password="guess") for _ in range(5)
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 401, 429]
    assert "口令不对" in answers[0].text
    assert int(answers[-1].headers["retry-after"]) == 2
    right = stranger.post("/sign-in", "/sign-in", operator="admin", password=PASSWORD)
    assert right.status_code == 429, "not even the right one while the brake is on"


def test_a_forged_sign_in_is_refused(stranger: Desk) -> None:
    answer = stranger.post(
        "/sign-in", "/sign-in", operator="admin", password=PASSWORD, csrf="forged"
    )
    assert answer.status_code == 403


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(stranger: Desk) -> None:
    answer = stranger.post("/sign-in", "/sign-in", operator="admin", password=PASSWORD)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_signing_out_needs_the_token_and_ends_the_session(desk: Desk) -> None:
    assert desk.post("/sign-out", "/", csrf="forged").status_code == 403
    assert desk.get("/").status_code == 200
    assert desk.post("/sign-out", "/").headers["location"] == "/sign-in"
    assert desk.get("/").status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/", "/nowhere", "/static/console.css", "/healthz"])
def test_every_answer_carries_the_security_headers(desk: Desk, path: str) -> None:
    headers = desk.get(path).headers
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")


@pytest.mark.parametrize("path", ["/", "/targets/vehicles-2024", "/alerts", ALERT, "/books"])
def test_no_page_has_inline_script_or_style_or_loads_from_elsewhere(desk: Desk, path: str) -> None:
    text = desk.get(path).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\s(style|on[a-z]+)=", text)
    assert not re.search(r"""(src|href)="(https?:)?//""", text)


def test_the_overview_shows_each_lamp_with_shape_colour_and_word(desk: Desk) -> None:
    text = desk.get("/").text
    tile = text[text.index('id="tile-vehicles-2024"') :].split("</a>")[0]
    assert "sign-red" in tile
    assert "红 · 明显落后" in tile
    assert "标准方案" in tile
    assert "模拟数据" in tile
    other = text[text.index('id="tile-jobs-2024"') :].split("</a>")[0]
    assert "模拟数据" not in other


def test_the_overview_can_be_narrowed(desk: Desk) -> None:
    text = desk.get("/?entity=wujin&lamp=green").text
    assert "tile-jobs-2024" in text
    assert "tile-vehicles-2024" not in text
    assert "没有符合条件的目标" in desk.get("/?entity=wujin&lamp=red").text


def test_before_any_target_the_overview_says_so_in_words() -> None:
    with Desk(MemoryViews()) as desk:
        assert "还没有任何目标" in desk.get("/").text
        assert "没有未闭环的预警" in desk.get("/alerts").text
        assert "还没有收到任何上报" in desk.get("/books").text


def test_a_change_in_the_store_reaches_the_page(desk: Desk) -> None:
    assert 'data-lamp="red" data-name="整车产量"' in desk.get("/").text
    next_month(desk.views, "yellow")
    desk.until("/", lambda text: 'data-lamp="yellow" data-name="整车产量"' in text)


def test_the_targets_page_has_headline_table_versions_and_evidence(desk: Desk) -> None:
    text = desk.get("/targets/vehicles-2024").text
    for said in ("市人代会", "按去年进度", "落后 15.11 万辆", "nev-2024-06", "已被取代的判定 1 条"):
        assert said in text
    assert '<th scope="row">2024年6月' in text
    assert desk.get("/targets/vehicles-2024/chart.json").json()["actual"][-1]["value"] == 27.2


def test_what_is_not_there_is_said_with_a_way_back(desk: Desk) -> None:
    for path in ("/targets/nothing", "/alerts/nothing", "/nowhere"):
        answer = desk.get(path)
        assert answer.status_code == 404
        assert 'href="/"' in answer.text
    assert desk.get("/targets/nothing/chart.json").status_code == 404


def test_a_name_from_an_event_is_text_and_never_markup() -> None:
    views = demo()
    evil = '"><script>alert(1)</script>{{ 7*7 }}'
    views.indicators = [
        IndicatorRow(
            "vehicle_output", evil, evil, evil, "cumulative", "higher", "czgxj", "month", evil, evil
        )
    ]
    with Desk(views) as desk:
        for path in ("/", "/targets/vehicles-2024", "/alerts", ALERT, "/books"):
            text = desk.get(path).text
            assert "<script>alert" not in text, path
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in desk.get("/").text


def test_the_language_is_chosen_once_and_kept(desk: Desk) -> None:
    assert '<html lang="zh-CN"' in desk.get("/").text
    english = desk.get("/?lang=en").text
    assert '<html lang="en"' in english
    assert "Vehicle output" in english
    assert "Targets at a glance" in desk.get("/").text
    assert "目标总览" in desk.get("/?lang=zh").text


def test_the_language_switch_keeps_the_filter(desk: Desk) -> None:
    assert 'href="/?entity=wujin&amp;lang=en"' in desk.get("/?entity=wujin").text


def test_closed_alerts_are_listed_on_request_only(desk: Desk) -> None:
    assert "behind.jobs-2024.1" not in desk.get("/alerts").text
    assert "behind.jobs-2024.1" in desk.get("/alerts?state=all").text
    assert "重新打开" in desk.get("/alerts/behind.jobs-2024.1").text


def test_an_alert_of_a_series_or_a_department_is_shown_without_a_target(desk: Desk) -> None:
    found = desk.views.alert("behind.vehicles-2024.1")
    assert found
    series = replace(found, alert="finding-1", target="", kind="finding", gap=None)
    books = replace(series, alert="books-1", indicator="", entity="czgxj", kind="books")
    for row, words in (
        (series, ("数据疑点", "<h1>整车产量", "常州市")),
        (books, ("账目不平", "<h1>市工信局")),
    ):
        desk.views.alert_rows.append(row)
        text = desk.get(f"/alerts/{row.alert}").text
        assert 'href="/targets/"' not in text
        for word in words:
            assert word in text, word


def test_a_command_is_pending_until_the_history_has_it(desk: Desk) -> None:
    answer = desk.command("acknowledge")
    assert (answer.status_code, answer.headers["location"]) == (303, ALERT)
    (sent,) = desk.door.sent
    assert (sent.alert, sent.action, sent.person) == (
        "behind.vehicles-2024.1",
        "acknowledge",
        "admin",
    )
    assert "签收：已送出，等待处理" in desk.get(ALERT).text
    alert = desk.views.alert(sent.alert)
    assert alert
    at = datetime(2024, 7, 20, tzinfo=UTC)
    desk.views.move(
        replace(alert, state="acknowledged", acknowledged_by="admin", acknowledged_at=at),
        HistoryRow(
            sent.alert, 3, "acknowledged", "acknowledged", "admin", at, command_id=sent.command_id
        ),
    )
    text = desk.get(ALERT).text
    assert "等待处理" not in text
    assert "admin 2024-07-20 08:00" in text


def test_a_form_sent_twice_is_one_command(desk: Desk) -> None:
    desk.command("note", command_id="c-1", note="已联系")
    desk.command("note", command_id="c-1", note="已联系")
    assert {sent.command_id for sent in desk.door.sent} == {"c-1"}
    assert desk.get(ALERT).text.count("备注：已送出") == 1


def test_a_forged_or_incomplete_command_is_not_sent(desk: Desk) -> None:
    assert desk.post(ALERT, ALERT, action="acknowledge", csrf="forged").status_code == 403
    refused = desk.command("dispatch")
    assert (refused.status_code, "请选择派给的单位" in refused.text) == (422, True)
    assert desk.door.sent == []


def test_trouble_at_the_front_door_is_told_and_what_was_written_is_kept(desk: Desk) -> None:
    desk.door.trouble = AwayError("gone")
    answer = desk.command("note", command_id="c-7", note="请 <b>尽快</b> 上报")
    assert answer.status_code == 503
    assert "没有送出" in answer.text
    assert "请 &lt;b&gt;尽快&lt;/b&gt; 上报</textarea>" in answer.text
    assert 'value="c-7"' in answer.text, "sending again is the same command"
    desk.door.trouble = CommandRefusedError("没有此预警", "there is no such alert")
    refused = desk.command("acknowledge")
    assert (refused.status_code, "没有此预警" in refused.text) == (422, True)


def test_a_lost_store_leaves_the_last_state_standing_under_a_banner(desk: Desk) -> None:
    for path in ("/", "/targets/vehicles-2024", ALERT, "/books"):
        desk.get(path)
    desk.views.away = True
    text = desk.until("/", lambda text: "暂时无法访问" in text)
    assert "tile-vehicles-2024" in text
    assert "落后 15.11 万辆" in desk.get("/targets/vehicles-2024").text
    assert "签收" in desk.get(ALERT).text
    assert "市工信局" in desk.get("/books").text
    unseen = desk.get("/targets/jobs-2024")
    assert (unseen.status_code, "Traceback" in unseen.text) == (503, False)
    desk.views.away = False
    desk.until("/", lambda text: "暂时无法访问" not in text)


def test_a_store_that_was_never_there_is_said_in_words() -> None:
    with Desk(MemoryViews(away=True)) as desk:
        assert "尚未读到任何数据" in desk.get("/").text
        assert desk.get("/readyz").status_code == 503
        assert desk.get("/healthz").status_code == 200


def test_ready_means_that_the_views_answer(desk: Desk) -> None:
    assert desk.get("/readyz").json() == {"status": "ready", "checks": {"views": True}}


def test_a_mistake_of_ours_is_a_sentence_and_not_a_stack_trace(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.views, "ledger", lambda: 1 / 0)
    answer = desk.get("/books")
    assert answer.status_code == 500
    assert "问题已记入日志" in answer.text
    assert "ZeroDivision" not in answer.text
    assert "content-security-policy" in answer.headers


def test_the_books_show_what_does_not_balance_and_the_raw_text_as_text(desk: Desk) -> None:
    text = desk.get("/books").text
    assert "不平" in text
    assert "unit_mismatch" in text
    assert "&lt;script&gt;alert(1)" in text

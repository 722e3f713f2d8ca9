"""Who may look: password, token, brake, and where one is sent on to."""

import pytest

from services.alerts.console.sessions import Brake, local, new_token, right, same_token, signing_key


@pytest.mark.parametrize(
    ("password", "expected", "let_in"),
    [
        ("secret", "secret", True),
        ("Secret", "secret", False),
        ("", "", False),
        ("口令", "口令", True),
    ],
)
def test_only_the_password_opens_and_no_password_opens_nothing(
    password: str, expected: str, let_in: bool
) -> None:
    assert right(password, expected) is let_in


def test_a_token_fits_only_its_own_session() -> None:
    token = new_token()
    assert same_token(token, token)
    assert not same_token(new_token(), token)
    assert not same_token("", "")


def test_another_password_ends_every_session() -> None:
    assert signing_key("one") != signing_key("two")


@pytest.mark.parametrize(
    ("asked", "sent_to"),
    [
        ("/alerts?state=all", "/alerts?state=all"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_one_stays_on_this_site(asked: str, sent_to: str) -> None:
    assert local(asked) == sent_to


def test_the_brake_waits_longer_with_every_failure_and_a_minute_at_most() -> None:
    brake, waits = Brake(), []
    for _ in range(12):
        brake.failed("a", "li", 0.0)
        waits.append(brake.wait("a", 0.0))
    assert waits[:6] == [0, 0, 0, 2, 4, 8]
    assert max(waits) == 60
    assert brake.wait("b", 0.0) == 0


def test_the_brake_lets_go_with_time_and_with_success() -> None:
    brake = Brake()
    for _ in range(5):
        brake.failed("a", "li", 0.0)
    assert brake.wait("a", 3.0) == 1.0
    assert brake.wait("a", 5.0) == 0
    brake.failed("a", "li", 1000.0)
    assert brake.wait("a", 1000.0) == 0, "failures of long ago are forgotten"
    brake.succeeded("a", "li")
    assert brake.wait("a", 1000.0) == 0


def test_the_brake_keeps_a_bounded_number_of_addresses() -> None:
    brake = Brake()
    for number in range(5000):
        brake.failed(str(number), "", 0.0)
    assert len(brake._known) == 4096


def test_an_account_of_ones_own_buys_no_tries_at_anothers() -> None:
    brake = Brake()
    for _ in range(3):
        brake.failed("a", "admin", 0.0)
        brake.succeeded("a", "li")
    brake.failed("a", "admin", 0.0)
    assert brake.wait("a", 0.0) == 2


def test_who_signs_in_is_forgiven_the_own_slips_alone() -> None:
    brake = Brake()
    for name in ("li", "li", "admin"):
        brake.failed("a", name, 0.0)
    brake.succeeded("a", "li")
    brake.failed("a", "admin", 0.0)
    brake.failed("a", "admin", 0.0)
    assert brake.wait("a", 0.0) == 0
    brake.failed("a", "admin", 0.0)
    assert brake.wait("a", 0.0) == 2


def test_the_brake_goes_on_for_ever() -> None:
    brake = Brake()
    for _ in range(3000):
        brake.failed("a", "", 0.0)
    assert brake.wait("a", 0.0) == 60

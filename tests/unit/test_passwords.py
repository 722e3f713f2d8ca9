"""Passwords as they are kept."""

from __future__ import annotations

import pytest

from services.runtime.passwords import hashed, matches, new_password


def test_a_password_matches_what_was_kept_of_it() -> None:
    kept = hashed("geheim 中文")
    assert "geheim" not in kept
    assert kept.startswith("scrypt$16384$8$1$")
    assert matches("geheim 中文", kept)
    assert not matches("geheim", kept)
    assert hashed("geheim 中文") != kept


@pytest.mark.parametrize(
    "kept", ["", "geheim", "scrypt$1", "scrypt$a$b$c$d$e", "md5$16384$8$1$AAAA$AAAA"]
)
def test_what_was_not_made_here_matches_nothing(kept: str) -> None:
    assert not matches("geheim", kept)
    assert not matches("", kept)


def test_new_passwords_are_long_and_differ() -> None:
    assert len(new_password()) >= 32
    assert new_password() != new_password()

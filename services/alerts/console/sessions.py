"""Signing in: the password of `admin`, the session's token against forged forms, the brake."""

import hashlib
import hmac
import secrets
from collections import Counter, OrderedDict
from dataclasses import dataclass, field

MAX_AGE = 12 * 3600
FREE_FAILURES = 3
LONGEST_WAIT = 60.0
_FORGET_AFTER = 900.0
_MAX_ADDRESSES = 4096


def signing_key(password: str) -> str:
    """The key of the session cookie: survives a restart, and ends with the password."""
    return hmac.new(password.encode(), b"pacekeeper console session", hashlib.sha256).hexdigest()


def right(password: str, expected: str) -> bool:
    """Compare in constant time; an empty expected password lets nobody in."""
    same = hmac.compare_digest(password.encode(), expected.encode())
    return bool(expected) and same


def new_token() -> str:
    """A token that a page's forms carry."""
    return secrets.token_urlsafe(24)


def same_token(given: str, kept: str) -> bool:
    """Did the form come from this session's page?"""
    return bool(kept) and hmac.compare_digest(given.encode(), kept.encode())


def local(path: str) -> str:
    """A path of this site to go on to, else the overview."""
    unsafe = not path.startswith("/") or path.startswith(("//", "/\\"))
    return "/" if unsafe or any(ord(c) < 32 for c in path) else path


@dataclass
class _Failures:
    by_name: Counter[str] = field(default_factory=Counter)
    until: float = 0.0
    last: float = 0.0


@dataclass
class Brake:
    """Slows sign-in down: after three failures an address waits 2, 4, 8 … 60 s.

    Who signs in is forgiven the failures under that name alone: an account of one's own must not
    buy tries at another's. Names that nobody has go by one name, so that they are not kept.
    """

    _known: OrderedDict[str, _Failures] = field(default_factory=OrderedDict)

    def wait(self, address: str, now: float) -> float:
        """Seconds until this address may try again."""
        found = self._known.get(address)
        return max(0.0, found.until - now) if found else 0.0

    def failed(self, address: str, name: str, now: float) -> None:
        """Count a failure."""
        found = self._known.pop(address, None)
        if found is None or now - found.last > _FORGET_AFTER:
            found = _Failures()
        found.by_name[name] += 1
        found.last = now
        over = found.by_name.total() - FREE_FAILURES
        found.until = now + min(LONGEST_WAIT, 2.0 ** min(over, 10)) if over > 0 else 0.0
        self._known[address] = found
        while len(self._known) > _MAX_ADDRESSES:
            self._known.popitem(last=False)

    def succeeded(self, address: str, name: str) -> None:
        """Forget its failures under this name."""
        found = self._known.get(address)
        if found:
            found.by_name.pop(name, None)
            if not found.by_name:
                del self._known[address]

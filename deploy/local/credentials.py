"""The secrets of a state folder: made at its first start, kept, overridden by variables."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

NAMES = (
    "PACEKEEPER_ADMIN_KEY",
    "PACEKEEPER_CLICKHOUSE_PASSWORD",
    "PACEKEEPER_BI_PASSWORD",
    "PACEKEEPER_CONSOLE_PASSWORD",
)


def read_secrets(path: Path) -> dict[str, str]:
    """The secrets in this file, none if it is not there yet."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def ensure_secrets(path: Path, env: Mapping[str, str]) -> dict[str, str]:
    """Make what is missing in the file, change nothing in it, and let `env` go before it."""
    kept = read_secrets(path)
    missing = {name: secrets.token_urlsafe(24) for name in NAMES if not kept.get(name)}
    if missing:
        _write(path, kept | missing)
    path.chmod(0o600)
    stored = kept | missing
    return {name: env.get(name) or stored[name] for name in NAMES}


def _write(path: Path, values: Mapping[str, str]) -> None:
    """Replace the file in one step, so that a crash leaves either the old one or the new one."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)

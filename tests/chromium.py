"""A Chromium for the browser tests: found, else installed; run as `python -m tests.chromium`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without these a closed network makes every start a string of refused look-ups.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> str | None:
    """The path of a Chromium, or None."""
    named = os.environ.get("PACEKEEPER_CHROMIUM")
    if named:
        return named
    on_path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    return on_path or _of_playwright()


def _of_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _attempts() -> list[list[str]]:
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get"):
        apt = [*as_root, "apt-get", "-qq", "-y"]
        attempts.append(
            [
                "sh",
                "-c",
                " ".join([*apt, "update"])
                + " && "
                + " ".join([*apt, "install", "chromium", "fonts-noto-cjk"]),
            ]
        )
    return attempts


def main() -> int:
    """0 when a Chromium is there; else what was tried and how it failed, and 1."""
    if find():
        return 0
    for attempt in _attempts():
        ended = subprocess.run(attempt, capture_output=True, text=True, check=False)
        if find():
            return 0
        said = (ended.stderr or ended.stdout).strip().splitlines()[-3:]
        sys.stderr.write(f"{' '.join(attempt)}: exit {ended.returncode}\n  " + "\n  ".join(said))
        sys.stderr.write("\n")
    sys.stderr.write(
        "浏览器测试需要 Chromium：请安装 chromium，或用 PACEKEEPER_CHROMIUM 指明路径。\n"
        "The browser tests need a Chromium: install one, or name it in PACEKEEPER_CHROMIUM.\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())

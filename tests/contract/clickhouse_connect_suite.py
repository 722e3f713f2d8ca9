"""Runs the integration suite of ClickHouse/clickhouse-connect against the embedded server.

`make connectsuite` clones the newest snapshot, installs it into a folder of its own, starts a
server and runs the suite's HTTP tests. `--source` takes a folder or another repository instead,
`--work` a folder to keep between runs. It fails if less than 98 % pass, or if a test fails that is
not listed here with its cause; without the network it says that it was not run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import venv
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

from tests.integration.embedded_clickhouse import WRITER, embedded_server

SOURCE = "https://github.com/ClickHouse/clickhouse-connect"
SHARE = 0.98
# What the suite asks for, but for its own linters. One of its tests cannot be read by pandas 3.
REQUIREMENTS = [
    *("aiohttp", "alembic>=1.18", "cython", "lz4", "numpy", "pandas<3", "polars", "pyarrow"),
    *("pyjwt[crypto]", "pytest", "pytest-asyncio", "pytest-dotenv", "pytest-mock", "pytest-xdist"),
    *("setuptools", "sqlalchemy>=2,<3", "tzlocal", "wheel", "zstandard"),
    "backports.zstd; python_version < '3.14'",
]
CAUSES = {
    "test_show_create": "the engine keeps no CREATE statement of system tables",
    "test_show_row_policies": "the engine's user has no access management",
    "test_command_show_policies_returns_value": "the engine's user has no access management",
    "test_role_setting_works": "the engine's user has no access management",
    "test_query_id_in_query_logs": "there is no system.query_log",
    "test_wrong_port_error_message": "it expects a server of the native protocol on port 9000",
    "test_disabled_materialized_cte_is_a_silent_no_op": "engine 26.9 has no other analyzer",
}


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        work = options.work or Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        try:
            suite = _fetched(options.source, work)
            python = _installed(suite, work)
        except subprocess.CalledProcessError as error:
            _say(f"not run: cannot get {options.source} or what it needs ({error})")
            return 0
        report = _run(python, suite, Path(folder) / "data", options.pytest)
    return _judge(report)


def _fetched(source: str, work: Path) -> Path:
    """The suite in a work tree of its own."""
    suite = work / "suite"
    if not suite.exists():
        subprocess.run(["git", "clone", "--quiet", "--single-branch", source, suite], check=True)
    return suite


def _installed(suite: Path, work: Path) -> Path:
    """A Python that has the client, built from the snapshot, and what its tests need."""
    python = work / "venv" / "bin" / "python"
    ready = work / "ready"
    if not ready.exists():
        venv.create(work / "venv", with_pip=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *REQUIREMENTS], check=True)
        subprocess.run([*pip, suite], check=True)
        ready.touch()
    return python


def _run(python: Path, suite: Path, data: Path, extra: Sequence[str]) -> ET.Element:
    report = data.with_suffix(".xml")
    with embedded_server(data) as server:
        environment = os.environ | {
            "CLICKHOUSE_CONNECT_TEST_HOST": "127.0.0.1",
            "CLICKHOUSE_CONNECT_TEST_PORT": str(server.port),
            "CLICKHOUSE_CONNECT_TEST_USER": WRITER[0],
            "CLICKHOUSE_CONNECT_TEST_PASSWORD": WRITER[1],
        }
        # Only the tests: next to them the source would hide the installed client.
        tests = data.with_name("tests")
        tests.mkdir()
        (tests / "tests").symlink_to(suite / "tests")
        (tests / "pyproject.toml").symlink_to(suite / "pyproject.toml")
        quiet = ["-q", "-o", "addopts=", "-o", "log_cli=false", "-p", "no:cacheprovider"]
        command = [python, "-m", "pytest", *quiet, "-n", "2", "--tb=short", f"--junitxml={report}"]
        subprocess.run(
            [*command, "tests/integration_tests", *extra], cwd=tests, env=environment, check=False
        )
    return ET.parse(report).getroot()


def _judge(report: ET.Element) -> int:
    cases = list(report.iter("testcase"))
    failed = [case for case in cases if {child.tag for child in case} & {"failure", "error"}]
    skipped = [case for case in cases if case.find("skipped") is not None]
    ran = len(cases) - len(skipped)
    share = (ran - len(failed)) / ran if ran else 0.0
    unknown = 0
    for case in failed:
        name = case.get("name", "")
        cause = CAUSES.get(name.partition("[")[0])
        unknown += cause is None
        _say(f"failed  {case.get('classname')}.{name}: {cause or 'NOT LISTED'}")
    _say(f"{ran - len(failed)} of {ran} passed ({share:.1%}), {len(skipped)} skipped")
    return 0 if share >= SHARE and not unknown else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", default=SOURCE, help="repository or folder of the suite")
    parser.add_argument("--work", type=Path, help="folder to keep the suite and its Python in")
    parser.add_argument("pytest", nargs="*", help="further arguments for pytest")
    return parser


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

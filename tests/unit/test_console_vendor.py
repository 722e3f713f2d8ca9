"""The shipped assets are those that their list names, each with its licence."""

import hashlib
import re
from pathlib import Path

from services.alerts.console import app

VENDOR = Path(app.__file__).parent / "static" / "vendor"
LINE = re.compile(r"^\| `([^`]+)` .*\| `([0-9a-f]{64})` \|$", re.MULTILINE)


def test_every_script_is_listed_with_its_checksum() -> None:
    listed = dict(LINE.findall((VENDOR / "README.md").read_text("utf-8")))
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.glob("*.js")
    }
    assert listed == found != {}


def test_every_licence_that_the_list_names_lies_beside_it() -> None:
    named = re.findall(r"`((?:LICENSE|NOTICE)[^`]+)`", (VENDOR / "README.md").read_text("utf-8"))
    assert set(named) == {path.name for path in VENDOR.glob("*.txt")}


def test_no_script_evaluates_text_as_code_where_the_policy_would_forbid_it() -> None:
    for script in (VENDOR / "echarts.line.min.js", *VENDOR.parent.glob("*.js")):
        assert not re.search(r"\beval\(|new Function\(", script.read_text("utf-8")), script.name

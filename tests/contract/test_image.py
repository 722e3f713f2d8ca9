"""The image of the services: what it is made of, who runs in it, and its locked packages."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "docker"
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;]+)", re.M)
HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in order, each on one line."""
    text = (FOLDER / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [
        (word, " ".join(rest.split())) for word, _, rest in (line.partition(" ") for line in lines)
    ]


def last_stage() -> list[tuple[str, str]]:
    found = instructions()
    start = max(index for index, (word, _) in enumerate(found) if word == "FROM")
    return found[start:]


def pins(path: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """Per package of a lock its version and its hashes."""
    blocks = re.split(r"\n(?=[a-z0-9])", path.read_text(encoding="utf-8"))
    return {
        found[1]: (found[2], frozenset(HASH.findall(block)))
        for block in blocks
        if (found := PIN.search(block))
    }


def excluded() -> set[str]:
    lines = (FOLDER / "excludes.txt").read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def test_it_is_built_on_a_pinned_python_in_two_stages():
    bases = [rest.split()[0] for word, rest in instructions() if word == "FROM"]
    assert bases == ["python:3.11-slim-bookworm"] * 2


def test_every_source_that_is_copied_exists_and_is_sent_to_the_builder():
    copies = [
        rest.split()[0] for word, rest in instructions() if word == "COPY" and "--from" not in rest
    ]
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = {line[1:] for line in ignored if line.startswith("!")}
    assert ignored[1] == "*"
    assert [source for source in copies if not (ROOT / source).exists()] == []
    assert set(copies) == sent


def test_it_runs_as_nobody_special_and_may_write_its_state_folder_alone():
    users = [rest for word, rest in last_stage() if word == "USER"]
    made = next(rest for word, rest in last_stage() if word == "RUN")
    assert users == ["10001:10001"]
    assert "--uid 10001 " in made
    assert made.endswith(
        "install -d -o 10001 -g 10001 -m 0700 /var/lib/pacekeeper /var/lib/pacekeeper/run"
    )
    assert not any("--chown" in rest for word, rest in last_stage() if word == "COPY")


def test_it_starts_a_module_that_it_holds():
    (command,) = [rest for word, rest in last_stage() if word == "CMD"]
    assert command == '["python", "-m", "services.ingest"]'
    assert find_spec("services.ingest.__main__")


def test_its_packages_are_checked_by_their_hashes():
    (install,) = [rest for word, rest in instructions() if "pip" in rest and word == "RUN"]
    assert "--only-binary :all: --no-binary prcoords -r /tmp/requirements.lock" in install
    assert "--require-hashes" in install
    assert all(hashes for _, hashes in pins(FOLDER / "requirements.lock").values())


def test_its_lock_is_part_of_the_lock_that_is_tested():
    whole = pins(ROOT / "requirements.lock")
    for package, pinned in pins(FOLDER / "requirements.lock").items():
        assert whole[package] == pinned, f"{package}: run `make lock`"


def test_its_lock_has_what_the_services_need_and_nothing_of_the_embedded_stack():
    listed = re.search(
        r"^dependencies = \[(.*?)^\]", (ROOT / "pyproject.toml").read_text(), re.M | re.S
    )
    assert listed
    needed = set(re.findall(r'"([a-z0-9-]+)', listed[1]))
    locked = pins(FOLDER / "requirements.lock").keys()
    assert excluded() <= needed
    assert needed - excluded() <= locked
    assert not locked & (excluded() | {"pytest", "mypy", "ruff", "playwright"})


@pytest.mark.parametrize("part", ["schemas", "services"])
def test_nothing_that_it_holds_imports_what_it_has_not(part):
    absent = {"deploy", "tests", *excluded()}
    imported = re.compile(r"^\s*(?:from|import) (\w+)", re.M)
    found = {
        (str(file.relative_to(ROOT)), name)
        for file in (ROOT / part).rglob("*.py")
        for name in imported.findall(file.read_text(encoding="utf-8"))
        if name in absent
    }
    # The command line starts the embedded stack, and .dockerignore keeps it out.
    assert {(file, name) for file, name in found if not file.startswith("services/cli/")} == set()

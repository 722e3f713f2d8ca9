"""The broker's jars, lock, settings and folder, with a small Maven repository of our own."""

import errno
import gc
import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.local.kafka import __main__ as command
from deploy.local.kafka import storage
from deploy.local.kafka.config import broker_settings, java_command, java_environment
from deploy.local.kafka.jars import ROOTS, cache_folder, ensure_jars, missing_jars, resolve_lock
from deploy.local.kafka.lock import LockedJar, format_lock, parse_lock, read_lock
from deploy.local.kafka.storage import is_formatted, new_cluster_id
from deploy.local.lifecycle import HOPELESS_EXIT, PASSING_EXIT
from deploy.local.refusal import Refusal

ONE = b"the first jar" * 1000
TWO = b"the second jar" * 1000


class Repository:
    """A Maven repository on the loopback address that counts what it is asked."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.asked: list[str] = []
        asked = self.asked

        class Handler(SimpleHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                asked.append(self.path)

        handler = partial(Handler, directory=str(root))
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def put(self, coordinates: str, content: bytes) -> LockedJar:
        group, artifact, version = coordinates.split(":")
        jar = LockedJar(coordinates, hashlib.sha256(content).hexdigest())
        folder = self.root / group.replace(".", "/") / artifact / version
        folder.mkdir(parents=True, exist_ok=True)
        (folder / jar.filename).write_bytes(content)
        return jar

    def pom(self, coordinates: str, *needs: str) -> None:
        group, artifact, version = coordinates.split(":")
        wanted = "".join(
            "<dependency><groupId>{}</groupId><artifactId>{}</artifactId>"
            "<version>{}</version></dependency>".format(*need.split(":"))
            for need in needs
        )
        text = (
            '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
            f"<groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
            f"<version>{version}</version><dependencies>{wanted}</dependencies></project>"
        )
        folder = self.root / group.replace(".", "/") / artifact / version
        (folder / f"{artifact}-{version}.pom").write_text(text)

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    root = tmp_path / "repository"
    root.mkdir()
    made = Repository(root)
    yield made
    made.close()


def test_the_committed_lock_has_the_broker_and_what_it_needs() -> None:
    jars = read_lock()
    assert {jar.coordinates for jar in jars} >= set(ROOTS)
    assert len({jar.filename for jar in jars}) == len(jars) > 40
    assert parse_lock(format_lock(reversed(jars))) == jars


@pytest.mark.parametrize("line", ["abc", "abc  g:a:1", f"{'0' * 64}  g:a", f"{'0' * 64} g:a:1 x"])
def test_a_lock_line_that_says_nothing_is_refused(line: str) -> None:
    with pytest.raises(Refusal, match="kafka.lock has an unreadable line"):
        parse_lock(f"# head\n{line}\n")


def test_jars_are_fetched_verified_and_then_taken_without_asking(
    tmp_path: Path, repository: Repository
) -> None:
    jars = [repository.put("org.one:one:1", ONE), repository.put("org.two:two:2", TWO)]
    progress: list[tuple[int, int]] = []
    cache = tmp_path / "cache"
    paths = ensure_jars(jars, cache, lambda *seen: progress.append(seen), repository.url)
    assert [path.read_bytes() for path in paths] == [ONE, TWO]
    assert progress == [(1, 2), (2, 2)]
    repository.asked.clear()
    assert ensure_jars(jars, cache, repository=repository.url) == paths
    assert repository.asked == []
    assert not list(cache.glob("fetch-*"))


def test_what_a_killed_download_left_heals(tmp_path: Path, repository: Repository) -> None:
    jars = [repository.put("org.one:one:1", ONE), repository.put("org.two:two:2", TWO)]
    cache = tmp_path / "cache"
    ensure_jars(jars, cache, repository=repository.url)
    (cache / "jars" / "two-2.jar").write_bytes(TWO[:100])
    (cache / "fetch-killed").mkdir()
    (cache / "fetch-killed" / "two-2.jar").write_bytes(TWO[:100])
    assert [jar.coordinates for jar in missing_jars(jars, cache)] == ["org.two:two:2"]
    repository.asked.clear()
    paths = ensure_jars(jars, cache, repository=repository.url)
    assert [path.read_bytes() for path in paths] == [ONE, TWO]
    assert not any("one-1.jar" in path for path in repository.asked)
    assert not list(cache.glob("fetch-*"))


def test_a_jar_that_is_not_the_locked_one_is_never_used(
    tmp_path: Path, repository: Repository
) -> None:
    jar = repository.put("org.one:one:1", ONE)
    repository.put("org.one:one:1", b"something else")
    with pytest.raises(Refusal, match="not the one in kafka.lock") as caught:
        ensure_jars([jar], tmp_path / "cache", repository=repository.url)
    assert "org.one:one:1" in caught.value.zh
    assert not caught.value.passing
    assert missing_jars([jar], tmp_path / "cache") == [jar]


# The resolver leaves the answer of a refused download to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_jar_that_is_nowhere_is_named_with_the_remedy(
    tmp_path: Path, repository: Repository
) -> None:
    jar = LockedJar("org.none:none:1", "0" * 64)
    with pytest.raises(Refusal, match="PACEKEEPER_MAVEN_URL") as caught:
        ensure_jars([jar], tmp_path / "cache", repository=repository.url)
    assert "org.none:none:1" in caught.value.zh
    assert caught.value.passing
    del caught
    gc.collect()


def test_an_unlisted_jar_in_the_cache_is_not_on_the_class_path(
    tmp_path: Path, repository: Repository
) -> None:
    jars = [repository.put("org.one:one:1", ONE)]
    cache = tmp_path / "cache"
    ensure_jars(jars, cache, repository=repository.url)
    (cache / "jars" / "unlisted-9.jar").write_bytes(b"x")
    assert [path.name for path in ensure_jars(jars, cache)] == ["one-1.jar"]


def test_the_lock_is_resolved_with_all_that_the_roots_need(
    tmp_path: Path, repository: Repository
) -> None:
    jars = [repository.put(root, ONE) for root in ROOTS] + [repository.put("org.two:two:2", TWO)]
    repository.pom(ROOTS[0], "org.two:two:2")
    repository.pom(ROOTS[1])
    repository.pom("org.two:two:2")
    assert sorted(resolve_lock(tmp_path / "cache", repository.url)) == sorted(jars)


def test_the_cache_can_be_moved(tmp_path: Path) -> None:
    assert cache_folder({"PACEKEEPER_CACHE": str(tmp_path)}) == tmp_path
    assert cache_folder({}).parts[-2:] == (".cache", "kafka")


@pytest.mark.parametrize(("passing", "code"), [(True, PASSING_EXIT), (False, HOPELESS_EXIT)])
def test_the_exit_code_says_whether_a_restart_can_help(
    passing: bool, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(env: object) -> None:
        raise Refusal("不行", "no", passing=passing)

    monkeypatch.setattr(command, "bring_jars", refuse)
    assert command.main(["--jars"]) == code
    assert capsys.readouterr().err == "不行 / no\n"


def test_a_full_disk_is_said_in_words_and_may_pass(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(env: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "server.properties.new")

    monkeypatch.setattr(command, "bring_jars", full)
    assert command.main(["--jars"]) == PASSING_EXIT
    assert "no room on the disk to start: server.properties.new" in capsys.readouterr().err


def test_another_error_of_the_disk_is_not_explained_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(env: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(command, "bring_jars", broken)
    with pytest.raises(OSError, match="Input/output error"):
        command.main(["--jars"])


def test_the_lock_is_rewritten_on_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    jar = LockedJar("org.one:one:1", "0" * 64)
    monkeypatch.setattr(command, "resolve_lock", lambda cache, url: [jar])
    monkeypatch.setattr(command, "LOCK", tmp_path / "kafka.lock")
    assert command.main(["--lock"]) == 0
    assert read_lock(tmp_path / "kafka.lock") == (jar,)
    assert "1 jars" in capsys.readouterr().err


def test_the_broker_listens_on_the_loopback_address_alone() -> None:
    settings = broker_settings(9092, 9093)
    assert settings["listeners"] == "PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093"
    assert int(settings["message.max.bytes"]) >= 2 * 1024 * 1024


def test_java_is_the_wheels_and_nothing_outside_changes_it(tmp_path: Path) -> None:
    java = Path(java_command([], tmp_path, "Main")[0])
    assert java.is_absolute()
    assert java.is_file()
    env = java_environment({"JAVA_HOME": "/x", "JAVA_TOOL_OPTIONS": "-Xmx9g", "HOME": "/h"})
    assert env == {"HOME": "/h", "LC_ALL": "C.UTF-8"}


def test_a_cluster_id_is_a_uuid_that_never_looks_like_an_option() -> None:
    ids = {new_cluster_id() for _ in range(500)}
    assert len(ids) == 500
    assert {len(each) for each in ids} == {22}
    assert not any(each.startswith("-") for each in ids)


def test_a_folder_is_formatted_only_if_it_has_its_identity(tmp_path: Path) -> None:
    assert not is_formatted(tmp_path)
    data = tmp_path / "data"
    data.mkdir()
    (data / "bootstrap.checkpoint").touch()
    assert not is_formatted(tmp_path)
    (data / "meta.properties").touch()
    assert is_formatted(tmp_path)


def test_records_without_an_identity_are_not_wiped(tmp_path: Path) -> None:
    (tmp_path / "data" / "events-0").mkdir(parents=True)
    with pytest.raises(Refusal, match=r"no meta\.properties"):
        is_formatted(tmp_path)
    assert (tmp_path / "data" / "events-0").is_dir()


def test_a_format_that_fails_says_what_java_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ["sh", "-c", "echo 'no space left' >&2; exit 1"]
    monkeypatch.setattr(storage, "java_command", lambda *arguments: said)
    with pytest.raises(Refusal, match="no space left"):
        storage.prepare_storage(tmp_path / "kafka", [], tmp_path, (1, 2), {"PATH": "/usr/bin:/bin"})
    assert not is_formatted(tmp_path / "kafka")

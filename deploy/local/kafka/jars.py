"""Brings the broker's locked jars into the project's cache by jgo, each checked by its hash."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.local.kafka.lock import LockedJar, digest
from deploy.local.refusal import Refusal

if TYPE_CHECKING:
    from jgo.maven import Artifact, MavenContext

# slf4j-simple sends the broker's warnings to its standard error; log4j would cost 20 MB for that.
ROOTS = ("org.apache.kafka:kafka_2.13:4.3.1", "org.slf4j:slf4j-simple:1.7.36")

Progress = Callable[[int, int], None]

_PARALLEL = 6
_TRIES = 3
_TIMEOUT_SECONDS = 30


def cache_folder(env: Mapping[str, str]) -> Path:
    """PACEKEEPER_CACHE, else the cache of the project, else that of the current folder."""
    if chosen := env.get("PACEKEEPER_CACHE"):
        return Path(chosen).absolute()
    root = Path(__file__).parents[3]
    base = root if (root / "pyproject.toml").is_file() else Path.cwd()
    return base / ".cache" / "kafka"


def missing_jars(jars: Sequence[LockedJar], cache: Path) -> list[LockedJar]:
    """The jars that are not there or are not what the lock says (a file cut short, for one)."""
    return [jar for jar in jars if not _is_intact(_path(jar, cache), jar)]


def ensure_jars(
    jars: Sequence[LockedJar],
    cache: Path,
    progress: Progress = lambda done, total: None,
    repository: str | None = None,
) -> list[Path]:
    """The class path: exactly the locked jars, each verified; only missing ones are downloaded.

    `repository` is the URL of a Maven repository to ask instead of Maven Central.
    """
    if missing_jars(jars, cache):
        with _alone(cache):
            _fetch(missing_jars(jars, cache), cache, progress, repository)
    return [_path(jar, cache) for jar in jars]


def resolve_lock(cache: Path, repository: str | None = None) -> list[LockedJar]:
    """Resolve the roots and all that they need anew, and say what the lock has to be."""
    from jgo.maven import Dependency

    with _alone(cache), _workspace(cache) as workspace:
        context = _context(workspace, repository)
        roots = [Dependency(_artifact(context, coordinates)) for coordinates in ROOTS]
        inputs, transitive = context.resolver.resolve(roots)
        artifacts = [dependency.artifact for dependency in [*inputs, *transitive]]
        return [
            LockedJar(
                coordinates=f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}",
                sha256=digest(artifact.resolve()),
            )
            for artifact in artifacts
        ]


def _path(jar: LockedJar, cache: Path) -> Path:
    return cache / "jars" / jar.filename


def _is_intact(path: Path, jar: LockedJar) -> bool:
    return path.is_file() and digest(path) == jar.sha256


def _fetch(
    jars: Sequence[LockedJar], cache: Path, progress: Progress, repository: str | None
) -> None:
    (cache / "jars").mkdir(exist_ok=True)
    with _workspace(cache) as workspace, ThreadPoolExecutor(_PARALLEL) as pool:
        context = _context(workspace, repository)
        downloads = [pool.submit(_fetch_one, jar, context, cache) for jar in jars]
        try:
            for done, download in enumerate(as_completed(downloads), start=1):
                download.result()
                progress(done, len(jars))
        finally:
            pool.shutdown(cancel_futures=True)


def _fetch_one(jar: LockedJar, context: MavenContext, cache: Path) -> None:
    """Download into the workspace and move into place only what has the right hash."""
    file = _download(jar, context)
    found = digest(file)
    if found != jar.sha256:
        raise Refusal(
            f"{jar.coordinates} 的 SHA-256 是 {found}，与 kafka.lock 不符，未采用；"
            "请检查网络代理或 PACEKEEPER_MAVEN_URL",
            f"{jar.coordinates} has the SHA-256 {found}, which is not the one in kafka.lock, and "
            "was not used: check your proxy or PACEKEEPER_MAVEN_URL",
        )
    file.replace(_path(jar, cache))


def _download(jar: LockedJar, context: MavenContext) -> Path:
    """One jar by jgo; it retries only when it is told to slow down, so other failures are here."""
    artifact = _artifact(context, jar.coordinates)
    for tries_left in reversed(range(_TRIES)):
        try:
            return Path(artifact.resolve())
        except (OSError, RuntimeError) as error:
            if partial := artifact.cached_path:
                partial.unlink(missing_ok=True)
            if not tries_left:
                raise Refusal(
                    f"无法下载 {jar.coordinates}（{error}）；请检查网络，"
                    "或用 PACEKEEPER_MAVEN_URL 指定 Maven 镜像，然后重试",
                    f"cannot download {jar.coordinates} ({error}): check the network or name a "
                    "Maven mirror with PACEKEEPER_MAVEN_URL, then start again",
                    passing=True,
                ) from error
    raise AssertionError("the last try returns or raises")


def _context(workspace: Path, repository: str | None) -> MavenContext:
    from jgo.maven import MavenContext, PythonResolver

    return MavenContext(
        resolver=PythonResolver(),
        repo_cache=workspace,
        remote_repos={"chosen": repository.rstrip("/")} if repository else None,
        timeout=_TIMEOUT_SECONDS,
    )


def _artifact(context: MavenContext, coordinates: str) -> Artifact:
    group, artifact, version = coordinates.split(":")
    return context.project(group, artifact).at_version(version).artifact()


@contextmanager
def _workspace(cache: Path) -> Iterator[Path]:
    """A fresh folder for downloads; what a killed download left is never taken for a jar."""
    for stale in cache.glob("fetch-*"):
        shutil.rmtree(stale, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=cache) as folder:
        yield Path(folder)


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """One download at a time in this cache; a second start waits and then finds the jars."""
    cache.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(cache / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)

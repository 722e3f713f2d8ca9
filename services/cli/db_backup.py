"""`db backup`, `db restore`: all tables into a folder while the database serves, and back."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import httpx
import typer

from deploy.local.clickhouse import backup as backups
from deploy.local.clickhouse.alone import server_alone
from deploy.local.refusal import Refusal
from deploy.local.settings import read_settings
from deploy.local.statefolder import StateFolder
from services.cli.failures import CommandError
from services.cli.screen import put_json, say
from services.cli.stack import AsJson
from services.runtime import settings

Folder = Annotated[Path, typer.Argument(help="备份目录 / folder of the backup")]

_NO_SPACE = re.compile(r"Code: 243|No space left")
_ELSEWHERE = re.compile(r"Code: 516")


def backup(folder: Folder, as_json: AsJson = False) -> None:
    """在线备份全部表到新目录 / back up every table into a new folder, while it serves."""
    with _words(), _running() as run:
        if run is None:
            raise CommandError(
                "数据库没有运行，请先 pacekeeper up",
                "the database does not run: start it with `pacekeeper up`",
            )
        made = backups.back_up(run, folder)
    _put(made, "备份完成 / backed up to", as_json=as_json)


def restore(folder: Folder, as_json: AsJson = False) -> None:
    """从备份恢复到空的数据库，运行中或已停均可 / restore into an empty database, running or not."""
    with _words(), _running() as run:
        backups.checked(folder)
        if run is not None:
            made = backups.restore(run, folder)
        else:
            home = StateFolder(read_settings(os.environ).home)
            with server_alone(home) as (url, password), _http(url, password) as client:
                made = backups.restore(_Run(client), folder)
    _put(made, "恢复完成 / restored from", as_json=as_json)


class _Run:
    """Runs statements as the account `pacekeeper`, which may take their time."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def __call__(self, statement: str) -> Sequence[str]:
        answer = self._client.post("/", content=statement.encode())
        if answer.is_error:
            raise _refused(answer.text.strip().partition("\n")[0][:400], self._client.base_url)
        return answer.text.splitlines()


@contextmanager
def _running() -> Iterator[_Run | None]:
    """What runs statements on the server of these settings; none if nobody answers there."""
    if read_settings(os.environ).clickhouse_url:
        raise CommandError(
            "PACEKEEPER_CLICKHOUSE_URL 指向外部服务器，请用它自己的 BACKUP 与 RESTORE",
            "PACEKEEPER_CLICKHOUSE_URL names a server of its own: use its BACKUP and RESTORE",
        )
    found = settings.load()
    with _http(found.clickhouse_url, found.clickhouse_password.get_secret_value()) as client:
        try:
            client.get("/ping")
        except httpx.ConnectError:
            yield None
        else:
            yield _Run(client)


def _http(url: str, password: str) -> httpx.Client:
    return httpx.Client(
        base_url=url,
        auth=("pacekeeper", password),
        timeout=httpx.Timeout(None, connect=3),
        trust_env=False,
    )


@contextmanager
def _words() -> Iterator[None]:
    try:
        yield
    except Refusal as error:
        raise CommandError(error.zh, error.en) from error
    except httpx.TransportError as error:
        raise CommandError(
            f"数据库中途断开：{error}", f"the database went away: {error}: try again"
        ) from error


def _refused(said: str, url: object) -> CommandError:
    if _NO_SPACE.search(said):
        return CommandError(
            "磁盘空间不足，请腾出空间或换一个目录",
            f"not enough disk space: free some, or name another folder ({said})",
        )
    if _ELSEWHERE.search(said):
        return CommandError(
            f"{url} 上的数据库不属于这个状态目录，请用 PACEKEEPER_CLICKHOUSE_PORT 换一个端口",
            f"the database at {url} belongs to another state folder: "
            "choose another port with PACEKEEPER_CLICKHOUSE_PORT",
        )
    return CommandError(f"数据库拒绝：{said}", f"refused by the database: {said}")


def _put(made: backups.Backup, said: str, *, as_json: bool) -> None:
    if as_json:
        put_json({"folder": str(made.folder), "databases": made.databases})
    else:
        say(f"{said} {made.folder}: {', '.join(made.databases)}")

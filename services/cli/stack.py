"""`up`, `down`, `status`: the embedded stack."""

from typing import Annotated

import typer

from deploy.local.refusal import Refusal
from deploy.local.stack import Stack, StackStatus, StartFailed
from services.cli.failures import CommandError
from services.cli.screen import AsJson as AsJson
from services.cli.screen import progress, put_json, put_table, say
from services.runtime import lamps, settings
from services.runtime.lamps import UnreadableLampsError

_STATES = {
    "ready": "就绪 ready",
    "starting": "启动中 starting",
    "restarting": "重启中 restarting",
    "stopped": "已停止 stopped",
    "stopping": "停止中 stopping",
    "failed": "失败 failed",
}


def bring_up() -> float:
    """Start the stack behind a progress bar; answers the seconds it took."""
    _check_lamps()
    stack = Stack()
    states: dict[str, str] = {}
    with progress() as bar:
        task = bar.add_task("启动 / starting", total=6)

        def heard(part: str, state: str) -> None:
            states[part] = state
            ready = [name for name, now in states.items() if now == "ready"]
            bar.update(task, completed=len(ready), description=f"{part}: {state}")

        try:
            return stack.up(on_progress=heard)
        except StartFailed as error:
            for line in error.log:
                say(line)
            raise CommandError(error.zh, error.en) from error
        except Refusal as error:
            raise CommandError(error.zh, error.en) from error


def _check_lamps() -> None:
    """Say at once what would keep three parts from starting."""
    try:
        lamps.own(settings.load())
    except UnreadableLampsError as error:
        raise CommandError(error.zh, error.en) from error


def up(
    foreground: Annotated[
        bool, typer.Option("--foreground", help="留在前台，^C 停止 / stay, ^C stops")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """启动内嵌系统，就绪后返回 / start the embedded stack and return when it is ready."""
    if foreground:
        _check_lamps()
        Stack().foreground()
    seconds = bring_up()
    found = settings.load()
    if as_json:
        put_json({"state": "ready", "seconds": round(seconds, 2)})
        return
    say(f"就绪，用时 {seconds:.1f} 秒 / ready after {seconds:.1f} s")
    say(f"控制台 / console   http://127.0.0.1:{found.console_port}  (admin，口令见 secrets.env)")
    say(f"接收   / ingest    {found.ingest_address}/docs")
    say(f"数据库 / database  {found.clickhouse_url}  (bi)")


def down(as_json: AsJson = False) -> None:
    """停止内嵌系统 / stop the embedded stack."""
    try:
        stopped = Stack().down()
    except Refusal as error:
        raise CommandError(error.zh, error.en) from error
    if as_json:
        put_json({"stopped": stopped})
    else:
        say("已停止 / stopped" if stopped else "本来就没有运行 / it was not running")


def status(as_json: AsJson = False) -> None:
    """各部分的状态、端口 / each part, its state and its port.

    未全部就绪或磁盘将满时退出码 1 / exit code 1 unless all are ready and have room on their disk.
    """
    found = Stack().status()
    if as_json:
        put_json(_described(found))
    else:
        put_table(
            f"序时 Pacekeeper: {_STATES.get(found.state, found.state)}",
            ["部分 part", "状态 state", "端口 port", "进程 pid", "重启 restarts", "自 since"],
            [
                (p.name, _STATES.get(p.state, p.state), p.port, p.pid, p.restarts, p.since)
                for p in found.parts.values()
            ],
        )
        for part in found.parts.values():
            if part.note:
                say(f"{part.name}: {part.note}")
    if found.noted or not found.ready:
        raise typer.Exit(1)


def _described(found: StackStatus) -> dict[str, object]:
    return {
        "state": found.state,
        "parts": {
            part.name: {
                "state": part.state,
                "pid": part.pid,
                "port": part.port,
                "restarts": part.restarts,
                "since": part.since,
                "note": part.note,
            }
            for part in found.parts.values()
        },
    }

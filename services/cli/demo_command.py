"""`demo`: the embedded stack, the demo year through the front door, and what was warned when."""

import time
from typing import Annotated, Any

import typer

from deploy.local.stack import Stack
from services.cli.api import Ingest, Warehouse
from services.cli.demo.run import push_year
from services.cli.demo.summary import gather, shortcomings
from services.cli.demo.year import demo_year
from services.cli.screen import progress, put_json, put_table, say
from services.cli.stack import AsJson, bring_up
from services.runtime import settings

_LAMPS = {"yellow": "▲ 黄 yellow", "red": "■ 红 red"}


def demo(
    once: Annotated[bool, typer.Option("--once", help="完成后停止 / stop when done")] = False,
    as_json: AsJson = False,
) -> None:
    """演示年：推送 2023–2024 年的真实数据并给出预警 / push the demo year, print the warnings."""
    began = time.monotonic()
    running = Stack().status().ready
    if not running:
        bring_up()
    try:
        told = _run(began)
    finally:
        if once and not running:
            Stack().down()
    if as_json:
        put_json(told)
    else:
        _show(told, leaves_running=not once or running)
    missing = shortcomings(told)
    for line in missing:
        say(f"演示未达到预期 / the demo fell short: {line}")
    if missing:
        raise typer.Exit(1)


def _run(began: float) -> dict[str, Any]:
    found = settings.load()
    key = found.admin_key.get_secret_value()
    events = demo_year()
    with Ingest(found.ingest_address, key, patience=120) as ingest, progress() as bar:
        task = bar.add_task("推送演示年 / pushing the demo year", total=len(events))

        def on_day(day: str, count: int) -> None:
            bar.update(task, advance=count, description=f"发布日 / published {day}")

        pushed = push_year(ingest, events, on_day)
    told = {
        "pushed": pushed.pushed,
        "accepted": pushed.accepted,
        "duplicate": pushed.duplicate,
        "rejected": pushed.rejected,
        "refusals": pushed.refusals,
    }
    with Warehouse(found) as warehouse:
        told |= gather(warehouse)
    return told | {"seconds": round(time.monotonic() - began, 1)}


def _show(told: dict[str, Any], leaves_running: bool) -> None:
    put_table(
        "首次预警 / first warnings",
        [
            "目标 target",
            "指标",
            "公布 published",
            "报告期 period",
            "灯 lamp",
            "距年底 days left",
            "",
        ],
        [
            (
                target,
                row["name_zh"],
                row["published"],
                row["period"],
                _LAMPS.get(row["lamp"], row["lamp"]),
                row["days_before_year_end"],
                "模拟数据 simulated" if row["simulated"] else "",
            )
            for target, row in told["first_warning"].items()
        ],
    )
    for row in told["first_warning"].values():
        say(f"· {row['reason_zh']}")
    ledger = told["ledger"]
    judged = sum(row["kind"] != "finding" for row in told["alerts"])
    say(
        f"推送 {told['pushed']}，接受 {told['accepted']}，重复 {told['duplicate']}，退回"
        f" {told['rejected']}；入库 {told['stored']}，评判 {told['assessed']}，预警"
        f" {judged}，疑点 {len(told['alerts']) - judged}；账目差额 {ledger['difference']}；"
        f"{told['seconds']} 秒 / pushed, accepted, duplicate, rejected, stored, assessed, alerts,"
        " series with findings, difference of the books, seconds"
    )
    if leaves_running:
        found = settings.load()
        say(
            f"控制台 / console: http://127.0.0.1:{found.console_port} (admin，口令在"
            f" {found.home}/secrets.env); pacekeeper down 停止 / stops"
        )

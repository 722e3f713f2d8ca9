"""`targets`: a plan's targets from a file, into a file, and an empty sheet to fill in."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson
import typer

from schemas.data import TargetSet
from services.cli.api import Ingest, Warehouse
from services.cli.failures import CommandError
from services.cli.plan import listed, target
from services.cli.plan.columns import by_field
from services.cli.plan.target import Entry, Fault, Place, Planned
from services.cli.push import requests_of
from services.cli.screen import progress, put_json, put_table, say, stdout
from services.cli.stack import AsJson
from services.runtime import settings

app = typer.Typer(no_args_is_help=True, help="目标的导入、导出与模板 / targets in files")

Report = dict[str, Any]
Names = dict[str, list[tuple[str, str]]]
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_DEFINITIONS = """
SELECT definition FROM bi.target_definitions ORDER BY target, version
"""
_NAMES = {
    "indicators": "SELECT indicator, name_zh FROM bi.indicators ORDER BY indicator",
    "entities": "SELECT entity, name_zh FROM bi.entities ORDER BY entity",
}


class _Form(NamedTuple):
    """A kind of file: how it is read, and what a row of it and a field are called."""

    read: Callable[[Path, bytes], Iterator[Entry | Fault]]
    row: str
    column_of: Callable[[str], str]


def _heading(field: str) -> str:
    column = by_field(field)
    return column.heading if column else field


def _read_sheet(path: Path, written: bytes) -> Iterator[Entry | Fault]:
    # Here, since openpyxl takes longer to load than most commands take.
    from services.cli.plan import sheet

    return sheet.read(path, written)


def _write_sheet(path: Path, targets: Sequence[Report], names: Names) -> None:
    from services.cli.plan import sheet

    sheet.write(path, targets, names)


_SHEET = _Form(_read_sheet, "第 {} 行 / row {}", _heading)
_LIST = _Form(listed.read, "第 {} 项 / item {}", lambda field: field.removeprefix("data."))
_FORMS = {".xlsx": _SHEET, ".yaml": _LIST, ".yml": _LIST, ".json": _LIST}


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="plan.xlsx 或 plan.yaml")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只检查文件，不发送 / only check the file")
    ] = False,
    department: Annotated[
        str, typer.Option(envvar="PACEKEEPER_DEPARTMENT", help="密钥所属单位 / the key's own")
    ] = "admin",
    key: Annotated[str, typer.Option(envvar="PACEKEEPER_KEY", help="接口密钥 / API key")] = "",
    as_json: AsJson = False,
) -> None:
    """导入目标；文件有错则一条也不发送 / import targets; with faults in the file none is sent."""
    form = _form(file)
    planned, faults = _checked(file, form)
    if faults or dry_run:
        report = _told(planned, faults, sent=False)
    else:
        report = _send(target.in_order(planned), form, department, key)
    report = {"file": file.name, "dry_run": dry_run} | report
    put_json(report) if as_json else _show(report, form)
    if report["rejected"]:
        raise typer.Exit(1)


def _form(file: Path) -> _Form:
    try:
        return _FORMS[file.suffix.lower()]
    except KeyError:
        raise CommandError(
            f"{file.name}：只接受 .xlsx、.yaml（含宏的 .xlsm 请另存为 .xlsx）",
            f"{file.name}: .xlsx or .yaml is expected",
        ) from None


def _checked(file: Path, form: _Form) -> tuple[list[Planned], list[Fault]]:
    """Every target of the file, and what is wrong in it."""
    try:
        written = file.read_bytes()
    except OSError as error:
        raise CommandError(f"读不了文件 {file}", f"cannot read {file}: {error.strerror}") from error
    planned, faults = [], []
    for entry in form.read(file, written):
        found = entry if isinstance(entry, Fault) else target.check(entry, form.column_of)
        if isinstance(found, Fault):
            faults.append(found)
        else:
            planned.append(found)
    if not planned and not faults:
        raise CommandError(f"{file.name} 中没有目标", f"there is no target in {file.name}")
    return planned, sorted(faults + target.contradictions(planned))


def _told(planned: Sequence[Planned], faults: Sequence[Fault], *, sent: bool) -> Report:
    """What is said of a file that goes no further."""
    return {
        "sent": sent,
        "targets": len(planned),
        "accepted": 0,
        "duplicate": 0,
        "rejected": len(faults),
        "receipts": [],
        "events": [_refused(fault) for fault in faults],
    }


def _refused(fault: Fault) -> Report:
    message = {"zh": fault.zh, "en": fault.en}
    place = {"row": fault.place.row, "column": fault.place.column}
    return place | {"verdict": "rejected", "code": fault.code, "message": message}


def _send(planned: Sequence[Planned], form: _Form, department: str, key: str) -> Report:
    """Push them through the front door; its verdict for each, at its place in the file."""
    found = settings.load()
    today = datetime.now(_SHANGHAI).date()
    events = [orjson.dumps(target.event_of(each.target, department, today)) for each in planned]
    report = _told(planned, [], sent=True)
    rows = iter(planned)
    with (
        Ingest(found.ingest_address, key or found.admin_key.get_secret_value()) as ingest,
        progress() as bar,
    ):
        task = bar.add_task("导入 / importing", total=len(events))
        for some in requests_of(events):
            try:
                answer = ingest.push(some)
            except CommandError as error:
                raise _stopped(report, len(events), error) from error
            report["receipts"].append(answer["receipt"])
            # The door answers in the order of the request.
            for verdict in answer["events"]:
                report["events"].append(_verdict(verdict, next(rows), form))
                report[verdict["verdict"]] += 1
            bar.advance(task, len(some))
    return report


def _stopped(report: Report, total: int, error: CommandError) -> CommandError:
    """What was sent before it went wrong is said: a file is never half imported in silence."""
    done = len(report["events"])
    if not done:
        return error
    return CommandError(
        f"只发送了前 {done} 条（共 {total} 条；接受 {report['accepted']}，重复"
        f" {report['duplicate']}，退回 {report['rejected']}），其余没有发送，重新导入即可",
        f"only {done} of {total} were sent: import the file again; {error}",
    )


def _verdict(said: Report, each: Planned, form: _Form) -> Report:
    named = {"row": each.row, "target": each.target.target, "version": each.target.version}
    if said["verdict"] != "rejected":
        return named | {"verdict": said["verdict"]}
    # In a batch the door names the event by its index first: 3.data.goal.
    field = re.sub(r"^\d+\.", "", said.get("field", ""))
    place = Place(each.row, form.column_of(field))
    message = said["message"]
    return named | _refused(Fault(place, said["code"], message["zh"], message["en"]))


def _show(report: Report, form: _Form) -> None:
    bad = [each for each in report["events"] if each["verdict"] == "rejected"]
    for each in bad:
        row = form.row.format(each["row"], each["row"])
        message = each["message"]
        stdout.print(
            f"{row} {each['column']} {each['code']}\n  {message['zh']}\n  {message['en']}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    if report["sent"]:
        say(
            f"接受 {report['accepted']}，重复 {report['duplicate']}，退回 {report['rejected']}"
            f" / accepted, duplicate, rejected; 回执 / receipt: {' '.join(report['receipts'])}"
        )
    elif bad:
        say(
            f"有 {len(bad)} 处要改，一条也没有发送 / {len(bad)} faults: nothing was sent,"
            " correct them and import again"
        )
    else:
        say(
            f"文件无误，共 {report['targets']} 条；指标、对象是否已定义由接收服务判断，未发送"
            f" / {report['targets']} targets without a fault, none sent: whether what they name is"
            " defined is for ingest to say"
        )


@app.command()
def export(
    year: Annotated[int | None, typer.Option(help="只要此年的 / only of this year")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=".xlsx 或 .yaml，默认打印 YAML")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """导出目标的全部版本，可原样导入 / every version of the targets, to be imported again."""
    if output is not None:
        _form(output)
    with Warehouse(settings.load()) as warehouse:
        rows = warehouse.rows(_DEFINITIONS)
        names = _names(warehouse) if output and output.suffix == ".xlsx" else {}
    targets = [TargetSet.model_validate_json(row["definition"]) for row in rows]
    found = [target.canonical(each) for each in targets if target.during(each, year)]
    if output is not None:
        _write(output, found, names)
        say(f"已导出 {len(found)} 条到 {output} / {len(found)} targets exported")
    if as_json:
        put_json({"targets": found})
    elif output is None:
        stdout.out(listed.text(found), end="", highlight=False)


@app.command()
def template(
    output: Annotated[Path, typer.Option("-o", "--output", help="写到何处 / where to")] = Path(
        "targets.xlsx"
    ),
    as_json: AsJson = False,
) -> None:
    """空白模板，带下拉与填写说明 / an empty sheet with drop-downs of what is defined."""
    if output.suffix.lower() != ".xlsx":
        raise CommandError("模板是 .xlsx 文件，请改 -o", "the template is an .xlsx file: change -o")
    with Warehouse(settings.load()) as warehouse:
        names = _names(warehouse)
    _write(output, [], names)
    told = {"file": str(output)} | {kind: len(some) for kind, some in names.items()}
    if as_json:
        put_json(told)
    else:
        put_table("模板 / template", list(told), [list(told.values())])


def _names(warehouse: Warehouse) -> Names:
    return {
        kind: [(str(name), str(zh)) for name, zh in warehouse.query(sql)["data"]]
        for kind, sql in _NAMES.items()
    }


def _write(output: Path, targets: Sequence[Report], names: Names) -> None:
    try:
        if output.suffix.lower() == ".xlsx":
            _write_sheet(output, targets, names)
        else:
            output.write_text(listed.text(targets), "utf-8")
    except OSError as error:
        raise CommandError(
            f"写不了 {output}", f"cannot write {output}: {error.strerror}"
        ) from error

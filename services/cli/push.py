"""`push`: events from files, in requests of a bearable size, with a verdict for each."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.api import Ingest
from services.cli.failures import CommandError
from services.cli.screen import progress, put_json, say, stdout
from services.cli.stack import AsJson
from services.runtime import settings

A_REQUEST = 500
_REQUEST_BYTES = 900_000


def read_events(path: Path) -> list[bytes]:
    """The events of a file: one JSON event, a JSON array of them, or one per line (NDJSON)."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"读不了文件 {path}", f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} 不是 UTF-8 文本", f"{path} is not UTF-8 text") from error
    if path.suffix.lower() in (".ndjson", ".jsonl"):
        return [line.encode() for line in text.splitlines() if line.strip()]
    if path.suffix.lower() != ".json":
        raise CommandError(
            f"{path.name}：只接受 .json、.ndjson 文件", f"{path.name}: .json or .ndjson is expected"
        )
    # Figures keep their spelling: 41.50 must not come out as 41.5.
    try:
        found = json.loads(text, parse_float=_Spelt, parse_int=_Spelt)
    except ValueError as error:
        raise CommandError(f"{path} 不是 JSON：{error}", f"{path} is not JSON: {error}") from error
    events = found if isinstance(found, list) else [found]
    return [_spelt_json(event).encode() for event in events]


class _Spelt(str):
    """A number as it was written."""

    __slots__ = ()


def _spelt_json(value: Any) -> str:
    if isinstance(value, _Spelt):
        return str(value)
    if isinstance(value, dict):
        inside = (f"{json.dumps(key)}:{_spelt_json(each)}" for key, each in value.items())
        return "{" + ",".join(inside) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_spelt_json, value)) + "]"
    return json.dumps(value)


def requests_of(events: list[bytes]) -> Iterator[list[bytes]]:
    """The events in order, cut into requests that the door takes."""
    some: list[bytes] = []
    size = 0
    for event in events:
        if some and (len(some) == A_REQUEST or size + len(event) > _REQUEST_BYTES):
            yield some
            some, size = [], 0
        some.append(event)
        size += len(event) + 1
    if some:
        yield some


def push(
    files: Annotated[list[Path], typer.Argument(help="事件文件 / files of events")],
    key: Annotated[str, typer.Option(envvar="PACEKEEPER_KEY", help="接口密钥 / API key")] = "",
    as_json: AsJson = False,
) -> None:
    """推送文件中的事件 / push the events of files. 有被退回的则退出码 1."""
    found = settings.load()
    events = [event for path in files for event in read_events(path)]
    told: dict[str, Any] = {"accepted": 0, "duplicate": 0, "rejected": 0, "receipts": []}
    bad: list[dict[str, Any]] = []
    with (
        Ingest(found.ingest_address, key or found.admin_key.get_secret_value()) as ingest,
        progress() as bar,
    ):
        task = bar.add_task("推送 / pushing", total=len(events))
        for some in requests_of(events):
            answer = ingest.push(some)
            for word in ("accepted", "duplicate", "rejected"):
                told[word] += answer[word]
            told["receipts"].append(answer["receipt"])
            bad += [each for each in answer["events"] if each["verdict"] == "rejected"]
            bar.advance(task, len(some))
    if as_json:
        put_json(told | {"events": bad})
    else:
        say(
            f"接受 {told['accepted']}，重复 {told['duplicate']}，退回 {told['rejected']}"
            f" / accepted, duplicate, rejected; 回执 / receipt: {' '.join(told['receipts'])}"
        )
        for each in bad:
            name = each.get("id", f"#{each.get('index')}")
            message = each["message"]
            stdout.print(
                f"{name}: {each['code']} {each.get('field', '')}\n"
                f"  {message['zh']}\n  {message['en']}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
    if bad:
        raise typer.Exit(1)

"""`lamps check`: may a file of own lamp schemes be taken, and what does it say?"""

from pathlib import Path
from typing import Annotated

import typer

from schemas.lamps import LampScheme
from services.cli.failures import CommandError
from services.cli.screen import AsJson, put_json, put_table
from services.runtime.lamps import UnreadableLampsError, read

app = typer.Typer(no_args_is_help=True, help="自定亮灯规则 / lamp schemes of one's own")

_MEASURES = {
    "pace": "实际/时序 actual / expected",
    "points": "落后百分点 points behind",
    "gap": "差距 gap",
}


@app.callback()
def lamps() -> None:
    """自定亮灯规则 / lamp schemes of one's own."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="YAML 或 JSON / YAML or JSON")],
    as_json: AsJson = False,
) -> None:
    """检查规则文件，不启动任何服务 / check a file; nothing is started or changed."""
    try:
        schemes = read(file)
    except UnreadableLampsError as error:
        raise CommandError(error.zh, error.en) from error
    if as_json:
        put_json({"schemes": [scheme.model_dump(mode="json") for scheme in schemes]})
        return
    put_table(
        f"{file}: {len(schemes)} 项可用 / in order",
        [
            "规则 scheme",
            "名称 name",
            "出处 origin",
            "评判 measure",
            "绿 green",
            "黄 yellow",
            "红 red",
        ],
        [_row(scheme) for scheme in schemes],
    )


def _row(scheme: LampScheme) -> tuple[str, ...]:
    """The limits in signs: of points less is better, of pace and gap more."""
    behind = scheme.measure == "points"
    green = f"< {scheme.green}" if behind else f"≥ {scheme.green}"
    yellow = f"{'≤' if behind else '≥'} {scheme.yellow}"
    row = scheme.escalate_after
    return (
        scheme.name,
        f"{scheme.name_zh} / {scheme.name_en}",
        scheme.origin,
        _MEASURES[scheme.measure],
        green,
        yellow,
        f"连续 {row} 期黄灯 / {row} yellow in a row" if row else "",
    )

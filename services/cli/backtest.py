"""`backtest`: what each forecast would have been off by in past years, by month of the year."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal, localcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from schemas.exact import CONTEXT, text
from schemas.names import SLUG
from services.cli import backtest_plot
from services.cli.api import JSON, Warehouse
from services.cli.backtest_series import Series, Tried, read_series
from services.cli.backtest_words import NOTES, columns, rows
from services.cli.screen import progress, put_json, put_table, say, stdout
from services.cli.stack import AsJson
from services.runtime import settings
from services.series.answers import Answers
from services.series.backtest import lacks, scores, trials, with_choice
from services.series.fitting import ModelProcess

_SLUG = re.compile(SLUG)
_PLACES = Decimal("0.0001")


def _name(value: str) -> str:
    if not _SLUG.fullmatch(value):
        raise typer.BadParameter(f"“{value}” 不是代码 / is no id: a-z 0-9 _ . -")
    return value


def _names(values: list[str]) -> list[str]:
    return [_name(value) for value in values]


def _picture(path: Path | None) -> Path | None:
    if path is None:
        return None
    if path.suffix.lower() not in backtest_plot.FORMATS:
        raise typer.BadParameter("只能画成 .png 或 .svg / .png or .svg is expected")
    if not path.parent.is_dir():
        raise typer.BadParameter(f"没有目录 {path.parent} / there is no folder {path.parent}")
    if find_spec("matplotlib") is None:
        raise typer.BadParameter(
            "画图需要 matplotlib：pip install matplotlib / a plot needs matplotlib"
        )
    return path


def backtest(
    indicator: Annotated[
        str,
        typer.Option(
            help="指标代码，见 bi.indicators / an indicator's id",
            callback=_name,
            show_default=False,
        ),
    ],
    entity: Annotated[
        list[str] | None,
        typer.Option(
            help="对象代码，可重复；不给则全部对象 / an entity's id, may be repeated; all without",
            callback=lambda values: _names(values or []),
            show_default=False,
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            help="另画一张图，.png 或 .svg / draw it as well, .png or .svg",
            callback=_picture,
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """回测预测：以往各年逐月预测的误差 / how far off forecasts were in past years.

    取现行数值（bi.current_values），对每个已结束的年度，在每个月末只用到该月为止的数预测年末：
    流量分别按去年进度、按月均进度、按 AutoETS，“系统所选”是评判时会采用的那一个；
    存量按近 12 个月净增，增速按最近增速。
    误差是预测与实际之差占实际的百分比（增速为百分点），取各年绝对值的平均，括号内为年数。

    Figures are taken as they are now, later revisions included.
    An error is a share of what came, of rates percentage points.
    Shown is the mean of its size over the years in brackets.

    例 / example: pacekeeper backtest --indicator vehicle_output --plot errors.svg
    """
    with Warehouse(settings.load()) as warehouse:
        found = read_series(warehouse, indicator, entity or [])
    with progress() as bar:
        task = bar.add_task("拟合 / fitting", total=None)
        told = asyncio.run(
            _tried(found, lambda done, of: bar.update(task, completed=done, total=of))
        )
    drawn = plot is not None and backtest_plot.draw(plot, told)
    if as_json:
        put_json(_described(indicator, told, str(plot) if drawn else None))
        return
    for each in told:
        stdout.print(each.series.title, markup=False, highlight=False)
        if each.scores:
            put_table("", columns(each), rows(each))
        for code in each.lacks:
            say(f"  {NOTES[code]}")
    if plot is not None:
        say(f"图 / plot: {plot}" if drawn else NOTES["no_plot"])


async def _tried(found: list[Series], heard: Callable[[int, int], None]) -> list[Tried]:
    """Every method on every series; the model is asked until no new question comes up."""
    model = ModelProcess()
    done, known = 0, Answers(installed=model.installed)
    try:
        while True:
            with localcontext(CONTEXT):
                tried = [trials(series.history, known) for series in found]
            if not known.questions:
                break
            answered: dict[str, Decimal | None] = {}
            for name, question in known.questions.items():
                answered |= await model.answer({name: question})
                heard(done + len(answered), done + len(known.questions))
            done += len(answered)
            known = known.with_answers(answered)
    finally:
        await model.close()
    return [
        Tried(
            series,
            each,
            scores(series.history.family, with_choice(each)),
            lacks(series.history.family, each, installed=model.installed),
        )
        for series, each in zip(found, tried, strict=True)
    ]


def _rounded(value: Decimal) -> str:
    return text(value.quantize(_PLACES, context=CONTEXT))


def _described(indicator: str, told: list[Tried], plot: str | None) -> JSON:
    return {
        "indicator": indicator,
        "plot": plot,
        "series": [
            {
                "entity": each.series.entity,
                "scope": each.series.scope,
                "simulated": each.series.simulated,
                "measure": each.series.history.family.value,
                "years": sorted({trial.year for trial in each.trials}),
                "months": [score._asdict() for score in each.scores],
                "trials": [
                    asdict(trial)
                    | {"forecast": _rounded(trial.forecast), "outcome": _rounded(trial.outcome)}
                    for trial in each.trials
                ],
                "lacks": each.lacks,
            }
            for each in told
        ],
    }

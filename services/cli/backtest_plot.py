"""A back-test as a picture: the mean error of every method over the months, one panel a series."""

from pathlib import Path
from typing import Any, NamedTuple

from services.cli.backtest_series import Tried
from services.cli.backtest_words import HEADS, shown
from services.cli.failures import CommandError
from services.series.measured import Family

FORMATS = (".png", ".svg")
MOST_PANELS = 12
# Of a Chinese system, the first that is there.
_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "PingFang SC",
    "Microsoft YaHei",
    "SimHei",
)
# Told apart without colour as well.
_STYLES = {
    "profile": ("o", "-"),
    "linear": ("s", "--"),
    "autoets": ("^", "-."),
    "stock": ("o", "-"),
    "last": ("o", "-"),
    "chosen": ("x", ":"),
}


class _Labels(NamedTuple):
    """What stands on a panel."""

    what: str
    month: str
    share: str
    points: str


_CHINESE = _Labels("年末预测的平均误差", "预测所在月份", "占实际 %", "百分点")
_ENGLISH = _Labels(
    "mean error of the year's end", "forecast at the end of month", "% of what came", "points"
)


def draw(path: Path, told: list[Tried]) -> bool:
    """Write the picture; False if no series has an error to draw.

    Raises CommandError for more series than a page holds, and where the file cannot be written.
    """
    panels = [each for each in told if each.scores]
    if not panels:
        return False
    if len(panels) > MOST_PANELS:
        raise CommandError(
            f"一张图最多画 {MOST_PANELS} 个序列，这里有 {len(panels)} 个：请用 --entity 指定对象",
            f"a plot holds {MOST_PANELS} series, these are {len(panels)}: name some with --entity",
        )
    from matplotlib import font_manager, rc_context
    from matplotlib.figure import Figure

    known = {font.name for font in font_manager.fontManager.ttflist}
    chinese = next((name for name in _FONTS if name in known), None)
    # Text stays text in an SVG, and the same errors are the same file.
    shape: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "pacekeeper"}
    if chinese:
        shape["font.family"] = chinese
    with rc_context(shape):
        figure = Figure(figsize=(9, 1 + 3.5 * len(panels)), layout="constrained")
        axes = figure.subplots(len(panels), squeeze=False)
        for panel, (axis,) in zip(panels, axes, strict=True):
            _panel(axis, panel, chinese is not None)
        undated = {"Date": None} if path.suffix.lower() == ".svg" else None
        try:
            figure.savefig(path, dpi=120, metadata=undated)
        except OSError as error:
            raise CommandError(
                f"写不了 {path}", f"cannot write {path}: {error.strerror}"
            ) from error
    return True


def _panel(axis: Any, panel: Tried, chinese: bool) -> None:
    """One series; without a Chinese font on the machine it is labelled by ids, in English."""
    rate = panel.series.history.family is Family.RATE
    for method in shown(panel):
        scores = [score for score in panel.scores if score.method == method]
        marker, line = _STYLES[method]
        axis.plot(
            [score.month for score in scores],
            [score.mean if rate else score.mean * 100 for score in scores],
            marker=marker,
            linestyle=line,
            label=HEADS[method] if chinese else method,
        )
    words = _CHINESE if chinese else _ENGLISH
    axis.set_title(f"{panel.series.title if chinese else panel.series.name}: {words.what}")
    axis.set_xlabel(words.month)
    axis.set_ylabel(words.points if rate else words.share)
    axis.set_xlim(0.5, 11.5)
    axis.set_xticks(range(1, 12))
    axis.set_ylim(bottom=0)
    axis.grid(alpha=0.3)
    axis.legend()

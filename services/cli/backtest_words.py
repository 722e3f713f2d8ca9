"""A back-test in words: the table's heads and cells, and what is missing."""

from collections.abc import Iterator

from services.cli.backtest_series import Tried
from services.series.backtest import CHOSEN, METHODS, Score
from services.series.measured import Family
from services.series.models import FEWEST_POINTS

HEADS = {
    "profile": "按去年进度 profile",
    "linear": "按月均进度 linear",
    "autoets": "AutoETS",
    "stock": "按近12个月净增 stock",
    "last": "按最近增速 last",
    CHOSEN: "系统所选 chosen",
}
NOTES = {
    "no_year": "无法回测：还没有一个年度的年末数可比"
    " / nothing to test: no year has a figure at its end and one before it",
    "no_last_year": "没有“按去年进度”：缺上一年的同期数和全年数"
    " / no profile: the year before lacks its total or the same month",
    "few_months": f"没有 AutoETS：需要到该月为止连续 {FEWEST_POINTS} 个月的数"
    f" / no AutoETS: it needs {FEWEST_POINTS} months without a gap",
    "no_model": "没有 AutoETS：未安装 statsforecast（make install 会装上）"
    " / no AutoETS: statsforecast is not installed",
    "no_plot": "没有可画的误差，未画图 / no errors to draw: no plot was made",
}


def shown(tried: Tried) -> list[str]:
    """The methods that have a column; where there is one only, it is also what is chosen."""
    found = {score.method for score in tried.scores}
    methods = [method for method in METHODS[tried.series.history.family] if method in found]
    return [*methods, CHOSEN] if len(methods) > 1 else methods


def columns(tried: Tried) -> list[str]:
    """The heads of the table."""
    return ["月 month", *(HEADS[method] for method in shown(tried))]


def rows(tried: Tried) -> Iterator[list[str]]:
    """A row a month, an empty cell where a method has no trial."""
    rate = tried.series.history.family is Family.RATE
    cells = {(score.month, score.method): _cell(score, rate) for score in tried.scores}
    for month in sorted({month for month, _ in cells}):
        yield [str(month), *(cells.get((month, method), "") for method in shown(tried))]


def _cell(score: Score, rate: bool) -> str:
    size = f"{score.mean:.2f} 个百分点" if rate else f"{score.mean:.1%}"
    return f"{size}（{score.years}）"

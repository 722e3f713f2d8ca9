"""`pacekeeper backtest`, against views of its own."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal as D
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from schemas.records.dossier import Fact
from services.cli import backtest, backtest_plot
from services.series.answers import Question
from tests.command_line import Run
from tests.unit.judging import fact
from tests.unit.test_models import EVEN, STEEP, months

THREE_YEARS = months(2022, *STEEP) + months(2023, *EVEN) + months(2024, *EVEN)
MADE_UP = [each.model_copy(update={"status": "G"}) for each in months(2024, *EVEN)]
MEASURES = {"output": "cumulative", "stock": "stock", "growth": "rate", "empty": "cumulative"}
FIGURES: dict[tuple[str, str], list[Fact]] = {
    ("output", "changzhou"): THREE_YEARS,
    ("output", "wujin"): [*months(2023, *EVEN), *MADE_UP, fact("2024-01", "99", status="F")],
    ("stock", "changzhou"): [
        fact(period, value, measure="stock")
        for period, value in {"2022-06": "100", "2023-06": "130", "2023-12": "150"}.items()
    ],
    ("growth", "changzhou"): [
        fact("2023-01/2023-06", "6.5", measure="rate"),
        fact("2023", "6.1", measure="rate"),
    ],
}


def rows_of(indicator: str, asked: str) -> list[list[Any]]:
    return [
        [
            entity,
            each.scope,
            each.period,
            each.start.isoformat(),
            each.end.isoformat(),
            each.measure.value,
            str(each.value),
            str(each.status.value if hasattr(each.status, "value") else each.status),
            "1735689600000",
            each.derived,
        ]
        for (name, entity), facts in FIGURES.items()
        if name == indicator and (" IN (" not in asked or f"'{entity}'" in asked)
        for each in facts
    ]


class Views(BaseHTTPRequestHandler):
    """bi.indicators, bi.current_values and bi.entities, as ClickHouse would tell them."""

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        indicator = asked.split("indicator = '")[-1].split("'")[0]
        names, rows = ["entity", "name_zh"], [["changzhou", "常州市"]]
        if "bi.indicators" in asked:
            names = ["name_zh", "unit", "measure"]
            rows = [["整车产量", "万辆", MEASURES[indicator]]] if indicator in MEASURES else []
        elif "bi.current_values" in asked:
            names = ["entity", "scope", "period", "period_start", "period_end", "measure"]
            names += ["value", "status", "recorded", "derived"]
            rows = rows_of(indicator, asked)
        body = json.dumps({"meta": [{"name": name} for name in names], "data": rows}).encode()
        self.send_response(200)
        self.send_header("X-ClickHouse-Format", "JSONCompact")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@dataclass
class Mean:
    """Every month is like the mean of the last twelve."""

    installed: bool = True

    async def answer(self, questions: Mapping[str, Question]) -> dict[str, D | None]:
        return {
            name: sum(asked.points[-12:], D(0)) / 12 * asked.months
            for name, asked in questions.items()
        }

    async def close(self) -> None:
        """Nothing to end."""


@pytest.fixture
def run(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    """Runs `pacekeeper backtest …`; answers its exit code, stdout and stderr."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Views)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("PACEKEEPER_HOME", str(tmp_path))
    monkeypatch.setenv("PACEKEEPER_CLICKHOUSE_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(backtest, "ModelProcess", Mean)

    yield partial(run, "backtest")
    server.shutdown()
    server.server_close()


def only(told: dict[str, Any], month: int) -> dict[str, float]:
    (series,) = told["series"]
    return {each["method"]: each["mean"] for each in series["months"] if each["month"] == month}


def test_errors_by_month_and_method(run: Run) -> None:
    """June: the profile was 30 off 120 in 2023 and exact in 2024; by months 12 off 60 in 2022,
    then exact twice; the model exact in 2024, the only year it had 24 months for. The judge took
    months in 2022, the profile in 2023, the model in 2024: (20 + 25 + 0) / 3 = 15 %."""
    code, out, _ = run("--indicator", "output", "--entity", "changzhou", "--json")
    assert code == 0
    told = json.loads(out)
    assert only(told, 6) == {
        "profile": 0.125,
        "linear": pytest.approx(0.2 / 3),
        "autoets": 0,
        "chosen": pytest.approx(0.15),
    }
    (series,) = told["series"]
    assert (series["entity"], series["years"]) == ("changzhou", [2022, 2023, 2024])
    assert (series["lacks"], told["plot"]) == ([], None)
    assert series["trials"][0]["forecast"] == "48"


def test_a_table_for_people(run: Run) -> None:
    code, out, _ = run("--indicator", "output", "--entity", "changzhou")
    assert code == 0
    assert "常州市 整车产量（万辆）" in out
    for word in ("按去年进度 profile", "按月均进度 linear", "AutoETS", "系统所选 chosen"):
        assert word in out
    assert "12.5%（2）" in out


def test_without_an_entity_every_series_has_its_own_simulated_ones_apart(run: Run) -> None:
    code, out, err = run("--indicator", "output")
    assert code == 0
    assert "wujin 整车产量（万辆），模拟数据 / simulated" in out
    assert "缺上一年的同期数和全年数" in err
    assert "需要到该月为止连续 24 个月的数" in err


def test_rates_are_told_in_points_and_one_method_needs_no_choice(run: Run) -> None:
    code, out, _ = run("--indicator", "growth")
    assert code == 0
    assert "0.40 个百分点（1）" in out
    assert "系统所选" not in out


def test_without_statsforecast_it_says_what_is_missing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtest, "ModelProcess", lambda: Mean(installed=False))
    code, _, err = run("--indicator", "output", "--entity", "changzhou")
    assert code == 0
    assert "未安装 statsforecast" in err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--indicator", "nothing"), "没有指标 nothing"),
        (("--indicator", "empty"), "还没有数据：任何对象"),
        (("--indicator", "output", "--entity", "mars"), "还没有数据：mars"),
    ],
)
def test_what_there_is_nothing_of_is_said_in_one_line(
    run: Run, options: tuple[str, ...], words: str
) -> None:
    code, out, err = run(*options)
    assert (code, out) == (1, "")
    assert words in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "options",
    [
        ("--indicator", "a' OR 1=1"),
        ("--indicator", "output", "--entity", "x')"),
        ("--indicator", "output", "--plot", "errors.pdf"),
        ("--indicator", "output", "--plot", "/nowhere/at/all/errors.png"),
        (),
    ],
)
def test_wrong_usage_is_refused_before_anything_is_asked(
    run: Run, options: tuple[str, ...]
) -> None:
    assert run(*options)[0] == 2


def test_a_plot_without_matplotlib_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backtest, "find_spec", lambda name: None)
    code, _, err = run("--indicator", "output", "--plot", "errors.svg")
    assert code == 2
    assert "matplotlib" in err


def test_a_plot_is_drawn_of_every_series(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    svg, png = tmp_path / "errors.svg", tmp_path / "errors.png"
    code, _, err = run("--indicator", "output", "--plot", str(svg))
    assert (code, str(svg) in err.replace("\n", "")) == (0, True)
    first = svg.read_text()
    assert first.count('<g id="axes_') == 3
    assert "output" in first or "整车产量" in first
    run("--indicator", "output", "--plot", str(svg))
    assert svg.read_text() == first
    code, out, _ = run("--indicator", "stock", "--plot", str(png), "--json")
    assert (code, json.loads(out)["plot"]) == (0, str(png))
    assert png.read_bytes().startswith(b"\x89PNG")


def test_without_a_chinese_font_the_plot_is_in_english(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(backtest_plot, "_FONTS", ())
    svg = tmp_path / "errors.svg"
    for indicator, unit in (("output", "% of what came"), ("growth", "points")):
        assert run("--indicator", indicator, "--plot", str(svg))[0] == 0
        assert unit in svg.read_text()
        assert svg.read_text().isascii()


def test_nothing_to_draw_is_no_file(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    FIGURES["empty", "changzhou"] = months(2024, *EVEN[:5])
    try:
        code, _, err = run("--indicator", "empty", "--plot", str(tmp_path / "errors.svg"))
    finally:
        del FIGURES["empty", "changzhou"]
    assert code == 0
    assert "还没有一个年度" in err
    assert "未画图" in err
    assert not (tmp_path / "errors.svg").exists()


@pytest.mark.parametrize("trouble", ["too many", "a folder"])
def test_a_plot_that_cannot_be_made_is_said_in_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / "errors.svg"
    if trouble == "too many":
        monkeypatch.setattr(backtest_plot, "MOST_PANELS", 1)
    else:
        path.mkdir()
    code, _, err = run("--indicator", "output", "--plot", str(path))
    assert code == 1
    assert ("--entity" in err) == (trouble == "too many")

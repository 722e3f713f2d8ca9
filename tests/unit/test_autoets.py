"""statsforecast in its own process: the same content has the same answer."""

import asyncio
import importlib.util
import io
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal as D
from types import ModuleType
from typing import Any

import orjson
import pytest

from services.series import autoets
from services.series.answers import Question
from services.series.fitting import ModelProcess

# 30 months that rise by 1 and swing by the season.
SEASONAL = tuple(D(100 + n + (20 if n % 12 in {5, 6, 7} else 0)) for n in range(30))
QUESTIONS = {
    "rising": Question(tuple(map(D, range(1, 31))), 3),
    "level": Question((D(5),) * 24, 6),
    "zero": Question((D(0),) * 24, 6),
    "seasonal": Question(SEASONAL, 6),
    "short": Question((D(1), D(2)), 6),
}


@pytest.fixture(scope="module")
def twice() -> Iterator[list[dict[str, D | None]]]:
    """All questions to two processes, the second time in another order."""

    async def ask(names: list[str]) -> dict[str, D | None]:
        model = ModelProcess()
        try:
            return await model.answer({name: QUESTIONS[name] for name in names})
        finally:
            await model.close()

    return [asyncio.run(ask(names)) for names in (list(QUESTIONS), list(QUESTIONS)[::-1])]


def test_a_straight_line_goes_on(twice: list[dict[str, D | None]]) -> None:
    """31 + 32 + 33."""
    assert twice[0]["rising"] == pytest.approx(D(96), abs=D("0.01"))


def test_what_stands_still_stands_still(twice: list[dict[str, D | None]]) -> None:
    assert (twice[0]["level"], twice[0]["zero"]) == (D(30), D(0))


def test_a_season_is_seen(twice: list[dict[str, D | None]]) -> None:
    """Months 31–36 after a June: July and August of the swing and four plain ones: 855."""
    july_to_december = sum(100 + n + (20 if n % 12 in {5, 6, 7} else 0) for n in range(30, 36))
    assert twice[0]["seasonal"] == pytest.approx(D(july_to_december), rel=D("0.03"))


def test_too_few_points_are_no_answer_and_no_end(twice: list[dict[str, D | None]]) -> None:
    assert twice[0]["short"] is None


def test_another_process_and_order_say_the_same(twice: list[dict[str, D | None]]) -> None:
    assert twice[0] == twice[1]


class _Fitted:
    """Stands in for statsforecast.models.AutoETS."""

    def __init__(self, season_length: int) -> None:
        assert season_length == 12

    def forecast(self, y: Any, h: int) -> dict[str, Any]:
        return {"mean": y[-1:].repeat(h)}


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    models = ModuleType("statsforecast.models")
    models.AutoETS = _Fitted  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "statsforecast", ModuleType("statsforecast"))
    monkeypatch.setitem(sys.modules, "statsforecast.models", models)


@pytest.mark.usefixtures("stand_in")
def test_a_question_a_line_an_answer_a_line() -> None:
    asked = [{"points": ["1", "2.5"], "months": 4}, {"points": [], "months": 1}]
    asked += [{"points": ["nan"], "months": 1}, {"points": ["x"], "months": 1}]
    said = io.BytesIO()
    autoets.serve(io.BytesIO(b"\n".join(map(orjson.dumps, asked)) + b"\n"), said)
    ready, *answers = map(orjson.loads, said.getvalue().splitlines())
    assert ready == {"ready": True}
    # Nothing to repeat comes to 0; what is no number is no answer.
    assert [answer["sum"] for answer in answers] == ["10", "0", None, None]
    assert "could not convert" in answers[-1]["why"]


def test_it_is_known_whether_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autoets, "find_spec", lambda name: None)
    assert not autoets.installed()
    monkeypatch.setattr(autoets, "find_spec", importlib.util.find_spec)
    assert autoets.installed() == (importlib.util.find_spec("statsforecast") is not None)


def test_a_fit_without_end_ends_the_process() -> None:
    """By the alarm that is set before every fit, even if nobody waits any more."""
    code = (
        "import signal; from services.series import autoets\n"
        "def endless(points, months):\n    while True: pass\n"
        "autoets.fitting = lambda: endless\n"
        "autoets._LIMIT_SECONDS = 1\n"
        "autoets.main()"
    )
    asked = orjson.dumps({"points": ["1"], "months": 1}) + b"\n"
    ended = subprocess.run(
        [sys.executable, "-c", code], input=asked, capture_output=True, timeout=60, check=False
    )
    assert ended.returncode == -14
    assert orjson.loads(ended.stdout) == {"ready": True}

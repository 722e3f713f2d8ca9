"""A process that dies or hangs costs at most one answer, never the one who asks."""

import asyncio
import os
import signal
import sys
import textwrap
from collections.abc import Mapping
from decimal import Decimal as D
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.series.answers import Question
from services.series.fitting import Limits, ModelProcess

QUICK = Limits(start=20, answer=0.5)
TWO = {"a": Question((D("1.5"), D(2)), 3), "b": Question((D(4),), 1)}
# A model in three lines: the last point for every month. Each start is noted in a file.
PLAIN = """
    import sys, os, json, pathlib
    starts = pathlib.Path(sys.argv[1])
    starts.open("a").write("x")
    number = len(starts.read_text())
    print('{"ready": true}', flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        said = float(asked["points"][-1]) * asked["months"]
        TROUBLE
        print(json.dumps({"sum": str(said)}), flush=True)
"""


def model(tmp_path: Path, trouble: str = "pass", limits: Limits = QUICK) -> ModelProcess:
    code = textwrap.dedent(PLAIN).replace("TROUBLE", trouble)
    command = (sys.executable, "-c", code, str(tmp_path / "starts"))
    return ModelProcess(command, limits, installed=True)


def starts(tmp_path: Path) -> int:
    return len((tmp_path / "starts").read_text())


def answers(asked: ModelProcess, *rounds: Mapping[str, Question]) -> list[dict[str, D | None]]:
    async def ask() -> list[dict[str, D | None]]:
        try:
            return [await asked.answer(questions) for questions in rounds]
        finally:
            await asked.close()

    return asyncio.run(ask())


def test_one_process_answers_everything(tmp_path: Path) -> None:
    assert answers(model(tmp_path), TWO, TWO) == [{"a": D(6), "b": D(4)}] * 2
    assert starts(tmp_path) == 1


def test_a_process_that_dies_is_replaced_and_the_answer_is_the_same(tmp_path: Path) -> None:
    killed = "number == 1 and os.kill(os.getpid(), 9)"
    assert answers(model(tmp_path, killed), TWO) == [{"a": D(6), "b": D(4)}]
    assert starts(tmp_path) == 2


def test_one_that_was_killed_between_two_questions_is_not_missed(tmp_path: Path) -> None:
    asked = model(tmp_path)

    async def ask() -> list[dict[str, D | None]]:
        first = await asked.answer(TWO)
        assert asked._process is not None
        os.kill(asked._process.pid, signal.SIGKILL)
        await asked._process.wait()
        try:
            return [first, await asked.answer(TWO)]
        finally:
            await asked.close()

    first, second = asyncio.run(ask())
    assert first == second
    assert starts(tmp_path) == 2


@pytest.mark.parametrize("trouble", ["os.kill(os.getpid(), 19)", "os._exit(1)", "print('?')"])
def test_a_question_that_costs_two_processes_is_left(tmp_path: Path, trouble: str) -> None:
    """It hangs, ends or talks nonsense over the first question; the second is answered."""
    with capture_logs() as logged:
        given = answers(model(tmp_path, f"if said == 6: {trouble}"), TWO)
    assert given == [{"a": None, "b": D(4)}]
    assert starts(tmp_path) == 3
    assert [line["event"] for line in logged] == ["model_lost", "model_lost", "model_skipped"]


def test_after_three_in_a_row_nobody_is_asked_any_more(tmp_path: Path) -> None:
    many = {str(n): Question((D(n),), 1) for n in range(5)}
    with capture_logs() as logged:
        assert answers(model(tmp_path, "os._exit(1)"), many) == [dict.fromkeys(many)]
    assert starts(tmp_path) == 6
    assert [line["event"] for line in logged].count("model_given_up") == 1


def test_an_answer_in_between_starts_the_count_anew(tmp_path: Path) -> None:
    many = {str(n): Question((D(n),), 1) for n in (1, 2, 9, 1, 2, 9)}
    many = {f"{turn}{name}": asked for turn in range(2) for name, asked in many.items()}
    (given,) = answers(model(tmp_path, "said < 9 and os._exit(1)"), many)
    assert [value for value in given.values() if value] == [D(9), D(9)]


def test_a_process_that_never_gets_ready_is_given_up(tmp_path: Path) -> None:
    asleep = (sys.executable, "-c", "import time; time.sleep(600)")
    asked = ModelProcess(asleep, Limits(start=0.2), installed=True)
    assert answers(asked, TWO) == [{"a": None, "b": None}]


def test_a_command_that_is_not_there_is_no_model(tmp_path: Path) -> None:
    asked = ModelProcess((str(tmp_path / "nothing"),), QUICK, installed=True)
    assert answers(asked, TWO) == [{"a": None, "b": None}]


def test_whoever_is_stopped_while_asking_leaves_no_half_answer(tmp_path: Path) -> None:
    asked = model(tmp_path, "number == 1 and os.kill(os.getpid(), 19)", Limits(20, 60))

    async def stopped() -> dict[str, D | None]:
        asking = asyncio.create_task(asked.answer(TWO))
        async with asyncio.timeout(20):
            while not (tmp_path / "starts").exists() or not asked.busy:
                await asyncio.sleep(0.01)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert not asked.busy
        try:
            return await asked.answer(TWO)
        finally:
            await asked.close()

    assert asyncio.run(stopped()) == {"a": D(6), "b": D(4)}

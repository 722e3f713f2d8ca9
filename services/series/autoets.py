"""AutoETS in a process of its own: a question a line on stdin, its answer a line on stdout.

Exponential smoothing whose form is chosen by AICc (Hyndman and others 2002), as statsforecast fits
it. The process ends with its stdin, and by SIGALRM when one fit takes too long: neither a crash of
who asks nor a fit without end leaves it behind.
"""

import os
import signal
import sys
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from math import isfinite
from typing import IO, Any

import orjson

_SEASON = 12
_LIMIT_SECONDS = 10
_NICE = 10
# What a machine's rounding may touch is left off: everybody gets the same figure.
_DIGITS = 10


def installed() -> bool:
    """Is statsforecast there? Nothing is loaded to find out."""
    return find_spec("statsforecast") is not None


def fitting() -> Any:
    """The function that fits and predicts; it takes seconds to load."""
    import numpy
    from statsforecast.models import AutoETS

    def ahead(points: Sequence[float], months: int) -> str | None:
        series = numpy.array(points, dtype=float)
        mean = AutoETS(season_length=_SEASON).forecast(y=series, h=months)["mean"]
        total = float(mean.sum())
        return f"{total:.{_DIGITS}g}" if isfinite(total) else None

    return ahead


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until the questions end; the first line says that it is ready."""
    warnings.simplefilter("ignore")
    ahead = fitting()
    _say(answers, {"ready": True})
    for line in questions:
        signal.alarm(_LIMIT_SECONDS)
        asked = orjson.loads(line)
        try:
            said = {"sum": ahead([float(point) for point in asked["points"]], asked["months"])}
        except Exception as error:  # too few points, or none that differ: it cannot tell
            said = {"sum": None, "why": repr(error)}
        signal.alarm(0)
        _say(answers, said)


def _say(answers: IO[bytes], said: dict[str, Any]) -> None:
    answers.write(orjson.dumps(said) + b"\n")
    answers.flush()


def main() -> None:
    """Serve on stdin and stdout; what a library prints goes to stderr."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.nice(_NICE)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()

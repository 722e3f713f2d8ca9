"""What each method would have said in past years, and what came (DOMAIN §4).

A trial looks at the end of a month of a year that is over, with what is known today of that month
and before: figures that were revised since are taken as they are now.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from statistics import mean, median
from typing import NamedTuple

from schemas.period import Span, is_month_end, year_span
from services.series.measured import Family, Figure
from services.series.methods import Made, by_months, of_flow, of_rate, of_stock, rate
from services.series.models import Model, by_model, enough, modelled
from services.series.profile import History

METHODS: Mapping[Family, tuple[str, ...]] = {
    Family.FLOW: ("profile", "linear", "autoets"),
    Family.STOCK: ("stock",),
    Family.RATE: ("last",),
}
# Whatever the judge would have taken.
CHOSEN = "chosen"


@dataclass(frozen=True)
class Trial:
    """One method at one month end of a year; `chosen` if the judge would have taken it."""

    year: int
    month: int
    method: str
    forecast: Decimal
    outcome: Decimal
    chosen: bool

    @property
    def error(self) -> Decimal:
        """How far the forecast was above (+) or below (−) what came, in its unit."""
        return self.forecast - self.outcome


class Score(NamedTuple):
    """A method in one month of the year: mean and median of its errors' size over so many years.

    Sizes are shares of the outcome, of rates percentage points. `bias` is the mean with its sign.
    """

    month: int
    method: str
    years: int
    mean: float
    median: float
    bias: float


def trials(history: History, model: Model) -> list[Trial]:
    """Every method at every month end of every year whose outcome is known, in their order."""
    years = {end.year for end in history.index.ends(history.family, Span(date.min, date.max))}
    return [trial for year in sorted(years) for trial in _year(history, year_span(year), model)]


def _year(history: History, span: Span, model: Model) -> Iterator[Trial]:
    outcome = _figure(history, span, span.end)
    if outcome is None:
        return
    for end in history.index.ends(history.family, span):
        actual = _figure(history, span, end)
        if actual is None or end >= span.end or not is_month_end(end):
            continue
        made = list(_made(history, span, end, actual.value, model))
        chosen = _chosen(history, span, end, actual.value, model)
        for each in made:
            yield Trial(
                span.start.year,
                end.month,
                each.method,
                each.value,
                outcome.value,
                chosen is not None and each.method == chosen.method,
            )


def _figure(history: History, span: Span, end: date) -> Figure | None:
    if history.family is Family.STOCK:
        return history.index.level(history.scope, end, history.pick)
    if history.family is Family.RATE:
        return rate(history, Span(span.start, end))
    return history.gained(span, end)


def _made(history: History, span: Span, end: date, actual: Decimal, model: Model) -> Iterator[Made]:
    given = history, span, end, actual
    if history.family is not Family.FLOW:
        found = of_stock(*given) if history.family is Family.STOCK else of_rate(*given)
        yield from (found,) if found else ()
        return
    profile = of_flow(*given, years=1)
    if profile is not None and profile.method == "profile":
        yield profile
    pace = by_months(*given)
    yield from (pace,) if pace else ()
    if enough(history, span, end):
        ahead = modelled(*given, model)
        yield from (ahead,) if ahead else ()


def _chosen(history: History, span: Span, end: date, actual: Decimal, model: Model) -> Made | None:
    """As the judge chooses for a target without a trajectory of its own."""
    given = history, span, end, actual
    if history.family is not Family.FLOW:
        return next(_made(*given, model), None)
    found = of_flow(*given, years=1)
    if found is None or found.method != "profile":
        return found
    return by_model(*given, 1, model) or found


def scores(family: Family, tried: Iterable[Trial]) -> list[Score]:
    """The trials by month of the year and method; an outcome of 0 tells no share."""
    sizes: dict[tuple[int, str], list[float]] = {}
    for trial in tried:
        if family is Family.RATE:
            size = float(trial.error)
        elif trial.outcome:
            size = float(trial.error / abs(trial.outcome))
        else:
            continue
        sizes.setdefault((trial.month, trial.method), []).append(size)
    order = (*METHODS[family], CHOSEN).index
    return [
        _score(month, method, sizes[month, method])
        for month, method in sorted(sizes, key=lambda key: (key[0], order(key[1])))
    ]


def _score(month: int, method: str, errors: list[float]) -> Score:
    absolute = [abs(error) for error in errors]
    return Score(month, method, len(errors), mean(absolute), median(absolute), mean(errors))


def with_choice(tried: Iterable[Trial]) -> list[Trial]:
    """The trials, and those that the judge would have taken once more as a method of their own."""
    known = list(tried)
    return known + [replace(trial, method=CHOSEN) for trial in known if trial.chosen]


def lacks(family: Family, tried: Iterable[Trial], *, installed: bool) -> list[str]:
    """Why a method has no trial: `no_year`, `no_last_year`, `few_months` or `no_model`."""
    found = {trial.method for trial in tried}
    if not found:
        return ["no_year"]
    if family is not Family.FLOW:
        return []
    why = {"profile": "no_last_year", "autoets": "few_months" if installed else "no_model"}
    return [code for method, code in why.items() if method not in found]

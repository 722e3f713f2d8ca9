"""The reason of a verdict: a code, and a sentence in Chinese and English from its template."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from schemas.data import IndicatorDefined, Measure
from schemas.exact import CONTEXT, text
from schemas.period import Span, is_month_end
from services.alerts.domain.forecasts import Forecast, Required
from services.alerts.domain.index import Family
from services.alerts.domain.standing import Sort, Standing


class Reason(NamedTuple):
    """One code with its sentence."""

    code: str
    zh: str
    en: str


class _Words(NamedTuple):
    zh: str
    en: str


TEMPLATES: dict[str, _Words] = {
    "met": _Words(
        "{who}{when} {actual}，已达到目标 {goal}{outlook}{note}",
        "{who}, {when}: {actual}, the goal of {goal} is reached{outlook}{note}",
    ),
    "on_pace": _Words(
        "{who}{when} {actual}，时序目标 {expected}，{gap}{outlook}{note}",
        "{who}, {when}: {actual} against {expected} due by then, {gap}{outlook}{note}",
    ),
    "behind": _Words(
        "{who}{when} {actual}，时序目标 {expected}，{gap}{outlook}{note}",
        "{who}, {when}: {actual} against {expected} due by then, {gap}{outlook}{note}",
    ),
    "missed": _Words(
        "{who}{when} {actual}，期末目标 {expected}，{gap}，未完成{note}",
        "{who}, {when}: {actual} against a goal of {expected}, {gap}: missed{note}",
    ),
    "no_data": _Words("{who}目标期内尚无数据，不能评判", "{who}: no figure within the span yet"),
    "incomplete": _Words(
        "{who}{when}数据不全，缺 {missing}，不能合成累计数",
        "{who}, {when}: the year-to-date cannot be put together, {missing} is missing",
    ),
    "no_baseline": _Words(
        "{who}{when}缺 {day} 的期初数，暂不能评判",
        "{who}, {when}: the value of {day}, where the span starts from, is not known",
    ),
    "jan_feb": _Words(
        "{who}1月单月 {actual}，时序目标 {expected}；春节错月，1–2月合并评判",
        "{who}, January alone: {actual} against {expected}; the Spring Festival moves, "
        "January and February are judged together",
    ),
    "awaiting_target": _Words(
        "{who}的目标尚待上级下达，暂不评判", "{who}: the target is still to be assigned"
    ),
    "scope_differs": _Words(
        "{who}{when}只有其他口径（{scopes}）的数据，与目标口径（{scope}）不同，不能比较",
        "{who}, {when}: only figures of another scope ({scopes}), the target's is {scope}",
    ),
    "no_comparison": _Words(
        "{who}{when}缺少可比对象（{missing}），不能评判",
        "{who}, {when}: nothing to compare with ({missing})",
    ),
    "not_due": _Words("{who}：{name} 未到期（{due}）", "{who}: {name} is not due before {due}"),
}


def shown(value: Decimal) -> str:
    """A number for reading: two decimals, four below one."""
    places = Decimal("0.01") if abs(value) >= 1 else Decimal("0.0001")
    return text(value.quantize(places, context=CONTEXT))


@dataclass(frozen=True)
class Subject:
    """What the sentence is about: the series, and the period when there is one."""

    indicator: IndicatorDefined
    entity: tuple[str, str]
    family: Family
    span: Span | None = None

    @property
    def reported_growth(self) -> bool:
        """Is it the rate that is published beside the indicator's own figures?"""
        return self.family is Family.RATE and self.indicator.measure is not Measure.RATE

    @property
    def words(self) -> _Words:
        """The series by name, with the entity's Chinese and English name."""
        zh, en = self.entity
        return _Words(f"{zh}{self.indicator.name_zh}", f"{self.indicator.name_en} ({en})")

    def when(self) -> _Words:
        """The period as people say it."""
        return _Words("", "") if self.span is None else _when(self.family, self.span)


def _when(family: Family, span: Span) -> _Words:
    start, end = span
    if family is Family.STOCK:
        if is_month_end(end):
            return _Words(f"{end.year}年{end.month}月末", f"end of {end:%Y-%m}")
        return _Words(_day(end), end.isoformat())
    tail = _Words("累计", ", to date") if family is Family.FLOW else _Words("", "")
    if start.day != 1 or not is_month_end(end):
        return _Words(f"{_day(start)}至{_day(end)}{tail.zh}", f"{start} to {end}{tail.en}")
    if start.year != end.year:
        first, last = f"{start.year}年{start.month}月", f"{end.year}年{end.month}月"
        return _Words(f"{first}至{last}{tail.zh}", f"{start:%Y-%m} to {end:%Y-%m}{tail.en}")
    if start.month == end.month:
        return _Words(f"{end.year}年{end.month}月", f"{end:%Y-%m}")
    months = f"{start.month}–{end.month}月"
    return _Words(f"{end.year}年{months}{tail.zh}", f"{start:%Y-%m} to {end:%Y-%m}{tail.en}")


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def grey(code: str, subject: Subject, words: dict[str, str]) -> Reason:
    """Why a target cannot be judged."""
    return _fill(code, subject, words, words)


def verdict(
    code: str, subject: Subject, standing: Standing, forecast: Forecast, required: Required
) -> Reason:
    """What the figure says, with the numbers behind it."""
    unit, points = _units(subject)

    def plain(value: Decimal) -> str:
        return f"{shown(value)}{unit}"

    size = shown(abs(standing.gap))
    ahead = standing.gap >= 0
    zh = {"gap": f"{'领先' if ahead else '落后'} {size}{points.zh}"}
    en = {"gap": f"{size}{points.en} {'ahead' if ahead else 'behind'}"}
    outlook = _outlook(standing, forecast, required, plain)
    note = _note(standing)
    both = {
        "actual": plain(standing.actual),
        "expected": plain(standing.expected),
        "goal": plain(standing.goal),
    }
    return _fill(
        code,
        subject,
        both | zh | {"outlook": outlook.zh, "note": note.zh},
        both | en | {"outlook": outlook.en, "note": note.en},
    )


def _units(subject: Subject) -> tuple[str, _Words]:
    """The unit behind a value, and behind a difference of two."""
    given = subject.indicator.unit
    if given == "%" or subject.reported_growth:
        return "%", _Words(" 个百分点", " points")
    return f" {given}", _Words(f" {given}", f" {given}")


_BY = {
    "profile": _Words("按去年进度", "by last year's profile"),
    "linear": _Words("按月均进度", "at an even pace"),
    "stock": _Words("按近12个月净增", "at the net addition of the last 12 months"),
    "last": _Words("按最近增速", "at the last rate"),
}


def _outlook(
    standing: Standing, forecast: Forecast, required: Required, say: Callable[[Decimal], str]
) -> _Words:
    zh: list[str] = []
    en: list[str] = []
    if forecast.value is not None and not standing.at_end and standing.sort is Sort.AMOUNT:
        by = _BY[forecast.method]
        zh.append(f"{by.zh}预计期末 {say(forecast.value)}")
        en.append(f"{by.en} the span ends at {say(forecast.value)}")
    if required.value:
        growth = standing.sort is Sort.RATE
        each = f"{shown(required.value)}%" if growth else say(required.value)
        zh.append(f"剩余月份需{'增长' if growth else '月均'} {each}")
        en.append(f"the months left need {each} {'growth' if growth else 'each'}")
    if not zh:
        return _Words("", "")
    return _Words("；" + "，".join(zh), "; " + ", ".join(en))


def _note(standing: Standing) -> _Words:
    if not standing.fell_back:
        return _Words("", "")
    return _Words(
        "（无可用的往年进度，按天数均摊）", " (no profile of past years: spread evenly by days)"
    )


def _fill(code: str, subject: Subject, zh: dict[str, str], en: dict[str, str]) -> Reason:
    template, who, when = TEMPLATES[code], subject.words, subject.when()
    return Reason(
        code,
        template.zh.format(who=who.zh, when=when.zh, **zh),
        template.en.format(who=who.en, when=when.en, **en),
    )

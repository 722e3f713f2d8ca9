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
        "{who}{when} {actual}，{against}，{gap}{outlook}{note}",
        "{who}, {when}: {actual} against {against}, {gap}{outlook}{note}",
    ),
    "behind": _Words(
        "{who}{when} {actual}，{against}，{gap}{outlook}{note}",
        "{who}, {when}: {actual} against {against}, {gap}{outlook}{note}",
    ),
    "missed": _Words(
        "{who}{when} {actual}，{against}，{gap}，未完成{note}",
        "{who}, {when}: {actual} against {against}, {gap}: missed{note}",
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
        "{who}1月单月 {actual}，{against}；春节错月，1–2月合并评判",
        "{who}, January alone: {actual} against {against}; the Spring Festival moves, "
        "January and February are judged together",
    ),
    "awaiting_target": _Words(
        "{who}的目标尚待上级下达，暂不评判", "{who}: the target is still to be assigned"
    ),
    "scope_differs": _Words(
        "{who}{when}只有其他口径（{scopes}）的数据，与目标口径（{scope}）不同，不能比较",
        "{who}, {when}: only figures of another scope ({scopes}), the target's is {scope}",
    ),
    "status_differs": _Words(
        "{who}{when}两期数据没有相同的核实程度（本期 {ours}，对比期 {theirs}），不能比较",
        "{who}, {when}: the two figures have no status class in common ({ours} and {theirs})",
    ),
    "no_comparison": _Words(
        "{who}{when}缺少可比对象（{missing}），不能评判",
        "{who}, {when}: nothing to compare with ({missing})",
    ),
    "no_parent": _Words(
        "{who}{when}缺少与上级比较的增速（{missing}），不能评判",
        "{who}, {when}: no growth to compare with the parent's ({missing})",
    ),
    "not_due": _Words("{who}：{name} 未到期（{due}）", "{who}: {name} is not due before {due}"),
}
# A milestone has a day instead of figures; `on` is empty while it is not reached.
MILESTONES: dict[str, _Words] = {
    "met": _Words(
        "{who}：{name} 已于 {on} 完成，期限 {due}", "{who}: {name} was reached on {on}, due {due}"
    ),
    "behind": _Words(
        "{who}：{name} 将于 {due} 到期，尚未完成", "{who}: {name} is due on {due}, not reached yet"
    ),
    "missed": _Words(
        "{who}：{name} 逾期，期限 {due}{late_zh}", "{who}: {name} is late, due {due}{late_en}"
    ),
    "not_due": TEMPLATES["not_due"],
}
# What the expected value is.
AGAINST: dict[str, _Words] = {
    "plan": _Words("时序目标 {expected}", "{expected} due by then"),
    "goal": _Words("期末目标 {expected}", "a goal of {expected}"),
    "last_year": _Words("去年同期 {expected}", "{expected} in the same period last year"),
    "previous": _Words("上期 {expected}", "{expected} in the period before"),
    "other": _Words("{beside}对比值 {expected}", "{expected} by {beside}"),
    "rank": _Words("目标不低于{expected}", "a goal of {expected}"),
}


def shown(value: Decimal) -> str:
    """A number for reading: two decimals, four below one."""
    places = Decimal("0.01") if abs(value) >= 1 else Decimal("0.0001")
    return text(value.quantize(places, context=CONTEXT))


@dataclass(frozen=True)
class Subject:
    """What the sentence is about: the series, its scope, and the period when there is one."""

    indicator: IndicatorDefined
    entity: tuple[str, str]
    family: Family
    span: Span | None = None
    scope: str = ""

    @property
    def reported_growth(self) -> bool:
        """Is it the rate that is published beside the indicator's own figures?"""
        return self.family is Family.RATE and self.indicator.measure is not Measure.RATE

    @property
    def words(self) -> _Words:
        """The series by name, with the entity's Chinese and English name."""
        zh, en = self.entity
        names = _Words(f"{zh}{self.indicator.name_zh}", f"{self.indicator.name_en} ({en})")
        if not self.scope:
            return names
        return _Words(f"{names.zh}（口径 {self.scope}）", f"{names.en}, scope {self.scope}")

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
    return _fill(TEMPLATES[code], code, subject, words, words)


def milestone(code: str, subject: Subject, words: dict[str, str]) -> Reason:
    """What became of a milestone: its name, when it is due and on which day it was reached."""
    on = words.get("on", "")
    late = {"late_zh": f"，{on} 才完成" if on else "，尚未完成"}
    late |= {"late_en": f", reached on {on}" if on else ", not reached yet"}
    return _fill(MILESTONES[code], code, subject, words | late, words | late)


def verdict(
    code: str, subject: Subject, standing: Standing, forecast: Forecast, required: Required
) -> Reason:
    """What the figure says, with the numbers behind it."""
    unit, points = _units(subject, standing)

    def plain(value: Decimal) -> str:
        return f"{shown(value)}{unit}"

    gap, against = _gap(standing, points), _against(code, standing, plain)
    outlook, note = _outlook(standing, forecast, required, plain), _note(standing)
    both = {"actual": plain(standing.actual), "goal": plain(standing.goal)}
    zh = {"gap": gap.zh, "against": against.zh, "outlook": outlook.zh, "note": note.zh}
    en = {"gap": gap.en, "against": against.en, "outlook": outlook.en, "note": note.en}
    if standing.against == "rank":
        place = _place(standing.actual)
        zh, en = zh | {"actual": place.zh}, en | {"actual": place.en}
    return _fill(TEMPLATES[code], code, subject, both | zh, both | en)


def _gap(standing: Standing, points: _Words) -> _Words:
    size, ahead = shown(abs(standing.gap)), standing.gap >= 0
    if standing.gap == 0 and standing.measured is None:
        return _Words("持平", "level with it")
    if standing.measured is not None:
        zh, en = ("在允许范围内，余", "inside") if ahead else ("超出允许范围", "outside")
        return _Words(f"{zh} {size}{points.zh}", f"{size}{points.en} {en} the tolerance")
    zh, en = ("领先", "ahead") if ahead else ("落后", "behind")
    return _Words(f"{zh} {size}{points.zh}", f"{size}{points.en} {en}")


def _against(code: str, standing: Standing, say: Callable[[Decimal], str]) -> _Words:
    plan = standing.against == "plan"
    words = AGAINST["goal" if plan and code == "missed" else standing.against]
    expected, beside = say(standing.expected), standing.beside
    said = _place(standing.expected) if standing.against == "rank" else _Words(expected, expected)
    return _Words(
        words.zh.format(expected=said.zh, beside=beside[0]),
        words.en.format(expected=said.en, beside=beside[1]),
    )


def _place(rank: Decimal) -> _Words:
    return _Words(f"第 {shown(rank)} 位", f"place {shown(rank)}")


def _units(subject: Subject, standing: Standing) -> tuple[str, _Words]:
    """The unit behind a value, and behind a difference of two."""
    given = standing.unit or subject.indicator.unit
    if standing.unit is None and (given == "%" or subject.reported_growth):
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
        odds = _odds(forecast, say)
        zh.append(f"{by.zh}预计期末 {say(forecast.value)}{odds.zh}")
        en.append(f"{by.en} the span ends at {say(forecast.value)}{odds.en}")
    if required.value:
        growth = standing.sort is Sort.RATE
        each = f"{shown(required.value)}%" if growth else say(required.value)
        zh.append(f"剩余月份需{'增长' if growth else '月均'} {each}")
        en.append(f"the months left need {each} {'growth' if growth else 'each'}")
    if not zh:
        return _Words("", "")
    return _Words("；" + "，".join(zh), "; " + ", ".join(en))


def _odds(forecast: Forecast, say: Callable[[Decimal], str]) -> _Words:
    if forecast.low is None or forecast.high is None or forecast.p_meet is None:
        return _Words("", "")
    low, high, p = say(forecast.low), say(forecast.high), f"{forecast.p_meet:.0%}"
    return _Words(
        f"（八成在 {low} 至 {high} 之间，达标概率 {p}）",
        f" (80 % between {low} and {high}, the goal is met with {p})",
    )


def _note(standing: Standing) -> _Words:
    zh = en = ""
    if standing.strict and standing.equal:
        zh, en = (
            "（须超过目标，持平不算完成）",
            " (the goal is to be exceeded: equal is not enough)",
        )
    if standing.fell_back:
        zh += "（无可用的往年进度，按天数均摊）"
        en += " (no profile of past years: spread evenly by days)"
    return _Words(zh, en)


def _fill(
    template: _Words, code: str, subject: Subject, zh: dict[str, str], en: dict[str, str]
) -> Reason:
    who, when = subject.words, subject.when()
    return Reason(
        code,
        template.zh.format(who=who.zh, when=when.zh, **zh),
        template.en.format(who=who.en, when=when.en, **en),
    )

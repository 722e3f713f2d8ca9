"""The reason of a verdict: a code, and a sentence in Chinese and English from its template."""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from schemas.exact import CONTEXT, text
from services.alerts.domain.forecasts import Forecast, Required
from services.alerts.domain.standing import Grey, Sort, Standing
from services.alerts.domain.subject import Subject
from services.alerts.domain.wording import AGAINST, METHODS, MILESTONES, TEMPLATES, Words


class Reason(NamedTuple):
    """One code with its sentence."""

    code: str
    zh: str
    en: str


_TWO, _FOUR = Decimal("0.01"), Decimal("0.0001")


@lru_cache(maxsize=65536)
def shown(value: Decimal) -> str:
    """A number for reading: two decimals, four below one."""
    places = _TWO if abs(value) >= 1 else _FOUR
    return text(value.quantize(places, context=CONTEXT))


def grey(why: Grey, subject: Subject) -> Reason:
    """Why a target cannot be judged."""
    zh, en = why.words, why.words | why.english
    return _fill(TEMPLATES[why.code], why.code, subject, zh, en)


def milestone(code: str, subject: Subject, words: dict[str, str]) -> Reason:
    """What became of a milestone: its name, when it is due and on which day it was reached."""
    on = words.get("on", "")
    late = {"late_zh": f"，{on} 才完成" if on else "，至今未报完成"}
    late |= {"late_en": f", reached on {on}" if on else ", not reported as reached"}
    return _fill(MILESTONES[code], code, subject, words | late, words | late)


def verdict(
    code: str, subject: Subject, standing: Standing, forecast: Forecast, required: Required
) -> Reason:
    """What the figure says, with the numbers behind it."""
    unit, points = _units(subject, standing)

    def plain(value: Decimal) -> str:
        return f"{shown(value)}{unit}"

    gap, against = _gap(standing, points), _against(code, standing, plain)
    outlook, note = _outlook(standing, forecast, required, plain), _note(standing, forecast)
    both = {"actual": plain(standing.actual), "goal": plain(standing.goal)}
    zh = {"gap": gap.zh, "against": against.zh, "outlook": outlook.zh, "note": note.zh}
    en = {"gap": gap.en, "against": against.en, "outlook": outlook.en, "note": note.en}
    if standing.against == "rank":
        place = _place(standing.actual)
        zh, en = zh | {"actual": place.zh}, en | {"actual": place.en}
    return _fill(TEMPLATES[code], code, subject, both | zh, both | en)


def _gap(standing: Standing, points: Words) -> Words:
    size, ahead = shown(abs(standing.gap)), standing.gap >= 0
    if standing.gap == 0 and standing.measured is None:
        return Words("持平", "level with it")
    if standing.measured is not None:
        zh, en = ("在允许范围内，余", "inside") if ahead else ("超出允许范围", "outside")
        return Words(f"{zh} {size}{points.zh}", f"{size}{points.en} {en} the tolerance")
    zh, en = ("领先", "ahead") if ahead else ("落后", "behind")
    return Words(f"{zh} {size}{points.zh}", f"{size}{points.en} {en}")


def _against(code: str, standing: Standing, say: Callable[[Decimal], str]) -> Words:
    plan = standing.against == "plan"
    words = AGAINST["goal" if plan and code == "missed" else standing.against]
    expected, beside = say(standing.expected), standing.beside
    said = _place(standing.expected) if standing.against == "rank" else Words(expected, expected)
    return Words(
        words.zh.format(expected=said.zh, beside=beside[0]),
        words.en.format(expected=said.en, beside=beside[1]),
    )


def _place(rank: Decimal) -> Words:
    return Words(f"第 {shown(rank)} 位", f"place {shown(rank)}")


def _units(subject: Subject, standing: Standing) -> tuple[str, Words]:
    """The unit behind a value, and behind a difference of two."""
    given = standing.unit or subject.indicator.unit
    if standing.unit is None and (given == "%" or subject.reported_growth):
        return "%", Words(" 个百分点", " points")
    return f" {given}", Words(f" {given}", f" {given}")


def _outlook(
    standing: Standing, forecast: Forecast, required: Required, say: Callable[[Decimal], str]
) -> Words:
    zh: list[str] = []
    en: list[str] = []
    if forecast.value is not None and not standing.at_end and standing.sort is Sort.AMOUNT:
        by = METHODS[forecast.method]
        odds = _odds(forecast, say)
        zh.append(f"{by.zh}预计期末 {say(forecast.value)}{odds.zh}")
        en.append(f"{by.en} the span ends at {say(forecast.value)}{odds.en}")
    if required.value:
        growth = standing.sort is Sort.RATE
        each = f"{shown(required.value)}%" if growth else say(required.value)
        zh.append(f"剩余月份需{'增长' if growth else '月均'} {each}")
        en.append(f"the months left need {each} {'growth' if growth else 'each'}")
    if not zh:
        return Words("", "")
    return Words("；" + "，".join(zh), "; " + ", ".join(en))


def _odds(forecast: Forecast, say: Callable[[Decimal], str]) -> Words:
    if forecast.low is None or forecast.high is None or forecast.p_meet is None:
        return Words("", "")
    low, high, p = say(forecast.low), say(forecast.high), f"{forecast.p_meet:.0%}"
    return Words(
        f"（八成在 {low} 至 {high} 之间，达标概率 {p}）",
        f" (80 % between {low} and {high}, the goal is met with {p})",
    )


def _note(standing: Standing, forecast: Forecast) -> Words:
    zh = en = ""
    if standing.strict and standing.equal:
        zh, en = (
            "（须超过目标，持平不算完成）",
            " (the goal is to be exceeded: equal is not enough)",
        )
    if standing.fell_back:
        zh += "（无可用的往年进度，按天数均摊）"
        en += " (no profile of past years: spread evenly by days)"
    if forecast.unmodelled:
        zh += "（未安装 AutoETS，未用时间序列模型预测）"
        en += " (AutoETS is not installed: no forecast by a time-series model)"
    return Words(zh, en)


def _fill(
    template: Words, code: str, subject: Subject, zh: dict[str, str], en: dict[str, str]
) -> Reason:
    who, when = subject.words, subject.when()
    return Reason(
        code,
        template.zh.format(who=who.zh, when=when.zh, **zh),
        template.en.format(who=who.en, when=when.en, **en),
    )

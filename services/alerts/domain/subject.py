"""What a sentence is about: the series by name, and the period as people say it."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from schemas.data import IndicatorDefined, Measure
from schemas.period import Span, is_month_end
from services.alerts.domain.wording import Words
from services.series.measured import Family


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
    def words(self) -> Words:
        """The series by name, with the entity's Chinese and English name."""
        zh, en = self.entity
        names = Words(f"{zh}{self.indicator.name_zh}", f"{self.indicator.name_en} ({en})")
        if not self.scope:
            return names
        return Words(f"{names.zh}（口径 {self.scope}）", f"{names.en}, scope {self.scope}")

    def when(self) -> Words:
        """The period as people say it."""
        return Words("", "") if self.span is None else _when(self.family, self.span)


@lru_cache(maxsize=8192)
def _when(family: Family, span: Span) -> Words:
    start, end = span
    if family is Family.STOCK:
        if is_month_end(end):
            return Words(f"{end.year}年{end.month}月末", f"end of {end:%Y-%m}")
        return Words(_day(end), end.isoformat())
    tail = Words("累计", ", to date") if family is Family.FLOW else Words("", "")
    if start.day != 1 or not is_month_end(end):
        return Words(f"{_day(start)}至{_day(end)}{tail.zh}", f"{start} to {end}{tail.en}")
    if start.year != end.year:
        first, last = f"{start.year}年{start.month}月", f"{end.year}年{end.month}月"
        return Words(f"{first}至{last}{tail.zh}", f"{start:%Y-%m} to {end:%Y-%m}{tail.en}")
    if start.month == end.month:
        return Words(f"{end.year}年{end.month}月", f"{end:%Y-%m}")
    months = f"{start.month}–{end.month}月"
    return Words(f"{end.year}年{months}{tail.zh}", f"{start:%Y-%m} to {end:%Y-%m}{tail.en}")


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

"""Figures, times and periods as people read them; a missing one is an en dash."""

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from services.alerts.console.language import Language

NONE = "–"
SHANGHAI = ZoneInfo("Asia/Shanghai")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_QUARTERS = ("一季度", "二季度", "三季度", "四季度")
_PERIOD = re.compile(r"(\d{4})(?:-(?:H([12])|Q([1-4])|(\d{2})(?:-(\d{2}))?))?")


def amount(value: Decimal | None) -> str:
    """Grouped by thousands, without trailing zeros, at most four decimals."""
    if value is None:
        return NONE
    rounded = round(value, 4)
    text = f"{rounded:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text.replace("-", "−")


def estimate(value: Decimal | None) -> str:
    """What was worked out and not counted: two decimals are enough, four below one."""
    if value is None or abs(value) < 1:
        return amount(value)
    return amount(round(value, 2))


def signed(value: Decimal | None) -> str:
    """An amount that says its side: +3.1, −22.5, 0."""
    text = amount(value)
    return f"+{text}" if value is not None and round(value, 4) > 0 else text


def signed_estimate(value: Decimal | None) -> str:
    """An estimate that says its side."""
    text = estimate(value)
    return f"+{text}" if value is not None and text != "0" and value > 0 else text


def percent(value: float | None) -> str:
    """A ratio as per cent with one decimal."""
    return NONE if value is None else f"{value * 100:.1f}%".replace("-", "−")


def moment(value: datetime | None) -> str:
    """In the time of Shanghai, to the minute."""
    return NONE if value is None else _local(value).strftime("%Y-%m-%d %H:%M")


def clock(value: datetime | None) -> str:
    """The time of day in Shanghai, to the second."""
    return NONE if value is None else _local(value).strftime("%H:%M:%S")


def day(value: date | None) -> str:
    """A day."""
    return NONE if value is None else value.isoformat()


def period(text: str, language: Language) -> str:
    """2024-06 as 2024年6月 or Jun 2024; what is no period stays as it is."""
    ends = [_atom(part, language) for part in text.split("/")] if text else []
    return " – ".join(ends) if ends else NONE


def _atom(text: str, language: Language) -> str:
    found = _PERIOD.fullmatch(text)
    if found is None:
        return text
    year, half, quarter, month, of_month = found.groups()
    zh = language.code == "zh"
    if half:
        return f"{year}年{'上' if half == '1' else '下'}半年" if zh else f"H{half} {year}"
    if quarter:
        return f"{year}年{_QUARTERS[int(quarter) - 1]}" if zh else f"Q{quarter} {year}"
    if of_month:
        return f"{year}年{int(month)}月{int(of_month)}日" if zh else text
    if month and 1 <= int(month) <= 12:
        return f"{year}年{int(month)}月" if zh else f"{_MONTHS[int(month) - 1]} {year}"
    return f"{year}年" if zh else year


def _local(value: datetime) -> datetime:
    return value.astimezone(SHANGHAI)

"""What the tables can keep: amounts of Decimal(38, 10), days of ClickHouse's Date."""

from datetime import date
from decimal import Decimal

from schemas import exact
from schemas.rejects import RejectCode, RejectedError

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2149, 6, 6)


def keepable(value: Decimal | None, field: str) -> None:
    """Refuse an amount that would have to be rounded."""
    if value is not None and not exact.fits(value):
        raise RejectedError(
            RejectCode.PRECISION,
            field,
            f"字段 {field} 换算后须不超过整数 28 位、小数 10 位，系统从不四舍五入，请减少位数",
            f"{field} needs more than 28 digits before the point or 10 after it in the "
            "indicator's unit, and nothing is rounded here: send fewer digits",
        )


def datable(day: date | None, field: str, code: RejectCode = RejectCode.BAD_VALUE) -> None:
    """Refuse a day outside what a Date column keeps."""
    if day is not None and not FIRST_DAY <= day <= LAST_DAY:
        raise RejectedError(
            code,
            field,
            f"字段 {field} 的日期须在 {FIRST_DAY} 至 {LAST_DAY} 之间",
            f"{field} must lie between {FIRST_DAY} and {LAST_DAY}",
        )

"""What the tables can keep: amounts of Decimal(38, 10)."""

from decimal import Decimal

from schemas import exact
from schemas.rejects import RejectCode, RejectedError


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

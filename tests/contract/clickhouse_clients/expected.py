"""The rows of `bi.all_types`: as values of Python, and as clients of other languages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

_SHANGHAI = ZoneInfo("Asia/Shanghai")

FULL = {
    "id": 1,
    "flag": True,
    "small": -128,
    "large": 18446744073709551615,
    "huge": -170141183460469231731687303715884105729,
    "ratio": 0.1,
    "amount": Decimal("1234567890123456789012345678.0123456789"),
    "name": "常州市武进区“新能源”整车产量：41.5 万辆",
    "code": b"AB12",
    "kind": "整车",
    "note": "补报",
    "tag": "推定",
    "change": Decimal("-12.3456"),
    "lamp": "红",
    "day": date(2024, 7, 10),
    "founded": date(1949, 10, 1),
    "at": datetime(2024, 7, 10, 1, 0, tzinfo=UTC),
    "recorded": datetime(2024, 7, 10, 1, 0, 0, 123000, tzinfo=UTC),
    "local": datetime(2024, 7, 10, 9, 0, 0, 123456, tzinfo=_SHANGHAI),
    "uuid": UUID("61f0c404-5cb3-11e7-907b-a6006ad3dba0"),
    "ip": IPv4Address("192.0.2.17"),
    "ip6": IPv6Address("2001:db8::17"),
    "words": ["武进", "新北"],
    "gaps": [1, None, 3],
    "shares": {"公共桩": Decimal("12.50"), "专用桩": Decimal("3.25")},
    "place": {"lon": 119.95, "lat": 31.78},
    "pair": ("序时", 7),
}

# As JSON has it, long and exact numbers as text; a client says how it differs.
AS_JSON: dict[str, Any] = {
    "id": 1,
    "flag": True,
    "small": -128,
    "large": "18446744073709551615",
    "huge": "-170141183460469231731687303715884105729",
    "ratio": 0.1,
    "amount": "1234567890123456789012345678.0123456789",
    "name": "常州市武进区“新能源”整车产量：41.5 万辆",
    "code": "AB12",
    "kind": "整车",
    "note": "补报",
    "tag": "推定",
    "change": "-12.3456",
    "lamp": "红",
    "day": "2024-07-10",
    "founded": "1949-10-01",
    "at": "2024-07-10 01:00:00",
    "recorded": "2024-07-10 01:00:00.123",
    "local": "2024-07-10 09:00:00.123456",
    "uuid": "61f0c404-5cb3-11e7-907b-a6006ad3dba0",
    "ip": "192.0.2.17",
    "ip6": "2001:db8::17",
    "words": ["武进", "新北"],
    "gaps": [1, None, 3],
    "shares": {"公共桩": "12.5", "专用桩": "3.25"},
    "place": {"lon": 119.95, "lat": 31.78},
    "pair": ["序时", 7],
}

EMPTY = {
    "id": 2,
    "flag": False,
    "small": 0,
    "large": 0,
    "huge": 0,
    "ratio": 0.0,
    "amount": Decimal(0),
    "name": "",
    "code": b"\0\0\0\0",
    "kind": "",
    "note": None,
    "tag": None,
    "change": None,
    "lamp": "绿",
    "day": date(1970, 1, 1),
    "founded": date(1970, 1, 1),
    "at": datetime(1970, 1, 1, tzinfo=UTC),
    "recorded": datetime(1970, 1, 1, tzinfo=UTC),
    "local": datetime(1970, 1, 1, 8, tzinfo=_SHANGHAI),
    "uuid": UUID(int=0),
    "ip": IPv4Address("0.0.0.0"),
    "ip6": IPv6Address("::"),
    "words": [],
    "gaps": [],
    "shares": {},
    "place": {"lon": 0.0, "lat": 0.0},
    "pair": ("", 0),
}


def aware(value: object) -> object:
    """A time without zone, as this driver gives those in UTC, with its zone."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value

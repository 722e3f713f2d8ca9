"""Units: a counting prefix on a base, converted exactly; a unit of another kind is refused."""

from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, NamedTuple

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from schemas.exact import CONTEXT
from schemas.rejects import RejectCode, finding

PREFIXES = {
    "万亿": Decimal(10) ** 12,
    "百万": Decimal(10) ** 6,
    "千万": Decimal(10) ** 7,
    "十万": Decimal(10) ** 5,
    "亿": Decimal(10) ** 8,
    "万": Decimal(10) ** 4,
    "千": Decimal(10) ** 3,
    "百": Decimal(10) ** 2,
    "十": Decimal(10),
}

# Each spelling of a base: the kind it measures and how many of the kind's own unit it is.
_ONE = Decimal(1)
_COUNTED = (
    "元 美元 辆 台 个 家 人 人次 户 套 套(间) 间 亩 吨 起 所 部 项 件 次 座 条 宗 批 名 对 "
    "平方米 公顷 平方公里 公里 米 立方米 天 分 分钟 % 位 倍 元/亩 吨标准煤 微克/立方米"
)
BASES: dict[str, tuple[str, Decimal]] = {word: (word, _ONE) for word in _COUNTED.split()} | {
    "W": ("W", _ONE),
    "瓦": ("W", _ONE),
    "kW": ("W", Decimal(10) ** 3),
    "千瓦": ("W", Decimal(10) ** 3),
    "MW": ("W", Decimal(10) ** 6),
    "兆瓦": ("W", Decimal(10) ** 6),
    "GW": ("W", Decimal(10) ** 9),
    "kWh": ("kWh", _ONE),
    "千瓦时": ("kWh", _ONE),
    "度": ("kWh", _ONE),
    "MWh": ("kWh", Decimal(10) ** 3),
    "GWh": ("kWh", Decimal(10) ** 6),
}
# These stand alone: ten thousand per cent is nobody's unit.
_BARE = {"%", "位", "倍", "MW", "GW", "MWh", "GWh"}
MAX_LENGTH = 16


class Unit(NamedTuple):
    """`kind` is what is counted, `factor` how many of the kind's own unit one of these is."""

    kind: str
    factor: Decimal
    known: bool = True


@lru_cache(maxsize=4096)
def parse(text: str) -> Unit:
    """Read a unit. A base outside the list is its own kind with `known` False.

    Raises ValueError for what cannot be a unit at all: empty, too long, or with digits, spaces or
    anything that is not seen (a unit nobody knows must not look like one that somebody does).
    """
    if text in BASES:
        return Unit(*BASES[text])
    if not text or len(text) > MAX_LENGTH or not all(map(_visible, text)):
        raise ValueError(text)
    for prefix, factor in PREFIXES.items():
        base = text.removeprefix(prefix)
        if base in BASES and base != text and base not in _BARE:
            kind, own = BASES[base]
            return Unit(kind, factor * own)
    for prefix, factor in PREFIXES.items():
        base = text.removeprefix(prefix)
        if base and base != text and base not in _BARE:
            return Unit(base, factor, known=False)
    return Unit(text, _ONE, known=False)


def convert(value: Decimal, given: Unit, wanted: Unit) -> Decimal:
    """The same amount in the wanted unit, exact to 60 digits; both must be of one kind."""
    if given.kind != wanted.kind:
        raise ValueError(f"{given.kind} is not {wanted.kind}")
    if given.factor == wanted.factor:
        return value
    return CONTEXT.divide(CONTEXT.multiply(value, given.factor), wanted.factor)


def _visible(character: str) -> bool:
    return character.isprintable() and character != " " and not character.isdigit()


def _validate(value: Any) -> str:
    if not isinstance(value, str):
        raise finding(RejectCode.BAD_VALUE, "计量单位应为字符串", "a unit is a string")
    try:
        parse(value)
    except ValueError:
        raise finding(
            RejectCode.UNKNOWN_UNIT,
            "无法识别的计量单位，应如 万辆、亿元、%",
            "a unit like 万辆, 亿元 or % is expected",
        ) from None
    return value


UnitText = Annotated[
    str,
    PlainValidator(_validate),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": rf"^[^\s0-9]{{1,{MAX_LENGTH}}}$"}),
]

"""What a finding of the validator means in the words of the contract, in both languages."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schemas import names
from schemas.rejects import RejectCode, RejectedError

# Where pydantic's path names the branch of a union, which the sender never wrote.
_UNIONS = frozenset({"goal", "trajectory", "formula"})
_LONGEST_NAME = 96


class _Words(NamedTuple):
    """A code and both sentences; `{…}` is filled from the finding's context."""

    code: RejectCode
    zh: str
    en: str


def _bad(zh: str, en: str) -> _Words:
    return _Words(RejectCode.BAD_VALUE, zh, en)


_NOT_AN_EVENT = _Words(
    RejectCode.MALFORMED, "不是 JSON 对象形式的事件", "not an event in the form of a JSON object"
)
_WORDS: dict[str, _Words] = {
    "json_invalid": _Words(
        RejectCode.MALFORMED, "无法解析为 JSON 事件：{error}", "not a readable JSON event: {error}"
    ),
    "extra_forbidden": _Words(
        RejectCode.UNKNOWN_FIELD,
        "契约中没有此字段，请删除或改正拼写",
        "the contract has no such field: remove it or correct its spelling",
    ),
    "missing": _Words(RejectCode.MISSING_FIELD, "缺少必填字段", "a required field is missing"),
    "union_tag_not_found": _Words(
        RejectCode.MISSING_FIELD,
        "缺少用来区分种类的字段（type 或 kind）",
        "the field that tells the kind (type or kind) is missing",
    ),
    "union_tag_invalid": _bad("应为下列之一：{expected_tags}", "one of these: {expected_tags}"),
    "literal_error": _bad("应为 {expected}", "{expected} is expected"),
    "enum": _bad("应为 {expected}", "{expected} is expected"),
    "string_type": _bad("应为字符串", "a string is expected"),
    "string_too_short": _bad(
        "至少 {min_length} 个字符", "at least {min_length} character(s) are expected"
    ),
    "string_too_long": _bad("最多 {max_length} 个字符", "at most {max_length} characters"),
    "int_type": _bad("应为整数", "a whole number is expected"),
    "bool_type": _bad("应为 true 或 false", "true or false is expected"),
    "greater_than_equal": _bad("不得小于 {ge}", "not below {ge}"),
    "less_than_equal": _bad("不得大于 {le}", "not above {le}"),
    "less_than": _bad("应小于 {lt}", "below {lt}"),
    "too_short": _bad("至少 {min_length} 项", "at least {min_length} item(s)"),
    "too_long": _bad("最多 {max_length} 项", "at most {max_length} items"),
    "tuple_type": _bad("应为数组", "an array is expected"),
    "dict_type": _bad("应为对象", "an object is expected"),
    "model_type": _bad("应为对象", "an object is expected"),
    "model_attributes_type": _bad("应为对象", "an object is expected"),
    "date_from_datetime_parsing": _bad("没有这一天", "there is no such day"),
    "datetime_from_date_parsing": _bad("没有这一时刻", "there is no such time"),
    "datetime_parsing": _bad("没有这一时刻", "there is no such time"),
}
_CLEAN = _bad(
    "不得含控制字符、换行或不可见的排版符号",
    "control characters, line breaks and marks that are not seen are not allowed",
)
_PATTERNS: dict[str, _Words] = {
    names.SLUG: _bad(
        "应以小写字母或数字开头，只含小写字母、数字和 . _ -，最多 96 个字符",
        "lower-case letters, digits and . _ - are expected, beginning with a letter or digit, "
        "at most 96",
    ),
    names.SOURCE: _bad("应为 urn:pacekeeper:<单位>", "urn:pacekeeper:<department> is expected"),
    names.TRACEPARENT: _bad("应为 W3C traceparent", "a W3C traceparent is expected"),
    names.PRINTABLE: _CLEAN,
    names.ONE_LINE: _CLEAN,
    names.LINES: _CLEAN,
}


def refusal(error: ValidationError) -> RejectedError:
    """The first finding in the words of the contract."""
    details = min(error.errors(include_url=False, include_input=False), key=_priority)
    context: Mapping[str, Any] = details.get("ctx", {})
    path = _path(details)
    if context.get("field"):
        path.append(str(context["field"]))
    if details["type"].startswith("union_tag"):
        path.append("kind" if path else "type")
    field = ".".join(path)
    code, zh, en = _words(details, field, context)
    zh, en = zh.format_map(context), en.format_map(context)
    if field:
        zh, en = f"字段 {field}：{zh}", f"{field}: {en}"
    return RejectedError(code, field, zh, en)


def _priority(details: ErrorDetails) -> int:
    # A misspelt name shows as one field missing and one unknown: the unknown one is the cause.
    return 0 if details["type"] == "extra_forbidden" else 1


def _path(details: ErrorDetails) -> list[str]:
    """The sender's path of a field, without the branches of unions."""
    parts = [_shown(str(part)) for part in details["loc"]]
    parts = [part for part in parts if part != "[key]" and not part.startswith("function-")]
    if parts and parts[0].startswith(names.PREFIX):
        parts = parts[1:]
    pairs = zip(["", *parts], parts, strict=False)
    return [part for before, part in pairs if before not in _UNIONS]


def _shown(part: str) -> str:
    # An unknown field has whatever name the sender gave it, and ends up in tables and on screens.
    seen = "".join(c if c.isprintable() else "\ufffd" for c in part[:_LONGEST_NAME])
    return seen if len(part) <= _LONGEST_NAME else f"{seen}…"


def _words(details: ErrorDetails, field: str, context: Mapping[str, Any]) -> _Words:
    kind = details["type"]
    if "zh" in context:
        return _Words(RejectCode(kind), "{zh}", "{en}")
    if kind == "union_tag_invalid" and field == "type":
        return _Words(
            RejectCode.UNKNOWN_TYPE,
            "契约中没有此事件类型，可用：{expected_tags}",
            "the contract has no such event type; there are: {expected_tags}",
        )
    if not field and kind != "json_invalid":
        return _NOT_AN_EVENT
    fallback = _bad("值不符合要求", details["msg"].replace("{", "(").replace("}", ")"))
    return _PATTERNS.get(context.get("pattern", "")) or _WORDS.get(kind, fallback)

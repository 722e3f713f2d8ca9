"""What the sentences say, in Chinese and English: one template per reason code."""

from typing import NamedTuple


class Words(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str


TEMPLATES: dict[str, Words] = {
    "met": Words(
        "{who}{when} {actual}，已达到目标 {goal}{outlook}{note}",
        "{who}, {when}: {actual}, the goal of {goal} is reached{outlook}{note}",
    ),
    "on_pace": Words(
        "{who}{when} {actual}，{against}，{gap}{outlook}{note}",
        "{who}, {when}: {actual} against {against}, {gap}{outlook}{note}",
    ),
    "behind": Words(
        "{who}{when} {actual}，{against}，{gap}{outlook}{note}",
        "{who}, {when}: {actual} against {against}, {gap}{outlook}{note}",
    ),
    "missed": Words(
        "{who}{when} {actual}，{against}，{gap}，未完成{note}",
        "{who}, {when}: {actual} against {against}, {gap}: missed{note}",
    ),
    "no_data": Words("{who}目标期内尚无数据，不能评判", "{who}: no figure within the span yet"),
    "incomplete": Words(
        "{who}{when}数据不全，缺 {missing}，不能合成累计数",
        "{who}, {when}: the year-to-date cannot be put together, {missing} is missing",
    ),
    "no_baseline": Words(
        "{who}{when}缺 {day} 的期初数，暂不能评判",
        "{who}, {when}: the value of {day}, where the span starts from, is not known",
    ),
    "jan_feb": Words(
        "{who}1月单月 {actual}，{against}；春节错月，1–2月合并评判{note}",
        "{who}, January alone: {actual} against {against}; the Spring Festival moves, "
        "January and February are judged together{note}",
    ),
    "awaiting_target": Words(
        "{who}的目标尚待上级下达，暂不评判", "{who}: the target is still to be assigned"
    ),
    "scope_differs": Words(
        "{who}{when}只有其他口径（{scopes}）的数据，与目标口径（{scope}）不同，不能比较",
        "{who}, {when}: only figures of another scope ({scopes}), the target's is {scope}",
    ),
    "status_differs": Words(
        "{who}{when}两期数据没有相同的核实程度（本期 {ours}，对比期 {theirs}），不能比较",
        "{who}, {when}: the two figures have no status class in common ({ours} and {theirs})",
    ),
    "no_comparison": Words(
        "{who}{when}缺少可比对象（{missing}），不能评判",
        "{who}, {when}: nothing to compare with ({missing})",
    ),
    "no_parent": Words(
        "{who}{when}缺少与上级比较的增速（{missing}），不能评判",
        "{who}, {when}: no growth to compare with the parent's ({missing})",
    ),
    "not_due": Words("{who}：{name} 未到期（{due}）", "{who}: {name} is not due before {due}"),
}
# A milestone has a day instead of figures; `on` is empty while it is not reached.
MILESTONES: dict[str, Words] = {
    "met": Words(
        "{who}：{name} 已于 {on} 完成，期限 {due}", "{who}: {name} was reached on {on}, due {due}"
    ),
    "behind": Words(
        "{who}：{name} 将于 {due} 到期，至今未报完成",
        "{who}: {name} is due on {due}, not reported as reached",
    ),
    "missed": Words(
        "{who}：{name} 逾期，期限 {due}{late_zh}", "{who}: {name} is late, due {due}{late_en}"
    ),
    "not_due": TEMPLATES["not_due"],
    "no_comparison": Words(
        "{who}：{name}（{due}）缺少判断依据（{missing}），不能评判",
        "{who}: {name}, due {due}, nothing known to judge it by ({missing})",
    ),
}
# What the expected value is.
AGAINST: dict[str, Words] = {
    "plan": Words("时序目标 {expected}", "{expected} due by then"),
    "goal": Words("期末目标 {expected}", "a goal of {expected}"),
    "last_year": Words("去年同期 {expected}", "{expected} in the same period last year"),
    "previous": Words("上期 {expected}", "{expected} in the period before"),
    "other": Words("{beside}对比值 {expected}", "{expected} by {beside}"),
    "rank": Words("目标不低于{expected}", "a goal of {expected}"),
}
# By which method a forecast was made.
METHODS = {
    "profile": Words("按去年进度", "by last year's profile"),
    "linear": Words("按月均进度", "at an even pace"),
    "stock": Words("按近12个月净增", "at the net addition of the last 12 months"),
    "autoets": Words("按时间序列模型", "by a time-series model"),
    "last": Words("按最近增速", "at the last rate"),
}

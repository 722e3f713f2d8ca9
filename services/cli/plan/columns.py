"""The columns of a plan's sheet: one entry each, with its heading and what its cells hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.goals import Stage

GOALS = {
    "at_least": "达到",
    "at_most": "不超过",
    "increase": "新增",
    "growth": "增长",
    "above": "高于",
    "in_sync": "同步",
    "not_below_last": "只升不降",
    "keep_falling": "持续下降",
    "rank": "位次",
    "milestone": "里程碑",
    "assigned": "待下达",
    "withdrawn": "撤销",
}
TRAJECTORIES = {
    "linear_days": "按日均衡",
    "linear_months": "按月均衡",
    "last_year_profile": "按往年进度",
    "plan": "分期计划",
    "steps": "分步",
}
LAMPS = {
    "standard": "标准",
    "xuancheng": "宣城",
    "points": "百分点",
    "tianjin": "天津",
    "ouhai": "瓯海",
}
STAGES = dict(
    zip(
        (stage.value for stage in Stage if stage is not Stage.CANCELLED),
        ("签约", "入库", "开工", "在建", "竣工", "投产"),
        strict=True,
    )
)
VERSUS = {"previous": "上期", "same_period_last_year": "上年同期"}


@dataclass(frozen=True)
class Column:
    """A column: `path` below the event's data, `hint` what to write, `required` always.

    `holds` is one of text, slug, whole, exact, day, flag, slugs, points. `words` are the codes that
    a drop-down offers, each with its Chinese word; `names` the sheet whose names it offers.
    """

    path: str
    heading: str
    holds: str
    hint: str
    required: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    names: str = ""


COLUMNS = (
    Column("target", "目标编号", "slug", "小写字母、数字和 . _ -，如 vehicles-2024", True),
    Column("indicator", "指标", "slug", "指标编号，见“指标”页", True, names="indicators"),
    Column("entity", "对象", "slug", "地区、部门或企业编号，见“对象”页", True, names="entities"),
    Column("year", "年度", "whole", "如 2024；不是整年的，改填起始日和截止日"),
    Column("from", "起始日", "day", "如 2024-04-01"),
    Column("to", "截止日", "day", "如 2025-03-31"),
    Column("version", "版本", "whole", "从 1 起；改动用新的版本号", True),
    Column("effective_from", "生效日期", "day", "本版自何日起用于评判", True),
    Column("goal.kind", "目标类型", "slug", "从下拉中选", True, GOALS),
    Column("goal.number", "目标值", "exact", "按指标的标准单位；增长填百分数如 6.5，位次填名次"),
    Column("goal.strict", "须超过", "flag", "是：等于目标值不算完成（突破）"),
    Column("goal.tolerance", "允许偏差", "exact", "左右、同步的幅度"),
    Column("goal.and_growth", "同时要求增速", "exact", "百分数；宣城规则用"),
    Column("goal.other.indicator", "比较指标", "slug", "高于、同步", names="indicators"),
    Column("goal.other.entity", "比较对象", "slug", "高于、同步", names="entities"),
    Column("goal.by", "高出", "exact", "高于：至少高出多少，默认 0"),
    Column("goal.of", "比较内容", "slug", "增速：比增速；空：比数值", words={"growth": "增速"}),
    Column("goal.versus", "比较期", "slug", "只升不降：与何期相比", words=VERSUS),
    Column("goal.among", "参与排位", "slugs", "位次：对象编号，用顿号隔开；空为同级"),
    Column("goal.name", "里程碑名称", "text", "里程碑"),
    Column("goal.due", "完成日期", "day", "里程碑"),
    Column("goal.project", "项目", "slug", "里程碑：项目编号"),
    Column("goal.stage", "项目阶段", "slug", "里程碑：达到的阶段，默认竣工", words=STAGES),
    Column("goal.indicator", "里程碑指标", "slug", "里程碑：不按项目、按指标达到目标值"),
    Column("goal.from", "下达单位", "slug", "待下达：等哪个单位"),
    Column("trajectory.kind", "时序", "slug", "默认按日均衡", words=TRAJECTORIES),
    Column("trajectory.years", "参考年数", "whole", "按往年进度：近几年平均，默认 1"),
    Column(
        "trajectory.points",
        "分期值",
        "points",
        "分期计划 2024-03=20; 2024-06=45; 2024=100；分步 2024-06-30=3; 2024-12-31=6",
    ),
    Column("lamps", "亮灯规则", "slug", "默认标准", words=LAMPS),
    Column("scope", "口径", "text", "指标分口径的，写明按哪个口径"),
    Column("lead", "牵头单位", "slug", "部门编号", names="entities"),
    Column("responsible", "责任单位", "slugs", "部门编号，用顿号隔开"),
    Column("supervisor", "督查单位", "slug", "部门编号", names="entities"),
    Column("approved_by", "批准机关", "text", "如 市人代会"),
    Column("parent", "上级目标", "slug", "由哪个目标分解而来（目标编号）"),
)
_BY_PATH = {column.path: column for column in COLUMNS}
# One column holds what each kind of goal or way calls by a name of its own.
NUMBER_OF = {"growth": "percent", "rank": "at_most"}
POINTS_OF = {"plan": "values", "steps": "steps"}
_ALIKE = {f"goal.{name}": "goal.number" for name in ("value", "percent", "at_most")} | {
    f"trajectory.{name}": "trajectory.points" for name in ("values", "steps")
}
_WHOLE = {
    "goal": "goal.kind",
    "trajectory": "trajectory.kind",
    "goal.other": "goal.other.indicator",
}


def by_heading(text: str) -> Column | None:
    """The column of a heading: its Chinese one, or its path in the contract."""
    wanted = text.strip()
    return next((c for c in COLUMNS if wanted in (c.heading, c.path)), None)


def by_field(field: str) -> Column | None:
    """The column of a field as a refusal names it: `data.trajectory.values.2024-03`."""
    parts = field.removeprefix("data.").split(".")
    for length in range(len(parts), 0, -1):
        path = ".".join(parts[:length])
        path = _ALIKE.get(path, _WHOLE.get(path, path))
        if path in _BY_PATH:
            return _BY_PATH[path]
    return None

"""Versions of targets: can they be judged, and do they contradict what was set before?"""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from schemas import unit
from schemas.data import IndicatorDefined, Measure, TargetSet
from schemas.goals import Above, Increase, InSync, Milestone, Plan, Rank, SeriesName, Steps
from schemas.rejects import RejectCode, RejectedError
from services.ingest.accept_figure import Speaker, known_entity, known_indicator
from services.ingest.known import Known
from services.ingest.limits import keepable


def target(data: TargetSet, speaker: Speaker, known: Known, now: datetime) -> None:
    """What it names is known, what it promises can be judged, what was set stays set."""
    indicator = known_indicator(data.indicator, known, "data.indicator")
    known_entity(data.entity, known, "data.entity")
    for path, amount in _amounts(data):
        keepable(amount, path)
    check = _GOALS.get(type(data.goal))
    if check is not None:
        check(data.goal, indicator, known)
    _not_beside_itself(data)
    _scheme(data, known)
    _parent(data, known)
    _as_set_before(data, known)


def _amounts(data: TargetSet) -> Iterator[tuple[str, Decimal | None]]:
    for field in ("value", "tolerance", "and_growth", "percent", "by"):
        yield f"data.goal.{field}", getattr(data.goal, field, None)
    if isinstance(data.trajectory, Plan):
        for name, value in data.trajectory.values.items():
            yield f"data.trajectory.values.{name}", value
    if isinstance(data.trajectory, Steps):
        for index, step in enumerate(data.trajectory.steps):
            yield f"data.trajectory.steps.{index}.value", step.value


def _cannot(field: str, zh: str, en: str) -> RejectedError:
    return RejectedError(
        RejectCode.CANNOT_BE_JUDGED,
        field,
        f"目标按此写法无法评判：{zh}",
        f"the target cannot be judged as written: {en}",
    )


def _increase(goal: Increase, indicator: IndicatorDefined, known: Known) -> None:
    if indicator.measure is Measure.RATE:
        raise _cannot(
            "data.goal.kind",
            "比率没有“新增”，请用 at_least、at_most 或 growth",
            "a rate has no increase over the year; use at_least, at_most or growth",
        )


def _other(goal: Above | InSync, indicator: IndicatorDefined, known: Known) -> None:
    other = known_indicator(goal.other.indicator, known, "data.goal.other.indicator")
    known_entity(goal.other.entity, known, "data.goal.other.entity")
    if goal.of == "growth":
        return
    if unit.parse(other.unit).kind != unit.parse(indicator.unit).kind:
        raise _cannot(
            "data.goal.other.indicator",
            f"{other.unit} 与 {indicator.unit} 不能直接比较；比较增速请写 of: growth",
            f"{other.unit} and {indicator.unit} do not compare; for their growth say of: growth",
        )


def _rank(goal: Rank, indicator: IndicatorDefined, known: Known) -> None:
    for index, peer in enumerate(goal.among):
        known_entity(peer, known, f"data.goal.among.{index}")


def _milestone(goal: Milestone, indicator: IndicatorDefined, known: Known) -> None:
    if goal.indicator is not None:
        known_indicator(goal.indicator, known, "data.goal.indicator")


_GOALS: dict[type, Callable[[Any, IndicatorDefined, Known], None]] = {
    Increase: _increase,
    Above: _other,
    InSync: _other,
    Rank: _rank,
    Milestone: _milestone,
}


def _not_beside_itself(data: TargetSet) -> None:
    goal = data.goal
    if isinstance(goal, Above | InSync):
        itself = goal.other == SeriesName(indicator=data.indicator, entity=data.entity)
        # Others are read without scope: under one of its own that is another figure.
        if itself and not data.scope:
            raise _cannot(
                "data.goal.other",
                "与自身比较没有意义，请写明另一个指标或对象",
                "it is compared with itself; name another indicator or entity",
            )
    if isinstance(goal, Rank) and set(goal.among) == {data.entity}:
        raise _cannot(
            "data.goal.among",
            "位次须与其他对象比较，请在 among 中写明，或不写 among",
            "a rank needs others; name them in among, or leave it out",
        )


def _scheme(data: TargetSet, known: Known) -> None:
    schemes = known.schemes()
    if data.lamps not in schemes:
        raise _cannot(
            "data.lamps",
            f"没有名为 {data.lamps} 的亮灯规则，可用：{'、'.join(sorted(schemes))}；"
            "自定规则请先写入 PACEKEEPER_LAMPS 所指文件",
            f"there is no lamp scheme {data.lamps}; known: {', '.join(sorted(schemes))};"
            " one of your own is entered in the file that PACEKEEPER_LAMPS names",
        )


def _parent(data: TargetSet, known: Known) -> None:
    above = data.parent
    seen: set[str] = set()
    while above is not None and above not in seen:
        if above == data.target:
            raise RejectedError(
                RejectCode.CYCLE,
                "data.parent",
                f"目标分解成环：{data.parent} 在 {data.target} 之下",
                f"the targets go in a circle: {data.parent} lies below {data.target}",
            )
        seen.add(above)
        found = known.newest_target(above)
        if found is None:
            raise _cannot(
                "data.parent",
                f"上级目标 {above} 尚未设定，请先发送",
                f"its parent {above} is not set: send that target first",
            )
        above = found.parent


def _as_set_before(data: TargetSet, known: Known) -> None:
    same = known.target(data.target, data.version)
    if same is not None and same != data:
        raise _conflict(
            "data.version",
            f"目标 {data.target} 第 {data.version} 版已有不同内容，修改请用新的版本号",
            f"version {data.version} of {data.target} was set with other content: "
            "a change takes a new version",
        )
    newest = known.newest_target(data.target)
    if newest is None:
        return
    for field in ("indicator", "entity"):
        if getattr(newest, field) != getattr(data, field):
            raise _conflict(
                f"data.{field}",
                f"目标 {data.target} 一直对应 {newest.indicator}/{newest.entity}，请另设新目标",
                f"target {data.target} is about {newest.indicator} of {newest.entity} in every "
                "version: set another target",
            )


def _conflict(field: str, zh: str, en: str) -> RejectedError:
    return RejectedError(RejectCode.DEFINITION_CONFLICT, field, zh, en)

"""Definitions of indicators and entities: owned, complete, without cycles, true to the past."""

from datetime import datetime

from schemas import unit
from schemas.data import EntityDefined, IndicatorDefined
from schemas.formulas import Formula, PartOfWhole, Primacy, parts
from schemas.rejects import RejectCode, RejectedError
from services.ingest.accept_figure import Speaker, known_entity, known_indicator
from services.ingest.known import Known
from services.ingest.limits import keepable


def indicator(data: IndicatorDefined, speaker: Speaker, known: Known, now: datetime) -> None:
    """An owner defines its own; what a formula names is known; figures keep their meaning."""
    before = known.indicator(data.indicator)
    _owned(data, before, speaker)
    keepable(data.tolerance, "data.tolerance")
    if data.formula is not None:
        _formula(data.indicator, data.formula, known)
        _of_one_kind(data, data.formula, known)
    if before is not None:
        _same_meaning(before, data, known)


def _owned(data: IndicatorDefined, before: IndicatorDefined | None, speaker: Speaker) -> None:
    if speaker.any_owner:
        return
    if before is not None and before.owner != speaker.department:
        raise RejectedError(
            RejectCode.NOT_OWNER,
            "data.indicator",
            f"指标 {data.indicator} 由 {before.owner} 定义，只能由其修改",
            f"indicator {data.indicator} belongs to {before.owner}, who alone may change it",
        )
    if data.owner != speaker.department:
        raise RejectedError(
            RejectCode.NOT_OWNER,
            "data.owner",
            f"owner 应为本单位 {speaker.department}",
            f"owner must be {speaker.department}, the department that defines it",
        )


def changes_meaning(before: IndicatorDefined, data: IndicatorDefined) -> str:
    """The field whose change would give past figures another meaning, else empty."""
    if unit.parse(before.unit).kind != unit.parse(data.unit).kind:
        return "data.unit"
    return "data.measure" if before.measure is not data.measure else ""


def _same_meaning(before: IndicatorDefined, data: IndicatorDefined, known: Known) -> None:
    field = changes_meaning(before, data)
    if field and known.observed(data.indicator):
        raise RejectedError(
            RejectCode.DEFINITION_CONFLICT,
            field,
            f"指标 {data.indicator} 已有数据（{before.unit}，{before.measure}），"
            "单位种类和口径不能再改，请另行定义新指标",
            f"indicator {data.indicator} already has figures ({before.unit}, {before.measure}): "
            "its kind of unit and measure cannot change any more; define another indicator",
        )


def _formula(name: str, formula: Formula, known: Known) -> None:
    for field, part in parts(formula):
        path = f"data.formula.{field}"
        if part != name:
            known_indicator(part, known, path)
        if _rests_on(part, name, known):
            raise RejectedError(
                RejectCode.CYCLE,
                path,
                f"公式成环：{part} 由 {name} 推算，{name} 不能再由 {part} 推算",
                f"the formula goes in a circle: {part} itself rests on {name}",
            )
    if isinstance(formula, PartOfWhole) and formula.whole.entity != "parent":
        known_entity(formula.whole.entity, known, "data.formula.whole.entity")
    if isinstance(formula, Primacy):
        for index, other in enumerate(formula.among):
            known_entity(other, known, f"data.formula.among.{index}")


def _of_one_kind(data: IndicatorDefined, formula: Formula, known: Known) -> None:
    """What is set against each other or added up is counted in one kind of unit."""
    if formula.kind in ("ratio", "primacy", "yoy"):
        return
    named = [(field, known.indicator(part)) for field, part in parts(formula)]
    kinds = [(field, unit.parse(each.unit)) for field, each in named if each is not None]
    if formula.kind in ("difference", "sum_of_children"):
        kinds.append(("", unit.parse(data.unit)))
    for field, other in kinds[1:]:
        first = kinds[0][1]
        if other.kind != first.kind:
            raise RejectedError(
                RejectCode.UNIT_MISMATCH,
                f"data.formula.{field}" if field else "data.unit",
                f"单位种类不同：{other.kind} 与 {first.kind}，请改用同类单位的指标",
                f"{other.kind} is not {first.kind}: name indicators of one kind of unit",
            )


def _rests_on(start: str, wanted: str, known: Known) -> bool:
    waiting, seen = [start], {start}
    while waiting:
        name = waiting.pop()
        if name == wanted:
            return True
        found = known.indicator(name)
        if found is not None and found.formula is not None:
            named = {part for _, part in parts(found.formula)} - seen
            seen |= named
            waiting += named
    return False


def entity(data: EntityDefined, speaker: Speaker, known: Known, now: datetime) -> None:
    """Its parent is known and lies above it."""
    above = data.parent
    seen: set[str] = set()
    while above is not None and above not in seen:
        if above == data.entity:
            raise RejectedError(
                RejectCode.CYCLE,
                "data.parent",
                f"上级关系成环：{data.parent} 在 {data.entity} 之下",
                f"the parents go in a circle: {data.parent} lies below {data.entity}",
            )
        seen.add(above)
        above = known_entity(above, known, "data.parent").parent

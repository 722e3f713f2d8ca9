"""The n-th yellow period in a row is red, in schemes that say so."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from schemas.records.assessment import Assessment, Lamp
from services.alerts.domain.rows import Opinion
from services.alerts.domain.schemes import Scheme

_WELL = frozenset({Lamp.GREEN, Lamp.BLUE})


def escalated(opinions: Iterable[Opinion], schemes: Mapping[str, Scheme]) -> Iterator[Opinion]:
    """Opinions of one target, oldest first; a grey one neither counts nor breaks the row."""
    in_a_row = 0
    for opinion in opinions:
        row = opinion.assessment
        limit = schemes[row.scheme].escalate_after if row.scheme in schemes else None
        if row.lamp in _WELL or limit is None:
            in_a_row = 0
        elif row.lamp is not Lamp.GREY:
            in_a_row += 1
        red = limit is not None and row.lamp is Lamp.YELLOW and in_a_row >= limit
        yield replace(opinion, assessment=_red(row, in_a_row)) if red else opinion


def _red(row: Assessment, in_a_row: int) -> Assessment:
    words = {
        "reason_zh": f"{row.reason_zh}（连续 {in_a_row} 期未达进度，升级为红灯）",
        "reason_en": f"{row.reason_en} (behind for {in_a_row} periods in a row: red)",
    }
    return row.model_copy(update={"lamp": Lamp.RED} | words)

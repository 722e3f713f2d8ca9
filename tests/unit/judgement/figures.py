"""Examples of docs/judgement.md, part 1: which figure is judged."""

from tests.unit.judgement.told import (
    DISTRICT,
    GDP,
    HUNDRED,
    MONTHS,
    SHARE,
    month,
    rate,
    told,
    vehicles,
    with_sums,
)
from tests.unit.judging import at_least, fact, target

_JANUARY_FEBRUARY = with_sums(month("2024-01", "5"), month("2024-02", "12"))
_TWO_NAMES = [
    fact("2024-H1", "34", "2024-07-10", measure="period"),
    fact("2024-06", "34.48", "2024-07-20"),
]
_CORRECTED = [
    fact("2024-06", "46", "2024-08-20", first="2024-07-10"),
    fact("2024-07", "52.5", "2024-08-10"),
]
_NOT_BELOW_LAST_YEAR = {"kind": "not_below_last", "versus": "same_period_last_year"}

FIGURES = {
    "year_to_date": vehicles(
        with_sums(fact("2024-05", "79.15"), month("2024-06", "23.33")), at_least("200")
    ),
    "incomplete": vehicles([month("2024-06", "23.33")]),
    "jan_feb": vehicles(_JANUARY_FEBRUARY, trajectory=MONTHS),
    "scope_differs": told(
        [fact("2023-12", "2239.58", scope="without_zone")],
        target(at_least("3200"), year=2023, scope="with_zone"),
        of=DISTRICT,
        named=GDP,
    ),
    "status_differs": told(
        [rate("2024-H1", "32", status="E"), rate("2023-H1", "31.9", status="A")],
        target(_NOT_BELOW_LAST_YEAR),
        of=DISTRICT,
        named=SHARE,
        unit="%",
        measure="rate",
    ),
    "newest": vehicles(_TWO_NAMES, trajectory=MONTHS),
    "no_data": vehicles([fact("2024-06", "41.5", status="F")]),
    "versions": told(
        _CORRECTED,
        target(HUNDRED, trajectory=MONTHS),
        target(at_least("90"), 2, trajectory=MONTHS, effective_from="2024-07-15"),
    ),
}

"""The entities below add up to what was reported of the whole."""

from services.aggregate.findings.kinds import find
from services.aggregate.findings.known import Known
from services.aggregate.tables import Finding
from tests.unit.finding_told import Told, indicator, series


def whole(value: str | None, name: str = "2024-06", **more: str) -> Told:
    return Told(name, value, "cumulative", **more)  # type: ignore[arg-type]


def found(own: list[Told], *below: list[Told]) -> list[Finding]:
    of = indicator()
    parts = {f"part-{n}": series(of, *told) for n, told in enumerate(below)}
    return find(Known.of(of, "changzhou", series(of, *own), parts))


def states(own: list[Told], *below: list[Told]) -> list[tuple[str, str]]:
    return [(each.kind, each.state) for each in found(own, *below)]


OPEN = [("children_differ", "open")]


def test_a_whole_that_is_not_the_sum_is_found() -> None:
    (one,) = found([whole("10.0")], [whole("4.0", id="a")], [whole("5.5", id="b")])
    assert (one.kind, one.period, one.state) == ("children_differ", "2024-06", "open")
    assert one.event_ids == ["e-0", "a", "b"]
    assert "2 个下级合计 9.5，相差 0.5，超出舍入误差 0.15" in one.detail_zh


def test_rounding_is_no_difference() -> None:
    assert states([whole("10.0")], [whole("4.0")], [whole("5.9")]) == []


def test_nobody_is_missed_who_never_reported_but_who_did_is() -> None:
    other_period = [whole("5.5", "2024-05")]
    assert states([whole("10.0")], [whole("4.0")], other_period) == []
    assert states([whole("10.0")], [whole("4.0")], []) == OPEN
    assert states([whole("10.0")]) == []


def test_scopes_simulated_figures_and_rates_are_apart() -> None:
    assert states([whole("10.0")], [whole("4.0", scope="s")]) == []
    assert states([whole("10.0")], [whole("4.0", status="G")]) == []
    rate = [Told("2024-06", "5", "rate", unit="%")]
    assert states(rate, [Told("2024-06", "6", "rate", unit="%")]) == []


def test_a_correction_below_closes_it() -> None:
    fixed = [whole("4.0"), Told("2024-06", "10.0", "cumulative", day=2)]
    assert states([whole("10.0")], fixed) == [("children_differ", "corrected")]

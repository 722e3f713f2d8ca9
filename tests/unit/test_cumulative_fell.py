"""A reported year-to-date is never below the one before it."""

from tests.unit.finding_told import Told, found, short


def total(month: int, value: str | None, day: float = 1, **more: str) -> Told:
    return Told(f"2024-{month:02}", value, "cumulative", day, **more)


def test_a_cumulative_that_falls_within_a_year_is_found() -> None:
    (one,) = found(total(2, "10"), total(4, "9.9"))
    assert (one.kind, one.period, one.state) == ("cumulative_fell", "2024-04", "open")
    assert one.event_ids == ["e-1", "e-0"]
    assert "2024-04 累计 9.9 万辆，低于 2024-02 累计 10" in one.detail_zh


def test_equal_is_no_fall_and_a_new_year_begins_anew() -> None:
    assert short(total(2, "10"), total(3, "10")) == []
    december = Told("2023-12", "90", "cumulative")
    assert short(december, total(1, "9")) == []


def test_a_correction_of_the_earlier_one_closes_it() -> None:
    fell = [total(2, "10"), total(3, "9", day=2)]
    assert short(*fell) == [("cumulative_fell", "2024-03", "open")]
    assert short(*fell, total(2, "8", day=3)) == [("cumulative_fell", "2024-03", "corrected")]
    assert short(*fell, total(2, "8", day=2)) == []


def test_it_is_measured_against_the_year_to_date_just_before() -> None:
    told = [total(1, "10"), total(2, "8", day=2), total(3, "9", day=3)]
    assert short(*told) == [("cumulative_fell", "2024-02", "open")]
    without = [*told, total(2, None, day=4)]
    assert short(*without) == [
        ("cumulative_fell", "2024-02", "corrected"),
        ("cumulative_fell", "2024-03", "open"),
    ]


def test_the_one_before_may_follow_from_its_pieces() -> None:
    told = [total(3, "10"), Told("2024-04", "5"), total(5, "14")]
    assert short(*told) == [("cumulative_fell", "2024-05", "open")]


def test_what_only_follows_from_its_pieces_may_fall() -> None:
    assert short(total(3, "10"), Told("2024-04", "-5")) == []


def test_a_simulated_one_looks_behind_what_was_really_measured() -> None:
    simulated = [total(1, "10", status="G"), total(3, "9", day=2, status="G")]
    told = [*simulated, total(2, "5")]
    assert short(*told) == [("cumulative_fell", "2024-03", "open")]
    (one,) = found(*told, total(3, "4", day=3))
    assert (one.state, str(one.at.date())) == ("open", "2024-01-03")


def test_scopes_and_simulated_figures_are_apart() -> None:
    assert short(total(2, "10"), total(3, "9", scope="s")) == []
    assert short(total(2, "10", status="G"), total(3, "9")) == []
    told = [total(1, "9"), total(2, "10", status="G"), total(3, "8")]
    assert short(*told) == [("cumulative_fell", "2024-03", "open")]
    assert short(total(3, "9"), total(2, "10", day=2)) == [("cumulative_fell", "2024-03", "open")]
    assert short(total(2, None), total(3, "9")) == []
    assert short(total(2, "10"), total(3, None)) == []

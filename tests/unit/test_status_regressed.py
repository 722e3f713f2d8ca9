"""A figure does not become less final."""

import pytest

from tests.unit.finding_told import Told, found, short


def gdp(status: str, day: float, value: str | None = "3240", **more: str) -> Told:
    return Told("2023", value, "period", day, status, **more)


def test_an_estimate_recorded_after_a_preliminary_is_found() -> None:
    (one,) = found(gdp("P", 1, "3222.84"), gdp("E", 2))
    assert (one.kind, one.period, one.state) == ("status_regressed", "2023", "open")
    assert one.event_ids == ["e-1", "e-0"]


@pytest.mark.parametrize("order", ["EPA", "PVA", "EE", "AA", "PD", "BE", "GP", "FE"])
def test_as_final_or_more_so_is_the_way_of_things(order: str) -> None:
    assert short(*(gdp(status, day) for day, status in enumerate(order))) == []


@pytest.mark.parametrize("order", ["AP", "AE", "PE", "PDE", "VF", "EG"])
def test_less_final_is_found(order: str) -> None:
    told = [gdp(status, day) for day, status in enumerate(order)]
    assert short(*told) == [("status_regressed", "2023", "open")]


def test_the_next_preliminary_closes_it() -> None:
    assert short(gdp("P", 1), gdp("E", 2), gdp("P", 3)) == [
        ("status_regressed", "2023", "corrected")
    ]


def test_arrival_does_not_matter_but_publication() -> None:
    assert short(gdp("P", 2), gdp("E", 1)) == []


def test_what_was_taken_back_is_as_if_never_reported() -> None:
    assert short(gdp("P", 1), gdp("", 2, None), gdp("E", 3)) == []


def test_of_one_moment_the_later_coordinates_are_the_newest() -> None:
    assert short(gdp("P", 1), gdp("E", 1)) == [("status_regressed", "2023", "open")]
    assert short(gdp("E", 1), gdp("P", 1)) == []


def test_the_three_gdp_values_of_wujin_are_two_scopes_and_no_finding() -> None:
    told = [
        gdp("E", 1, "3240", scope="含经开区"),
        gdp("P", 30, "3222.84", scope="含经开区"),
        gdp("P", 30, "2239.58", scope="不含经开区"),
    ]
    assert short(*told) == []

"""How much may be refused before a partition stops."""

from services.aggregate.limits import IN_A_ROW, WINDOW, Carried, Limit


def test_a_hundred_in_a_row_are_too_many() -> None:
    carried = Carried()
    carried.passed(5_000)
    found = [carried.refused() for _ in range(IN_A_ROW)]
    assert found == [None] * (IN_A_ROW - 1) + [Limit.IN_A_ROW]


def test_one_good_event_between_begins_a_new_row() -> None:
    carried = Carried()
    for _ in range(4):
        assert not any(carried.refused() for _ in range(IN_A_ROW - 1))
        carried.passed(0)
        carried.passed(1)


def test_one_in_twenty_of_the_last_ten_thousand_is_too_many() -> None:
    carried = Carried()
    found: list[Limit | None] = []
    for _ in range(500):
        carried.passed(19)
        found.append(carried.refused())
    assert found == [None] * 499 + [Limit.SHARE]


def test_a_little_less_goes_on_for_ever() -> None:
    carried = Carried()
    for _ in range(3 * WINDOW // 21):
        carried.passed(20)
        assert carried.refused() is None

"""Names of receipts: ULIDs of their moment, each once."""

from itertools import chain, islice, repeat

from ulid import ULID

from services.ingest.receipt_names import names


def test_every_name_is_a_ulid_of_its_millisecond():
    moments = chain(*(repeat(ms, 3) for ms in range(1_700_000_000_000, 1_700_000_000_100)))
    for name in islice(names(lambda: next(moments)), 100):
        found = ULID.from_str(name)
        assert str(found) == name
        assert 1_700_000_000_000 <= found.milliseconds < 1_700_000_000_100


def test_no_name_is_drawn_twice_even_while_the_clock_stands_still():
    assert len(set(islice(names(lambda: 1_700_000_000_000), 5_000))) == 5_000


def test_the_names_of_a_millisecond_are_in_the_order_of_their_drawing():
    found = list(islice(names(lambda: 1_700_000_000_000), 1_000))
    assert found == sorted(found)

"""An id is the same 64 bits wherever it is computed, and travels in eight bytes."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.records.touched import Touched
from services.aggregate.ids import id_of, packed, unpacked

ANY_ID = st.integers(0, 2**64 - 1)


def test_an_id_is_that_of_the_reference() -> None:
    # SELECT cityHash64(concat('a', '\0', 'b')), cityHash64(concat('urn:序', '\0', 'ü'))
    assert id_of("a", "b") == 174674430866144721
    assert id_of("urn:序", "ü") == 4675322215711640270


def test_source_and_id_do_not_run_together() -> None:
    assert id_of("ab", "c") != id_of("a", "bc")


@given(st.lists(ANY_ID))
def test_ids_come_back_from_a_touched_record(ids: list[int]) -> None:
    told = Touched(partition=0, offset=1, series=(), ids=packed(ids))
    read = Touched.model_validate_json(told.model_dump_json())
    assert list(unpacked(read.ids)) == ids

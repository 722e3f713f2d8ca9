"""Columns made by Arrow: the same rows as one by one, and nothing that the contract refuses."""

import json
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.events import lines
from services.aggregate import columns
from services.aggregate.block import Block, block
from services.aggregate.decode import RawRow, Undecodable, decode
from services.aggregate.pieces import FEW
from services.aggregate.words import CHECKS
from tests.builders import defined, line, observed, raw_event, target

MANY = FEW + 50


@cache
def filler() -> Sequence[bytes]:
    """Lines with nothing unusual, enough for Arrow to be asked."""
    return list(lines(MANY, 50))


def among_others(*odd: bytes) -> tuple[Block, list[RawRow], list[Undecodable]]:
    """A block of a record with the odd lines in its middle; what row by row would find."""
    every = [*filler()[:100], *odd, *filler()[100:]]
    value = b"\n".join(every)
    found = list(decode(3, 8, value))
    rows = [each for each in found if isinstance(each, RawRow)]
    return (
        block([(3, 8, value)]),
        rows,
        [each for each in found if isinstance(each, Undecodable)],
    )


def assert_the_same(*odd: bytes) -> Block:
    made, rows, bad = among_others(*odd)
    assert made.every_row() == rows
    assert [(b.at, b.raw, str(b.error)) for b in made.bad] == [
        (b.at, b.raw, str(b.error)) for b in bad
    ]
    return made


def changed(**fields: Any) -> bytes:
    """A line with some attributes replaced, or those of its data with the prefix `data_`."""
    event = orjson.loads(line(observed()))
    for name, value in fields.items():
        if name.startswith("data_"):
            event["data"][name[5:]] = value
        else:
            event[name] = value
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def without(name: str) -> bytes:
    event = orjson.loads(line(observed()))
    (event["data"] if name not in event else event).pop(name)
    return orjson.dumps(event)


def test_a_plain_block_is_read_by_arrow_alone() -> None:
    made, rows, _ = among_others()
    assert made.table is not None
    assert made.table.num_rows == MANY == len(rows)
    assert made.table.schema == columns.SCHEMA
    assert made.every_row() == rows


def test_a_few_lines_are_not_worth_it() -> None:
    assert block([(0, 0, b"\n".join(filler()[:FEW]))]).table is None
    assert block([(0, 0, b"")]).every_row() == []


@pytest.mark.parametrize(
    "odd",
    [
        changed(recordedtime="2024-07-11T09:00:00.123456+08:00"),
        changed(subject="常州", traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01"),
        changed(datacontenttype="application/json", tracestate="x=1"),
        changed(data_note="初步\u00ad数", data_scope="simulated"),
        changed(id="报-1", receipt="收-1"),
        changed(canonicalvalue="415000", canonicalunit="辆", data_unit="万辆"),
        changed(data_value="-0.10", canonicalvalue="-0.1"),
        changed(data_value="1" * 28 + ".0000000001", canonicalvalue="1" * 28 + ".0000000001"),
        changed(data_measure="stock", data_period="2024-Q3"),
        changed(data_measure="period", data_period="2024-01/2024-02"),
        changed(data_measure="cumulative", data_period="2024-01-01/2024-02-15"),
    ],
    ids=lambda raw: raw[:160].decode(),
)
def test_what_is_rare_but_plain_is_read_by_arrow_too(odd: bytes) -> None:
    made = assert_the_same(odd)
    assert made.table is not None
    assert made.table.num_rows == MANY + 1


@pytest.mark.parametrize(
    "odd",
    [
        line(observed(None)),
        line(defined()),
        line(target()),
        changed(recordedtime=None),
        changed(subject=None, data_note=None),
        changed(time="2024-07-10t09:00:00z"),
        changed(time="2024-07-10T09:00:00.1234567+08:00"),
        changed(time="1901-01-01T00:00:00Z"),
        changed(time="2024-07-10T09:00:00-23:00"),
        changed(data_value="007.5"),
        changed(data_value=41.5),
        changed(data_value=41),
        changed(data_note="值为 null"),
        line(observed()).replace(b'"id":', b' "id": '),
        line(observed()).replace(b'"type":"', b'"type": "'),
        b'{"id":"twice",' + line(observed())[1:],
        line(observed()).replace(b"pacekeeper.metric", b"\\u0070acekeeper.metric"),
        b" " + line(observed()),
        line(observed()) + b"\r",
        line(observed()) + b"\n\n",
    ],
    ids=lambda raw: raw[:160].decode(),
)
def test_what_arrow_does_not_read_is_read_one_by_one(odd: bytes) -> None:
    assert assert_the_same(odd).bad == []


@pytest.mark.parametrize(
    "odd",
    [
        *(
            without(name)
            for name in [
                *("specversion", "id", "source", "time", "type", "receipt", "department"),
                *("receivedtime", "indicator", "entity", "period", "measure", "value", "unit"),
                "status",
            ]
        ),
        changed(specversion="1.1"),
        changed(id=""),
        changed(id="a" * 129),
        changed(id="a\u200bb"),
        changed(id="a\nb"),
        changed(source="urn:other:x"),
        changed(source="urn:pacekeeper:X"),
        changed(time="2024-02-30T09:00:00Z"),
        changed(time="2024-07-10T24:00:00Z"),
        changed(time="2024-07-10 09:00:00Z"),
        changed(time="2024-07-10T09:00:00"),
        changed(time="2299-07-10T09:00:00Z"),
        changed(time=1720000000),
        changed(datacontenttype="text/plain"),
        changed(traceparent="00-1"),
        changed(subject="a\u2028b"),
        changed(unknown="x"),
        changed(data_unknown="x"),
        changed(data_indicator="Vehicle"),
        changed(data_entity="a" * 97),
        changed(data_period="2024-13"),
        changed(data_period="1969"),
        changed(data_period=""),
        changed(data_period="2024-02/2024-03"),
        changed(data_measure="flow"),
        changed(data_measure="period|2024"),
        changed(data_value=""),
        changed(data_value="1e5"),
        changed(data_value="+1"),
        changed(data_value=True),
        changed(data_value=None),
        changed(data_status="M"),
        changed(data_status="Z"),
        changed(data_unit=""),
        changed(data_unit="万 辆"),
        changed(data_unit="a" * 17),
        changed(data_scope=None),
        changed(data_scope="a" * 97),
        changed(data_note="a\tb"),
        changed(data="x"),
        changed(canonicalunit=1),
        changed(canonicalvalue="many"),
        line(observed()).replace(b"vehicle", b"\xff"),
        line(observed()).replace(b"e-1", b"\\ud800"),
        line(observed()) + line(observed()),
        line(observed())[:-1],
        b"\xef\xbb\xbf" + line(observed()),
        b"nonsense",
        b"[]",
        b"{}",
    ],
    ids=lambda raw: raw[:160].decode("utf-8", "backslashreplace"),
)
def test_what_the_contract_refuses_is_refused_here_too(odd: bytes) -> None:
    assert len(assert_the_same(odd).bad) >= 1


def test_two_lines_that_are_objects_only_together_are_refused_both() -> None:
    whole = line(observed())
    cut = whole.index(b',"data":') + len(b',"data":')
    made = assert_the_same(whole[:cut], whole[cut:])
    assert [each.at.line for each in made.bad] == [100, 101]


def test_around_an_unreadable_record_the_others_are_read_by_arrow() -> None:
    value = b"\n".join(filler())
    broken = value.replace(b'"e-7"', b'"e-7","id":"e-7"')
    made = block([(0, 0, value), (0, 1, broken), (0, 2, value), (1, 0, value)])
    assert made.table is not None
    assert made.table.num_rows == 3 * MANY
    assert len(made.rows) == MANY
    assert made.bad == []


def test_unfit_lines_leave_their_records_and_no_other() -> None:
    value = b"\n".join(filler())
    unfit = changed(time="2024-07-10t09:00:00z")
    records = [(0, 0, value), (0, 1, unfit), (0, 2, unfit + b"\n" + value)]
    made = block(records)
    assert made.table is not None
    assert (made.table.num_rows, len(made.rows), made.bad) == (2 * MANY, 2, [])
    assert made.every_row() == [r for each in records for r in decode(*each)]


_odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.text(alphabet="a1-./ 武\u200b\n", max_size=8),
    st.sampled_from(["2024-06", "2024-Q5", "41.50", "-0", "00.1", "1" * 39, "M", "rate", "%"]),
)
_fields = st.sampled_from(sorted(CHECKS.keys() - {"span"}) + ["data.period", "odd"])


@settings(max_examples=60)
@given(st.lists(st.dictionaries(_fields, _odd_values, min_size=1, max_size=2), max_size=4))
def test_whatever_a_field_says_the_rows_are_the_same(changes: list[dict[str, Any]]) -> None:
    odd = [
        changed(**{name.replace("data.", "data_"): value for name, value in each.items()})
        for each in changes
    ]
    assert_the_same(*odd)


@settings(max_examples=60)
@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=10), max_size=20))
def test_every_decimal_is_exact(values: list[Decimal]) -> None:
    told = [f"{value:f}" for value in values if abs(value) < 10**27]
    odd = [changed(data_value=each, canonicalvalue=each) for each in told]
    made = assert_the_same(*odd)
    found = [row for row in made.every_row() if row.indicator == "vehicle_output"]
    assert [row.value for row in found] == [Decimal(each) for each in told]
    assert [row.sent_value for row in found] == told


def test_chargers_and_projects_of_a_block_are_rows_beside_the_table() -> None:
    entity = line(raw_event("entity.defined", {"entity": "w", "kind": "city", "name_zh": "w"}))
    made = assert_the_same(entity)
    whole = made.whole()
    assert whole is not None
    assert whole.num_rows == MANY + 1
    assert sorted(columns.rows(whole)) == sorted(made.every_row())

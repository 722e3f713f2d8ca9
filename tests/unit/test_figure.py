"""The fast reading of figures never says anything that the full one does not."""

import re

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas import figure
from schemas.answers import Scope
from schemas.events import LINES, Accepted, accepted_line
from schemas.exact import as_sent, text
from schemas.figure import Content
from schemas.rejects import RejectedError
from services.ingest import parse
from services.ingest.decide import decide, read, read_in_full
from services.ingest.dedup import Recent, fingerprint
from services.ingest.lines import Lines, partition
from services.ingest.sender import Sender
from tests.builders import observed
from tests.unit.ingest_front_door import NOW, FrontDoor

PLAIN = (
    observed(),
    observed(None),
    observed("-0.50"),
    observed(value=34.48),
    observed(value=12),
    observed(value=34.48).replace(b"34.48", b"34.480"),
    observed(value=100.5).replace(b"100.5", b"100.00 "),
    observed(unit="辆", value="345678"),
    observed(measure="rate", unit="%", value="8.1"),
    observed(scope="规上", note="首次"),
    observed(recordedtime="2024-07-11T09:00:00.123456Z", id="更正 1"),
    observed(period="2024-01/2024-02"),
    orjson.dumps(
        orjson.loads(observed()) | {"subject": "x", "datacontenttype": "application/json"}
    ),
    orjson.dumps(orjson.loads(observed()), option=orjson.OPT_INDENT_2),
    b" " + observed().replace(b",", b", ") + b"\r",
    observed().replace("万".encode(), b"\\u4e07"),
)
WORDS = st.sampled_from(
    [
        *(
            "",
            "a",
            "A",
            "M",
            "P",
            "stock",
            "rate",
            "period",
            "万辆",
            "吨",
            "%",
            '"',
            "\\",
            "\n",
            "\u200b",
        ),
        *(
            "2024",
            "2024-13",
            "2024-02-30",
            "2023-12/2024-02",
            "1969",
            "vehicle_output",
            "changzhou",
        ),
        *("1e3", "007", "-0", "0.12345678901", "1" * 29, "1" * 40, " 1", "１", "1.", "nan"),
        *("2024-07-10T09:00:00Z", "2024-07-10", "2024-07-10t09:00:00z", "1899-01-01T00:00:00Z"),
        *("2024-07-10T09:00:00+08:99", "2024-07-10T24:00:00Z", "2024-07-10T09:00:60Z"),
        *("2024-07-10T09:00:00.1234567Z", "2999-01-01T00:00:00Z", "2024-W01-1T09:00:00Z"),
        *("urn:pacekeeper:stats", "urn:pacekeeper:", "urn:pacekeeper:stats\n", "application/json"),
        *("x" * 97, "x" * 129, "x" * 513, "1.0", "pacekeeper.target.set.v1", figure.TYPE),
    ]
)
VALUES = st.one_of(
    WORDS,
    st.text(max_size=5),
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.just([]),
    st.just(["a"]),
    st.just({}),
)
NAMES = st.sampled_from(
    [
        *("specversion", "id", "source", "type", "time", "recordedtime", "datacontenttype"),
        *("subject", "traceparent", "tracestate", "department", "x", "data"),
        *(f"data.{name}" for name in orjson.loads(observed())["data"]),
        *("data.scope", "data.note", "data.x"),
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A plain figure with some members changed or gone, then its text itself."""
    event = orjson.loads(draw(st.sampled_from(PLAIN)))
    for name in draw(st.lists(NAMES, max_size=2)):
        within, _, member = name.rpartition(".")
        place = event[within] if within and isinstance(event.get(within), dict) else event
        if draw(st.integers(0, 3)):
            place[member] = draw(VALUES)
        else:
            place.pop(member, None)
    raw = orjson.dumps(event)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(raw)))
        raw = draw(st.sampled_from(_edits(raw, at)))
    return _with_zeros(raw, draw(st.sampled_from((0, 0, 1, 2, 9, 12, 40))))


def _with_zeros(raw: bytes, more: int) -> bytes:
    """A bare number with more zeros behind its point."""
    if not more:
        return raw
    number = rb'("value" ?: ?-?[0-9]+)(\.[0-9]+)?(?=[ ,}])'
    return re.sub(number, lambda m: m[1] + (m[2] or b".") + b"0" * more, raw)


def _edits(raw: bytes, at: int) -> list[bytes]:
    """One more space, quote, character or member; one character less."""
    members = re.findall(rb'"[a-z]+":(?:"[^"]*"|null)', raw) or [b'"x":1']
    added = (
        b" ",
        b"\n",
        b'"',
        b"\\",
        b",",
        b"\x00",
        b"\xff",
        b"1",
        members[at % len(members)] + b",",
    )
    comma = raw.find(b'"', at)
    repeated = raw[:comma] + members[at % len(members)] + b"," + raw[comma:]
    return [
        raw,
        raw[:at] + raw[at + 1 :],
        repeated,
        *(raw[:at] + each + raw[at:] for each in added),
    ]


@pytest.mark.parametrize("raw", PLAIN, ids=range(len(PLAIN)))
def test_plain_figures_are_read_fast(raw):
    assert figure.read(raw) is not None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"7",
        b'{"data":[]}',
        observed(value=1.23456789012345678),
        observed(value=10**15),
        observed(time="1900-12-31T23:59:59Z"),
        observed(entity="A"),
        observed("007"),
        observed(scope=[]),
        observed().replace(b'"status":"P"', b'"status":"P","scope":null,"scope":null'),
        observed().replace(b"{", b'{"id":"x",', 1),
        observed().replace(b"{", b"{" + b" " * 5000, 1),
    ],
    ids=range(13),
)
def test_what_may_be_wrong_is_left_to_the_full_reading(raw):
    assert figure.read(raw) is None


@given(mutated())
@example(observed().replace(b'"status":"P"', b'"status":"P","note":0,"note":0'))
def test_both_readings_say_the_same(raw):
    found = figure.read(raw)
    if found is None:
        return
    event = parse.read(raw)
    assert found.content == Content.of(event)
    value = event.data.value
    assert orjson.loads(found.sent)["data"]["value"] == (None if value is None else as_sent(value))
    assert (found.id, found.source, found.department) == (event.id, event.source, event.department)
    assert found.time == event.time
    assert hash(found.content) == fingerprint(event)
    assert partition(found) == partition(event)


@pytest.fixture(scope="module")
def known():
    """The catalogue of a door that knows one indicator and one city."""
    with FrontDoor() as door:
        door.set_out()
        return door.app.events._desk._catalogue


@given(mutated())
def test_both_ways_decide_the_same_and_write_the_same_line(known, raw):
    sender = Sender("stats", frozenset({Scope.OBSERVE}))
    fast, full = (
        next(iter(decide([item], sender, known, Recent(), NOW)))
        for item in (read(0, raw), read_in_full(0, raw))
    )
    assert _told(fast) == _told(full)
    if full.error is None:
        ours, theirs = (Lines("r-1", NOW).of(d.item.event, d) for d in (fast, full))
        assert b"\n" not in ours
        assert orjson.loads(ours)["data"] == orjson.loads(theirs)["data"]
        assert LINES.validate_json(ours) == LINES.validate_json(theirs)


def _told(decision):
    error = decision.error
    why = None if error is None else (error.code, error.field, error.message)
    return decision.verdict, decision.canonical, decision.print, why


@pytest.mark.parametrize(
    ("number", "sent"),
    [
        ("41.50", "41.50"),
        ("100.00", "100.00"),
        ("100.0", "100.0"),
        ("-0.00", "-0.00"),
        ("0.0000010", "0.0000010"),
        ("10000000000000000.00", "10000000000000000.00"),
        ("12345678901234.50", "12345678901234.50"),
        ("41", "41"),
        ("4.150e1", "41.5"),
        ("1e2", "100.0"),
    ],
)
@pytest.mark.parametrize("space", [b"", b" ", b"\n"])
def test_a_number_keeps_its_decimals_in_both_readings(number, sent, space):
    raw = observed(0).replace(b'"value":0', b'"value":' + space + number.encode() + space)
    found = figure.read(raw)
    assert found is not None
    assert orjson.loads(found.sent)["data"]["value"] == sent
    assert as_sent(parse.read(raw).data.value) == sent
    # How it is written makes no other content.
    assert hash(found.content) == fingerprint(parse.read(observed(sent.rstrip("0").rstrip("."))))


def test_zeros_beyond_what_can_be_kept_are_left_out():
    # 41.5 and 37 zeros are 40 digits, with 35 they are 38.
    for zeros, sent in ((35, "41.5" + "0" * 35), (37, "41.5")):
        raw = observed(41.5).replace(b"41.5", b"41.5" + b"0" * zeros)
        assert figure.read(raw) is None
        assert as_sent(parse.read(raw).data.value) == sent


@pytest.mark.parametrize(
    "raw",
    [
        observed(41.5, note='"value":41.50').replace(b":41.5,", b":41.500,"),
        observed(41.5, note="value").replace(b":41.5,", b":41.500,"),
    ],
)
def test_a_text_that_looks_like_the_value_is_none(raw):
    event = parse.read(raw)
    assert as_sent(event.data.value) == "41.500"
    found = figure.read(raw)
    assert found is None or found.content == Content.of(event)


def test_an_escaped_name_of_the_value_leaves_the_zeros_unseen():
    raw = observed(41.5).replace(b'"value":41.5', b'"v\\u0061lue":41.50')
    found, event = figure.read(raw), parse.read(raw)
    assert found is not None
    assert found.content == Content.of(event)
    assert orjson.loads(found.sent)["data"]["value"] == as_sent(event.data.value) == "41.5"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-99, max_value=99))
def test_a_figure_has_one_spelling(value):
    found = figure.read(observed(f"{value:f}"))
    assert found is not None
    assert found.content.value == text(value)


def test_a_line_carries_what_was_decided_beside_what_was_sent():
    raw = observed(None)
    plain = figure.read(raw)
    assert plain is not None
    accepted = Accepted(receipt="r", department="stats", receivedtime=NOW)
    beside = f",{accepted.model_dump_json(exclude_none=True)[1:-1]}".encode()
    line = figure.accepted_line(plain, beside, None, "万辆")
    full = accepted_line(parse.read(raw), accepted.model_copy(update={"canonicalunit": "万辆"}))
    assert LINES.validate_json(line) == LINES.validate_json(full)


def test_the_full_reading_refuses_what_the_fast_one_left():
    with pytest.raises(RejectedError):
        parse.read(observed(scope=[]))

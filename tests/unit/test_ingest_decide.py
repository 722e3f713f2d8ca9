"""A whole request: order and counts hold for every mixture of good, repeated and bad events."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.answers import Scope
from schemas.events import parse_event
from services.ingest.decide import decide, missing_scope, names_unknown, read
from services.ingest.dedup import Recent, fingerprint, name
from services.ingest.sender import Sender
from tests.builders import defined, observed, target
from tests.unit.ingest_front_door import BATCH, LINES, NOW, FrontDoor, batch, changed, entity

ADMIN = Sender("admin", frozenset(Scope))
EVENTS = (
    observed(id="a"),
    observed(id="a", value="1"),
    observed(id="b"),
    observed(id="c", unit="吨"),
    observed(id="d", indicator="nobody"),
    observed(id="e", period="x"),
    defined(indicator="nobody"),
    target(),
    changed(target(lead="x"), id="t2"),
    entity(),
    b"{}",
    b"[]",
    b"7",
)


@settings(max_examples=40)
@given(st.lists(st.sampled_from(EVENTS), min_size=1, max_size=30), st.booleans())
def test_every_event_has_one_verdict_in_its_place_and_the_books_add_up(events, as_lines):
    with FrontDoor() as door:
        door.set_out()
        before = len(door.lines("events")), len(door.lines("events.rejected"))
        sent, kind = (b"\n".join(events), LINES) if as_lines else (batch(*events), BATCH)
        body = door.post(sent, kind).json()
        counts = {verdict: body[verdict] for verdict in ("accepted", "duplicate", "rejected")}
        assert sum(counts.values()) == body["received"] == len(events)
        for verdict, count in counts.items():
            assert count == sum(v["verdict"] == verdict for v in body["events"])
        for index, (raw, shown) in enumerate(zip(events, body["events"], strict=True)):
            if "id" in shown:
                assert f'"id":"{shown["id"]}"'.encode() in raw
            else:
                assert shown["index"] == index
        assert len(door.lines("events")) - before[0] == counts["accepted"]
        assert len(door.lines("events.rejected")) - before[1] == counts["rejected"]
        assert door.lines("receipts")[-1]["received"] == len(events)


def items(*events: bytes):
    return [read(index, raw) for index, raw in enumerate(events)]


def verdicts(sender: Sender, *events: bytes):
    with FrontDoor() as door:
        known = door.app.events._desk._catalogue
        return list(decide(items(*events), sender, known, Recent(), NOW))


def test_a_refused_event_does_not_use_up_its_id():
    first, second = verdicts(ADMIN, observed(id="a", indicator="x"), observed(id="a"))
    assert (first.error.code, second.error.code) == ("unknown_indicator", "unknown_indicator")


def test_a_scope_is_missing_only_if_every_readable_event_lacks_it():
    reader = Sender("stats", frozenset({Scope.READ, Scope.DEFINE}))
    assert missing_scope(verdicts(reader, observed(), b"{}")) is Scope.OBSERVE
    assert missing_scope(verdicts(reader, observed(), defined())) is None
    assert missing_scope(verdicts(reader, b"{}")) is None


def test_the_catalogue_is_read_again_only_for_names_it_may_have_by_now():
    assert names_unknown(verdicts(ADMIN, observed()))
    assert names_unknown(verdicts(ADMIN, entity(parent="x")))
    assert not names_unknown(verdicts(ADMIN, entity(), b"{}", observed(period="x")))


def test_recent_events_are_bounded_and_the_older_half_goes_first():
    recent = Recent(size=4)
    for number in range(5):
        recent.remember(("s", str(number)), number)
    assert [recent.get(("s", str(number))) for number in range(5)] == [None, None, 2, 3, 4]
    assert recent.get(("s", "nobody")) is None


def test_a_fingerprint_is_of_the_content_alone():
    plan = {"kind": "plan", "values": {"2024-06": "50", "2024": "100"}}
    turned = {"kind": "plan", "values": {"2024": "100", "2024-06": "50.0"}}
    other = {"kind": "plan", "values": {"2024-06": "51", "2024": "100"}}
    prints = [fingerprint(parse_event(target(trajectory=t))) for t in (plan, turned, other)]
    assert prints[0] == prints[1] != prints[2]
    steps = {"kind": "steps", "steps": [{"on": "2024-03-31", "value": "20"}]}
    event = parse_event(target(trajectory=steps))
    assert fingerprint(event) == fingerprint(parse_event(changed(target(trajectory=steps), id="x")))
    assert name(event) == ("urn:pacekeeper:stats", "vehicles-2024-v1")


def test_concurrent_requests_of_one_definition_agree():
    with FrontDoor() as door:

        async def both():
            desk = door.app.events._desk
            mine = [changed(defined(owner=owner), id=owner) for owner in ("stats", "czgxj")]
            senders = [Sender(owner, frozenset({Scope.DEFINE})) for owner in ("stats", "czgxj")]
            named = [changed(mine[1], source="urn:pacekeeper:czgxj")]
            return await asyncio.gather(
                desk.take(senders[0], [mine[0]]), desk.take(senders[1], named)
            )

        first, second = door._runner.run(both())
        assert first.books.accepted == 1
        assert second.decisions[0].error.code == "not_owner"

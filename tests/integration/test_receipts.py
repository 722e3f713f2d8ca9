"""When a receipt is complete: what rests on an event, derived ones too, has been judged."""

from typing import Any

from schemas.records.assessment import Judged
from schemas.records.dossier import Dossier
from services.aggregate.record_tables import JUDGED, REJECTED, RESUBMITTED, judged_row
from services.aggregate.store import ClickHouseStore
from tests.builders import RECEIVED, defined, observed, target
from tests.counting_world import Aggregate

SUM = {"kind": "sum_of_children", "indicator": "vehicle_output"}


def judge(aggregate: Aggregate, dossiers: list[Dossier]) -> None:
    """As the alerts worker says behind each dossier."""
    marks = [
        Judged(
            sequence=1,
            indicator=each.indicator.indicator,
            entity=each.entity,
            partition=each.partition,
            offset=each.offset,
            through=each.through,
            at=each.at,
        )
        for each in dossiers
    ]
    aggregate.store.insert(JUDGED, [judged_row(mark) for mark in marks])


def awaits(client: Any, event: str) -> list[tuple[bool, bool]]:
    rows = client.query(
        "SELECT awaits, judged FROM pacekeeper.stored_events WHERE event_id = {e:String}",
        {"e": event},
    ).result_rows
    return [(bool(a), bool(j)) for a, j in rows]


def test_a_receipt_waits_for_the_targets_of_what_is_derived_from_it(client: Any) -> None:
    aggregate = Aggregate(ClickHouseStore(client))
    aggregate.place(city="", x="city", free="")
    aggregate.define(
        defined(),
        defined(indicator="total", formula=SUM),
        target(target="of-city", indicator="total", entity="city"),
    )
    dossiers = aggregate.take(observed(entity="x", id="in-x"), observed(entity="free", id="free"))
    assert awaits(client, "in-x") == [(True, False)]
    assert awaits(client, "free") == [(False, False)]
    judge(aggregate, [each for each in dossiers if each.entity != "city"])
    assert awaits(client, "in-x") == [(True, False)]
    judge(aggregate, dossiers)
    assert awaits(client, "in-x") == [(True, True)]
    aggregate.take(observed("7", entity="x", id="later", time="2024-08-01T00:00:00Z"))
    assert awaits(client, "later") == [(True, False)]
    assert awaits(client, "in-x") == [(True, True)]


def test_what_a_target_no_longer_rests_on_waits_for_nothing(client: Any) -> None:
    aggregate = Aggregate(ClickHouseStore(client))
    aggregate.place(town="", part="town")
    aggregate.define(
        defined(indicator="a"),
        defined(indicator="sum", formula={"kind": "sum_of_children", "indicator": "a"}),
        target(target="of-town", indicator="sum", entity="town"),
    )
    aggregate.take(observed(entity="part", indicator="a", id="a-1"))
    assert awaits(client, "a-1") == [(True, False)]
    aggregate.define(defined(indicator="sum"))
    assert awaits(client, "a-1") == [(False, False)]


def test_a_refused_event_that_was_taken_later_says_so(client: Any) -> None:
    store = ClickHouseStore(client)
    for id in ("r-0", "r-1"):
        row = (id, "r", "stats", RECEIVED, 0, "e", "bad_value", "", "", "", "{}", "")
        store.insert(REJECTED, [row])
    store.insert(RESUBMITTED, [("stats", "r-1", "another", RECEIVED)])
    found = client.query("SELECT id, state FROM bi.rejected ORDER BY id").result_rows
    assert found == [("r-0", "rejected"), ("r-1", "resubmitted")]

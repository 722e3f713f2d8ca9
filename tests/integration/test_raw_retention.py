"""The raw table forgets by month of receipt when told so, and keeps when told so."""

from typing import Any

from services.aggregate.retention import keep_raw


def definition(client: Any) -> str:
    return str(client.command("SHOW CREATE TABLE pacekeeper.raw"))


def test_old_months_go_and_young_ones_stay(client: Any) -> None:
    for months in (0, 30):
        client.command(
            "INSERT INTO pacekeeper.raw (event_id, received_at)"
            f" VALUES ('{months} old', now() - INTERVAL {months} MONTH)"
        )
    keep_raw(12, definition(client), client.command)
    keep_raw(12, definition(client), client.command)
    client.command("OPTIMIZE TABLE pacekeeper.raw FINAL")
    assert client.query("SELECT event_id FROM pacekeeper.raw").result_rows == [("0 old",)]
    keep_raw(24, definition(client), client.command)
    assert "toIntervalMonth(24)" in definition(client)
    keep_raw("keep", definition(client), client.command)
    assert "TTL" not in definition(client)

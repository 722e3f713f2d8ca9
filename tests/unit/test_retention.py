"""How long things are kept, by setting."""

import pytest

from services.aggregate.retention import Months, keep_raw, topic_configs

DAY_MS = 86_400_000
KEPT = "TTL toDate(received_at) + toIntervalMonth(12)"


def test_every_topic_that_forgets_does_so_after_the_days_but_for_touched() -> None:
    configs = topic_configs(30)
    assert {each["retention.ms"] for each in configs.values()} == {str(30 * DAY_MS)}
    assert {"events", "events.rejected", "receipts", "alerts", "assessments"} <= set(configs)
    assert {"touched", "catalogue", "keys", "indicators"}.isdisjoint(configs)


@pytest.mark.parametrize(
    ("months", "now", "said"),
    [
        ("keep", "CREATE TABLE …", []),
        ("keep", KEPT, ["ALTER TABLE pacekeeper.raw REMOVE TTL"]),
        (12, KEPT, []),
        (
            12,
            "CREATE TABLE …",
            [
                "ALTER TABLE pacekeeper.raw MODIFY SETTING ttl_only_drop_parts = 1",
                f"ALTER TABLE pacekeeper.raw MODIFY {KEPT}",
            ],
        ),
    ],
)
def test_the_raw_table_is_changed_only_where_it_must(
    months: Months, now: str, said: list[str]
) -> None:
    done: list[str] = []
    keep_raw(months, now, done.append)
    assert done == said

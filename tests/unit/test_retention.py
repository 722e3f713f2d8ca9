"""How long things are kept, by setting."""

from collections.abc import Mapping

import pytest

from services.aggregate.retention import Months, keep_raw, topic_configs

DAY_MS = 86_400_000
RAW, RECEIPTS = "pacekeeper.raw", "pacekeeper.receipts"
_MONTHS = "TTL addDays(addMonths(toStartOfMonth(received_at, 'Asia/Shanghai'), 13), 2)"
_FACTS = " WHERE type NOT IN ('indicator.defined', 'entity.defined', 'target.set')"
KEPT = {RAW: _MONTHS + _FACTS, RECEIPTS: _MONTHS}
FOR_EVER = {RAW: "CREATE TABLE …", RECEIPTS: "CREATE TABLE …"}


def test_every_topic_that_forgets_does_so_after_the_days_but_for_touched() -> None:
    configs = topic_configs(30)
    assert {each["retention.ms"] for each in configs.values()} == {str(30 * DAY_MS)}
    assert {"events", "events.rejected", "receipts", "alerts", "assessments"} <= set(configs)
    assert {"touched", "catalogue", "keys", "indicators"}.isdisjoint(configs)


@pytest.mark.parametrize(
    ("months", "now", "said"),
    [
        ("keep", FOR_EVER, []),
        ("keep", KEPT, [f"ALTER TABLE {name} REMOVE TTL" for name in KEPT]),
        (12, KEPT, []),
        (12, FOR_EVER, [f"ALTER TABLE {name} MODIFY {ttl}" for name, ttl in KEPT.items()]),
        (12, KEPT | {RAW: ""}, [f"ALTER TABLE {RAW} MODIFY {KEPT[RAW]}"]),
        (11, KEPT, [f"ALTER TABLE {n} MODIFY {t.replace('13', '12')}" for n, t in KEPT.items()]),
    ],
)
def test_tables_are_changed_only_where_they_must_and_after_the_books(
    months: Months, now: Mapping[str, str], said: list[str]
) -> None:
    done: list[str] = []
    keep_raw(months, now, done.append)
    assert done[0].startswith("INSERT INTO pacekeeper.raw_kept")
    assert done[1:] == said

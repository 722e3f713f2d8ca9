"""The judging benchmark: both sides judge the same, and what is compared is counted right."""

from collections.abc import Iterable

import pytest

from bench import judging_feed, judging_load
from bench.judging import lines, ratios, summary
from bench.judging_agent import JUDGES, LOADS, Kept
from schemas.records.assessment import Assessment
from schemas.records.dossier import Dossier
from services.alerts.domain.assess import assess

SERIES, CHARGERS = 20, 620
NOT_COMPARED = {"assessed_at", "as_of", "basis", "sequence"}


def said(rows: Iterable[Assessment]) -> dict[tuple[str, str], dict[str, object]]:
    return {(row.target, row.period): row.model_dump(exclude=NOT_COMPARED) for row in rows}


def ours(load: str) -> dict[tuple[str, str], dict[str, object]]:
    """The verdicts that stand after the last dossier of each series."""
    made = {
        "targets": lambda: judging_load.packed(SERIES),
        "chargers": lambda: judging_feed.dossiers(CHARGERS),
    }
    last = dict(made[load]())
    return said(
        row for value in last.values() for row in assess(Dossier.model_validate_json(value))
    )


@pytest.mark.parametrize("judges", JUDGES)
@pytest.mark.parametrize(("load", "size"), [("targets", SERIES), ("chargers", CHARGERS)])
def test_the_peers_verdicts_are_ours(load: str, size: int, judges: str) -> None:
    table = {key: Kept(dossier=known) for key, known in LOADS[load].before(size)}
    rows: list[Assessment] = []
    for offset, (key, event) in enumerate(LOADS[load].events(size)):
        dossier, fact = LOADS[load].hear(table[key].dossier, event)
        table[key], new, _ = JUDGES[judges](table[key], dossier, fact, offset)
        rows += new
    assert said(rows) == ours(load)


def test_packed_and_by_the_month_a_series_ends_the_same() -> None:
    assert dict(judging_load.monthly(SERIES)) == dict(judging_load.packed(SERIES))


def test_every_lamp_is_shown() -> None:
    assert {str(row["lamp"]) for row in ours("targets").values()} == {
        "green",
        "yellow",
        "red",
        "grey",
        "blue",
    }


def test_a_round_of_the_feed_is_a_record_and_tells_each_province_once() -> None:
    keys = [key for key, _ in judging_feed.dossiers(CHARGERS)]
    assert len(keys) == 2 * judging_feed.PROVINCES
    assert len(set(keys)) == judging_feed.PROVINCES


def test_each_load_is_compared_with_its_own_peers_by_medians() -> None:
    def runs(*rates: float) -> list[dict[str, object]]:
        return [
            {"rate": rate, "events": 12, "rows": 13, "cpu_us": {"judge": 1.0, "broker": 2.0}}
            for rate in rates
        ]

    medians = summary(
        {
            "targets, ours": runs(900, 1000, 800),
            "targets, Faust by the series": runs(100),
            "chargers, ours": runs(500),
            "chargers, Faust by the period": runs(50),
        }
    )
    assert medians["targets, ours"]["rate"] == 900
    assert medians["targets, ours"]["rates"] == [900, 1000, 800]
    assert ratios(medians) == {
        "targets, ours / targets, Faust by the series": 9.0,
        "chargers, ours / chargers, Faust by the period": 10.0,
    }
    assert lines(medians)[-1] == "chargers, ours / chargers, Faust by the period: 10.0"

"""The peer in judging: a Faust agent that reads its table, judges, and writes it for every event.

`python -m bench.judging_agent` is one run in a process of its own; its task comes by the
environment. It is what Faust's documentation shows: a table that serializes its values, an agent
over the events of a stream, `await topic.send`. The rules are the product's own pure functions, so
only the way to them differs. What it knew before the first event is in memory for nothing.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import faust
from faust.serializers.codecs import Codec

from bench import judging_feed, judging_load
from schemas.period import year_span
from schemas.records.alert import AlertChanged
from schemas.records.assessment import Assessment
from schemas.records.dossier import Dossier, Fact
from schemas.records.record import Record
from schemas.topics import SERIES_PARTITIONS
from services.alerts.domain.assess import assess
from services.alerts.domain.loop import Settings
from services.alerts.domain.series import take_dossier
from services.alerts.domain.state import SeriesState

LOADS = {"targets": judging_load, "chargers": judging_feed}
ROWS, ALERTS = "peer-assessments", "peer-alerts"
_RULES = Settings()


class Task(NamedTuple):
    """Events of `topic`, which are a `load` of this `size`; `judges` is one of JUDGES."""

    topic: str
    load: str
    size: int
    judges: str
    bootstrap: str = ""


class Kept(Record):
    """What the table has of a series."""

    dossier: Dossier
    state: SeriesState = SeriesState()


class _Json(Codec):  # type: ignore[misc]
    def _dumps(self, obj: Kept) -> bytes:
        return obj.model_dump_json().encode()

    def _loads(self, s: bytes) -> Kept:
        return Kept.model_validate_json(s)


Judgement = tuple[Kept, Sequence[Assessment], Sequence[AlertChanged]]


def whole_series(kept: Kept, dossier: Dossier, fact: Fact, offset: int) -> Judgement:
    """What the product does with a dossier: every period, and the alerts that follow."""
    step = take_dossier(kept.state, dossier, offset, _RULES)
    return Kept(dossier=dossier, state=step.state), step.assessments, step.transitions


def own_period(kept: Kept, dossier: Dossier, fact: Fact, offset: int) -> Judgement:
    """Only the period of the figure; no alerts, and no look at what was said before."""
    year = year_span(fact.end.year)
    needed = tuple(each for each in dossier.facts if each.end < year.start) + (fact,)
    rows = assess(dossier.model_copy(update={"facts": needed}), offset)
    return Kept(dossier=dossier), rows[-1:], ()


JUDGES: Mapping[str, Callable[[Kept, Dossier, Fact, int], Judgement]] = {
    "series": whole_series,
    "period": own_period,
}


def made(task: Task) -> faust.App:
    """The application."""
    load, judges = LOADS[task.load], JUDGES[task.judges]
    before = dict(load.before(task.size))
    app = faust.App(
        f"peer-{os.getpid()}",
        broker=f"aiokafka://{task.bootstrap}",
        datadir=tempfile.mkdtemp(),
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        topic_partitions=SERIES_PARTITIONS,
        consumer_auto_offset_reset="earliest",
    )
    raw: dict[str, Any] = {"key_type": bytes, "value_type": bytes, "value_serializer": "raw"}
    raw |= {"key_serializer": "raw"}
    figures = app.topic(task.topic, **raw)
    rows, alerts = app.topic(ROWS, **raw), app.topic(ALERTS, **raw)
    table = app.Table("series", partitions=SERIES_PARTITIONS, key_type=bytes)
    table.value_serializer = _Json()

    @app.agent(figures)
    async def judge(stream: Any) -> None:
        async for event in stream.events():
            key = event.key
            kept = table.get(key) or Kept(dossier=before[key])
            dossier, fact = load.hear(kept.dossier, event.value)
            table[key], said, changed = judges(kept, dossier, fact, event.message.offset)
            for row in said:
                await rows.send(key=key, value=row.model_dump_json().encode())
            for each in changed:
                await alerts.send(key=key, value=each.model_dump_json().encode())

    return app


if __name__ == "__main__":
    application = made(Task(**json.loads(os.environ["BENCH_JUDGING"])))
    sys.argv[1:] = ["worker", "--loglevel=warn", "--without-web"]
    application.main()

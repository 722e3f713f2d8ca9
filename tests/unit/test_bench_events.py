"""The benchmarks' lines are what ingest writes."""

import orjson

from bench.events import as_accepted, lines
from services.aggregate.decode import RawRow, decode


def test_a_line_is_the_one_that_ingest_would_write() -> None:
    for line in lines(30, 7):
        said = orjson.loads(line)
        receipt = said["receipt"]
        for name in ("receipt", "department", "receivedtime", "canonicalvalue", "canonicalunit"):
            said.pop(name)
        assert as_accepted(orjson.dumps(said), receipt) == line


def test_every_line_is_a_figure_of_its_own() -> None:
    found = [row for row in decode(0, 0, b"\n".join(lines(2_500, 20))) if isinstance(row, RawRow)]
    assert len({row.event_id for row in found}) == 2_500
    assert len({(row.indicator, row.entity) for row in found}) == 20
    vintages = {(row.indicator, row.entity, row.period, row.recorded_at) for row in found}
    assert len(vintages) == 2_500

"""What analysts ask, and how soon a correction is seen, as the raw table grows to ten million rows.

`python -m bench.queries [FOLDER …]` measures with the data in each of the folders; milliseconds,
medians of five, each of another indicator or series. The whole stack runs beside the client. All
figures are simulated: a hundred indicators, 25 months of each series, each month in 8 vintages.
"""

import json
import statistics
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from math import log10
from pathlib import Path
from typing import Any

import orjson

from bench import machine
from bench.client import Client
from tests.stack import RunningStack, eventually, running_stack

SIZES = (100_000, 1_000_000, 10_000_000)
RUNS = 5
INDICATORS, MONTHS, VINTAGES = 100, 25, 8
A_SERIES = MONTHS * VINTAGES
_AT_ONCE = 1_000_000
# Years-to-date from January 2022 on; a vintage ten days after the other. The partitions of
# `events` are none that the stack has, so that its own offsets stay what they are.
_RAW = f"""
INSERT INTO pacekeeper.raw SELECT
    'metric.observed', concat('indicator-', toString(intDiv(number, {A_SERIES}) % {INDICATORS})),
    concat('town-', toString(intDiv(number, {A_SERIES * INDICATORS}))), '', 'cumulative',
    toStartOfYear(end), toLastDayOfMonth(addMonths(toDate('2022-01-01'), number % {MONTHS})) AS end,
    900 + number % 8, number, number % 500, 'urn:pacekeeper:bench',
    concat('event-', toString(number)), concat('receipt-', toString(intDiv(number, 500))), 'bench',
    toDateTime64(toDateTime(end) + 86400 * 10 * intDiv(number % {A_SERIES}, {MONTHS}), 6, 'UTC')
        AS recorded,
    recorded, formatDateTime(end, '%Y-%m'), toDecimal128(number % 100000, 10) / 8, '万辆', 'P',
    toString(number), '万辆', '', ''
FROM numbers({{first}}, {{count}})
"""
_VALUE = "toDecimal128(cityHash64(number, n) % 1000000, 10) / 8"
_MONTH = f"addMonths(toDate('2022-01-01'), n % {MONTHS})"


def _nested(name: str, count: int, columns: dict[str, str]) -> dict[str, str]:
    return {f"{name}.{k}": f"arrayMap(n -> {v}, range({count}))" for k, v in columns.items()}


def _series(first: int, count: int) -> str:
    """The rows of series as the derive role would store them: months follow from year-to-dates."""
    shared = {
        "scope": "''",
        "period": f"formatDateTime({_MONTH}, '%Y-%m')",
        "end": f"toLastDayOfMonth({_MONTH})",
        "value": _VALUE,
        "unit": "'万辆'",
        "status": "'P'",
    }
    recorded = f"toDateTime64(toDateTime(toLastDayOfMonth({_MONTH})) + 864000 * {{}}, 6, 'UTC')"
    vintage = f"intDiv(n, {MONTHS * 2})"

    def of(derived: str) -> dict[str, str]:
        return shared | {
            "measure": f"if({derived}, 'period', 'cumulative')",
            "start": f"if({derived}, {_MONTH}, toStartOfYear({_MONTH}))",
            "derived": derived,
        }

    derived = f"n % {MONTHS * 2} >= {MONTHS}"
    last = "toDateTime64('2299-12-31 00:00:00', 6, 'UTC')"
    until = f"if({vintage} = {VINTAGES - 1}, {last}, {recorded.format(vintage + ' + 1')})"
    columns = {
        "indicator": f"concat('indicator-', toString(number % {INDICATORS}))",
        "entity": f"concat('town-', toString(intDiv(number, {INDICATORS})))",
        "version": "0",
        **_nested(
            "now",
            MONTHS * 2,
            of(derived) | {"recorded_at": recorded.format(7), "vintages": f"{VINTAGES}"},
        ),
        **_nested(
            "past",
            A_SERIES * 2,
            of(derived)
            | {
                "recorded_at": recorded.format(vintage),
                "until": until,
                "vintage": f"{vintage} + 1",
            },
        ),
    }
    names = ", ".join(f"`{name}`" for name in columns)
    return (
        f"INSERT INTO pacekeeper.series ({names}) SELECT {', '.join(columns.values())}"
        f" FROM numbers({first}, {count}) SETTINGS max_block_size = 1000"
    )


_AS_OF = "bi.values_as_of(at = '2023-03-01 00:00:00')"
QUESTIONS = {
    "one indicator": "SELECT entity, period, measure, value, unit, status FROM bi.current_values"
    " WHERE indicator = 'indicator-{n}'",
    "one indicator, summed": "SELECT period, sum(value) FROM bi.current_values"
    " WHERE indicator = 'indicator-{n}' AND measure = 'cumulative' GROUP BY period ORDER BY period",
    "one series": "SELECT * FROM bi.current_values"
    " WHERE indicator = 'indicator-{n}' AND entity = 'town-{m}'",
    "values_as_of of one indicator": f"SELECT entity, period, measure, value FROM {_AS_OF}"
    " WHERE indicator = 'indicator-{n}'",
    "values_as_of of one series": f"SELECT * FROM {_AS_OF}"
    " WHERE indicator = 'indicator-{n}' AND entity = 'town-{m}'",
    "revisions of one series": "SELECT * FROM bi.revisions"
    " WHERE indicator = 'indicator-{n}' AND entity = 'town-{m}'",
    "observations of one series": "SELECT * FROM bi.observations"
    " WHERE indicator = 'indicator-{n}' AND entity = 'town-{m}'",
}
BOUNDS = {
    "one indicator": 20,
    "one series": 10,
    "values_as_of of one indicator": 60,
    "a correction, 202 to visible": 300,
}


class Bench:
    """One stack, filled step by step."""

    def __init__(self, stack: RunningStack) -> None:
        self._stack = stack
        self._rows = 0
        self._sent = 0
        self._reader = self._client("bi", "BI_PASSWORD")
        self._writer = self._client("pacekeeper", "CLICKHOUSE_PASSWORD")

    def _client(self, user: str, secret: str) -> Client:
        login = b64encode(f"{user}:{self._stack.secret(secret)}".encode()).decode()
        return Client(self._stack.ports.clickhouse, {"Authorization": f"Basic {login}"})

    def fill(self, rows: int) -> None:
        """As many raw rows, and the series that follow from them."""
        while self._rows < rows:
            count = min(_AT_ONCE, rows - self._rows)
            self._writer.post("/", _RAW.format(first=self._rows, count=count).encode())
            self._writer.post("/", _series(self._rows // A_SERIES, count // A_SERIES).encode())
            self._rows += count

    def define(self) -> None:
        """Tell the door of the series that are corrected."""
        self._send(
            _event(
                "indicator.defined",
                "indicator-7",
                indicator="indicator-7",
                name_zh="模拟",
                name_en="simulated",
                unit="万辆",
                measure="cumulative",
                direction="higher",
                owner="bench",
                frequency="month",
            )
        )
        for town in range(RUNS):
            name = f"town-{town}"
            self._send(_event("entity.defined", name, entity=name, kind="town", name_zh=name))

    def question(self, sql: str) -> float:
        """The median of five, each of other names, after one that does not count."""
        entities = self._rows // A_SERIES // INDICATORS
        asked = [
            sql.format(n=(3 + 17 * run) % INDICATORS, m=(1 + 7 * run) % entities).encode()
            for run in range(RUNS + 1)
        ]
        return statistics.median([self._time_of(one) for one in asked][1:])

    def _time_of(self, sql: bytes) -> float:
        began = time.perf_counter()
        self._reader.count("/?default_format=Native", sql)
        return (time.perf_counter() - began) * 1000

    def correction(self) -> float:
        """From the 202 of a corrected figure until `bi.current_values` shows it."""
        times = []
        for town in range(RUNS):
            self._sent += 1
            value = f"{1_000_000 + self._sent}"
            figure = {
                "indicator": "indicator-7",
                "entity": f"town-{town}",
                "period": "2022-07",
                "measure": "cumulative",
                "value": value,
                "unit": "万辆",
                "status": "P",
            }
            ask = (
                "SELECT count() FROM bi.current_values WHERE indicator = 'indicator-7'"
                f" AND entity = 'town-{town}' AND value = {value}"
            ).encode()
            self._send(_event("metric.observed", f"corrected-{self._sent}", **figure))
            began = time.perf_counter()
            while self._reader.post("/?default_format=TSV", ask).strip() == b"0":
                time.sleep(0.005)
            times.append((time.perf_counter() - began) * 1000)
            time.sleep(0.5)
        return statistics.median(times)

    def _send(self, event: bytes) -> None:
        with self._stack.http() as door:
            content = {"Content-Type": "application/cloudevents+json"}
            door.post("/v1/events", content=event, headers=content).raise_for_status()

    def merged(self) -> None:
        """Wait until the engine has no merges under way: they would be measured too."""
        ask = b"SELECT count() FROM system.merges"
        eventually(lambda: self._writer.post("/?default_format=TSV", ask).strip() == b"0", 120)

    def parts(self) -> int:
        """How many parts the raw table has."""
        ask = b"SELECT count() FROM system.parts WHERE active AND table = 'raw'"
        return int(self._writer.post("/?default_format=TSV", ask))

    def close(self) -> None:
        """Hang up."""
        self._reader.close()
        self._writer.close()


def _event(type_: str, name: str, /, **data: Any) -> bytes:
    now = datetime.now(UTC).isoformat()
    head = {"specversion": "1.0", "id": f"{type_}-{name}", "source": "urn:pacekeeper:bench"}
    return orjson.dumps({**head, "type": f"pacekeeper.{type_}.v1", "time": now, "data": data})


def measure(base: str | None = None, sizes: Sequence[int] = SIZES) -> dict[str, Any]:
    """Everything at every size, on the file system of `base`."""
    found: dict[str, Any] = {"folder": base or tempfile.gettempdir(), "sizes": {}}
    with (
        tempfile.TemporaryDirectory(prefix="pacekeeper-bench-", dir=base) as home,
        running_stack(Path(home)) as stack,
    ):
        bench = Bench(stack)
        bench.define()
        for size in sizes:
            bench.fill(size)
            bench.merged()
            told = {what: round(bench.question(sql), 1) for what, sql in QUESTIONS.items()}
            told["a correction, 202 to visible"] = round(bench.correction(), 1)
            found["sizes"][size] = {"ms": told, "raw_parts": bench.parts()}
        bench.close()
    found["exponent"] = _exponents(found["sizes"])
    return found


def _exponents(sizes: dict[int, dict[str, Any]]) -> dict[str, float]:
    """e in cost ~ rows^e between the least and the greatest size: 0 is no growth, 1 in step."""
    least, *_, greatest = sizes
    decades = log10(greatest / least)
    return {
        what: round(log10(ms / sizes[least]["ms"][what]) / decades, 2)
        for what, ms in sizes[greatest]["ms"].items()
    }


def lines(found: dict[str, Any]) -> list[str]:
    """What a person wants to read of it."""
    sizes = found["sizes"]
    head = "".join(f"{size:>12,}" for size in sizes)
    told = [f"in {found['folder']}, ms by raw rows:".ljust(34) + head + "   rows^e   bound"]
    for what in next(iter(sizes.values()))["ms"]:
        row = "".join(f"{each['ms'][what]:>12}" for each in sizes.values())
        told.append(f"{what:34}{row}{found['exponent'][what]:>9}{BOUNDS.get(what, ''):>8}")
    told.append("raw parts".ljust(34) + "".join(f"{s['raw_parts']:>12}" for s in sizes.values()))
    return told


def main(folders: Sequence[str]) -> None:
    """Measure in each folder; text on stderr, JSON on stdout."""
    found = [measure(each) for each in folders or (None,)]
    sys.stderr.write("\n".join(line for each in found for line in lines(each)) + "\n")
    told = {"machine": machine.describe(), "queries": found}
    sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])

"""The comparison with other clients is of the same rows, by the same library, and counts right."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from bench.events import lines
from bench.peers import model
from bench.peers.__main__ import ratios, summary
from services.aggregate.decode import decode
from services.aggregate.tables import RAW

ROOT = Path(__file__).parents[2]


def _run(rate: float) -> dict[str, object]:
    return {"rate": rate, "events": 10, "cpu_us": {"client": rate / 10}, "rows_a_block": 5}


def test_a_peer_writes_the_rows_that_we_write() -> None:
    packed = b"\n".join(lines(300, 20))
    assert list(model.rows(packed, 3, 7)) == list(decode(3, 7, packed))
    assert tuple(RAW.columns) == model.COLUMNS


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (b'"value":"', b'"value":"x'),
        (b'"status":"P"', b'"status":1'),
        (b'"specversion"', b'"unknown":"","specversion"'),
        (b"2016-02-10T09:00:00Z", b"2016-02-10T09:00:00"),
    ],
)
def test_a_peer_refuses_what_is_no_accepted_figure(there: bytes, instead: bytes) -> None:
    (line,) = lines(1, 1)
    assert there in line
    with pytest.raises(ValidationError):
        model.row(line.replace(there, instead), 0, 0, 0)


def test_the_models_library_is_the_products_own_version() -> None:
    (ours,) = re.findall(r"^pydantic==(\S+)", (ROOT / "requirements.lock").read_text(), re.M)
    lock = (ROOT / "bench/peers/requirements.lock").read_text()
    assert re.findall(r"^pydantic==(\S+)", lock, re.M) == [ours]


def test_medians_are_those_of_the_runs() -> None:
    found = summary({"aio plain": [_run(10.0), _run(30.0), _run(20.0)]})
    assert found["aio plain"]["rate"] == 20
    assert found["aio plain"]["rates"] == [10, 30, 20]
    assert found["aio plain"]["cpu_us"] == {"client": 2.0}


def test_ours_is_compared_with_the_fastest_and_the_cheapest_of_each_layout_and_with_faust() -> None:
    rates = {
        "write packed": 300.0,
        "aio plain": 100.0,
        "confluent plain": 150.0,
        "aio packed": 200.0,
        "faust_agent plain": 10.0,
    }
    found = ratios(summary({key: [_run(rate)] for key, rate in rates.items()}))
    assert found == {
        "write packed / fastest peer plain": 2.0,
        "write packed, cheapest peer plain / ours": 0.03,
        "write packed / fastest peer packed": 1.5,
        "write packed, cheapest peer packed / ours": 0.67,
        "write packed / Faust plain": 30.0,
    }


def test_with_dossiers_there_are_two_speeds() -> None:
    runs = {"write+derive packed": [_run(30.0) | {"rate_in_raw": 120.0}], "aio plain": [_run(60.0)]}
    found = ratios(summary(runs))
    assert found["write+derive packed / fastest peer plain"] == 0.5
    assert found["write+derive packed, in raw / fastest peer plain"] == 2.0

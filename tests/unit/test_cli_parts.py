"""What the commands do without a server: reading files, cutting requests, the demo's summary."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cli.demo.run import by_publication
from services.cli.demo.summary import first_warnings, shortcomings
from services.cli.failures import CommandError
from services.cli.push import A_REQUEST, read_events, requests_of


def test_figures_in_a_json_file_keep_their_spelling(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"v": 41.50, "n": 12345678901234567890, "s": "整车", "e": 1e3}, {"v": null}]')
    assert read_events(path) == [
        b'{"v":41.50,"n":12345678901234567890,"s":"\\u6574\\u8f66","e":1e3}',
        b'{"v":null}',
    ]


def test_lines_of_ndjson_go_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\n\n{"b": 2.0}\n')
    assert read_events(path) == [b'{"a": 1}', b'{"b": 2.0}']


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("a.json", b"{", "not JSON"),
        ("a.json", b"\xff", "not UTF-8"),
        ("a.txt", b"{}", ".json or .ndjson"),
    ],
)
def test_an_unreadable_file_is_refused_by_name(
    tmp_path: Path, name: str, body: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    with pytest.raises(CommandError, match=said):
        read_events(path)


@given(st.lists(st.integers(1, 400_000), max_size=1200))
def test_requests_keep_every_event_in_order_and_stay_small(sizes: list[int]) -> None:
    events = [b"x" * size for size in sizes]
    cut = list(requests_of(events))
    assert [event for request in cut for event in request] == events
    for request in cut:
        assert 0 < len(request) <= A_REQUEST
        assert len(b"\n".join(request)) <= 900_000


def test_the_year_is_pushed_day_by_day() -> None:
    events = [
        {"time": "2024-01-02T09:00:00+08:00"},
        {"time": "2024-02-01T09:00:00+08:00", "recordedtime": "2024-01-02T10:00:00+08:00"},
        {"time": "2024-01-03T09:00:00+08:00"},
    ]
    assert [(day, len(some)) for day, some in by_publication(events)] == [
        ("2024-01-02", 2),
        ("2024-01-03", 1),
    ]


WARNED = {
    "target": "t",
    "published": "2024-03-20",
    "period": "2024-02",
    "lamp": "red",
    "scope": "simulated",
    "name_zh": "整车产量",
    "name_en": "Vehicle output",
    "reason_zh": "落后",
    "reason_en": "behind",
}


def test_a_first_warning_says_how_long_the_year_still_had() -> None:
    found = first_warnings([WARNED], {"t": 2024}, {"simulated"})["t"]
    assert (found["days_before_year_end"], found["simulated"]) == (286, True)
    assert first_warnings([WARNED], {"t": None}, set())["t"]["days_before_year_end"] is None


def told(**changed: Any) -> dict[str, Any]:
    whole = {
        "rejected": 0,
        "ledger": {"difference": 0},
        "targets": [{"target": "t", "lamp": "grey"}],
        "first_warning": {"t": {}},
    }
    return whole | changed


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({}, []),
        ({"rejected": 2}, ["2 events were rejected"]),
        ({"ledger": {"difference": 1}}, ["the books differ by 1"]),
        ({"targets": [{"target": "t", "lamp": ""}]}, ["targets without an assessment: t"]),
        ({"first_warning": {}}, ["nothing was warned of"]),
    ],
)
def test_the_demo_says_what_it_fell_short_of(changed: dict[str, Any], missing: list[str]) -> None:
    assert shortcomings(told(**changed)) == missing

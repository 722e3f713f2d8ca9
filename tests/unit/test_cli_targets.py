"""`pacekeeper targets`: against a door and a database of its own."""

import json
import socketserver
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from schemas.data import TargetSet
from services.cli import api
from services.cli.plan import listed, target
from services.cli.plan.columns import COLUMNS
from tests.command_line import Run
from tests.unit.plans import book, row, seed, targets_of


class Away:
    """Stands where ingest and ClickHouse would: remembers targets, answers the two queries."""

    def __init__(self) -> None:
        self.events: dict[str, dict[str, Any]] = {}
        self.requests = 0
        self.stops_after = 99
        self.known = {"vehicle_output"}

    def push(self, body: bytes) -> tuple[int, dict[str, Any]]:
        self.requests += 1
        if self.requests > self.stops_after:
            return 503, {}
        verdicts = [self._verdict(n, json.loads(x)) for n, x in enumerate(body.splitlines())]
        words = [each["verdict"] for each in verdicts]
        counts = {word: words.count(word) for word in ("accepted", "duplicate", "rejected")}
        return 202, counts | {"receipt": f"r-{self.requests}", "events": verdicts}

    def _verdict(self, index: int, event: dict[str, Any]) -> dict[str, Any]:
        found = {"id": event["id"], "verdict": "accepted"}
        if event["id"] in self.events:
            return found | {"verdict": "duplicate"}
        if self.known and event["data"]["indicator"] not in self.known:
            message = {"zh": "没有这个指标", "en": "there is no such indicator"}
            said = {
                "code": "unknown_indicator",
                "field": f"{index}.data.indicator",
                "message": message,
            }
            return found | {"verdict": "rejected"} | said
        self.events[event["id"]] = event
        return found

    def query(self, sql: str) -> list[list[str]]:
        if "target_definitions" in sql:
            told = [TargetSet.model_validate(e["data"], strict=False) for e in self.events.values()]
            return [[each.model_dump_json(by_alias=True)] for each in told]
        return [["gdp", "地区生产总值"]] if "indicators" in sql else [["wujin", "武进区"]]


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Away]:
    found = Away()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, told = 200, {}
            if self.path.startswith("/v1/events"):
                status, told = found.push(body)
            else:
                told = {"meta": [{"name": "definition"}], "data": found.query(body.decode())}
            text = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.send_header("X-ClickHouse-Format", "JSONCompact")
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Quietly."""

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("PACEKEEPER_HOME", str(tmp_path))
    monkeypatch.setenv("PACEKEEPER_ADMIN_KEY", "an admin's key")
    monkeypatch.setenv("PACEKEEPER_INGEST_URL", address)
    monkeypatch.setenv("PACEKEEPER_CLICKHOUSE_URL", address)
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def run(run: Run) -> Run:
    """Run one `pacekeeper targets …`."""
    return partial(run, "targets")


def test_the_seed_targets_are_imported_once_exported_and_imported_again(
    away: Away, run: Run, tmp_path: Path
) -> None:
    away.known = set()
    some = seed()
    plan = tmp_path / "plan.yaml"
    plan.write_text(listed.text(map(target.canonical, some)), "utf-8")
    code, out, err = run("import", plan, "--json")
    assert code == 0, err
    told = json.loads(out)
    counts = (told["accepted"], told["duplicate"], told["rejected"])
    assert (counts, len(told["events"])) == ((len(some), 0, 0), len(some))
    for name in ("again.xlsx", "again.yaml"):
        code, out, err = run("export", "-o", tmp_path / name)
        assert code == 0, err
        code, out, err = run("import", tmp_path / name, "--json")
        told = json.loads(out)
        assert (code, told["duplicate"], told["accepted"]) == (0, len(some), 0), err
    assert run("export", "--year", 2023)[1].count("- target:") == 0
    printed = run("export", "--year", 2024)[1]
    assert printed.count("- target:") == len(some)
    assert len(json.loads(run("export", "--json")[1])["targets"]) == len(some)


def test_what_the_door_refuses_is_named_by_row_and_column(
    away: Away, run: Run, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.xlsx"
    book(plan, row(), row(目标编号="lost", 指标="nothing"), row(), row(版本=2))
    code, out, err = run("import", plan)
    assert code == 1
    assert "第 3 行 / row 3 指标 unknown_indicator" in out
    assert "there is no such indicator" in out
    assert "接受 2，重复 1，退回 1" in err
    code, out, _ = run("import", plan, "--json")
    told = json.loads(out)
    assert (code, told["accepted"], told["duplicate"], told["rejected"]) == (1, 0, 3, 1)
    (bad,) = (each for each in told["events"] if each["verdict"] == "rejected")
    assert {name: bad[name] for name in ("row", "target", "version", "column", "code")} == {
        "row": 3,
        "target": "lost",
        "version": 1,
        "column": "指标",
        "code": "unknown_indicator",
    }


def test_with_a_fault_in_the_file_nothing_is_sent(away: Away, run: Run, tmp_path: Path) -> None:
    plan = tmp_path / "plan.xlsx"
    book(plan, row(), row(目标编号="b", 目标值="many"), row(牵头单位="other"))
    code, out, err = run("import", plan)
    assert (code, away.requests) == (1, 0)
    assert "第 3 行 / row 3 目标值 bad_value" in out
    assert "第 4 行 / row 4" in out
    assert "nothing was sent" in err
    told = json.loads(run("import", plan, "--json")[1])
    assert (told["sent"], told["rejected"], told["accepted"]) == (False, 2, 0)


def test_a_dry_run_checks_and_sends_nothing(away: Away, run: Run, tmp_path: Path) -> None:
    plan = tmp_path / "plan.xlsx"
    book(plan, row())
    code, _, err = run("import", plan, "--dry-run")
    assert (code, away.requests) == (0, 0)
    assert "none sent" in err
    told = json.loads(run("import", plan, "--dry-run", "--json")[1])
    assert (told["dry_run"], told["sent"], told["targets"]) == (True, False, 1)


def test_an_import_that_is_cut_off_says_how_far_it_came(
    away: Away, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = tmp_path / "plan.yaml"
    one = target.canonical(seed()[0]) | {"indicator": "vehicle_output"}
    plan.write_text(listed.text(one | {"target": f"t-{n}"} for n in range(600)), "utf-8")
    away.stops_after = 1
    patient = api.Ingest.__init__
    monkeypatch.setattr(
        api.Ingest, "__init__", lambda self, address, key: patient(self, address, key, patience=0)
    )
    code, _, err = run("import", plan)
    assert (code, len(err.strip().splitlines())) == (1, 1)
    assert "only 500 of 600" in err
    away.stops_after = 0
    code, _, err = run("import", plan)
    assert (code, "only" in err, "pacekeeper up" in err) == (1, False, True)
    away.stops_after = 99
    told = json.loads(run("import", plan, "--json")[1])
    assert (told["duplicate"], told["accepted"]) == (500, 100)


def test_the_source_is_the_department_that_is_told(away: Away, run: Run, tmp_path: Path) -> None:
    plan = tmp_path / "plan.xlsx"
    book(plan, row())
    assert run("import", plan, "--department", "czzfb", "--key", "k")[0] == 0
    (event,) = away.events.values()
    assert event["source"] == "urn:pacekeeper:czzfb"


def test_a_template_is_filled_in_and_imported(away: Away, run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "targets.xlsx"
    assert run("template", "-o", empty)[0] == 0
    made = load_workbook(empty)
    good = row()
    for index, column in enumerate(COLUMNS, 1):
        made["目标"].cell(2, index).value = good.get(column.heading)
    made.save(empty)
    assert json.loads(run("import", empty, "--json")[1])["accepted"] == 1
    told = json.loads(run("template", "-o", empty, "--json")[1])
    assert (told["indicators"], told["entities"]) == (1, 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "nowhere.yaml"), "cannot read"),
        (("import", "plan.xlsm"), ".xlsx or .yaml"),
        (("import", "empty.yaml"), "no target"),
        (("export", "-o", "plan.csv"), ".xlsx or .yaml"),
        (("export", "-o", "no/such/folder.yaml"), "cannot write"),
        (("template", "-o", "t.yaml"), "change -o"),
    ],
)
def test_what_cannot_be_done_is_one_line_with_its_remedy(
    away: Away,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.yaml").write_text("[]")
    code, _, err = run(*words)
    assert (code, len(err.splitlines())) == (1, 1)
    assert said in err


def test_what_is_exported_can_be_read(away: Away, run: Run, tmp_path: Path) -> None:
    book(tmp_path / "plan.xlsx", row())
    run("import", tmp_path / "plan.xlsx")
    printed = run("export")[1]
    (found,) = targets_of(listed.read(Path("x.yaml"), printed.encode()))
    assert found.target == "vehicles-2024"

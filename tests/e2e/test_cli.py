"""`pacekeeper …` against a running stack, as a person and as a program would use it."""

import json
from pathlib import Path

import pytest

from services.cli import api
from tests.builders import defined, observed, raw_event
from tests.command_line import Run
from tests.stack import RunningStack, eventually


def _entity(name: str) -> bytes:
    return raw_event(
        "entity.defined", {"entity": name, "kind": "town", "name_zh": name}, id=f"def-{name}"
    )


@pytest.fixture
def figures(tmp_path: Path) -> Path:
    """A file with a definition, an entity and a good figure."""
    name = "cli_output"
    path = tmp_path / "figures.ndjson"
    good = observed("1.50", indicator=name, entity="cli-town", id="cli-1")
    path.write_bytes(b"\n".join([defined(indicator=name), _entity("cli-town"), good, b""]))
    return path


def test_pushed_figures_can_be_queried(run: Run, figures: Path) -> None:
    code, out, err = run("push", str(figures), "--json")
    assert code == 0, err
    told = json.loads(out)
    assert told["accepted"] + told["duplicate"] == 3
    sql = "SELECT toString(value) AS v FROM bi.current_values WHERE indicator = 'cli_output'"

    def shown() -> bool:
        code, out, _ = run("query", sql, "--json")
        return code == 0 and json.loads(out)["data"] == [["1.5"]]

    eventually(shown, 20, "the pushed figure")
    code, out, _ = run("query", sql)
    assert (code, "1.5" in out) == (0, True)
    code, out, _ = run("query", f"{sql} FORMAT TSV")
    assert (code, out) == (0, "1.5\n")


def test_a_refused_event_is_named_with_its_remedy_and_exit_code_1(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_bytes(observed(indicator="nobody_knows", entity="cli-town", id="cli-bad"))
    code, out, err = run("push", str(path))
    assert code == 1
    assert "unknown_indicator" in out
    assert "退回 1" in err


def test_a_key_works_until_it_is_revoked(run: Run, figures: Path) -> None:
    code, key, err = run(
        "keys", "add", "--department", "stats", "--scope", "define", "--expires", "2099-12-31"
    )
    assert (code, key.count("\n")) == (0, 1), err
    code, out, _ = run("keys", "list", "--json")
    mine = [k for k in json.loads(out)["keys"] if k["department"] == "stats"]
    assert key.strip() not in out
    code, _, err = run("push", str(figures), "--key", key.strip())
    assert code == 1  # it may define, not observe
    code, second, _ = run("keys", "rotate", mine[-1]["key_id"])
    assert second.strip() not in ("", key.strip())
    code, out, _ = run("keys", "list")
    assert (code, "stats" in out) == (0, True)
    listed = json.loads(run("keys", "list", "--json")[1])["keys"]
    ends = [k["expires_at"] for k in listed if k["department"] == "stats"]
    assert len(ends) > len(mine)
    assert ends[-1] == mine[-1]["expires_at"]
    code, _, err = run("keys", "revoke", mine[-1]["key_id"])
    assert code == 0, err

    def refused() -> bool:
        return "401" in run("push", str(figures), "--key", key.strip())[2]

    eventually(refused, 10, "the revoked key refused")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["push", "nowhere.json"], 1, "nowhere.json"),
        (["push"], 2, "Missing argument"),
        (["keys", "revoke", "none-such"], 1, "404"),
        (["keys", "rotate", "none-such"], 1, "none-such"),
        (
            ["keys", "add", "--department", "d", "--scope", "observe", "--expires", "soon"],
            2,
            "soon",
        ),
        (["query", "DROP TABLE bi.alerts"], 1, "Code:"),
        (["query", "SELEC 1"], 1, "Code:"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_a_failure_is_one_line_and_an_exit_code(
    run: Run, words: list[str], code: int, said: str
) -> None:
    found, _, err = run(*words)
    assert found == code
    assert said in err
    assert "Traceback" not in err


def test_status_shows_every_part_and_a_second_start_is_refused(
    run: Run, stack: RunningStack
) -> None:
    code, out, _ = run("status", "--json")
    told = json.loads(out)
    assert (code, told["state"]) == (0, "ready")
    assert set(told["parts"]) == {"kafka", "clickhouse", "aggregate", "ingest", "alerts", "console"}
    assert told["parts"]["ingest"]["port"] == stack.ports.ingest
    code, out, _ = run("status")
    assert (code, str(stack.ports.kafka) in out) == (0, True)
    code, _, err = run("up")
    assert code == 1
    assert err.strip()


def test_what_is_away_is_said_in_words(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACEKEEPER_HOME", "/nowhere")
    monkeypatch.setenv("PACEKEEPER_INGEST_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("PACEKEEPER_CLICKHOUSE_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(api.Ingest.__init__, "__defaults__", (0.1,))
    code, _, err = run("keys", "list")
    assert (code, "pacekeeper up" in err) == (1, True)
    code, _, err = run("query", "SELECT 1")
    assert (code, "127.0.0.1:9" in err) == (1, True)
    code, _, err = run("down")
    assert code in (0, 1)

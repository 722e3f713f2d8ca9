"""An office's own schemes of lamps: from the file to the door, the judge, the page, the shell."""

from pathlib import Path

import orjson
import pytest

from schemas.lamps import LampScheme, read
from schemas.records.assessment import Lamp
from services.alerts.__main__ import main as judge_main
from services.alerts.console.__main__ import main as console_main
from services.alerts.console.lamps import learn, shown
from services.alerts.console.language import Language
from services.alerts.domain.loop import Settings as LoopSettings
from services.alerts.domain.schemes import with_own
from services.alerts.domain.series import take_dossier
from services.alerts.domain.state import SeriesState
from services.cli import __main__ as cli
from services.ingest.__main__ import main as ingest_main
from services.ingest.catalogue import Catalogue
from services.runtime import lamps
from services.runtime.lamps import UnreadableLampsError
from services.runtime.settings import Settings
from tests.unit.judging import dossier, fact, target
from tests.unit.test_lamps import OWN

WRONG = OWN.replace("yellow: 0.8", "yellow: 0.99")


def own() -> tuple[LampScheme, ...]:
    return read(OWN)


def file(tmp_path: Path, text: str = OWN) -> Path:
    path = tmp_path / "lamps.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_state_folder_may_hold_the_file_and_need_not(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert lamps.own(settings) == ()
    file(tmp_path)
    assert lamps.own(settings) == own()


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, lamps=tmp_path / "elsewhere.yaml")
    with pytest.raises(UnreadableLampsError, match="elsewhere.yaml") as refused:
        lamps.own(settings)
    assert "请检查路径" in refused.value.zh
    assert "PACEKEEPER_LAMPS" in refused.value.en


def test_what_is_wrong_is_said_with_file_field_and_remedy(tmp_path: Path) -> None:
    path = file(tmp_path, WRONG)
    with pytest.raises(UnreadableLampsError) as refused:
        lamps.read(path)
    assert refused.value.zh.startswith(f"{path}: 0.yellow：")
    assert refused.value.en.startswith(f"{path}: 0.yellow: ")
    assert "swap or correct them" in str(refused.value)
    assert "请对调或改正" in str(refused.value)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lamps.yaml"
    path.write_bytes(OWN.encode("gb18030"))
    with pytest.raises(UnreadableLampsError, match="UTF-8"):
        lamps.read(path)


@pytest.mark.parametrize("main", [ingest_main, judge_main, console_main])
def test_nothing_starts_on_a_file_that_is_wrong(
    main: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PACEKEEPER_HOME", str(tmp_path))
    monkeypatch.setenv("PACEKEEPER_LAMPS", str(file(tmp_path, WRONG)))
    for secret in ("ADMIN_KEY", "CONSOLE_PASSWORD"):
        monkeypatch.setenv(f"PACEKEEPER_{secret}", "secret")
    assert callable(main)
    assert main() != 0
    said = "".join(capfd.readouterr())
    assert "0.yellow" in said
    assert "lamps.yaml" in said


def test_the_door_knows_the_schemes_that_ship_and_the_own() -> None:
    assert Catalogue().schemes() == {"standard", "xuancheng", "points", "tianjin", "ouhai"}
    assert Catalogue(own()).schemes() == Catalogue().schemes() | {"district-2024"}


def test_the_worker_judges_with_an_own_scheme() -> None:
    goal = {"kind": "at_least", "value": "100"}
    trajectory = {"kind": "linear_months"}
    given = dossier(
        [fact("2024-06", "48")],
        target(goal, trajectory=trajectory, lamps="district-2024"),
    )
    (row,) = take_dossier(SeriesState(), given, 1, LoopSettings()).assessments
    assert (row.lamp, row.reason) == (Lamp.GREY, "no_comparison")
    rules = LoopSettings(schemes=with_own(own()))
    (row,) = take_dossier(SeriesState(), given, 1, rules).assessments
    assert (row.lamp, row.scheme) == (Lamp.GREEN, "district-2024")


def test_the_page_calls_an_own_scheme_by_its_name() -> None:
    learn([own()[0].model_copy(update={"name": "own-on-a-page"})])
    for code, name in (("zh", "区督查室三色灯"), ("en", "Lamps of the district office")):
        assert shown("green", "own-on-a-page", "on_pace", Language(code)).scheme == name


@pytest.mark.parametrize("options", [[], ["--foreground"]])
def test_no_stack_is_started_on_a_file_that_is_wrong(
    options: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PACEKEEPER_HOME", str(tmp_path))
    file(tmp_path, WRONG)
    monkeypatch.setattr("sys.argv", ["pacekeeper", "up", *options])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "0.yellow" in capfd.readouterr().err
    assert not (tmp_path / "secrets.env").exists()


def check(monkeypatch: pytest.MonkeyPatch, path: Path, *options: str) -> int:
    monkeypatch.setattr("sys.argv", ["pacekeeper", "lamps", "check", str(path), *options])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_the_shell_checks_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    points = OWN.replace("district-2024", "points-2024").replace("pace", "points")
    points = points.replace('"0.95"', "5").replace("0.8", "20").replace("  escalate_after: 3\n", "")
    path = file(tmp_path, OWN + points)
    assert check(monkeypatch, path, "--json") == 0
    found = orjson.loads(capsysbinary.readouterr().out)["schemes"]
    assert [one["name"] for one in found] == ["district-2024", "points-2024"]
    assert check(monkeypatch, path) == 0
    told = capsysbinary.readouterr().out.decode()
    for words in ("≥ 0.95", "≥ 0.8", "< 5", "≤ 20", "3 yellow in a row"):
        assert words in told


@pytest.mark.parametrize(("text", "words"), [(WRONG, "0.yellow"), ("- name: [x", "line 1, column")])
def test_the_shell_says_in_one_line_what_to_mend(
    text: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert check(monkeypatch, file(tmp_path, text)) == 1
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert words in said

"""How a command ends: by its exit code and one line on stderr."""

import pytest

from services.cli import failures
from services.runtime import settings


def ended(
    capsys: pytest.CaptureFixture[str], work: failures.Callable[[], object]
) -> tuple[int, str]:
    with pytest.raises(SystemExit) as end:
        failures.run(work)
    assert isinstance(end.value.code, int)
    return end.value.code, capsys.readouterr().err


def test_a_setting_that_cannot_be_is_named_and_not_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACEKEEPER_INGEST_PORT", "abc-secret")
    code, said = ended(capsys, settings.load)
    assert (code, said.count("\n")) == (1, 1)
    assert "PACEKEEPER_INGEST_PORT is not valid" in said
    assert "abc-secret" not in said


def test_what_nobody_expected_is_internal(capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> None:
        raise RuntimeError("oh")

    code, said = ended(capsys, broken)
    assert (code, said) == (70, "内部错误 / internal error: RuntimeError: oh\n")

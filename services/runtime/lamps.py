"""The file of an office's own schemes of lamps: the door, the judge and the console read it once.

Whoever starts with a file that is wrong says what to mend and ends: a target must never be accepted
under one reading of its scheme and judged under another.
"""

from pathlib import Path

from schemas import lamps
from schemas.lamps import LampScheme
from schemas.rejects import RejectedError
from services.runtime.errors import RefusedError
from services.runtime.settings import Settings


class UnreadableLampsError(RefusedError):
    """The file cannot be taken; it names file, field and remedy, in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en


def own(settings: Settings) -> tuple[LampScheme, ...]:
    """The office's own schemes; none where the state folder has no file. UnreadableLampsError."""
    if settings.lamps is None and not settings.lamps_file.exists():
        return ()
    return read(settings.lamps_file)


def read(file: Path) -> tuple[LampScheme, ...]:
    """The schemes of a file. UnreadableLampsError."""
    try:
        return lamps.read(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableLampsError(
            f"亮灯规则文件 {file} 无法读取（{error}），请检查路径、权限和 UTF-8 编码，"
            "或取消 PACEKEEPER_LAMPS",
            f"the file of lamp schemes {file} cannot be read ({error}): mend path, rights or its"
            " UTF-8, or unset PACEKEEPER_LAMPS",
        ) from error
    except RejectedError as error:
        place = ": ".join(filter(None, (str(file), error.field)))
        raise UnreadableLampsError(
            f"{place}：{error.message.zh}", f"{place}: {error.message.en}"
        ) from error

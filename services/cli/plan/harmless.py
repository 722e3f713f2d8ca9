"""A workbook from outside is looked at before it is read.

No more than it may unpack to, no macros, no document types: those declare entities that unfold
without end, and no workbook has one.
"""

import io
import zipfile
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from services.cli.failures import CommandError
from services.cli.plan.limits import FILE_BYTES

_UNPACKED_BYTES = 64 * 1024 * 1024
_PARTS = 500


def harmless(path: Path, packed: bytes) -> None:
    """CommandError for a file that is no workbook, or one that is not to be read."""
    if len(packed) > FILE_BYTES:
        _refuse(path, f"超过 {FILE_BYTES >> 20} MiB，请拆分", "is too large: split it")
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            parts = archive.infolist()
            # What is declared is all that will ever be unpacked of a part.
            if len(parts) > _PARTS or sum(p.file_size for p in parts) > _UNPACKED_BYTES:
                _refuse(path, "解压后过大，已拒绝读取", "would unpack to far more than a plan has")
            if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
                _refuse(path, "含有宏，请另存为不含宏的 .xlsx", "has macros: save it as .xlsx")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as text:
                        _without_document_type(path, text.read(65536))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise CommandError(
            f"{path.name} 不是 .xlsx 文件，或设有密码，请另存一次",
            f"{path.name} is no .xlsx file or has a password: save it again ({error})",
        ) from error


def _without_document_type(path: Path, head: bytes) -> None:
    """Entities can only be declared before the first element."""
    parser = expat.ParserCreate()
    begun: list[str] = []

    def refuse(*_: object) -> None:
        begun.append("!DOCTYPE")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, _: begun.append(name)
    try:
        parser.Parse(head, False)
    except expat.ExpatError:
        # Not for us to judge: openpyxl will say so.
        return
    if begun[:1] == ["!DOCTYPE"] or not begun:
        _refuse(path, "含有不允许的 XML 声明，已拒绝读取", "declares a document type: not read")


def _refuse(path: Path, zh: str, en: str) -> NoReturn:
    raise CommandError(f"{path.name} {zh}", f"{path.name} {en}")

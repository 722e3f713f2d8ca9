"""Every published document as text, and which of those in a folder are stale."""

import json
from pathlib import Path
from typing import Any

from schemas.publish import asyncapi, openapi
from schemas.publish.models import TYPES, json_schema

FOLDER = Path(__file__).parent.parent / "published"


def documents() -> dict[str, str]:
    """Name of the file to its text; the same models give the same bytes."""
    made: dict[str, Any] = {f"{name}.json": json_schema(name) for name in TYPES}
    made["openapi.json"] = openapi.document()
    made["asyncapi.json"] = asyncapi.document()
    return {name: _text(document) for name, document in sorted(made.items())}


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def stale(folder: Path = FOLDER) -> list[str]:
    """Names of files that are missing, differ from what the models say, or belong to none."""
    return _differing(documents(), folder)


def _differing(wanted: dict[str, str], folder: Path) -> list[str]:
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    return sorted(n for n in wanted.keys() | there.keys() if wanted.get(n) != there.get(n))


def write(folder: Path = FOLDER) -> list[str]:
    """Bring the folder up to date; the names of the files that changed."""
    wanted = documents()
    changed = _differing(wanted, folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in wanted:
            (folder / name).write_text(wanted[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return changed

"""A plan as YAML (or JSON): a list of targets with the contract's own fields."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import yaml

from services.cli.failures import CommandError
from services.cli.plan.limits import FILE_BYTES, ROWS
from services.cli.plan.target import Entry, Fault, Place

_DEPTH = 10
_HEAD = "# 目标 / targets: pacekeeper targets import <file>\n"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The few tags that JSON has too; numbers and days as they are written."""

    yaml_constructors: ClassVar[dict[str | None, Any]] = {}


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[str, Any]:
    found = {
        loader.construct_scalar(name): loader.construct_object(value, deep=True)
        for name, value in node.value
    }
    if len(found) != len(node.value):
        raise yaml.MarkedYAMLError(problem="a key is there twice", problem_mark=node.start_mark)
    return found


def _whole(loader: Any, node: yaml.ScalarNode) -> int | str:
    written = str(loader.construct_scalar(node))
    # 010 and 1:30 are numbers to YAML, though not the ones that are read there.
    return int(written) if re.fullmatch("-?(0|[1-9][0-9]{0,8})", written) else written


_SAFE = yaml.SafeLoader
for _tag, _constructor in {
    "null": _SAFE.construct_yaml_null,
    "bool": _SAFE.construct_yaml_bool,
    "int": _whole,
    "float": _SAFE.construct_scalar,
    "timestamp": _SAFE.construct_scalar,
    "str": _SAFE.construct_yaml_str,
    "seq": lambda loader, node: loader.construct_sequence(node, deep=True),
    "map": _mapping,
}.items():
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _constructor)
_Loader.add_constructor(None, _SAFE.construct_undefined)


def read(path: Path, written: bytes) -> Iterator[Entry | Fault]:
    """The targets of the file in their order, numbered from 1."""
    if len(written) > FILE_BYTES:
        raise CommandError(
            f"{path.name} 超过 {FILE_BYTES >> 20} MiB，请拆分",
            f"{path.name} is too large: split it",
        )
    items = _items(path, _loaded(path, written))
    if len(items) > ROWS:
        raise CommandError(
            f"{path.name} 超过 {ROWS} 项，请分成几个文件",
            f"{path.name} has more than {ROWS} items: split it",
        )
    for number, item in enumerate(items, 1):
        if isinstance(item, Mapping):
            yield Entry(number, item)
        else:
            yield Fault(
                Place(number),
                "bad_value",
                "应为目标的各字段，如 target: vehicles-2024",
                "the fields of a target are expected, like target: vehicles-2024",
            )


def _loaded(path: Path, written: bytes) -> Any:
    try:
        _shallow(written)
        # Safe: the loader makes texts, numbers, lists and mappings, and nothing else.
        return yaml.load(written, Loader=_Loader)
    except (yaml.YAMLError, ValueError) as error:
        said = " ".join(str(error).split())
        raise CommandError(
            f"{path.name} 无法读取，应为 YAML：目标的列表，不用别名（*），同一字段只写一次",
            f"{path.name} cannot be read, a YAML list of targets without aliases is expected: "
            f"{said[:300]}",
        ) from error


def _shallow(written: bytes) -> None:
    """Aliases of aliases unfold without end, and what is nested without end overflows."""
    depth = 0
    for event in yaml.parse(written, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError(f"aliases are not allowed: *{event.anchor}")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEPTH:
            raise yaml.YAMLError("it is nested more deeply than any target")


def _items(path: Path, found: Any) -> list[Any]:
    if isinstance(found, Mapping) and set(found) == {"targets"}:
        found = found["targets"]
    if not isinstance(found, list):
        raise CommandError(
            f"{path.name} 应为目标的列表，或 targets: 之下的列表",
            f"{path.name} must be a list of targets, or one below `targets:`",
        )
    return found


class _Dumper(yaml.SafeDumper):
    """What is said twice is written twice: no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def text(targets: Iterable[Mapping[str, Any]]) -> str:
    """These targets (canonical data) as YAML that reads back as the same."""
    told = {"targets": list(targets)}
    body: str = yaml.dump(told, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    return _HEAD + body

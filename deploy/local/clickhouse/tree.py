"""Judges the syntax tree of one read: which tables, functions, settings and outputs it names.

The tree is the engine's own, as its parseQueryToJSON gives it: nested objects with a `type` each.
It is complete (the engine can write the statement again from it), and every type that is not known
here is refused, so nothing can hide in a clause that nobody thought of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.local.clickhouse import allowed
from deploy.local.clickhouse.errors import DatabaseError

Node = dict[str, Any]

# Types that carry nothing but their parts, which are looked at one by one.
_PLAIN = frozenset(
    {
        "ArrayJoin",
        "Asterisk",
        "ColumnsExceptTransformer",
        "ColumnsListMatcher",
        "ColumnsRegexpMatcher",
        "ColumnsReplaceTransformer",
        "ColumnsReplaceTransformer::Replacement",
        "ColumnsReplaceTransformerReplacement",
        "ColumnsTransformerList",
        "ExpressionList",
        "Identifier",
        "InterpolateElement",
        "Literal",
        "OrderByElement",
        "QualifiedAsterisk",
        "QualifiedColumnsListMatcher",
        "QualifiedColumnsRegexpMatcher",
        "QueryParameter",
        "SampleRatio",
        "SelectIntersectExceptQuery",
        "Subquery",
        "TableJoin",
        "TablesInSelectQuery",
        "TablesInSelectQueryElement",
        "WindowDefinition",
        "WindowListElement",
        "WithElement",
    }
)
_CTE_NAME = re.compile(r"\w+\Z")
_OUTPUTS = ("out_file", "compression", "compression_level")


@dataclass(frozen=True)
class World:
    """What exists, and what of it may be used."""

    functions: frozenset[str]
    combinators: tuple[str, ...]
    table_functions: frozenset[str]
    limits: Mapping[str, str]
    is_public: Callable[[str], bool]


@dataclass(frozen=True)
class _Place:
    """Where in a statement a node stands."""

    database: str
    params: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()


def judge(tree: Node, world: World, database: str, params: Mapping[str, str]) -> None:
    """Raise DatabaseError for the first thing in the tree that may not be read."""
    _judge(tree, world, _Place(database, params))


def _judge(node: Node, world: World, place: _Place) -> None:
    kind = node["type"]
    special = _SPECIAL.get(kind)
    if special is not None:
        special(node, world, place)
    elif kind in _PLAIN:
        _judge_parts(node, world, place)
    else:
        raise _refused(f"{kind} is not available")


def _judge_parts(node: Node, world: World, place: _Place) -> None:
    for part in _parts(node):
        _judge(part, world, place)


def _query(node: Node, world: World, place: _Place) -> None:
    for output in _OUTPUTS:
        if node.get(output):
            raise _refused("INTO OUTFILE is not available")
    if format_node := node.get("format_ast"):
        check_format(format_node.get("name", ""))
    _judge_parts(node, world, place)


def _union(node: Node, world: World, place: _Place) -> None:
    # The common table expressions of a branch are seen by the branches beside it.
    names = {
        element["name"]
        for select in _parts(node.get("list_of_selects", {}))
        for element in _parts(select.get("with") or {})
        if element["type"] == "WithElement" and _CTE_NAME.match(element.get("name", ""))
    }
    _query(node, world, _Place(place.database, place.params, place.names | names))


def _function(node: Node, world: World, place: _Place) -> None:
    name = node.get("name", "")
    _check_function(name, world)
    arguments = list(_parts(node.get("arguments") or {}))
    if name.lower().replace("global", "").endswith(_IN_FAMILY) and len(arguments) == 2:
        right = arguments[1]
        if right["type"] == "Identifier":
            parts = _name_parts(right, place)
            if len(parts) > 1 or not _CTE_NAME.match(parts[0]):
                _check_table(parts, world, place)
    _judge_parts(node, world, place)


def _apply(node: Node, world: World, place: _Place) -> None:
    if node.get("func_name"):
        _check_function(node["func_name"], world)
    _judge_parts(node, world, place)


def _table_expression(node: Node, world: World, place: _Place) -> None:
    call = node.get("table_function")
    if call is None:
        _judge_parts(node, world, place)
        return
    database, _, view = call["name"].rpartition(".")
    known = call["name"].lower()
    if known not in allowed.TABLE_FUNCTIONS:
        if known in world.table_functions:
            raise _refused(f"Table function {call['name']} is not available")
        _check_table([database, view] if database else [view], world, place)
    for key, part in _keyed_parts(node):
        if key == "table_function":
            _judge_parts(part, world, place)
        else:
            _judge(part, world, place)


def _table(node: Node, world: World, place: _Place) -> None:
    _check_table(_name_parts(node, place), world, place)


def _settings(node: Node, world: World, place: _Place) -> None:
    for key in ("default_settings", "query_parameters"):
        if node.get(key):
            raise _refused("Such settings are not available")
    for change in node.get("changes", ()):
        value = change.get("value", {})
        text = str(value.get("value", "")) if isinstance(value, dict) else str(value)
        check_setting(change["name"], text, world.limits)


def _show(node: Node, world: World, place: _Place) -> None:
    source = node.get("from")
    parts = _name_parts(source, place) if isinstance(source, dict) else [place.database]
    _check_database(parts[0])
    _query(node, world, place)


def _show_columns(node: Node, world: World, place: _Place) -> None:
    database = node.get("database") or place.database
    _check_table([database, node.get("table", "")], world, place)
    _query(node, world, place)


_IN_FAMILY = ("in", "inignoreset")
_SPECIAL: dict[str, Callable[[Node, World, _Place], None]] = {
    "SelectWithUnionQuery": _union,
    "SelectQuery": _query,
    "ExplainQuery": _query,
    "Function": _function,
    "ColumnsApplyTransformer": _apply,
    "TableExpression": _table_expression,
    "TableIdentifier": _table,
    "SetQuery": _settings,
    "ShowTablesQuery": _show,
    "ShowColumnsQuery": _show_columns,
    "ShowIndexesQuery": _show_columns,
    "ShowFunctionsQuery": _query,
    "ShowSettingQuery": _query,
    "ShowEngineQuery": _query,
    "ShowEnginesQuery": _query,
}


def check_setting(name: str, value: str, limits: Mapping[str, str]) -> None:
    """Raise DatabaseError 452 for a setting that the account may not change."""
    reason = allowed.setting_refusal(name, value, limits)
    if reason:
        raise DatabaseError(452, reason)


def check_format(name: str) -> None:
    """Raise DatabaseError for an output format that reads files of the server."""
    if name.lower() in allowed.FORBIDDEN_FORMATS or name.lower().startswith("customseparated"):
        raise _refused(f"Format {name} is not available")


def check_table(parts: list[str], world: World) -> None:
    """Raise DatabaseError for a table, given with its database, that may not be read."""
    _check_table(parts, world, _Place(parts[0]))


def _check_function(name: str, world: World) -> None:
    if name.lower() in world.functions:
        return
    base = name
    while (shorter := _without_combinator(base, world)) != base:
        base = shorter
        if base.lower() in world.functions:
            return
    raise _refused(f"Function {name} is not available")


def _without_combinator(name: str, world: World) -> str:
    for combinator in world.combinators:
        if name.endswith(combinator) and len(name) > len(combinator):
            return name[: -len(combinator)]
    return name


def _check_table(parts: list[str], world: World, place: _Place) -> None:
    if len(parts) == 1:
        name = parts[0]
        if name in place.names:
            return
        if place.database in allowed.DATABASES and not world.is_public(name):
            raise DatabaseError(
                60, f"Table {place.database}.{name} does not exist", "UNKNOWN_TABLE"
            )
        parts = [place.database, name]
    database, table = parts[0], parts[1]
    if database == "system" and table in allowed.SYSTEM_TABLES and len(parts) == 2:
        return
    _check_database(database)
    if database == "system":
        raise _refused(f"Table system.{table} is not available")


def _check_database(name: str) -> None:
    if name != "system" and name not in allowed.DATABASES:
        raise _refused(f"Database {name} is not available")


def _name_parts(node: Node, place: _Place) -> list[str]:
    """The parts of a name; a part that is a parameter is what the request gives for it."""
    given = [
        place.params.get(child["name"], "")
        for child in _parts(node)
        if child["type"] == "QueryParameter"
    ]
    parts = list(node.get("name_parts") or [node.get("name", "")])
    for place_at, part in enumerate(parts):
        if not part and given:
            parts[place_at] = given.pop(0)
    whole = [piece for part in [*parts, *given] for piece in part.split(".")]
    return whole if given or any(not p for p in node.get("name_parts") or [""]) else parts


def _parts(node: Node) -> Iterator[Node]:
    for _, part in _keyed_parts(node):
        yield part


def _keyed_parts(node: Node) -> Iterator[tuple[str, Node]]:
    for key, value in node.items():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                if "type" in part:
                    yield key, part
                elif "field_type" not in part and key != "changes":
                    # An unnamed wrapper: what it holds counts as held by the node.
                    yield from _keyed_parts(part)


def _refused(what: str) -> DatabaseError:
    return DatabaseError(497, f"bi: Not enough privileges. {what} to this account")

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

from deploy.local.clickhouse import allowed, texts
from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.world import World

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
class _Place:
    """Where in a statement a node stands."""

    database: str
    params: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()


def judge(tree: Node, world: World, database: str, params: Mapping[str, str]) -> None:
    """Raise DatabaseError for the first thing in the tree that may not be read."""
    try:
        _judge(tree, world, _Place(database, params))
    except RecursionError:
        raise too_deep() from None


def too_deep() -> DatabaseError:
    """What the engine says of statements nested deeper than anyone writes them."""
    return DatabaseError(306, "Too deep recursion in the statement", "TOO_DEEP_RECURSION")


def _judge(node: Node, world: World, place: _Place) -> None:
    kind = node["type"]
    special = _SPECIAL.get(kind)
    if special is not None:
        special(node, world, place)
    elif kind in _PLAIN:
        _judge_parts(node, world, place)
    else:
        raise world.refused(f"{kind} is not available")


def _judge_parts(node: Node, world: World, place: _Place) -> None:
    for part in _parts(node):
        _judge(part, world, place)


def _query(node: Node, world: World, place: _Place) -> None:
    for output in _OUTPUTS:
        if node.get(output):
            raise world.refused("INTO OUTFILE is not available")
    if format_node := node.get("format_ast"):
        world.check_format(format_node.get("name", ""))
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
    name = world.check_function(node.get("name", ""))
    arguments = list(_parts(node.get("arguments") or {}))
    if name in _IN_FAMILY and len(arguments) == 2 and arguments[1]["type"] == "Identifier":
        world.check_set(_name_parts(arguments[1], place), place.database, place.names)
    if name in texts.CHECKED:
        _check_text(name, [*_parts(node.get("parameters") or {}), *arguments], world)
    elif name.startswith(("array", "map")) and len(arguments) > 1:
        _check_named_lambdas(arguments, world, place)
    _judge_parts(node, world, place)


def _check_text(name: str, arguments: list[Node], world: World) -> None:
    """An argument that the engine parses again must be plain to see, and plain."""
    text = _literal_text(arguments[0]) if arguments else None
    if text is None or not texts.CHECKED[name](text):
        raise world.refused(f"Function {name} with such a first argument is not available")
    if aggregate := texts.aggregate_name(text) if name not in texts.WITH_FORMAT else None:
        world.check_function(aggregate)


def _check_named_lambdas(arguments: list[Node], world: World, place: _Place) -> None:
    """`arrayMap(file, …)` calls a function by its bare name, which looks like a column's."""
    for argument in arguments:
        if argument["type"] == "Identifier":
            called = ".".join(_name_parts(argument, place)).lower()
            if called in world.refused_functions:
                raise world.refused(f"Function {called} is not available")


def _apply(node: Node, world: World, place: _Place) -> None:
    if node.get("func_name"):
        name = world.check_function(node["func_name"])
        if name in texts.CHECKED:
            raise world.refused(f"Function {name} is not available in APPLY")
    _judge_parts(node, world, place)


def _table_expression(node: Node, world: World, place: _Place) -> None:
    call = node.get("table_function")
    if call is None:
        _judge_parts(node, world, place)
        return
    _check_table_function(call, world, place)
    for key, part in _keyed_parts(node):
        if key == "table_function":
            _judge_parts(part, world, place)
        else:
            _judge(part, world, place)


def _check_table_function(call: Node, world: World, place: _Place) -> None:
    name = call["name"].lower()
    if name in texts.WITH_COLUMNS:
        first = next(_parts(call.get("arguments") or {}), None)
        text = _literal_text(first) if first else None
        if first and not (texts.is_column_list(text) if text is not None else _is_row(first)):
            raise world.refused(f"Table function {name} with such columns is not available")
    elif name not in allowed.TABLE_FUNCTIONS:
        if name in world.table_functions:
            raise world.refused(f"Table function {name} is not available")
        # What is left looks like a function and is a view with parameters.
        database, _, view = call["name"].rpartition(".")
        world.check_table([database, view] if database else [view], place.database)


def _table(node: Node, world: World, place: _Place) -> None:
    world.check_table(_name_parts(node, place), place.database, place.names)


def _settings(node: Node, world: World, place: _Place) -> None:
    for key in ("default_settings", "query_parameters"):
        if node.get(key):
            raise world.refused("Such settings are not available")
    for change in node.get("changes", ()):
        value = change.get("value", {})
        text = str(value.get("value", "")) if isinstance(value, dict) else str(value)
        world.check_setting(change["name"], text)


def _show(node: Node, world: World, place: _Place) -> None:
    for kind in ("caches", "cluster", "clusters", "merges"):
        if node.get(kind):
            raise world.refused(f"SHOW {kind.upper()} is not available")
    source = node.get("from")
    parts = _name_parts(source, place) if isinstance(source, dict) else [place.database]
    world.check_database(parts[0])
    _query(node, world, place)


def _show_columns(node: Node, world: World, place: _Place) -> None:
    world.check_table(
        [node.get("database") or place.database, node.get("table", "")], place.database
    )
    _query(node, world, place)


_IN_FAMILY = frozenset(
    f"{scope}{negation}{nulls}in{ignoring}"
    for scope in ("", "global")
    for negation in ("", "not")
    for nulls in ("", "null")
    for ignoring in ("", "ignoreset")
)
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
}


def _literal_text(node: Node) -> str | None:
    value = node.get("value")
    if node["type"] != "Literal" or not isinstance(value, dict):
        return None
    return value["value"] if value.get("field_type") == "String" else None


def _is_row(node: Node) -> bool:
    """A row of data, which cannot be worked out to a text that describes columns."""
    return node["type"] == "Literal" or node.get("name") in ("tuple", "array", "negate")


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
        for part in _nodes(value):
            yield key, part


def _nodes(value: Any) -> Iterator[Node]:
    """The nodes in a value, through lists and unnamed wrappers, but not inside a literal."""
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item)
    elif isinstance(value, dict):
        if "type" in value:
            yield value
        elif "field_type" not in value:
            for item in value.values():
                yield from _nodes(item)

"""The judgement over syntax trees, on trees as the engine writes them."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.local.clickhouse.allowed import pure_functions, setting_refusal
from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.tree import World, judge

Node = dict[str, Any]
WORLD = World(
    functions=frozenset({"sum", "equals", "in", "lambda", "upper"}),
    combinators=("If", "Array", "State"),
    table_functions=frozenset({"file", "numbers", "merge"}),
    limits={"max_execution_time": "30"},
    is_public=lambda name: name in ("observations", "values_as_of"),
)


def table(*parts: str) -> Node:
    name = {"type": "TableIdentifier", "name": ".".join(parts), "name_parts": list(parts)}
    return {"type": "TableExpression", "database_and_table_name": name}


def call(name: str, *arguments: Node) -> Node:
    inside = {"type": "ExpressionList", "children": list(arguments)}
    return {"type": "Function", "name": name, "arguments": inside}


def name(*parts: str) -> Node:
    return {"type": "Identifier", "name": ".".join(parts), "name_parts": list(parts)}


def select(*columns: Node, source: Node | None = None, **more: Any) -> Node:
    query: Node = {"type": "SelectQuery", "select": {"type": "ExpressionList", "children": columns}}
    query["select"]["children"] = list(columns)
    if source:
        element = {"type": "TablesInSelectQueryElement", "table_expression": source}
        query["tables"] = {"type": "TablesInSelectQuery", "children": [element]}
    query |= more
    selects = {"type": "ExpressionList", "children": [query]}
    return {"type": "SelectWithUnionQuery", "list_of_selects": selects}


def named(cte: str, query: Node) -> Node:
    element = {"type": "WithElement", "name": cte, "subquery": query}
    return {"type": "ExpressionList", "children": [element]}


def refusal(tree: Node, database: str = "bi", **params: str) -> int | None:
    try:
        judge(tree, WORLD, database, params)
    except DatabaseError as error:
        return error.code
    return None


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (table("bi", "observations"), None),
        (table("observations"), None),
        (table("nothing"), 60),
        (table("/etc/passwd"), 60),
        (table("pacekeeper", "raw"), 497),
        (table("system", "tables"), None),
        (table("system", "errors"), 497),
        (table("information_schema", "tables"), None),
    ],
)
def test_tables_are_those_of_the_lists(source: Node, code: int | None) -> None:
    assert refusal(select(name("a"), source=source)) == code


def test_bare_names_mean_the_current_database() -> None:
    assert refusal(select(source=table("errors")), database="system") == 497
    assert refusal(select(source=table("one")), database="system") is None


def test_a_common_table_expression_is_seen_inside_its_query_only() -> None:
    inner = select(source=table("passwd"))
    assert refusal(select(source=table("x"), **{"with": named("x", select())})) is None
    assert refusal(select({"type": "Subquery", "children": [inner]})) == 60
    assert (
        refusal(
            select(
                {"type": "Subquery", "children": [select(**{"with": named("passwd", select())})]},
                source=table("passwd"),
            )
        )
        == 60
    )
    assert refusal(select(source=table("/x"), **{"with": named("/x", select())})) == 60


@pytest.mark.parametrize(
    ("function", "code"),
    [
        ("sum", None),
        ("SUM", None),
        ("sumIf", None),
        ("sumArrayIf", None),
        ("file", 497),
        ("If", 497),
    ],
)
def test_functions_are_those_of_the_lists_with_their_combinators(
    function: str, code: int | None
) -> None:
    assert refusal(select(call(function, name("a")))) == code


@pytest.mark.parametrize(
    ("function", "code"),
    [("numbers", None), ("file", 497), ("merge", 497), ("bi.values_as_of", None)]
    + [("values_as_of", None), ("other_view", 60), ("pacekeeper.view", 497)],
)
def test_table_functions_are_listed_ones_or_public_views(function: str, code: int | None) -> None:
    source = {"type": "TableExpression", "table_function": call(function)}
    assert refusal(select(source=source)) == code


def test_a_view_takes_no_forbidden_argument() -> None:
    source = {
        "type": "TableExpression",
        "table_function": call("bi.values_as_of", call("equals", name("at"), call("file"))),
    }
    assert refusal(select(source=source)) == 497


def test_the_right_side_of_in_may_be_a_table() -> None:
    assert refusal(select(call("in", name("a"), name("pacekeeper", "raw")))) == 497
    assert refusal(select(call("in", name("a"), name("bi", "observations")))) is None
    assert refusal(select(call("in", name("a"), name("tags")))) is None


@pytest.mark.parametrize(
    "transformer",
    [
        {"type": "ColumnsApplyTransformer", "func_name": "file"},
        {"type": "ColumnsApplyTransformer", "lambda": call("lambda", call("file"))},
    ],
)
def test_apply_calls_what_it_names(transformer: Node) -> None:
    asterisk = {"type": "Asterisk", "transformers": {"type": "ColumnsTransformerList"}}
    asterisk["transformers"]["children"] = [transformer]  # type: ignore[index]
    assert refusal(select(asterisk)) == 497


def test_names_given_by_parameters_are_judged_by_their_values() -> None:
    hidden: Node = {"type": "TableIdentifier", "name": ""}
    hidden["children"] = [{"type": "QueryParameter", "name": "t", "param_type": "Identifier"}]
    source = {"type": "TableExpression", "database_and_table_name": hidden}
    assert refusal(select(source=source), t="observations") is None
    assert refusal(select(source=source), t="pacekeeper.raw") == 497


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [
        ("max_execution_time", 10, None),
        ("max_execution_time", 31, 452),
        ("max_execution_time", 0, 452),
        ("max_threads", 1, None),
        ("readonly", 0, 452),
        ("format_schema", "/etc/passwd", 452),
    ],
)
def test_settings_are_listed_and_limits_only_lowered(
    setting: str, value: object, code: int | None
) -> None:
    change = {"name": setting, "value": {"field_type": "UInt64", "value": value}}
    assert refusal(select(settings={"type": "SetQuery", "changes": [change]})) == code


def test_outputs_and_unknown_clauses_are_refused() -> None:
    into = select() | {"out_file": {"type": "Literal", "value": {"field_type": "String"}}}
    assert refusal(into) == 497
    assert refusal(select() | {"format_ast": name("Template")}) == 497
    assert refusal(select({"type": "SomethingNew"})) == 497


def test_a_function_is_pure_by_its_family_or_by_name() -> None:
    pure = pure_functions({"upper": "String", "file": "Other", "dictGet": "Dictionary"})
    assert "upper" in pure
    assert not pure & {"file", "dictget"}


def test_what_cannot_be_read_as_a_number_lowers_no_limit() -> None:
    assert setting_refusal("max_execution_time", "soon", {"max_execution_time": "30"})

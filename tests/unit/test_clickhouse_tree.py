"""The judgement over syntax trees, on trees as the engine writes them."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.tree import judge
from deploy.local.clickhouse.world import World

Node = dict[str, Any]
WORLD = World(
    functions=frozenset(
        {"sum", "equals", "in", "lambda", "upper", "tuple", "argmin"}
        | {"arraymap", "arrayreduce", "formatrow", "groupformat"}
    ),
    refused_functions=frozenset({"file", "dictgetornull", "flamegraph"}),
    combinators=("If", "Array", "State"),
    table_functions=frozenset({"file", "numbers", "merge", "values"}),
    hidden_tables=frozenset({"errors"}),
    standard_tables=frozenset({"tables"}),
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


def literal(text: str) -> Node:
    return {"type": "Literal", "value": {"field_type": "String", "value": text}}


@pytest.mark.parametrize(
    ("function", "text", "code"),
    [
        ("arrayReduce", "sum", None),
        ("arrayReduce", "sum(0.5, 'a')", None),
        ("arrayReduce", "sum(file('/etc/passwd'))", 497),
        ("arrayReduce", "sum((SELECT 1))", 497),
        ("arrayReduce", "flameGraph", 497),
        ("formatRow", "JSONEachRow", None),
        ("formatRow", "Template", 497),
    ],
)
def test_text_that_is_parsed_again_is_judged(function: str, text: str, code: int | None) -> None:
    assert refusal(select(call(function, literal(text), name("a")))) == code


def test_text_that_is_parsed_again_is_written_out() -> None:
    for hidden in (name("text"), call("upper", literal("sum"))):
        assert refusal(select(call("arrayReduce", hidden, name("a")))) == 497
    apply = {"type": "ColumnsApplyTransformer", "func_name": "arrayReduce"}
    assert refusal(select(apply)) == 497


def test_the_format_of_an_aggregate_stands_in_its_parameters() -> None:
    for text, code in (("JSON", None), ("Protobuf", 497)):
        parameters = {"type": "ExpressionList", "children": [literal(text)]}
        assert refusal(select(call("groupFormat", name("a")) | {"parameters": parameters})) == code


def test_a_function_may_not_be_called_by_its_bare_name() -> None:
    assert refusal(select(call("arrayMap", name("file"), name("a")))) == 497
    assert refusal(select(call("arrayMap", name("upper"), name("a")))) is None
    assert refusal(select(call("upper", name("file")))) is None
    given = {"type": "QueryParameter", "name": "f", "param_type": "Identifier"}
    hidden: Node = {"type": "Identifier", "name": "", "children": [given]}
    assert refusal(select(call("arrayMap", hidden, name("a"))), f="file") == 497


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (literal("a Int32, b Enum8('x' = 1)"), None),
        (literal("a Int32 ALIAS file('/etc/passwd')"), 497),
        (call("tuple", literal("a")), None),
        (call("upper", literal("a Int32")), 497),
        (name("a"), 497),
    ],
)
def test_columns_of_values_have_types_only(first: Node, code: int | None) -> None:
    source = {"type": "TableExpression", "table_function": call("values", first)}
    assert refusal(select(source=source)) == code


def test_a_table_expression_name_hides_no_table_of_the_server() -> None:
    query = select(source=table("errors"), **{"with": named("errors", select())})
    assert refusal(query, database="system") == 497
    assert refusal(query) is None
    assert refusal(select(call("in", name("a"), name("errors"))), database="system") == 497


def test_the_second_argument_of_other_functions_is_no_table() -> None:
    assert refusal(select(call("argMin", name("o", "value"), name("o", "at")))) is None


@pytest.mark.parametrize("kind", ["caches", "cluster", "clusters", "merges"])
def test_show_lists_tables_and_settings_only(kind: str) -> None:
    assert refusal({"type": "ShowTablesQuery", kind: True}) == 497
    assert refusal({"type": "ShowTablesQuery", "settings": True}) is None


def test_what_is_nested_too_deeply_is_refused() -> None:
    deep = name("a")
    for _ in range(20_000):
        deep = call("upper", deep)
    assert refusal(select(deep)) == 306


def test_nodes_in_nested_lists_and_wrappers_are_judged() -> None:
    assert refusal(select() | {"anything": [[{"inside": call("file")}]]}) == 497

"""Disguises: every forbidden thing in every place of a statement where an expression may stand."""

from __future__ import annotations

from collections.abc import Iterator

# Expressions that read a file, another table, or another server; /CANARY/ is a file's path.
EXPRESSIONS = (
    "file('/CANARY/')",
    "`\\x66ile`('/CANARY/')",
    "arrayMap(file, ['/CANARY/'])[1]",
    "arrayReduce('groupConcat(file(\\'/CANARY/\\'))', ['a', 'b'])",
    "(SELECT any(b) FROM pacekeeper.secrets)",
    "(SELECT a FROM null('b Int32, a String ALIAS file(\\'/CANARY/\\')'))",
    "dictGet('pacekeeper.d', 'a', 1)",
    "joinGet('pacekeeper.secrets', 'b', 1)",
    "getServerSetting('listen_host')",
    "(1 IN pacekeeper.secrets)",
)
PLACES = (
    "SELECT {}",
    "SELECT 1 AS a, toString({}) AS b, a",
    "SELECT /* SELECT 1 */ {} -- '",
    "SELECT\u00a0{}",
    "SELECT # x\n{}",
    "WITH {} AS x SELECT x",
    "WITH t AS (SELECT {} AS x) SELECT x FROM t",
    "WITH t AS (WITH u AS (SELECT {} AS x) SELECT x FROM u) SELECT x FROM t",
    "SELECT * FROM (SELECT {})",
    "SELECT * FROM (SELECT * FROM (SELECT * FROM (SELECT {})))",
    "SELECT (SELECT {})",
    "SELECT arrayMap(x -> (x, {}), [1])",
    "SELECT throwIf(length(toString({})) > 0, toString({}))",
    "SELECT CAST(toString({}) AS Int32)",
    "SELECT number FROM numbers(2) WHERE toString({}) != ''",
    "SELECT number FROM numbers(2) ORDER BY {}",
    "SELECT count() FROM numbers(2) GROUP BY {}",
    "SELECT number FROM numbers(2) GROUP BY number HAVING toString({}) != ''",
    "SELECT number FROM numbers(length(toString({})))",
    "SELECT number FROM numbers(2) LIMIT 1 BY {}",
    "SELECT sum(number) OVER (PARTITION BY {}) FROM numbers(2)",
    "SELECT any({}), anyIf({}, 1)",
    "SELECT groupArray({}) FILTER (WHERE 1)",
    "SELECT * REPLACE ({} AS number) FROM numbers(1)",
    "SELECT * APPLY(x -> toString({})) FROM numbers(1)",
    "SELECT f FROM numbers(1) ARRAY JOIN [toString({})] AS f",
    "SELECT 1 FROM numbers(1) AS n JOIN numbers(1) AS m ON n.number = length(toString({}))",
    "SELECT 1 UNION ALL SELECT length(toString({}))",
    "(SELECT 1) EXCEPT ((SELECT length(toString({}))))",
    "SELECT 1 IN (SELECT length(toString({})))",
    "SELECT EXISTS(SELECT {})",
    "SELECT * FROM bi.values_as_of(at = toDateTime64(toString({}), 3))",
    "SELECT {} SETTINGS max_threads = 1 FORMAT JSON",
    "SELECT {};",
    "FROM numbers(1) SELECT {}",
    "FROM numbers(1) |> EXTEND {} AS x |> SELECT x",
    "EXPLAIN SELECT {}",
    "EXPLAIN QUERY TREE SELECT {}",
    "EXPLAIN ANALYZE SELECT {}",
    "SELECT * FROM (EXPLAIN SELECT {})",
    "DESCRIBE (SELECT {})",
    "DESCRIBE TABLE (SELECT {} AS x) FORMAT JSON",
)
TABLES = (
    "pacekeeper.secrets",
    '`pacekeeper`."secrets"',
    "pacekeeper/**/.\n`secret\\x73`",
    "system.errors",
    "system.processes",
    "'/CANARY/'",
    "file('/CANARY/', 'LineAsString')",
    "url('http://127.0.0.1:/PORT/', 'LineAsString')",
    "remote('127.0.0.1:/PORT/', pacekeeper.secrets)",
    "merge('pacekeeper', 'secrets')",
    "merge(REGEXP('.*'), 'secrets')",
    "view(SELECT * FROM pacekeeper.secrets)",
    "viewIfPermitted(SELECT * FROM pacekeeper.secrets ELSE null('a Int32'))",
    "loop(pacekeeper.secrets)",
    "cluster('default', pacekeeper.secrets)",
    "sqlite('/OUT/', 't')",
    "Python(sys)",
    "{hidden:Identifier}",
    "{database:Identifier}.{table:Identifier}",
)
SOURCES = (
    "SELECT * FROM [T]",
    "SELECT count() FROM [T] AS observations",
    "FROM [T] SELECT *",
    "FROM [T] |> AGGREGATE count()",
    "SELECT * FROM (SELECT * FROM [T])",
    "SELECT (SELECT count() FROM [T])",
    "SELECT 1 WHERE EXISTS(SELECT * FROM [T])",
    "SELECT 1 IN (SELECT * FROM [T])",
    "WITH t AS (SELECT * FROM [T]) SELECT * FROM t",
    "WITH t AS (SELECT 1) SELECT * FROM t, [T]",
    "WITH secrets AS (SELECT 1 AS a), errors AS (SELECT 1 AS a) SELECT * FROM [T]",
    "SELECT * FROM bi.observations AS o CROSS JOIN [T] AS s",
    "SELECT * FROM numbers(1) LEFT JOIN (SELECT * FROM [T]) AS s ON 1 = 1",
    "SELECT toString(indicator) FROM bi.observations UNION ALL SELECT toString(1) FROM [T]",
    "SELECT * APPLY(toString) FROM [T]",
    "SELECT * FROM [T] SETTINGS max_threads = 1",
    "EXPLAIN SELECT * FROM [T]",
    "EXPLAIN PIPELINE SELECT * FROM [T]",
    "DESCRIBE TABLE [T]",
    "DESCRIBE (SELECT * FROM [T])",
    "SELECT * FROM [T] INTO OUTFILE '/OUT/'",
)


def disguised_expressions() -> Iterator[str]:
    """Each expression in each place."""
    for place in PLACES:
        for expression in EXPRESSIONS:
            yield place.replace("{}", expression)


def disguised_tables() -> Iterator[str]:
    """Each table in each place."""
    for source in SOURCES:
        for table in TABLES:
            yield source.replace("[T]", table)

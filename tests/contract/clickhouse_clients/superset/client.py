"""What Superset does with a database, step by step; each step is a line of JSON on stdout.

Run by the Python of an environment that has Superset, in an empty folder that becomes its home.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any


def env(name: str) -> str:
    return os.environ[f"CLIENT_{name}"]


def step(name: str, work: Callable[[], Any]) -> None:
    try:
        said: dict[str, Any] = {"step": name, "result": work()}
    except Exception as error:
        said = {"step": name, "error": {"class": type(error).__name__, "message": str(error)}}
    sys.stdout.write(json.dumps(said, default=str, ensure_ascii=False) + "\n")


def application() -> Any:
    home = Path.cwd()
    settings = (
        f"SECRET_KEY = {'k' * 42!r}\nSQLALCHEMY_DATABASE_URI = 'sqlite:///{home}/superset.db'\n"
    )
    (home / "superset_config.py").write_text(settings)
    os.environ |= {
        "SUPERSET_HOME": str(home),
        "SUPERSET_CONFIG_PATH": str(home / "superset_config.py"),
    }
    from superset.app import create_app

    return create_app()


def main() -> None:
    with redirect_stdout(sys.stderr):
        app = application()
    with app.app_context():
        from flask_appbuilder import Model
        from superset.connectors.sqla.models import SqlaTable  # noqa: F401 — brings its tables
        from superset.extensions import db

        Model.metadata.create_all(db.engine)
        use()


def use() -> None:
    from superset.db_engine_specs.clickhouse import ClickHouseConnectEngineSpec
    from superset.extensions import db
    from superset.models.core import Database

    form = {
        "username": env("USER"),
        "password": env("PASSWORD"),
        "host": env("HOST"),
        "port": int(env("PORT")),
        "database": "bi",
        "query": {},
        "encryption": False,
    }
    step("form", lambda: ClickHouseConnectEngineSpec.validate_parameters({"parameters": form}))
    uri = ClickHouseConnectEngineSpec.build_sqlalchemy_uri(form, {})
    database = Database(database_name="pacekeeper", expose_in_sqllab=True)
    database.set_sqlalchemy_uri(uri)
    db.session.add(database)
    db.session.commit()
    connect(database, uri)
    browse(database)
    read(database)
    chart(database)
    fail(database)
    if env("WRITES") == "True":
        write(database)


def connect(database: Any, uri: str) -> None:
    def ping() -> bool:
        with database.get_sqla_engine() as engine:
            return bool(engine.dialect.do_ping(engine.raw_connection()))

    step("specification", lambda: [database.db_engine_spec.__name__, uri.split(":")[0]])
    step("ping", ping)
    step("version", lambda: database.get_df("SELECT version() AS v")["v"][0])


def browse(database: Any) -> None:
    from superset.databases.utils import get_table_metadata
    from superset.sql.parse import Table

    types, missing = Table("all_types", "bi"), Table("no_such_view", "bi")

    def generic_types() -> dict[str, str | None]:
        ask = database.db_engine_spec.get_column_spec
        columns = database.get_columns(types)
        found = {column["column_name"]: ask(str(column["type"])) for column in columns}
        return {name: kind.generic_type.name if kind else None for name, kind in found.items()}

    step("schemas", lambda: sorted(database.get_all_schema_names()))
    names = (database.get_all_table_names_in_schema, database.get_all_view_names_in_schema)
    step("tables", lambda: [sorted(name for name, *_ in ask(None, "bi")) for ask in names])
    step(
        "columns",
        lambda: [
            (column["column_name"], str(column["type"]), column.get("comment"))
            for column in database.get_columns(types)
        ],
    )
    step("generic types", generic_types)
    step("metadata", lambda: [c["name"] for c in get_table_metadata(database, types)["columns"]])
    step("exists", lambda: [database.has_table(table) for table in (types, missing)])
    step("functions", lambda: "uniqExact" in database.function_names)
    step("preview", lambda: database.select_star(types, limit=10, show_cols=True))


def read(database: Any) -> None:
    def typed() -> list[dict[str, Any]]:
        frame = database.get_df("SELECT * FROM all_types ORDER BY id", schema="bi")
        return list(json.loads(json.dumps(frame.astype(object).to_dict("records"), default=str)))

    def stream() -> list[int]:
        frame = database.get_df("SELECT id, name, value FROM series", schema="bi")
        return [len(frame), int(frame["id"].sum())]

    step("types", typed)
    step("stream", stream)
    step("cells", lambda: sql_lab(database, "SELECT * FROM all_types ORDER BY id"))


def sql_lab(database: Any, statement: str) -> Any:
    """A statement the way SQL Lab runs it: cursor, result set, and the JSON for the browser."""
    from superset.dataframe import df_to_records
    from superset.result_set import SupersetResultSet
    from superset.utils.json import dumps, pessimistic_json_iso_dttm_ser

    specification = database.db_engine_spec
    with database.get_raw_connection(schema="bi") as connection:
        cursor = connection.cursor()
        specification.execute(cursor, statement, database)
        rows = specification.fetch_data(cursor, 1000)
        result = SupersetResultSet(rows, cursor.description, specification)
    records = df_to_records(result.to_pandas_df())
    return json.loads(dumps(records, default=pessimistic_json_iso_dttm_ser))


def chart(database: Any) -> None:
    from superset.connectors.sqla.models import SqlaTable
    from superset.extensions import db

    def dataset(name: str) -> Any:
        table = SqlaTable(table_name=name, schema="bi", database=database)
        db.session.add(table)
        table.fetch_metadata()
        db.session.commit()
        return table

    def grouped() -> Any:
        asked = query(
            ["name"], [metric("sum(value)")], [filtered("name", "IN", ["区县1", "区县3"])]
        )
        return dataset("series").query(asked).df.to_dict("records")

    def over_time() -> Any:
        table = dataset("all_types")
        grains = database.db_engine_spec.get_time_grain_expressions()
        return {grain: counted(table, grain) for grain in grains if grain}

    def counted(table: Any, grain: str) -> int:
        from datetime import datetime

        asked = query([], [metric("count()")], [])
        asked |= {
            "granularity": "recorded",
            "is_timeseries": True,
            "extras": {"time_grain_sqla": grain},
            "from_dttm": datetime(2024, 1, 1),  # noqa: DTZ001 — Superset's own have no zone
            "to_dttm": datetime(2025, 1, 1),  # noqa: DTZ001
        }
        result = table.query(asked)
        assert not result.error_message, result.error_message
        return len(result.df)

    step("chart", grouped)
    step("time grains", over_time)


def query(columns: list[str], metrics: list[Any], filters: list[Any]) -> dict[str, Any]:
    return {
        "granularity": None,
        "from_dttm": None,
        "to_dttm": None,
        "columns": columns,
        "groupby": columns,
        "metrics": metrics,
        "filter": filters,
        "is_timeseries": False,
        "row_limit": 1000,
        "orderby": [],
        "extras": {},
    }


def metric(expression: str) -> dict[str, Any]:
    return {"expressionType": "SQL", "sqlExpression": expression, "label": "总量"}


def filtered(column: str, operator: str, value: Any) -> dict[str, Any]:
    return {"col": column, "op": operator, "val": value}


def fail(database: Any) -> None:
    def explained() -> Any:
        try:
            database.get_df("SELECT missing FROM bi.all_types")
        except Exception as error:
            return [one.message for one in database.db_engine_spec.extract_errors(error)]
        return []

    step("sql error", lambda: database.get_df("SELECT missing FROM bi.all_types"))
    step("explained error", explained)
    step("limit", lambda: database.get_df(env("SLOW") + " SETTINGS max_execution_time = 1"))
    step("afterwards", lambda: int(database.get_df("SELECT 1 AS one")["one"][0]))
    step("forbidden", lambda: database.get_df("SELECT count() AS c FROM pacekeeper.series"))


def write(database: Any) -> None:
    """An upload of a file, as Superset writes it."""

    def upload() -> str:
        import pandas
        from superset.sql.parse import Table

        frame = pandas.DataFrame(
            {
                "client": "superset",
                "id": range(int(env("ROWS"))),
                "name": [f"充电桩{i}" for i in range(int(env("ROWS")))],
                "value": [i / 4 for i in range(int(env("ROWS")))],
            }
        )
        database.db_engine_spec.df_to_sql(
            database,
            Table("inserted", "pacekeeper"),
            frame,
            {"if_exists": "append", "index": False},
        )
        found = database.get_df(
            "SELECT count() AS c, sum(value) AS s FROM pacekeeper.inserted "
            "WHERE client = 'superset'"
        )
        return f"{found['c'][0]} {found['s'][0]}"

    step("upload", upload)


if __name__ == "__main__":
    main()

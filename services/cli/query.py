"""`query`: one read-only statement on the views of `bi`."""

from typing import Annotated

import typer

from services.cli.api import Warehouse
from services.cli.screen import put_json, put_table, stdout
from services.cli.stack import AsJson
from services.runtime import settings


def query(
    sql: Annotated[str, typer.Argument(help="例如 SELECT * FROM bi.latest_assessments")],
    as_json: AsJson = False,
) -> None:
    """查询 bi.* 视图 / query the views of `bi`."""
    with Warehouse(settings.load()) as warehouse:
        found = warehouse.query(sql)
    if as_json:
        put_json(found)
    elif "text" in found:
        stdout.out(found["text"], end="")
    else:
        put_table("", [column["name"] for column in found["meta"]], found["data"])

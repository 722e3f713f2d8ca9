"""Every query of the analysts' page, as account `bi` on the whole stack."""

import re
from pathlib import Path

import pytest

from tests.stack import RunningStack

PAGE = Path(__file__).parents[2] / "docs" / "analysts.zh.md"
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def test_the_page_has_queries() -> None:
    assert len(QUERIES) > 5


@pytest.mark.parametrize(
    "query", QUERIES, ids=[" ".join(re.findall(r"bi\.\w+", q)) for q in QUERIES]
)
def test_a_query_of_the_page_is_answered(stack: RunningStack, query: str) -> None:
    stack.rows(query)


def test_every_view_of_the_database_is_on_the_page(stack: RunningStack) -> None:
    views = {
        row["name"] for row in stack.rows("SELECT name FROM system.tables WHERE database = 'bi'")
    }
    assert views == {name for name in views if f"bi.{name}" in PAGE.read_text("utf-8")}

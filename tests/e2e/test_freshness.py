"""`bi.freshness` on the whole stack: how new what each view shows is."""

from typing import Any

from tests.builders import defined, observed, raw_event
from tests.stack import RunningStack, eventually

SOME = ("observations", "current_values", "projects", "entities", "targets", "findings")


def test_every_view_has_as_many_rows_as_it_says_and_a_figure_makes_it_new(
    stack: RunningStack,
) -> None:
    entity = raw_event("entity.defined", {"entity": "fresh", "kind": "town", "name_zh": "新"})
    figure = observed("1", indicator="fresh_output", entity="fresh", id="fresh-1")
    stack.push(entity, defined(indicator="fresh_output"), figure)
    known = "SELECT 1 FROM bi.current_values WHERE indicator = 'fresh_output'"
    eventually(lambda: stack.rows(known), 30, "the figure")
    counted = " UNION ALL ".join(f"SELECT '{v}' AS view, count() AS rows FROM bi.{v}" for v in SOME)

    def fresh() -> dict[str, dict[str, Any]]:
        return {row["view"]: row for row in stack.rows("SELECT * FROM bi.freshness")}

    def agree() -> bool:
        there, rows = fresh(), stack.rows(counted)
        return all(there[row["view"]]["rows"] == row["rows"] for row in rows)

    # What other tests pushed may still be on its way.
    eventually(agree, 30, "every count")
    found = fresh()
    assert found["observations"]["lag_seconds"] < 60
    assert found["observations"]["newest_recorded_at"] is not None
    assert found["entities"]["newest_received_at"] is None

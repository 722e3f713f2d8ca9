"""The tables and views that the migrations make."""

from collections.abc import Iterator

import clickhouse_connect
import pytest

from services.aggregate import migrate
from services.runtime.errors import RefusedError
from tests.integration.embedded_clickhouse import Running, embedded_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with embedded_server(tmp_path_factory.mktemp("clickhouse")) as running:
        client = running.client(autogenerate_session_id=False)
        assert migrate.migrate(client) == [each.name for each in migrate.migrations()]
        yield running
        client.close()


def test_a_migration_applied_in_another_form_is_refused(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = server.client(autogenerate_session_id=False)
    assert migrate.migrate(client) == []
    changed = [each._replace(text=each.text + "\n-- changed") for each in migrate.migrations()]
    monkeypatch.setattr(migrate, "migrations", lambda: changed)
    with pytest.raises(RefusedError, match="another form"):
        migrate.migrate(client)
    client.close()


def test_every_view_of_the_contract_has_its_columns(server: Running) -> None:
    client = clickhouse_connect.get_client(
        host="127.0.0.1",
        port=server.port,
        username="bi",
        password="a reader's secret",
        autogenerate_session_id=False,
    )
    for view, columns in COLUMNS.items():
        described = client.query(f"DESCRIBE TABLE (SELECT * FROM bi.{view})").result_rows
        assert set(columns.split()) <= {row[0] for row in described}, view
        client.query(f"SELECT * FROM bi.{view} LIMIT 1")
    client.close()


COLUMNS = {
    "observations": "indicator entity scope period period_start period_end measure value unit"
    " status recorded_at received_at department event_id source receipt",
    "current_values": "indicator entity scope period period_start period_end measure value unit"
    " status recorded_at vintages derived",
    "undefined_values": "indicator entity scope period period_start period_end measure reason",
    "values_as_of(at=now64())": "indicator entity scope period period_start period_end measure"
    " value unit status recorded_at vintages derived",
    "revisions": "indicator entity scope period measure vintage value previous change status"
    " recorded_at",
    "targets": "target version indicator entity scope year goal goal_value trajectory lamps lead"
    " responsible supervisor effective_from approved_by parent",
    "assessments": "target version indicator entity scope period period_end as_of actual expected"
    " gap pace required_rate forecast forecast_low forecast_high p_meet lamp scheme method"
    " trajectory_used reason reason_zh reason_en basis assessed_at superseded",
    "latest_assessments": "target lamp period reason reason_zh reason_en superseded",
    "alerts": "alert target kind indicator entity state lamp severity opened_at opened_period"
    " period gap lead responsible supervisor due_on overdue acknowledged_by acknowledged_at notes"
    " closed_at reopened",
    "alert_history": "alert seq state reason by at basis",
    "findings": "finding kind indicator entity scope period detail_zh detail_en event_ids state at",
    "rejected": "id department received_at code field message state raw",
    "ledger": "department day received accepted duplicate rejected stored difference",
    "receipts": "receipt department received_at accepted duplicate rejected stored assessed"
    " complete",
    "indicators": "indicator name_zh name_en unit measure direction owner frequency due_days"
    " formula tolerance tree definition",
    "entities": "entity kind name_zh name_en parent",
    "projects": "project name entity amount currency stage on category invested"
    " plan_year_investment progress lon lat crs lead responsible",
    "project_history": "project name entity amount currency stage on category invested"
    " plan_year_investment progress lon lat crs lead responsible recorded_at",
    "chargers": "station charger operator use power_kw stage status status_at connectors"
    " commissioned_on commissioned_basis lon lat crs entity",
    "charger_daily": "day entity use stations chargers connectors added removed kw fault_share",
}

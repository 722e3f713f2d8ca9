"""The accounts of a ClickHouse server: `bi` reads views, nothing below, within its limits."""

from xml.etree import ElementTree

import pytest

from deploy.local.clickhouse.accounts import READER
from deploy.local.clickhouse.allowed import SYSTEM_TABLES
from services.aggregate.migrate import migrations, statements
from tests.contract.server_engine import CONFIGURATION, run_as

USERS = ElementTree.parse(CONFIGURATION / "users.d" / "pacekeeper.xml").getroot()
DENIED, READONLY, OUT_OF_BOUNDS, TOO_MUCH = 497, 164, 452, 396
VIEWS = "SELECT name FROM system.tables WHERE database = 'bi' ORDER BY name"

REFUSED = {
    "SELECT * FROM pacekeeper.series": DENIED,
    "SELECT count() FROM pacekeeper.receipt_events": DENIED,
    "DESCRIBE TABLE pacekeeper.raw": DENIED,
    "SELECT * FROM mergeTreeIndex(pacekeeper, series)": DENIED,
    "INSERT INTO pacekeeper.judged (indicator) VALUES ('x')": DENIED,
    "CREATE TABLE bi.mine (a Int8) ENGINE = Memory": DENIED,
    "DROP VIEW bi.alerts": DENIED,
    "SELECT * FROM file('/etc/hostname', 'LineAsString')": DENIED,
    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')": DENIED,
    "SELECT * FROM remote('127.0.0.1', 'pacekeeper', 'current')": DENIED,
    "SELECT * FROM system.users": DENIED,
    "SYSTEM SHUTDOWN": DENIED,
    "SELECT 1 SETTINGS readonly = 0": READONLY,
    "SELECT 1 SETTINGS max_execution_time = 0": OUT_OF_BOUNDS,
    "SELECT 1 SETTINGS max_execution_time = 31": OUT_OF_BOUNDS,
    "SELECT 1 SETTINGS max_memory_usage = 0": OUT_OF_BOUNDS,
    "SELECT 1 SETTINGS max_result_rows = 0": OUT_OF_BOUNDS,
    "SELECT 1 SETTINGS max_result_bytes = 0": OUT_OF_BOUNDS,
    "SELECT 1 SETTINGS result_overflow_mode = 'break'": OUT_OF_BOUNDS,
    "SELECT number FROM numbers(2000000)": TOO_MUCH,
}
ALLOWED = {
    "SELECT indicator FROM bi.current_values": "vehicle_output\n",
    "SELECT 1 SETTINGS max_execution_time = 5": "1\n",
    "SELECT count() FROM system.tables WHERE database = 'pacekeeper'": "0\n",
    "SELECT count() FROM system.columns WHERE database = 'pacekeeper'": "0\n",
    "SELECT count() > 0 FROM information_schema.tables WHERE table_schema = 'bi'": "1\n",
}


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """A folder whose tables and views the account `pacekeeper` made, with one figure."""
    folder = tmp_path_factory.mktemp("server")
    ours = [part for migration in migrations() for part in statements(migration.text)]
    answers = run_as(
        "pacekeeper",
        folder,
        [
            # It is called `default` here: name it as the server would.
            "SET default_view_definer = 'pacekeeper'",
            "CREATE DATABASE pacekeeper",
            "CREATE DATABASE bi",
            *ours,
            "INSERT INTO pacekeeper.series (indicator, `now.value`) VALUES ('vehicle_output', [1])",
        ],
    )
    assert {answer for answer in answers if isinstance(answer, int)} == set()
    return folder


def test_bi_reads_every_view_and_nothing_below_them(migrated):
    views = str(run_as("bi", migrated, [VIEWS])[0]).split()
    parameters = {"values_as_of": "(at = now64())"}
    asked = [f"SELECT count() FROM bi.{view}{parameters.get(view, '')}" for view in views]
    answers = run_as("bi", migrated, [*asked, *ALLOWED, *REFUSED])
    given = dict(zip([*asked, *ALLOWED, *REFUSED], answers, strict=True))
    assert {"alerts", "current_values", "latest_assessments", "ledger"} <= set(views)
    assert [query for query in asked if isinstance(given[query], int)] == []
    assert {query: given[query] for query in ALLOWED} == ALLOWED
    assert {query: given[query] for query in REFUSED} == REFUSED


def test_a_view_is_written_down_with_its_maker_as_definer(migrated):
    definers = run_as("bi", migrated, [VIEWS.replace("SELECT name", "SELECT DISTINCT definer")])
    assert definers == ["pacekeeper\n"]


def test_the_limits_of_bi_are_those_of_the_embedded_server():
    ours = {limit.tag: limit.text for limit in USERS.iterfind("profiles/bi/*")}
    del ours["constraints"]
    bounded = {rule.tag for rule in USERS.iterfind("profiles/bi/constraints/*")}
    assert ours == {name: READER.settings[name] for name in ours}
    assert bounded == ours.keys() - {"readonly"}


def test_bi_reads_of_system_what_the_embedded_server_shows():
    grants = " ".join(query.text or "" for query in USERS.iterfind("users/bi/grants/query"))
    words = grants.replace(",", " ").split()
    assert {word for word in words if word.startswith("system.")} == {
        f"system.{table}" for table in SYSTEM_TABLES
    }


def test_no_account_is_without_a_password_and_none_is_written_down():
    accounts = {user.tag: user for user in USERS.iterfind("users/*")}
    assert accounts.pop("default").attrib == {"remove": "remove"}
    asked = {name: user.find("password").attrib["from_env"] for name, user in accounts.items()}
    assert asked == {
        "pacekeeper": "PACEKEEPER_CLICKHOUSE_PASSWORD",
        "bi": "PACEKEEPER_BI_PASSWORD",
    }
    assert [user.findtext("password") for user in accounts.values()] == ["", ""]

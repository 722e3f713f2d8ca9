"""`pacekeeper db backup` and `db restore`: every table, into a fresh state folder, and in words."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded_clickhouse import READER, WRITER, Running, embedded_server, free_port

from bench import city
from services.aggregate import migrate

TABLES = (
    "SELECT database, name FROM system.tables WHERE database NOT IN"
    " ('system', 'information_schema', 'INFORMATION_SCHEMA') ORDER BY 1, 2"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with embedded_server(tmp_path_factory.mktemp("home") / "clickhouse") as running:
        client = running.client(autogenerate_session_id=False)
        migrate.migrate(client)
        for statement in city.FILL:
            client.command(statement)
        client.command("CREATE DATABASE `试 验`")
        client.command("CREATE TABLE `试 验`.`表'` (n UInt8, `值` String) ENGINE = Log")
        client.command("INSERT INTO `试 验`.`表'` VALUES (1, '一')")
        client.command("CREATE TABLE default.mine (n UInt8) ENGINE = MergeTree ORDER BY n")
        client.command("INSERT INTO default.mine VALUES (7)")
        client.close()
        yield running


def pacekeeper(
    *words: str | Path, home: Path, port: int, **environment: str
) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if "PACEKEEPER" not in name}
    return subprocess.run(
        [sys.executable, "-m", "services.cli", *map(str, words)],
        env=clean
        | {
            "PACEKEEPER_HOME": str(home),
            "PACEKEEPER_CLICKHOUSE_PORT": str(port),
            "PACEKEEPER_CLICKHOUSE_PASSWORD": WRITER[1],
            "PACEKEEPER_BI_PASSWORD": READER[1],
        }
        | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def contents(server: Running) -> dict[str, str]:
    """Of every table and view, how it is made; of every table, its rows and what they hold."""
    found = {}
    for line in server.ask(TABLES).text.splitlines():
        database, name = (part.replace("\\'", "'") for part in line.split("\t"))
        table = f"`{database}`.`{name}`"
        found[table] = server.ask(f"SHOW CREATE TABLE {table} FORMAT TSVRaw").text
        if " VIEW " not in found[table]:
            rows = server.ask(f"SELECT count(), sum(cityHash64(*)) FROM {table}")
            assert rows.status_code == 200
            found[table] += rows.text
    return found


def test_a_backup_under_writers_restores_into_a_fresh_state_folder(
    server: Running, tmp_path: Path
) -> None:
    before = contents(server)
    assert {"`bi`.`current_values`", "`pacekeeper`.`raw`", "`试 验`.`表'`"} <= before.keys()
    server.ask("CREATE TABLE pacekeeper.busy (n UInt32) ENGINE = MergeTree ORDER BY n")
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            server.ask("INSERT INTO pacekeeper.busy SELECT number FROM numbers(100)")

    writer = threading.Thread(target=write)
    writer.start()
    made = pacekeeper("db", "backup", tmp_path / "kept", home=tmp_path, port=server.port)
    stop.set()
    writer.join()
    server.ask("DROP TABLE pacekeeper.busy SYNC")
    assert made.returncode == 0, made.stderr

    fresh = tmp_path / "fresh"
    back = pacekeeper("db", "restore", tmp_path / "kept", home=fresh, port=free_port())
    assert back.returncode == 0, back.stderr
    with embedded_server(fresh / "clickhouse") as restored:
        rows = int(restored.ask("SELECT count() FROM pacekeeper.busy").text)
        assert rows % 100 == 0
        restored.ask("DROP TABLE pacekeeper.busy SYNC")
        assert contents(restored) == before
        counted = "SELECT count() FROM bi.current_values"
        assert restored.ask(counted, READER).text == server.ask(counted, READER).text


def test_a_running_server_with_empty_tables_takes_a_backup_too(
    server: Running, tmp_path: Path
) -> None:
    made = pacekeeper("db", "backup", tmp_path / "kept", home=tmp_path, port=server.port)
    assert made.returncode == 0, made.stderr
    with embedded_server(tmp_path / "other") as other:
        client = other.client(autogenerate_session_id=False)
        migrate.migrate(client)
        words = ("db", "restore", tmp_path / "kept", "--json")
        back = pacekeeper(*words, home=tmp_path, port=other.port)
        assert back.returncode == 0, back.stderr
        assert '"pacekeeper"' in back.stdout
        assert migrate.migrate(client) == []
        client.close()
        assert other.ask("SELECT count() FROM pacekeeper.raw").text == "96000\n"
        again = pacekeeper(*words, home=tmp_path, port=other.port)
    assert_refused(again, "已有数据", "PACEKEEPER_HOME")


def test_a_folder_that_exists_is_never_written_into(server: Running, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").touch()
    refused = pacekeeper("db", "backup", tmp_path / "kept", home=tmp_path, port=server.port)
    assert_refused(refused, "已经存在", "exists already")


def test_a_folder_without_a_backup_is_said_to_be_none(tmp_path: Path) -> None:
    refused = pacekeeper("db", "restore", tmp_path, home=tmp_path / "home", port=free_port())
    assert_refused(refused, "不是备份目录", "is no backup")
    assert not (tmp_path / "home").exists()


def test_a_backup_of_a_server_that_does_not_run_names_the_remedy(tmp_path: Path) -> None:
    refused = pacekeeper("db", "backup", tmp_path / "kept", home=tmp_path, port=free_port())
    assert_refused(refused, "没有运行", "pacekeeper up")


def test_a_server_of_another_state_folder_is_left_alone(server: Running, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / ".backup").write_text("<config><contents/></config>")
    refused = pacekeeper(
        "db",
        "restore",
        tmp_path / "kept",
        home=tmp_path / "home",
        port=server.port,
        PACEKEEPER_CLICKHOUSE_PASSWORD="another's",
    )
    assert_refused(refused, "不属于这个状态目录", "PACEKEEPER_CLICKHOUSE_PORT")


def test_a_backup_cut_short_is_not_restored(server: Running, tmp_path: Path) -> None:
    pacekeeper("db", "backup", tmp_path / "kept", home=tmp_path, port=server.port)
    longest = max((tmp_path / "kept").rglob("*.bin"), key=lambda file: file.stat().st_size)
    with longest.open("r+b") as file:
        file.truncate(100)
    refused = pacekeeper(
        "db", "restore", tmp_path / "kept", home=tmp_path / "home", port=free_port()
    )
    assert_refused(refused, "不完整", longest.name)


def test_a_server_of_its_own_is_told_to_use_its_own_backup(tmp_path: Path) -> None:
    url = {"PACEKEEPER_CLICKHOUSE_URL": "http://127.0.0.1:1"}
    for word in ("backup", "restore"):
        refused = pacekeeper("db", word, tmp_path / "kept", home=tmp_path, port=1, **url)
        assert_refused(refused, "PACEKEEPER_CLICKHOUSE_URL", "BACKUP")


def test_a_disk_without_room_is_said_in_words_and_leaves_no_backup(
    server: Running, tmp_path: Path
) -> None:
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(tmp_path)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        made = pacekeeper("db", "backup", tmp_path / "kept", home=tmp_path, port=server.port)
        assert not (tmp_path / "kept").exists()
    finally:
        subprocess.run(["umount", "--lazy", tmp_path], check=True)
    assert_refused(made, "磁盘空间不足", "disk space")


def assert_refused(done: subprocess.CompletedProcess[str], *said: str) -> None:
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    for words in said:
        assert words in done.stderr

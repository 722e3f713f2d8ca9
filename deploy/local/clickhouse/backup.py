"""Backs up every database of a running server into a folder, and brings them back from it.

The engine does both itself, while it serves: BACKUP takes a snapshot of the parts of every table.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.clickhouse.backup_folder import LIST, first_broken
from deploy.local.clickhouse.engine import identifier, quoted
from deploy.local.refusal import Refusal

# Runs a statement on the server and gives its rows as lines.
Run = Callable[[str], Sequence[str]]

_OWN = "('system', 'information_schema', 'INFORMATION_SCHEMA')"
_DATABASES = (
    f"SELECT database FROM system.tables WHERE database NOT IN {_OWN} AND NOT is_temporary"
    " GROUP BY database ORDER BY database"
)
# Every server has this one filled after its first start.
_FILLED = (
    "SELECT concat(database, '.', name) FROM system.tables"
    f" WHERE database NOT IN {_OWN} AND NOT is_temporary AND total_rows > 0"
    " AND (database, name) != ('pacekeeper', 'migrations') ORDER BY 1"
)


@dataclass(frozen=True)
class Backup:
    """What a backup holds."""

    folder: Path
    databases: tuple[str, ...]


def back_up(run: Run, folder: Path) -> Backup:
    """Write all databases into `folder`, which must not exist or be empty."""
    target = folder.absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Refusal(
            f"{target} 已经存在，请换一个尚不存在的目录",
            f"{target} exists already: name a folder that does not",
        )
    databases = tuple(run(_DATABASES))
    if not databases:
        raise Refusal("数据库里还没有表，无可备份", "there is no table yet to back up")
    named = ", ".join(f"DATABASE {identifier(name)}" for name in databases)
    run(f"BACKUP {named} TO File({quoted(str(target))})")
    broken = first_broken(target)
    if broken:
        shutil.rmtree(target, ignore_errors=True)
        raise Refusal(
            f"备份没有写完整（{broken}），多半是磁盘空间不足，请腾出空间或换一个目录",
            f"the backup was not written whole ({broken}), likely for want of disk space: "
            "free some, or name another folder",
        )
    return Backup(target, databases)


def restore(run: Run, folder: Path) -> Backup:
    """Bring everything back from `folder` into a server whose tables are empty."""
    source = checked(folder)
    filled = run(_FILLED)
    if filled:
        some = ", ".join(filled[:3])
        raise Refusal(
            f"数据库里已有数据（{some}），请用新的状态目录（PACEKEEPER_HOME）恢复",
            f"the database holds data already ({some}): restore into a fresh state folder, "
            "named by PACEKEEPER_HOME",
        )
    run(f"RESTORE ALL FROM File({quoted(str(source))}) SETTINGS allow_non_empty_tables = true")
    return Backup(source, tuple(run(_DATABASES)))


def checked(folder: Path) -> Path:
    """The folder with an absolute path, if it is a backup and whole."""
    source = folder.absolute()
    if not (source / LIST).is_file():
        raise Refusal(
            f"{source} 不是备份目录（没有 {LIST} 文件），请给出 pacekeeper db backup 写成的目录",
            f"{source} is no backup (it has no file {LIST}): "
            "name a folder that `pacekeeper db backup` wrote",
        )
    broken = first_broken(source)
    if broken:
        raise Refusal(
            f"备份 {source} 不完整：{broken} 缺失或被截短，请换一份备份",
            f"the backup {source} is not whole: {broken} is missing or cut short: use another one",
        )
    return source

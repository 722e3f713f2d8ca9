"""The engine under the server's configuration: statements of one account, in a process of its own.

`python -m tests.contract.server_engine FOLDER` reads a JSON list of statements and writes what each
gave: its text, or the number of its error. chDB knows no log-in, so the account bears the name
`default` there, with the rights and the profile of the one it stands for.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "deploy" / "docker" / "clickhouse"
_USERS = (
    "<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users/></clickhouse>"
)


def run_as(account: str, folder: Path, statements: Sequence[str]) -> list[str | int]:
    """What each statement gave to this account; the data of `folder` stay for the next call."""
    _configure(account, folder)
    done = subprocess.run(
        [sys.executable, "-m", "tests.contract.server_engine", str(folder)],
        input=json.dumps(statements),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        env=os.environ
        | {"PACEKEEPER_CLICKHOUSE_PASSWORD": "writes", "PACEKEEPER_BI_PASSWORD": "reads"},
    )
    assert done.returncode == 0, done.stderr
    answers: list[str | int] = json.loads(done.stdout)
    return answers


def _configure(account: str, folder: Path) -> None:
    for name in ("config.d", "users.d"):
        (folder / name).mkdir(exist_ok=True)
    shutil.copy(CONFIGURATION / "config.d" / "pacekeeper.xml", folder / "config.d")
    server = f"<clickhouse><users_config>{folder}/users.xml</users_config></clickhouse>"
    (folder / "config.xml").write_text(server)
    (folder / "users.xml").write_text(_USERS)
    accounts = ElementTree.parse(CONFIGURATION / "users.d" / "pacekeeper.xml")
    users = accounts.getroot().find("users")
    assert users is not None
    users.remove(_child(users, "default"))
    stand_in = ElementTree.fromstring(ElementTree.tostring(_child(users, account)))
    stand_in.tag = "default"
    _child(stand_in, "password").attrib.clear()
    users.append(stand_in)
    accounts.write(folder / "users.d" / "pacekeeper.xml", encoding="utf-8")


def _child(parent: ElementTree.Element, name: str) -> ElementTree.Element:
    found = parent.find(name)
    assert found is not None, name
    return found


def _answers(folder: str, statements: Sequence[str]) -> list[str | int]:
    import chdb

    connect: Any = chdb.connect
    connection = connect(f"{folder}/data?config-file={folder}/config.xml&implicit_select=0")
    answers: list[str | int] = []
    for statement in statements:
        try:
            answers.append(str(connection.query(statement, "TSVRaw")))
        except Exception as error:
            code = re.search(r"Code: (\d+)", str(error))
            answers.append(int(code[1]) if code else -1)
    connection.close()
    return answers


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_answers(sys.argv[1], json.load(sys.stdin))))

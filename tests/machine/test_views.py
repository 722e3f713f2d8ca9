"""No view is forgotten by the state machine."""

import re
from pathlib import Path

from services.aggregate import migrations
from tests.machine.shown import BOOKS, COMPARED, NOT_COMPARED

_VIEW = re.compile(r"CREATE VIEW IF NOT EXISTS bi\.(\w+)")


def test_every_view_is_compared_or_it_is_said_why_it_cannot_be() -> None:
    (folder,) = map(Path, migrations.__path__)
    views = {name for sql in folder.glob("*.sql") for name in _VIEW.findall(sql.read_text("utf-8"))}
    assert views == {*COMPARED, *BOOKS, *NOT_COMPARED}

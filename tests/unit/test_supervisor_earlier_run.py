"""What an earlier run left in the folder of state: processes, ports, a torn status, the lock."""

import os
import socket
import subprocess
import sys
import threading

import pytest

from deploy.local.processes import birth_of, end_leftovers
from deploy.local.refusal import Refusal
from deploy.local.statefolder import (
    StateFolder,
    acquire_lock,
    lock_holder,
    read_status,
    write_status,
)
from deploy.local.supervisor import end_earlier_run, settle


def test_leftovers_are_ended_only_if_they_are_the_same_process(folder: StateFolder) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        birth = birth_of(process.pid)
        assert birth is not None
        part = {"pid": process.pid, "birth": birth - 5}
        write_status(folder, {"pid": 1, "parts": {"ingest": part, "alerts": part | {"pid": None}}})
        assert end_earlier_run(folder) == []
        assert process.poll() is None
        write_status(folder, {"pid": 1, "parts": {"ingest": part | {"birth": birth}}})
        assert end_earlier_run(folder) == [process.pid]
        assert birth_of(process.pid) is None
    assert end_leftovers([(process.pid, birth)]) == []


def test_ports_that_a_killed_run_still_holds_are_waited_for(folder: StateFolder) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(Refusal, match=str(port)):
            settle(folder, {"ingest": port})
        write_status(folder, {"pid": 1, "state": "ready", "parts": {}})
        timer = threading.Timer(0.2, holder.close)
        timer.start()
        settle(folder, {"ingest": port})
        timer.join()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1'])
def test_a_status_that_is_torn_is_no_status(folder: StateFolder, text: str) -> None:
    folder.status.write_text(text)
    assert read_status(folder) is None
    assert end_earlier_run(folder) == []


def test_the_lock_names_its_holder_and_is_free_when_it_is_closed(folder: StateFolder) -> None:
    assert lock_holder(folder) is None
    with acquire_lock(folder):
        assert lock_holder(folder) == os.getpid()
    assert lock_holder(folder) is None

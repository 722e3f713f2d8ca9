"""A thread that steps back, alone and with the threads it starts."""

import os
import threading

from services.runtime.priority import step_back


def test_a_thread_steps_back_with_those_it_starts_and_nobody_else() -> None:
    found: list[int] = []

    def note() -> None:
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    def work() -> None:
        step_back()
        note()
        its_own = threading.Thread(target=note)
        its_own.start()
        its_own.join()

    before = os.getpriority(os.PRIO_PROCESS, 0)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [10, 10]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before

"""A simple bound on what is in flight, so that a flood ends in 429 and not in memory."""

from services.ingest.problem import busy


class Gate:
    """Counts requests and the bytes they may unpack to."""

    def __init__(self, requests: int = 2_000, size: int = 256 * 1024 * 1024) -> None:
        self._requests = requests
        self._size = size

    def enter(self, size: int) -> None:
        """Take the room for one request; ProblemError 429 if there is none."""
        if self._requests < 1 or self._size < size:
            raise busy()
        self._requests -= 1
        self._size -= size

    def leave(self, size: int) -> None:
        """Give the room back."""
        self._requests += 1
        self._size += size

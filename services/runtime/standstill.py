"""How long a wait may stand still: what moves is not given up for being slow."""


class Standstill:
    """Over once what is seen has stayed the same for `seconds`; times are of one clock."""

    def __init__(self, seconds: float, now: float) -> None:
        self._seconds = seconds
        self._since = now
        self._seen: object = None

    def over(self, seen: object, now: float) -> bool:
        """Has it been like this for too long? Whatever differs from before counts as progress."""
        if seen != self._seen:
            self._seen, self._since = seen, now
        return now - self._since > self._seconds

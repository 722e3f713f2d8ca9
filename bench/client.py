"""A keep-alive connection that costs the machine as little as a client can."""

import http.client


class Client:
    """Posts to one server on 127.0.0.1."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = headers
        self._buffer = bytearray(1 << 20)

    def post(self, path: str, body: bytes) -> bytes:
        """The body of a 2xx."""
        self._connection.request("POST", path, body, self._headers)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{answer.status} {said[:300]!r}")
        return said

    def count(self, path: str, body: bytes) -> int:
        """The length of a 2xx's body, read as it comes and not kept."""
        self._connection.request("POST", path, body, self._headers)
        answer = self._connection.getresponse()
        if answer.status >= 300:
            raise RuntimeError(f"{answer.status} {answer.read()[:300]!r}")
        size = 0
        while read := answer.readinto(self._buffer):
            size += read
        return size

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

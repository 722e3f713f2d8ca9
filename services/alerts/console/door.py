"""The console's door to the front door: commands go through the public HTTP API."""

from typing import Protocol

import httpx

from schemas.data import AlertCommand
from services.runtime.errors import AwayError, RefusedError

TIMEOUT = 10.0


class CommandRefusedError(RefusedError):
    """The front door said no; `zh` and `en` tell the operator why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


class Door(Protocol):
    """Sends commands. Returning means the broker has it; AwayError that it may be sent again
    under the same id; CommandRefusedError that it never will pass.
    """

    def send(self, command: AlertCommand) -> None:
        """Hand one command over."""
        ...


class HttpDoor:
    """`POST /v1/alerts/{alert}/commands` with the key of the console."""

    def __init__(
        self, address: str, key: str, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._client = httpx.Client(
            base_url=address,
            headers={"Authorization": f"Bearer {key}"},
            timeout=TIMEOUT,
            transport=transport,
            trust_env=False,
        )

    def send(self, command: AlertCommand) -> None:
        """See Door."""
        body = command.model_dump(mode="json", exclude_none=True)
        try:
            answer = self._client.post(f"/v1/alerts/{command.alert}/commands", json=body)
        except httpx.HTTPError as error:
            raise AwayError(f"{type(error).__name__}: {error}") from error
        if answer.status_code in {429, 502, 503, 504}:
            raise AwayError(f"ingest answered {answer.status_code}")
        if not answer.is_success:
            raise _refusal(answer)


class MemoryDoor:
    """Keeps what was sent. `trouble` is raised instead, if set."""

    def __init__(self) -> None:
        self.sent: list[AlertCommand] = []
        self.trouble: AwayError | CommandRefusedError | None = None

    def send(self, command: AlertCommand) -> None:
        """See Door."""
        if self.trouble is not None:
            raise self.trouble
        self.sent.append(command)


def _refusal(answer: httpx.Response) -> CommandRefusedError:
    """What the problem JSON says, in as many words as it has."""
    plain = f"HTTP {answer.status_code}"
    try:
        problem = answer.json()
    except ValueError:
        return CommandRefusedError(plain, plain)
    if not isinstance(problem, dict):
        return CommandRefusedError(plain, plain)
    said = str(problem.get("detail") or problem.get("title") or plain)
    message = problem.get("message")
    both = message if isinstance(message, dict) else {}
    return CommandRefusedError(str(both.get("zh", said)), str(both.get("en", said)))

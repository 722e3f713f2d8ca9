"""/v1/alerts/{alert}/commands: what an operator asks goes to the worker that decides."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from ulid import ULID

from schemas import topics
from schemas.answers import CommandTaken, Scope
from schemas.events import COMMANDS, SOURCE_PREFIX, AlertCommandEvent
from services.ingest.books import Books
from services.ingest.counter import asking, body_of, invalid
from services.ingest.keys import KeyRing
from services.ingest.problem import ProblemError, not_found, unreadable
from services.ingest.publish import Publisher
from services.ingest.sender import Sender


def command_router(
    keys: KeyRing, books: Books, publisher: Publisher, clock: Callable[[], datetime]
) -> APIRouter:
    """The route."""
    router = APIRouter(tags=["alerts"])
    Commander = Annotated[Sender, Depends(asking(keys, Scope.COMMAND))]

    @router.post("/v1/alerts/{alert}/commands", status_code=202)
    async def command(alert: str, request: Request, sender: Commander) -> CommandTaken:
        """Ask something of an alert; whether it is granted shows in `bi.alert_history`."""
        event = _event(alert, await body_of(request), sender, clock())
        series = await books.series_of_alert(alert)
        if series is None:
            raise not_found("此预警", "alert")
        key = topics.series_key(*series).encode()
        line = event.model_dump_json(exclude_unset=True, by_alias=True).encode()
        await publisher.append(topics.COMMANDS, line, key)
        return CommandTaken(command_id=event.data.command_id)

    return router


def _event(alert: str, body: bytes, sender: Sender, now: datetime) -> AlertCommandEvent:
    data = _fields(body, alert)
    data.setdefault("command_id", str(ULID()))
    event = {
        "specversion": "1.0",
        "id": data["command_id"],
        "source": SOURCE_PREFIX + sender.department,
        "type": "pacekeeper.alert.command.v1",
        "time": now,
        "data": {**data, "alert": alert},
    }
    try:
        return COMMANDS.validate_json(orjson.dumps(event))
    except ValidationError as error:
        raise invalid(error) from None


def _fields(body: bytes, alert: str) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        problem = unreadable(f"正文不是 JSON：{error}", f"the body is no JSON: {error}")
        raise problem from None
    if not isinstance(found, dict) or found.get("alert", alert) != alert:
        raise ProblemError(
            422,
            "none_acceptable",
            "正文应为指令的字段，其中 alert 若有须与地址一致",
            "the body is an object of the command's fields; `alert`, if given, is that of the path",
        )
    return found

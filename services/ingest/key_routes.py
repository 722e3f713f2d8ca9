"""/v1/keys: make, list and revoke API keys (scope admin)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError

from schemas.answers import KeyCut, KeyList, KeyShown, NewKey, Scope
from schemas.records.keys import ApiKey
from services.ingest.counter import asking, body_of, invalid
from services.ingest.keys import KeyCutter, KeyRing
from services.ingest.problem import ProblemError, not_found
from services.ingest.sender import Sender

SHANGHAI = ZoneInfo("Asia/Shanghai")


def key_router(keys: KeyRing, cutter: KeyCutter, clock: Callable[[], datetime]) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["keys"])
    Admin = Annotated[Sender, Depends(asking(keys, Scope.ADMIN))]

    @router.post("/v1/keys", status_code=201)
    async def make(request: Request, admin: Admin) -> KeyCut:
        """Make a key; the answer tells it once."""
        try:
            wanted = NewKey.model_validate_json(await body_of(request))
        except ValidationError as error:
            raise invalid(error) from None
        ends = _end_of(wanted.expires)
        if ends is not None and ends <= clock():
            raise ProblemError(
                422,
                "none_acceptable",
                "expires 已过，请给出将来的日期",
                "expires has passed already",
            )
        kept, key = await cutter.cut(wanted.department, wanted.scopes, ends)
        return KeyCut(**_shown(kept).model_dump(), key=key)

    @router.get("/v1/keys")
    async def show(admin: Admin) -> KeyList:
        """Every key that was not revoked, oldest first; never what opens anything."""
        return KeyList(keys=[_shown(key) for key in keys.all()])

    @router.delete("/v1/keys/{key_id}", status_code=204, response_class=Response)
    async def revoke(key_id: str, admin: Admin) -> None:
        """Revoke a key at once."""
        if keys.get(key_id) is None:
            raise not_found("此密钥", "key")
        await cutter.revoke(key_id)

    return router


def _end_of(expires: date | datetime | None) -> datetime | None:
    if expires is None or isinstance(expires, datetime):
        return expires
    return datetime.combine(expires + timedelta(days=1), time(), SHANGHAI)


def _shown(key: ApiKey) -> KeyShown:
    return KeyShown(
        key_id=key.key_id,
        department=key.department,
        scopes=list(key.scopes),
        created_at=key.created_at,
        expires_at=key.expires_at,
    )

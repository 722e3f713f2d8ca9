"""Who has an account, and who was here: for the role admin."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from schemas.operators import Role
from services.alerts.console import figures
from services.alerts.console.accounts import Account
from services.alerts.console.catalogue import Catalogue
from services.alerts.console.web import Console, console, language, message, names, page, signed_in

router = APIRouter()


@dataclass(frozen=True)
class _Shown:
    """One account in words; `last_here` is of this process."""

    name: str
    role: str
    role_may: str
    department: str
    added: str
    last_here: str


@router.get("/operators")
def show_operators(request: Request, operator: Annotated[Account, Depends(signed_in)]) -> Response:
    """Every account."""
    parts = console(request)
    if operator.role is not Role.ADMIN:
        return message(request, language(request)("operators.admin_only"), 403)
    accounts = [_shown(one, parts, names(request)) for one in parts.accounts.everyone()]
    return page(request, "operators.html", accounts=accounts, trouble=parts.accounts.trouble)


def _shown(account: Account, parts: Console, catalogue: Catalogue) -> _Shown:
    words = catalogue.language
    last = parts.last_here.get(account.name)
    return _Shown(
        account.name,
        words(f"role.{account.role}"),
        words(f"role_may.{account.role}"),
        catalogue.entity(account.department) if account.department else "",
        figures.moment(account.added_at) if account.added_at else words("operators.built_in"),
        figures.moment(last) if last else "",
    )

"""The overview, a target's page, and the books."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from services.alerts.console import books, overview
from services.alerts.console.alert_page import alerts_shown
from services.alerts.console.chart import chart
from services.alerts.console.rows import AssessmentRow, TargetRow, ValueRow
from services.alerts.console.target_page import target_page
from services.alerts.console.web import console, language, message, names, page, signed_in

router = APIRouter(dependencies=[Depends(signed_in)])


@router.get("/")
def show_overview(request: Request, entity: str = "", lamp: str = "") -> Response:
    """Every lamp."""
    snapshot = console(request).poller.seen.snapshot
    wanted = overview.Filter(entity, lamp)
    content = overview.overview(snapshot, wanted, language(request))
    alerts = alerts_shown(snapshot.alerts[: overview.NEWEST], snapshot, names(request))
    return page(request, "overview.html", overview=content, alerts=alerts)


@router.get("/targets/{target}")
def show_target(request: Request, target: str) -> Response:
    """One target."""
    found = _target(request, target)
    words = language(request)
    if found is None:
        return message(request, words("target.missing", target=target), 404)
    parts, catalogue = console(request), names(request)
    content = target_page(*found, catalogue)
    rows = parts.kept.read(("alerts of", target), lambda: parts.views.alerts_of(target))
    alerts = alerts_shown(rows, parts.poller.seen.snapshot, catalogue)
    return page(request, "target.html", content=content, alerts=alerts)


@router.get("/targets/{target}/chart.json")
def show_chart(request: Request, target: str) -> Response:
    """The chart of one target."""
    found = _target(request, target)
    if found is None:
        return JSONResponse({"missing": target}, 404)
    versions, rows, values = found
    newest = next(iter(overview.current(versions).values()))
    return JSONResponse(chart(newest, rows, values, names(request)))


@router.get("/books")
def show_books(request: Request) -> Response:
    """The ledger and the rejects."""
    parts, catalogue = console(request), names(request)
    ledger = parts.kept.read(("ledger",), parts.views.ledger)
    rejected = parts.kept.read(("rejected",), parts.views.rejected)
    return page(request, "books.html", books=books.books(ledger, rejected, catalogue))


def _target(
    request: Request, target: str
) -> tuple[list[TargetRow], list[AssessmentRow], list[ValueRow]] | None:
    parts = console(request)
    versions = parts.kept.read(("versions", target), lambda: parts.views.versions(target))
    if not versions:
        return None
    series = (versions[-1].indicator, versions[-1].entity)
    return (
        versions,
        parts.kept.read(("assessments", target), lambda: parts.views.assessments(target)),
        parts.kept.read(("values", *series), lambda: parts.views.values(*series)),
    )

"""Every error of the slow routes as a problem: ours, the framework's, and the unexpected."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from schemas.rejects import RejectCode, RejectedError
from services.ingest.counter import refused
from services.ingest.http import method_not_allowed
from services.ingest.problem import MEDIA_TYPE, ProblemError, away, internal, not_found
from services.runtime import logs
from services.runtime.errors import PacekeeperError

log = logs.get("http")


def _response(problem: ProblemError) -> Response:
    return Response(problem.body(), problem.status, problem.headers, MEDIA_TYPE)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return _response(error)


async def _ours(request: Request, error: Exception) -> Response:
    log.warning("not_answered", path=request.url.path, error=str(error))
    retriable = isinstance(error, PacekeeperError) and error.retriable
    return _response(away() if retriable else internal())


async def _framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return _response(not_found("此地址", "path"))
    if error.status_code == 405:
        return _response(method_not_allowed((error.headers or {}).get("allow", "GET")))
    return _response(ProblemError(error.status_code, "refused", "请求被拒绝", str(error.detail)))


async def _parameters(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    field = ".".join(map(str, first["loc"]))
    zh, en = f"参数 {field} 不符合要求：{first['msg']}", f"{field}: {first['msg']}"
    return _response(refused(RejectedError(RejectCode.BAD_VALUE, field, zh, en)))


async def _unexpected(request: Request, error: Exception) -> Response:
    return _response(internal())


def translate_failures(app: FastAPI) -> None:
    """Answer each kind of error with its problem."""
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(PacekeeperError, _ours)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(RequestValidationError, _parameters)
    app.add_exception_handler(Exception, _unexpected)

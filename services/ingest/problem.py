"""Problems by RFC 9457, in Chinese and English, and the table of status codes.

`kept`: the refusal goes into the books, with a receipt.

| status | name               | when                                                        | kept |
| ------ | ------------------ | ----------------------------------------------------------- | ---- |
| 202    |                    | at least one event accepted or duplicate, all of it durable | yes  |
| 400    | unreadable         | no JSON, no UTF-8, a BOM, broken gzip, no event at all      | yes  |
| 401    | unauthorized       | no key, an unknown, expired or revoked one                  | no   |
| 403    | forbidden          | the key lacks the scope for every event of the request      | no   |
| 404    | not_found          | no such path, receipt, reject, key or alert                 | no   |
| 405    | method_not_allowed | another method                                              | no   |
| 408    | too_slow           | the body did not arrive within 15 s                         | no   |
| 409    | conflict           | a lone event under an id that was used for other content    | yes  |
| 413    | too_large          | over 1 MiB on the wire, 8 MiB unpacked or 5 000 events      | yes  |
| 415    | unsupported        | another content type, charset or encoding                   | no   |
| 422    | none_acceptable    | every event refused; the body names each verdict            | yes  |
| 429    | busy               | too much in flight; Retry-After                             | no   |
| 500    | internal           | an error of ours, logged; nothing of it is shown            | no   |
| 503    | away               | broker or engine does not answer; Retry-After               | no   |
"""

from collections.abc import Mapping
from typing import Any

import orjson

from schemas.rejects import Message, RejectCode, RejectedError

MEDIA_TYPE = "application/problem+json"
Headers = list[tuple[bytes, bytes]]


class ProblemError(Exception):
    """An answer that is no success. `code` is set when the body goes into the books as refused."""

    def __init__(
        self,
        status: int,
        name: str,
        zh: str,
        en: str,
        *,
        headers: Mapping[str, str] | None = None,
        code: RejectCode | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{status} {name}: {en}")
        self.status = status
        self.name = name
        self.message = Message(zh, en)
        self.headers = dict(headers or {})
        self.code = code
        self.more = dict(more or {})

    def document(self) -> dict[str, Any]:
        """The members of RFC 9457, with both languages and what else the sender can use."""
        zh, en = self.message
        return {
            "type": f"urn:pacekeeper:problem:{self.name}",
            "title": self.name.replace("_", " "),
            "status": self.status,
            "detail": f"{zh} / {en}",
            "message": {"zh": zh, "en": en},
            **self.more,
        }

    def body(self) -> bytes:
        """The document as JSON."""
        return orjson.dumps(self.document())

    def as_reject(self) -> RejectedError:
        """The same as an entry of the books."""
        return RejectedError(self.code or RejectCode.MALFORMED, "", *self.message)


def unreadable(zh: str, en: str) -> ProblemError:
    """400: the body cannot be read at all."""
    return ProblemError(400, "unreadable", zh, en, code=RejectCode.MALFORMED)


def too_large(zh: str, en: str) -> ProblemError:
    """413: the body is over a limit."""
    return ProblemError(413, "too_large", zh, en, code=RejectCode.TOO_LARGE)


def unsupported(zh: str, en: str) -> ProblemError:
    """415: the body is of a kind that is not spoken here."""
    return ProblemError(415, "unsupported", zh, en)


def unauthorized() -> ProblemError:
    """401, the same for every cause: a guesser learns nothing."""
    return ProblemError(
        401,
        "unauthorized",
        "缺少有效密钥，请在 Authorization 头中以 Bearer 方式携带",
        "a valid key is needed: Authorization: Bearer <key>",
        headers={"www-authenticate": 'Bearer realm="pacekeeper"'},
    )


def forbidden(scope: str) -> ProblemError:
    """403: the key is good but lacks the scope."""
    return ProblemError(
        403,
        "forbidden",
        f"密钥没有 {scope} 权限，请向管理员申请",
        f"the key lacks the scope {scope}: ask an administrator for it",
    )


def not_found(what_zh: str, what_en: str) -> ProblemError:
    """404: nothing of that name that this key may see."""
    return ProblemError(404, "not_found", f"未找到{what_zh}", f"there is no such {what_en}")


def busy() -> ProblemError:
    """429: too much is in flight already."""
    return ProblemError(
        429,
        "busy",
        "系统正忙，请 1 秒后用相同的 id 重发",
        "too much is in flight: send the same ids again in a second",
        headers={"retry-after": "1"},
    )


def away() -> ProblemError:
    """503: what makes an answer durable or true does not answer."""
    return ProblemError(
        503,
        "away",
        "存储暂不可用，数据未入账，请稍后用相同的 id 重发",
        "a store does not answer and nothing is promised: send the same ids again later",
        headers={"retry-after": "2"},
    )


def internal() -> ProblemError:
    """500: an error of ours."""
    return ProblemError(
        500,
        "internal",
        "系统内部错误，已记录，请稍后重发",
        "an internal error, logged here: send the same ids again later",
    )

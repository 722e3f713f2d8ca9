"""From a request's bytes to the texts of its events. Pure; ProblemError for what cannot be read."""

import json
import re
import zlib
from collections.abc import Sequence
from enum import StrEnum
from urllib.parse import unquote_to_bytes

import orjson

from services.ingest import parse
from services.ingest.problem import ProblemError, too_large, unreadable, unsupported

MAX_WIRE = 1024 * 1024
MAX_UNPACKED = 8 * 1024 * 1024
MAX_EVENTS = 5_000
RawHeaders = Sequence[tuple[bytes, bytes]]


class Form(StrEnum):
    """How a body carries its events."""

    LONE = "application/cloudevents+json"
    BATCH = "application/cloudevents-batch+json"
    LINES = "application/x-ndjson"
    BINARY = "application/json"


_AS_WRITTEN = {form.value: form for form in (Form.LONE, Form.BATCH, Form.LINES)}


def form_of(content_type: str, headers: RawHeaders) -> Form:
    """The form that the content type names; 415 for any other."""
    written = _AS_WRITTEN.get(content_type)
    if written is not None:
        return written
    kind, _, parameters = content_type.partition(";")
    if parameters:
        _charset(parameters)
    try:
        form = Form(kind.strip().lower())
    except ValueError:
        form = None
    if form is None or (form is Form.BINARY and not _has_attributes(headers)):
        raise unsupported(
            "Content-Type 应为 application/cloudevents+json、"
            "application/cloudevents-batch+json、application/x-ndjson，"
            "或带 ce-* 头的 application/json",
            "send application/cloudevents+json, application/cloudevents-batch+json, "
            "application/x-ndjson, or application/json with ce-* headers",
        )
    return form


def _charset(parameters: str) -> None:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        named = name.strip().lower() == "charset"
        if named and value.strip().strip('"').lower() not in ("utf-8", "utf8"):
            raise unsupported("只接受 UTF-8 编码", "the only charset here is UTF-8")


def unpack(wire: bytes, encoding: str) -> bytes:
    """The body without its content encoding; never more than the limit is unpacked."""
    coding = encoding.strip().lower()
    if coding in ("", "identity"):
        return wire
    if coding not in ("gzip", "x-gzip"):
        raise unsupported("Content-Encoding 只支持 gzip", "the only content encoding is gzip")
    return _gunzip(wire)


def _gunzip(wire: bytes) -> bytes:
    whole = bytearray()
    left = wire
    while True:
        member = zlib.decompressobj(wbits=31)
        try:
            whole += member.decompress(left, MAX_UNPACKED + 1 - len(whole))
        except zlib.error:
            raise _broken_gzip() from None
        if len(whole) > MAX_UNPACKED:
            raise too_large("解压后超过 8 MiB，请分批发送", "over 8 MiB unpacked: send it in parts")
        if not member.eof:
            raise _broken_gzip()
        left = member.unused_data
        if not left:
            return bytes(whole)


def _broken_gzip() -> ProblemError:
    return unreadable("gzip 内容损坏或不完整", "the gzip data is broken or incomplete")


def split(form: Form, body: bytes, headers: RawHeaders) -> list[bytes]:
    """The text of each event; 400 if none can be found, 413 if there are too many."""
    if body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise unreadable("正文不得带 BOM，请存为无 BOM 的 UTF-8", "UTF-8 without a BOM is expected")
    events = _SPLITTERS[form](body, headers)
    if not events:
        raise unreadable("正文中没有事件", "the body holds no event")
    if len(events) > MAX_EVENTS:
        raise too_large("一次最多 5000 个事件，请分批发送", "over 5 000 events: send them in parts")
    return events


def _no_json(error: Exception) -> ProblemError:
    return unreadable(f"正文不是 UTF-8 的 JSON：{error}", f"the body is no JSON in UTF-8: {error}")


def _lone(body: bytes, headers: RawHeaders) -> list[bytes]:
    if not body.strip():
        return []
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _no_json(error) from None
    return [body]


def _lines(body: bytes, headers: RawHeaders) -> list[bytes]:
    lines = [line for line in map(bytes.strip, body.split(b"\n")) if line]
    if lines and not parse.any_readable(lines):
        raise unreadable("没有一行是 UTF-8 的 JSON", "not one line is JSON in UTF-8")
    return lines


_SPACE = re.compile(r"[ \t\n\r]*")
# Only where an element ends is wanted: numbers stay text, so that no digit is looked at.
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str)


def _batch(body: bytes, headers: RawHeaders) -> list[bytes]:
    try:
        return _elements(body.decode())
    except (ValueError, RecursionError) as error:
        raise _no_json(error) from None


def _elements(text: str) -> list[bytes]:
    """The elements of a JSON array as they were written."""
    at = _after_space(text, 0)
    if text[at : at + 1] != "[":
        raise ValueError("a JSON array is expected")
    at = _after_space(text, at + 1)
    found: list[bytes] = []
    more = text[at : at + 1] != "]"
    while more:
        _, end = _DECODER.raw_decode(text, at)
        found.append(text[at:end].encode())
        at = _after_space(text, end)
        more = text[at : at + 1] == ","
        if more:
            at = _after_space(text, at + 1)
    if text[at : at + 1] != "]" or _after_space(text, at + 1) != len(text):
        raise ValueError(f"the array is not well formed at character {at}")
    return found


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _binary(body: bytes, headers: RawHeaders) -> list[bytes]:
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _no_json(error) from None
    attributes = orjson.dumps(_attributes(headers))
    return [attributes[:-1] + b',"data":' + body.strip() + b"}"]


def _has_attributes(headers: RawHeaders) -> bool:
    return any(name.startswith(b"ce-") for name, _ in headers)


def _attributes(headers: RawHeaders) -> dict[str, str]:
    """The attributes of a binary event, percent-decoded as its HTTP binding says."""
    found: dict[str, str] = {}
    for name, value in headers:
        if not name.startswith(b"ce-"):
            continue
        attribute = name[3:].decode("latin-1")
        if attribute in found:
            raise unreadable(f"头 ce-{attribute} 出现两次", f"ce-{attribute} is there twice")
        try:
            found[attribute] = unquote_to_bytes(value).decode()
        except UnicodeDecodeError:
            raise unreadable(
                f"头 ce-{attribute} 须为百分号编码的 UTF-8",
                f"ce-{attribute} must be UTF-8, percent-encoded",
            ) from None
    return found


_SPLITTERS = {Form.LONE: _lone, Form.BATCH: _batch, Form.LINES: _lines, Form.BINARY: _binary}

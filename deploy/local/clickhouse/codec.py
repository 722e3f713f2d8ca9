"""Unpacks request bodies and packs responses: lz4, zstd, gzip, deflate, br, native blocks."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from typing import Protocol

import brotli  # type: ignore[import-untyped]
import lz4.frame
import zstandard

from deploy.local.clickhouse import blocks
from deploy.local.clickhouse.errors import DatabaseError


class Unpacker(Protocol):
    """Takes a packed body piece by piece."""

    def feed(self, data: bytes) -> bytes:
        """Give what these bytes unpack to, together with those before."""

    def end(self) -> None:
        """Say that the body is over; raises DatabaseError if it stopped in the middle."""


class Packer(Protocol):
    """Gives a packed body piece by piece."""

    def feed(self, data: bytes) -> bytes:
        """Pack these bytes; the answer may be empty while a block fills up."""

    def end(self) -> bytes:
        """The last packed bytes."""


class Plain:
    """Neither packs nor unpacks."""

    def feed(self, data: bytes) -> bytes:
        return data

    def end(self) -> bytes:
        return b""


class _Frames:
    """Unpacks any number of frames one after another, which gzip, zstd and lz4 all allow."""

    def __init__(self, start: Callable[[], _Frame]) -> None:
        self._start = start
        self._frame: _Frame | None = None

    def feed(self, data: bytes) -> bytes:
        unpacked = []
        while data:
            if self._frame is None:
                self._frame = self._start()
            unpacked.append(self._frame.decompress(data))
            if not self._frame.eof:
                break
            data = self._frame.unused_data or b""
            self._frame = None
        return b"".join(unpacked)

    def end(self) -> None:
        if self._frame is not None:
            raise _broken("the compressed body ends early")


class _Frame(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes | None: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class _Deflate:
    """HTTP's deflate is zlib data; some clients send it raw, which the first byte tells apart."""

    def __init__(self) -> None:
        self._inner: _Frames | None = None

    def feed(self, data: bytes) -> bytes:
        if self._inner is None and data:
            bits = zlib.MAX_WBITS if data[0] & 0x0F == 8 else -zlib.MAX_WBITS
            self._inner = _Frames(lambda: zlib.decompressobj(bits))
        return self._inner.feed(data) if self._inner else b""

    def end(self) -> None:
        if self._inner:
            self._inner.end()


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()
        self._started = False

    def feed(self, data: bytes) -> bytes:
        self._started = self._started or bool(data)
        return bytes(self._inner.process(data))

    def end(self) -> None:
        if self._started and not self._inner.is_finished():
            raise _broken("the compressed body ends early")


class _Guarded:
    """Words what the compression libraries raise as ClickHouse does."""

    def __init__(self, inner: Unpacker) -> None:
        self._inner = inner

    def feed(self, data: bytes) -> bytes:
        try:
            return self._inner.feed(data)
        except (zlib.error, zstandard.ZstdError, brotli.error, RuntimeError, EOFError) as error:
            raise _broken(str(error)) from error

    def end(self) -> None:
        self._inner.end()


class _Zlib:
    def __init__(self, bits: int) -> None:
        self._inner = zlib.compressobj(3, zlib.DEFLATED, bits)

    def feed(self, data: bytes) -> bytes:
        return self._inner.compress(data)

    def end(self) -> bytes:
        return self._inner.flush()


class _Zstd:
    def __init__(self) -> None:
        self._inner = zstandard.ZstdCompressor(level=1).compressobj()

    def feed(self, data: bytes) -> bytes:
        return self._inner.compress(data)

    def end(self) -> bytes:
        return self._inner.flush()


class _Lz4:
    def __init__(self) -> None:
        self._inner = lz4.frame.LZ4FrameCompressor()
        self._head = bytes(self._inner.begin())

    def feed(self, data: bytes) -> bytes:
        head, self._head = self._head, b""
        return head + bytes(self._inner.compress(data))

    def end(self) -> bytes:
        head, self._head = self._head, b""
        return head + bytes(self._inner.flush())


class _BrotliPacker:
    def __init__(self) -> None:
        self._inner = brotli.Compressor(quality=3)

    def feed(self, data: bytes) -> bytes:
        return bytes(self._inner.process(data))

    def end(self) -> bytes:
        return bytes(self._inner.finish())


_UNPACKERS: dict[str, Callable[[], Unpacker]] = {
    "gzip": lambda: _Frames(lambda: zlib.decompressobj(zlib.MAX_WBITS | 16)),
    "x-gzip": lambda: _Frames(lambda: zlib.decompressobj(zlib.MAX_WBITS | 16)),
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": lambda: _Frames(lambda: zstandard.ZstdDecompressor().decompressobj()),
    "lz4": lambda: _Frames(lz4.frame.LZ4FrameDecompressor),
}
# In the order in which they are preferred, should a client accept several alike.
_PACKERS: dict[str, Callable[[], Packer]] = {
    "lz4": _Lz4,
    "zstd": _Zstd,
    "gzip": lambda: _Zlib(zlib.MAX_WBITS | 16),
    "br": _BrotliPacker,
    "deflate": lambda: _Zlib(zlib.MAX_WBITS),
}


def unpacker(content_encoding: str, *, native: bool = False) -> Unpacker:
    """What undoes a Content-Encoding, and inside it ClickHouse's block framing if `native`."""
    stages: list[Unpacker] = []
    for name in reversed([part.strip().lower() for part in content_encoding.split(",")]):
        if name in ("", "identity"):
            continue
        if name not in _UNPACKERS:
            raise DatabaseError(344, f"Unknown compression method: {name}")
        stages.append(_Guarded(_UNPACKERS[name]()))
    if native:
        stages.append(blocks.BlockUnpacker())
    return _Chain(stages)


def packer(content_encoding: str, *, native: bool = False) -> Packer:
    """What makes a Content-Encoding chosen by `choose_encoding`, or native blocks, or nothing."""
    if native:
        return blocks.BlockPacker()
    return _PACKERS[content_encoding]() if content_encoding else Plain()


def choose_encoding(accept: str) -> str:
    """The compression to answer an Accept-Encoding with; empty if the client wants none."""
    wanted: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, _, parameters = part.partition(";")
        wanted[name.strip()] = _quality(parameters)
    everything = wanted.get("*", 0.0)
    order = list(_PACKERS)
    offers = {name: wanted.get(name, everything) for name in order}
    best = max(offers, key=lambda name: (offers[name], -order.index(name)))
    return best if offers[best] > 0 else ""


class _Chain:
    def __init__(self, stages: Iterable[Unpacker]) -> None:
        self._stages = tuple(stages)

    def feed(self, data: bytes) -> bytes:
        for stage in self._stages:
            data = stage.feed(data)
        return data

    def end(self) -> None:
        for stage in self._stages:
            stage.end()


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _broken(reason: str) -> DatabaseError:
    return DatabaseError(271, f"Cannot decompress the request body: {reason}", "CANNOT_DECOMPRESS")

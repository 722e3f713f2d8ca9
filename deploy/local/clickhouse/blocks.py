"""ClickHouse's own block compression, which `compress=1` and `decompress=1` ask for.

A block is 16 bytes of checksum, one byte of method, the packed size with these nine bytes, the raw
size (both little endian), then the packed data. The checksum is CityHash128 1.0.2 over all that
follows it.
"""

from __future__ import annotations

import struct

import lz4.block
import zstandard
from clickhouse_cityhash.cityhash import CityHash128

from deploy.local.clickhouse.errors import DatabaseError

_NONE, _LZ4, _ZSTD = 0x02, 0x82, 0x90
_HEAD = struct.Struct("<BII")
_CHECKSUM_SIZE = 16
_RAW_BLOCK = 1 << 20
_LARGEST_BLOCK = 1 << 30


class BlockPacker:
    """Packs a response into LZ4 blocks of up to 1 MiB of raw data."""

    def feed(self, data: bytes) -> bytes:
        return b"".join(
            _pack(data[start : start + _RAW_BLOCK]) for start in range(0, len(data), _RAW_BLOCK)
        )

    def end(self) -> bytes:
        return b""


class BlockUnpacker:
    """Unpacks a request body made of blocks, and checks each one's checksum."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        data = self._rest + data
        unpacked, at = [], 0
        while (end := _end_of_block(data, at)) is not None:
            unpacked.append(_unpack(data[at:end]))
            at = end
        self._rest = data[at:]
        return b"".join(unpacked)

    def end(self) -> None:
        if self._rest:
            raise _broken("the last block ends early")


def _pack(raw: bytes) -> bytes:
    packed: bytes = lz4.block.compress(raw, store_size=False)
    body = _HEAD.pack(_LZ4, len(packed) + _HEAD.size, len(raw)) + packed
    return _checksum(body) + body


def _unpack(block: bytes) -> bytes:
    body = block[_CHECKSUM_SIZE:]
    if _checksum(body) != block[:_CHECKSUM_SIZE]:
        raise _broken("checksum does not match")
    method, _, raw_size = _HEAD.unpack_from(body)
    packed = body[_HEAD.size :]
    try:
        if method == _LZ4:
            return bytes(lz4.block.decompress(packed, uncompressed_size=raw_size))
        if method == _ZSTD:
            return zstandard.ZstdDecompressor().decompress(packed, max_output_size=raw_size)
    except (lz4.block.LZ4BlockError, zstandard.ZstdError) as error:
        raise _broken(str(error)) from error
    if method == _NONE:
        return packed
    raise _broken(f"unknown method 0x{method:02x}")


def _end_of_block(data: bytes, at: int) -> int | None:
    if len(data) - at < _CHECKSUM_SIZE + _HEAD.size:
        return None
    _, packed_size, raw_size = _HEAD.unpack_from(data, at + _CHECKSUM_SIZE)
    if not _HEAD.size <= packed_size <= _LARGEST_BLOCK or raw_size > _LARGEST_BLOCK:
        raise _broken("a block's size cannot be right")
    end: int = at + _CHECKSUM_SIZE + packed_size
    return end if end <= len(data) else None


def _checksum(body: bytes) -> bytes:
    both = CityHash128(body)
    return struct.pack("<QQ", both >> 64, both & 0xFFFFFFFFFFFFFFFF)


def _broken(reason: str) -> DatabaseError:
    return DatabaseError(271, f"Cannot decompress: {reason}", "CANNOT_DECOMPRESS")

"""Packing and unpacking, whole and in pieces."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.clickhouse.codec import choose_encoding, packer, unpacker
from deploy.local.clickhouse.errors import DatabaseError

ENCODINGS = ["lz4", "zstd", "gzip", "br", "deflate", ""]


@given(
    pieces=st.lists(st.binary(max_size=5000), max_size=5),
    encoding=st.sampled_from(ENCODINGS),
    native=st.booleans(),
    cut=st.integers(min_value=1, max_value=999),
)
def test_what_was_packed_in_pieces_unpacks_in_pieces(
    pieces: list[bytes], encoding: str, native: bool, cut: int
) -> None:
    pack = packer("" if native else encoding, native=native)
    packed = b"".join(map(pack.feed, pieces)) + pack.end()
    unpack = unpacker("" if native else encoding, native=native)
    parts = [packed[at : at + cut] for at in range(0, len(packed), cut)]
    assert b"".join(map(unpack.feed, parts)) == b"".join(pieces)
    unpack.end()


@pytest.mark.parametrize("encoding", ["lz4", "zstd", "gzip", "br", "deflate"])
def test_a_body_that_ends_early_is_an_error(encoding: str) -> None:
    pack = packer(encoding)
    packed = pack.feed(b"figures" * 100) + pack.end()
    unpack = unpacker(encoding)
    unpack.feed(packed[:-5])
    with pytest.raises(DatabaseError, match="ends early"):
        unpack.end()


@pytest.mark.parametrize("encoding", ["lz4", "zstd", "gzip", "br", "deflate"])
def test_garbage_is_an_error_of_the_database(encoding: str) -> None:
    with pytest.raises(DatabaseError) as refused:
        unpacker(encoding).feed(b"\x07 this was never packed by anything" * 50)
    assert refused.value.code == 271


@pytest.mark.parametrize("encoding", ["lz4", "zstd", "gzip"])
def test_frames_may_follow_one_another(encoding: str) -> None:
    packed = b""
    for part in (b"one ", b"two"):
        pack = packer(encoding)
        packed += pack.feed(part) + pack.end()
    assert unpacker(encoding).feed(packed) == b"one two"


def test_raw_deflate_is_understood_too() -> None:
    pack = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = pack.compress(b"figures" * 10) + pack.flush()
    assert unpacker("deflate").feed(packed) == b"figures" * 10


def test_a_changed_native_block_is_an_error() -> None:
    packed = bytearray(packer("", native=True).feed(b"figures" * 10))
    packed[-1] ^= 1
    with pytest.raises(DatabaseError, match="checksum"):
        unpacker("", native=True).feed(bytes(packed))


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(DatabaseError) as refused:
        unpacker("compress")
    assert refused.value.code == 344


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", ""),
        ("identity", ""),
        ("lz4,zstd,br,gzip,deflate", "lz4"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("gzip;q=0", ""),
        ("*", "lz4"),
        ("gzip;q=nonsense", ""),
    ],
)
def test_the_client_chooses_by_accept_encoding(accept: str, chosen: str) -> None:
    assert choose_encoding(accept) == chosen

"""What the embedded server packs and unpacks: answers, bodies, native blocks."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import brotli
import httpx
import lz4.frame
import pytest
import zstandard

from deploy.local.clickhouse.blocks import BlockPacker, BlockUnpacker
from tests.integration.embedded_clickhouse import WRITER, Running, code_of, rows_of

UNPACK = {
    "lz4": lz4.frame.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "deflate": zlib.decompress,
}


@pytest.mark.parametrize("encoding", UNPACK)
def test_answers_are_packed_as_accepted(server: Running, encoding: str) -> None:
    request = httpx.Request(
        "POST",
        server.url,
        content=b"SELECT number FROM numbers(300000)",
        headers={"Accept-Encoding": encoding, "X-ClickHouse-User": WRITER[0]}
        | {"X-ClickHouse-Key": WRITER[1]},
    )
    with httpx.Client() as http:
        response = http.send(request, stream=True)
        packed = b"".join(response.iter_raw())
        response.close()
    assert response.headers["Content-Encoding"] == encoding
    assert UNPACK[encoding](packed).split() == [b"%d" % n for n in range(300000)]


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", brotli.compress),
        ("zstd", zstandard.ZstdCompressor().compress),
        ("lz4", lz4.frame.compress),
    ],
)
def test_a_packed_body_is_unpacked_and_a_cut_one_inserts_nothing(
    server: Running, table: str, encoding: str, pack: Any
) -> None:
    packed = pack(b"INSERT INTO pacekeeper.t FORMAT CSV\n" + b"1,x\n" * 1000)
    headers = {"Content-Encoding": encoding}
    cut = server.ask(packed[: len(packed) - 9], headers=headers)
    assert (code_of(cut), rows_of(server, table)) == (271, 0)
    assert server.ask(packed, headers=headers).status_code == 200
    assert rows_of(server, table) == 1000


def test_native_blocks_go_both_ways(server: Running, table: str) -> None:
    blocks = BlockPacker().feed(b"1\tx\n2\ty\n")
    server.ask(blocks, query=f"INSERT INTO {table} FORMAT TSV", decompress="1").raise_for_status()
    response = server.ask(f"SELECT a, s FROM {table} ORDER BY a", compress="1")
    assert BlockUnpacker().feed(response.content) == b"1\tx\n2\ty\n"

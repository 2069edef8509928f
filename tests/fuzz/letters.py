"""Damage to bytes: bits turned, pieces cut, repeated and put in from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from fuzz.documents import Seed
from fuzz.structures import LONG_NUMBERS, NUMBERS, TEXTS, Pick

PIECES = [text.encode("utf-8", "surrogatepass") for text in (*NUMBERS, *LONG_NUMBERS, *TEXTS)]
PIECES += [b"\xff\xfe", b"\xef\xbb\xbf", b"\x00", b"\x80", b"\xc0\x80", b"\xed\xa0\x80", b'"""', b"'''", b"[[", b"]]", b"{", b"}", b"[", b"]", b"=",
           b"[a]\na.b = 1\n", b"#", b"\\u0000", b"\\ud800", b"\r", b"\r\n", b"\n\n", b",", b";", b"\t", b'"', b"'", b"<", b">", b"&", b"<!DOCTYPE r [",
           b"<![CDATA[", b"&#0;", b"PK\x03\x04", b"\x1f\x8b", b"*", b"(", b")", b"normal(", b"e", b".", b"-", b"1e", b"%", b"to", b": "]  # fmt: skip
MOST = 200_000  # bytes of a damaged input


def damaged(pick: Pick, seeds: Sequence[tuple[str, bytes]]) -> tuple[str, bytes]:
    """The name and the content of a file of which one to five pieces were changed."""
    name, content = seeds[pick(len(seeds))]
    found = bytearray(content)
    for _ in range(1 + pick(3) * pick(3)):
        at = pick(len(found) + 1)
        size = 1 + (pick(8) if pick(4) else pick(400))
        match pick(9):
            case 0:
                found[at : at + 1] = bytes([found[at] ^ (1 << pick(8))]) if at < len(found) else b"\x01"
            case 1:
                found[at : at + 1] = bytes([pick(256)])
            case 2 | 3:
                found[at:at] = PIECES[pick(len(PIECES))]
            case 4:
                found[at : at + size] = PIECES[pick(len(PIECES))]
            case 5:
                del found[at : at + size]
            case 6:
                found[at:at] = bytes(found[at : at + size]) * (1 + pick(5) if pick(6) else 400)
            case 7:
                other = seeds[pick(len(seeds))][1]
                start = pick(len(other) + 1)
                found[at : at + size] = other[start : start + size]
            case _:
                line = found.rfind(b"\n", 0, at) + 1
                end = found.find(b"\n", at) + 1 or len(found)
                found[line:end] = b"" if pick(2) else bytes(found[line:end]) * 2
        if len(found) > MOST:
            del found[MOST:]
    return name, bytes(found)


def written(seeds: Sequence[Seed]) -> list[tuple[str, bytes]]:
    return [(seed.name, seed.write(seed.tree)) for seed in seeds]

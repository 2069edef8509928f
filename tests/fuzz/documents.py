"""Trees of tables, lists and values, and how they are written: as TOML, JSON, CSV, XML, or arguments of a command."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

type Tree = dict[str, Tree] | list[Tree] | object
BARE = re.compile(r"[A-Za-z0-9_-]+")
ESCAPED = re.compile(r'[\x00-\x08\x0a-\x1f"\\\x7f]')


class Literal(str):
    """A value that is written as it stands, such as 1e400 or a whole number of 5,000 digits."""


class Again(str):
    """A key that may stand beside an equal one."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


@dataclass(frozen=True)
class Seed:
    """An input to be damaged: a tree and the way in which it is written to a file of this name."""

    name: str
    tree: Tree
    write: Callable[[Tree], bytes]


def toml(tree: Tree) -> bytes:
    """Tables of the first two levels under headings; everything else on one line."""
    lines: list[str] = []
    _table(tree, "", lines)
    return "\n".join(lines).encode("utf-8", "surrogatepass") + b"\n"


def _table(tree: Tree, path: str, lines: list[str], depth: int = 0) -> None:
    if not isinstance(tree, dict):
        lines.append(_inline(tree))
        return
    inner = {key: value for key, value in tree.items() if isinstance(value, dict) and depth < 2}
    lines += [f"{_key(key)} = {_inline(value)}" for key, value in tree.items() if key not in inner]
    for key, value in inner.items():
        heading = f"{path}.{_key(key)}" if path else _key(key)
        lines.append(f"[{heading}]")
        _table(value, heading, lines, depth + 1)


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    return '"' + ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + '"'


def _inline(value: Tree) -> str:
    match value:
        case Literal():
            return str(value)
        case bool():
            return str(value).lower()
        case str():
            return _quoted(value)
        case dict():
            return "{" + ", ".join(f"{_key(key)} = {_inline(one)}" for key, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_inline, value)) + "]"
        case date() | datetime() | time():
            return value.isoformat()
    return str(value)


def as_json(tree: Tree) -> bytes:
    return _json(tree).encode("utf-8", "surrogatepass")


def _json(value: Tree) -> str:
    match value:
        case Literal():
            return str(value)
        case str():
            return json.dumps(value)
        case dict():
            return "{" + ", ".join(f"{json.dumps(str(key))}: {_json(one)}" for key, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_json, value)) + "]"
        case None | bool():
            return json.dumps(value)
    return str(value)


def as_csv(tree: Tree) -> bytes:
    """Rows of cells."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in tree if isinstance(tree, list) else [tree]:
        writer.writerow([_cell(one) for one in row] if isinstance(row, list) else [_cell(row)])
    return text.getvalue().encode("utf-8", "surrogatepass")


def _cell(value: Tree) -> str:
    return "" if value is None else value if isinstance(value, str) else _json(value)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def of_xml(text: str) -> Tree:
    """An element as its tag, attributes, text and children."""
    return _element(ET.fromstring(text))


def _element(found: ET.Element) -> Tree:
    return {"tag": found.tag, "with": dict(found.attrib), "text": found.text or "", "in": [_element(one) for one in found]}


def xml(tree: Tree) -> bytes:
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + "".join(_markup(tree))).encode("utf-8", "surrogatepass")


def _markup(tree: Tree) -> Iterator[str]:
    if not isinstance(tree, dict):
        yield _cell(tree)
        return
    tag, inside, children = _cell(tree.get("tag", "P")), tree.get("with"), tree.get("in")
    attributes = "".join(f" {key}={_attribute(value)}" for key, value in inside.items()) if isinstance(inside, dict) else ""
    yield f"<{tag}{attributes}>{_text(tree.get('text'))}"
    for one in children if isinstance(children, list) else []:
        yield from _markup(one)
    yield f"</{tag}>"


def _attribute(value: Tree) -> str:
    return '"' + _text(value).replace('"', "&quot;") + '"'


def _text(value: Tree) -> str:
    said = _cell(value)
    return said if isinstance(value, Literal) else said.replace("&", "&amp;").replace("<", "&lt;")


def zipped(tree: Tree) -> bytes:
    """An archive of documents by their names: tables of cells, or archives within it."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        for name, inside in tree.items() if isinstance(tree, dict) else [("document.csv", tree)]:
            name = str(name).replace("\0", "").encode("utf-8", "replace").decode()[:1000]
            if name not in archive.namelist():
                archive.writestr(name, zipped(inside) if isinstance(inside, dict) else as_csv(inside))
    return found.getvalue()


def compressed(write: Callable[[Tree], bytes]) -> Callable[[Tree], bytes]:
    return lambda tree: gzip.compress(write(tree), 1)


def workbook(tree: Tree) -> bytes:
    """Rows of cells in the first sheet of an Excel file."""
    import openpyxl
    from openpyxl.utils.exceptions import IllegalCharacterError

    book, found = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    for row in tree if isinstance(tree, list) else [tree]:
        try:
            sheet.append([_typed(one) for one in (row if isinstance(row, list) else [row])])
        except (ValueError, IllegalCharacterError):  # a character that no sheet can hold
            sheet.append(["damaged"])
    book.save(found)
    return found.getvalue()


def _typed(value: Tree) -> object:
    said = "".join(c for c in _cell(value)[:32_000] if c.isprintable() or c == "\n")
    try:
        return float(said) if not isinstance(value, Literal) and len(said) < 20 and abs(float(said)) < 1e300 else said
    except ValueError:
        return said


def parquet(tree: Tree) -> bytes:
    """Rows of cells as columns of a Parquet file, named by the first row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    listed = [row if isinstance(row, list) else [row] for row in (tree if isinstance(tree, list) else [tree])] or [["x"]]
    names = [_cell(one).encode("utf-8", "replace").decode() for one in listed[0]]
    columns = [[_in_column(row[i]) if i < len(row) else None for row in listed[1:]] for i in range(len(names))]
    arrays = [_array(column) for column in columns]
    found = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=names), found)
    return found.getvalue()


def _in_column(value: Tree) -> str | None:
    return None if value is None else _cell(value).encode("utf-8", "replace").decode()


def _array(column: list[str | None]) -> object:
    import pyarrow as pa

    try:
        return pa.array([None if one in (None, "") else float(one) for one in column])
    except (ValueError, OverflowError):
        return pa.array(column, pa.string())


def arguments(tree: Tree) -> bytes:
    """Words of a command line, which no zero byte can be part of."""
    words = [_cell(one).replace("\0", "") for one in (tree if isinstance(tree, list) else [tree])]
    return "\0".join(words).encode("utf-8", "surrogatepass")


def plain(tree: Tree) -> bytes:
    return _cell(tree).encode("utf-8", "surrogatepass")


def printed(value: object) -> object:
    """Numbers of a parsed TOML file as they were printed."""
    return Literal(value) if isinstance(value, Decimal) else value

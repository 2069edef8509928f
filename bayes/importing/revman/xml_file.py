"""XML, parsed within limits: no document type (where entities are defined, which can multiply), no deep nesting."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from bayes.errors import InvalidInput

DEEPEST = 100
MOST_ELEMENTS = 1_000_000


class _Limited(TreeBuilder):
    """A tree builder that refuses a document type, deep nesting and too many elements."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name, self._depth, self._elements = name, 0, 0

    def doctype(self, *_: object) -> None:
        said = "has a document type declaration, which may define entities; RevMan writes none, and it is not read"
        raise InvalidInput(self._name, [said])

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST:
            raise InvalidInput(self._name, [f"elements within elements, more than {DEEPEST} deep"])
        if self._elements > MOST_ELEMENTS:
            raise InvalidInput(self._name, [f"more than {MOST_ELEMENTS:,} elements"])
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def parsed(content: bytes, name: str) -> Element:
    """Parse a document.

    Parameters
    ----------
    content : bytes
    name : str
        Name of the document, for messages.

    Returns
    -------
    Element
        Its root.

    Raises
    ------
    InvalidInput
        If it is not well-formed, has a document type or is nested too deeply.
    """
    parser = XMLParser(target=_Limited(name))
    try:
        for begin in range(0, len(content), 1 << 16):  # in pieces, so that a limit is noticed before the end
            parser.feed(content[begin : begin + (1 << 16)])
        root: Element = parser.close()
    except ParseError as error:
        raise InvalidInput(name, [f"is not well-formed XML: {error}"]) from None
    except (ValueError, LookupError) as error:  # an encoding that is unknown or does not fit
        raise InvalidInput(name, [f"cannot be read as XML: {error}"]) from None
    return root


def text_of(element: Element | None, path: str = ".") -> str:
    """Return the words in an element or below it, with single spaces; empty if it is missing."""
    found = None if element is None else element.find(path)
    return "" if found is None else " ".join(" ".join(found.itertext()).split())


def ending(element: Element, end: str) -> Iterator[Element]:
    """Yield the elements directly below one whose tags end as stated."""
    return (one for one in element if isinstance(one.tag, str) and one.tag.endswith(end))

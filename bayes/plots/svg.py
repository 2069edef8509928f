"""Conversion of a figure to an SVG element for a page: accessible, self-contained and reproducible."""

from __future__ import annotations

import hashlib
import io
import re
from xml.etree import ElementTree

from matplotlib import rc_context
from matplotlib.figure import Figure

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"


def to_svg(figure: Figure, title: str, description: str) -> str:
    """Convert a figure to an `<svg>` element for an HTML page with any number of figures.

    Text remains text. Every id is unique to the figure, and its styles apply to no other element. The element contains
    no date, script or external reference, so that the same figure always gives the same text.

    Parameters
    ----------
    figure : Figure
        The figure to convert.
    title : str
        A short name, announced by screen readers.
    description : str
        A description of what the figure shows, for readers who cannot see it.

    Returns
    -------
    str
        The element, which fills the width of the page up to the width of the figure.
    """
    written = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": title}):
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    root = ElementTree.fromstring(written.getvalue())
    for extra in root.findall(f"{{{SVG}}}metadata"):
        root.remove(extra)
    name = "f" + hashlib.sha256("\0".join((title, description, written.getvalue())).encode()).hexdigest()[:12]
    _own_ids(root, name)
    width = float(root.attrib.pop("width").removesuffix("pt"))
    del root.attrib["height"]
    root.attrib |= {
        "id": name,
        "role": "img",
        "aria-labelledby": f"{name}-title {name}-desc",
        "style": f"width:100%;max-width:{width / 72:g}in;height:auto",
    }
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        said = ElementTree.Element(f"{{{SVG}}}{tag}", {"id": f"{name}-{tag}"})
        said.text = text
        root.insert(place, said)
    return ElementTree.tostring(root, encoding="unicode")


def _own_ids(root: ElementTree.Element, name: str) -> None:
    """Prefix every id, every reference to an id and every rule of the style sheet with the figure's name."""
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "id":
                element.attrib[key] = f"{name}-{value}"
            elif key == f"{{{XLINK}}}href" and value.startswith("#"):
                element.attrib[key] = f"#{name}-{value[1:]}"
            else:
                element.attrib[key] = re.sub(r"url\(#", f"url(#{name}-", value)
        if element.tag == f"{{{SVG}}}style" and element.text is not None:
            element.text = element.text.replace("*{", f"#{name} *{{")

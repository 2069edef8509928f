"""A figure as one SVG element to set into a page: named for screen readers, nothing fetched, the same every time."""

from __future__ import annotations

import hashlib
import io
import re
from xml.etree import ElementTree

from matplotlib import rc_context
from matplotlib.figure import Figure

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"


def to_svg(figure: Figure, title: str, description: str) -> str:
    """An `<svg>` element that can stand in an HTML page beside others.

    Text stays text. Every id is unique to the figure, its style reaches no other element, there is neither date nor
    script nor reference to anything outside.

    Parameters
    ----------
    figure : Figure
    title : str
        What the figure is, in a few words: its name for a screen reader.
    description : str
        What it shows, for those who do not see it.

    Returns
    -------
    str
        As wide as the page allows, at most as wide as the figure.
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
    """Put the figure's name before every id, every use of one, and every rule of its style sheet."""
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "id":
                element.attrib[key] = f"{name}-{value}"
            elif key == f"{{{XLINK}}}href" and value.startswith("#"):
                element.attrib[key] = f"#{name}-{value[1:]}"
            else:
                element.attrib[key] = re.sub(r"url\(#", f"url(#{name}-", value)
        if element.tag == f"{{{SVG}}}style":
            element.text = element.text.replace("*{", f"#{name} *{{")

"""Conversion of a figure to an SVG element for a page: accessible, self-contained, reproducible and small."""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any, override
from xml.etree import ElementTree

from matplotlib import rc_context
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from bayes.plots.svg_path import coordinate, shortened

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
POINTS = 72  # per inch
HREF = f"{{{XLINK}}}href"
LENGTHS = ("x", "y", "width", "height", "viewBox", "transform")
UNTURNED = re.compile(r"rotate\(-?0 [^)]*\)")
DECIMALS = re.compile(r"-?\d+\.\d+")


def to_svg(figure: Figure, title: str, description: str, width: float | None = None) -> str:
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
    width : float, optional
        The width in inches up to which the element grows with the page; by default that of the figure.

    Returns
    -------
    str
        The element, which fills the width of the page up to this width.
    """
    drawn = _drawn(figure, title)
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    root = ElementTree.fromstring(drawn)
    name = "f" + hashlib.sha256("\0".join((title, description, drawn)).encode()).hexdigest()[:8]
    del root.attrib["width"], root.attrib["height"], root.attrib["version"]
    for element in root.iter():
        _shorten(element)
    _short_ids(root, name)
    style = _classes(root, name)
    _unwrap(root)
    root.attrib |= {
        "id": name,
        "role": "img",
        "aria-labelledby": f"{name}-title {name}-desc",
        "style": f"width:100%;max-width:{width or figure.get_figwidth():g}in;height:auto",
    }
    said = (("title", title, f"{name}-title"), ("desc", description, f"{name}-desc"), ("style", style, None))
    for place, (tag, text, own_id) in enumerate(said):
        element = ElementTree.Element(f"{{{SVG}}}{tag}", {} if own_id is None else {"id": own_id})
        element.text = text
        root.insert(place, element)
    return ElementTree.tostring(root, encoding="unicode")


class _Renderer(RendererSVG):
    """A renderer that measures a text once: most words of a page stand in several of its figures."""

    @override
    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        return _measured(s, prop, ismath)


class _Canvas(FigureCanvasBase):
    """A canvas whose figure is laid out by the sizes of texts with which it is drawn, each measured once."""

    def __init__(self, figure: Figure, renderer: RendererSVG) -> None:
        super().__init__(figure)
        self._renderer = renderer

    def get_renderer(self) -> RendererSVG:
        """Return the renderer, for which the layout asks."""
        return self._renderer


@cache
def _measured(text: str, font: FontProperties, mathematics: Any) -> tuple[float, float, float]:
    """Return width, height and descent in points."""
    width, height, descent = text_to_path.get_text_width_height_descent(text, font, mathematics)
    return width, height, descent


def _drawn(figure: Figure, title: str) -> str:
    """Draw a figure once; `savefig` would draw it again for a layout that it has already."""
    written, dpi, canvas = io.StringIO(), figure.dpi, figure.canvas
    width, height = figure.get_size_inches() * POINTS
    try:
        figure.dpi = POINTS
        with rc_context({"svg.fonttype": "none", "svg.hashsalt": title}):
            renderer: Any = _Renderer(width, height, written, image_dpi=dpi, metadata={"Date": None})  # type: ignore[no-untyped-call]  # matplotlib says no types here
            _Canvas(figure, renderer)  # it makes itself the canvas of the figure
            figure.draw(renderer)
            renderer.finalize()
    finally:
        figure.set_canvas(canvas)
        figure.dpi = dpi
    return written.getvalue()


def _shorten(element: ElementTree.Element) -> None:
    """Write numbers to a tenth of a point, paths relatively, and leave out the space between elements."""
    element.text = element.text if element.tag.endswith(("text", "tspan")) else None
    element.tail = element.tail if element.tag.endswith("tspan") else None
    for key in LENGTHS:
        if key in element.attrib:
            value = UNTURNED.sub("", element.attrib[key])
            element.attrib[key] = DECIMALS.sub(lambda found: coordinate(float(found[0])), value)
    if element.attrib.get("transform") == "":
        del element.attrib["transform"]
    if "d" in element.attrib:
        element.attrib["d"] = shortened(element.attrib["d"])


def _short_ids(root: ElementTree.Element, name: str) -> None:
    """Replace ids that are referred to by short ones that begin with the figure's name, and remove all others."""
    used = [value[1:] for element in root.iter() if (value := element.get(HREF, "")).startswith("#")]
    used += [found for element in root.iter() for found in re.findall(r"url\(#([^)]+)\)", element.get("clip-path", ""))]
    short = {old: f"{name}-{i}" for i, old in enumerate(dict.fromkeys(used))}
    for element in root.iter():
        own = element.attrib.pop("id", None)
        if own in short:
            element.attrib["id"] = short[own]
        if HREF in element.attrib:
            element.attrib[HREF] = f"#{short[element.attrib[HREF][1:]]}"
        if "clip-path" in element.attrib:
            element.attrib["clip-path"] = re.sub(
                r"#([^)]+)", lambda found: f"#{short[found[1]]}", element.attrib["clip-path"]
            )


def _classes(root: ElementTree.Element, name: str) -> str:
    """Replace styles that occur more than once by classes, and return the rules of the figure's style sheet."""
    for element in root.iter():
        if "style" in element.attrib:
            element.attrib["style"] = re.sub(r"\s*([:;,])\s*", r"\1", element.attrib["style"])
    counted = Counter(element.attrib["style"] for element in root.iter() if "style" in element.attrib)
    short = {style: f"s{i}" for i, style in enumerate(style for style, n in counted.items() if n > 1)}
    for element in root.iter():
        if element.get("style") in short:
            element.attrib["class"] = short[element.attrib.pop("style")]
    common = f"#{name} *{{stroke-linejoin:round;stroke-linecap:butt}}"
    return common + "".join(f"#{name} .{short_name}{{{style}}}" for style, short_name in short.items())


def _unwrap(parent: ElementTree.Element) -> None:
    """Replace groups that say nothing by what they contain, and remove what draws nothing."""
    for child in parent:
        _unwrap(child)
    parent[:] = [found for child in parent for found in _contained(child)]


def _contained(child: ElementTree.Element) -> Iterator[ElementTree.Element]:
    tag = child.tag.removeprefix(f"{{{SVG}}}")
    if tag in ("metadata", "style") or (tag in ("g", "defs") and not len(child)):
        return
    if tag == "g" and not child.attrib:
        yield from child
    else:
        yield child

"""The calculator's page: its scripts and its style in one file, which any web server, or none, can hand out."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import version
from importlib.resources import files

from markupsafe import Markup

from bayes.plots.axes import RATIO_TICKS
from bayes.report.dossier.disclosures import Counted
from bayes.report.own_prior import section
from bayes.report.pages.environment import environment
from bayes.report.pages.navigation import places
from bayes.report.pages.render import source_of

BEFORE, AFTER = ("special.js",), ("curves.js", "beliefs.js", "toml.js", "reports.js", "calculator.js")


@cache
def calculator(counted: Counted | None = None) -> str:
    """Return the calculator as HTML that needs nothing else.

    Parameters
    ----------
    counted : Counted, optional
        What the report holds among whose pages it stands, and to which it then links.
    """
    site = (files("bayes.report.pages") / "site.css").read_text(encoding="utf-8")
    return (
        environment()
        .get_template("calculator.html")
        .render(
            in_report=counted is not None,
            places=() if counted is None else places(counted),
            root="",
            trail=(),
            style=Markup(site + section.style() + _read("calculator.css")),
            script=Markup(script()),
            script_source=Markup(source_of(script())),
            settings=Markup(json.dumps({"ticks": RATIO_TICKS})),
            version=version("bayes-reanalysis"),
        )
    )


def script() -> str:
    """Return the JavaScript of the page."""
    return "\n".join([*map(_read, BEFORE), section.script(), *map(_read, AFTER)])


def _read(name: str) -> str:
    return (files("bayes.report.calculator") / name).read_text(encoding="utf-8")

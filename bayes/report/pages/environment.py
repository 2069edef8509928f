"""The templates of the pages; everything that is put into one is escaped."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from bayes.report.pages import methods


@cache
def environment() -> Environment:
    """Return the templates, with autoescaping; a variable that a template expects but does not get is an error."""
    made = Environment(
        loader=PackageLoader("bayes.report.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["cited"] = methods.cited
    return made

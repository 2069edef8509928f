"""The section of a page on operating characteristics: text, figure and tables for each decision rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from bayes.calibration.operating.layout import laid_out
from bayes.report.dossier.contents import Dossier
from bayes.report.dossier.operating_part import rows_of
from bayes.report.pages.tables import table


@dataclass(frozen=True)
class RuleOnPage:
    """One decision rule as a page shows it.

    Attributes
    ----------
    rule : str
    figure : str
        The anchor of its power curves.
    text : tuple of str
    tables : tuple of Markup
    """

    rule: str
    figure: str
    text: tuple[str, ...]
    tables: tuple[Markup, ...]


def of_operating(dossier: Dossier) -> Iterator[RuleOnPage]:
    """Yield every decision rule that was studied for an outcome, in the order of operating.csv."""
    for number, part in enumerate(dossier["operating"], start=1):
        rows = rows_of(part, dossier["name"], dossier["measure"], dossier["benefit"])
        made = tuple(table(*one) for one in laid_out(rows, whole=False))
        yield RuleOnPage(part["rule"], f"power_{number}", tuple(part["text"]), made)

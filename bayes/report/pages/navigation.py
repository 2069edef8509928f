"""The pages to which every page links."""

from __future__ import annotations

from bayes.report.dossier.disclosures import Counted
from bayes.report.pages.methods import PAGE as METHODS

INDEX, CORPUS, CHECKLIST, CALCULATOR = "index.html", "corpus.html", "checklist.html", "calculator.html"
CALIBRATION = "calibration.html"


def places(counted: Counted) -> tuple[tuple[str, str], ...]:
    """Return the file and the name of each page; a folder without posteriors has no checklists."""
    found = [(INDEX, "All outcomes" if counted.trials else "Overview")]
    if counted.corpus:
        found.append((CORPUS, "Whole database"))
    if counted.calibration:
        found.append((CALIBRATION, "Later trials"))
    if counted.trials:
        found.append((CHECKLIST, "Checklists"))
    return (*found, (METHODS, "Methods"), (CALCULATOR, "Calculator"))

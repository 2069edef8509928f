"""The text for a manuscript: methods and results of a dossier in Markdown, with exactly the references cited."""

from __future__ import annotations

import os
import re
from pathlib import Path

from bayes.base.writing import write_text
from bayes.report.dossier.contents import Dossier
from bayes.report.dossier.published_parts import Cited
from bayes.report.manuscript.methods import methods
from bayes.report.manuscript.references import bibtex
from bayes.report.manuscript.results import results
from bayes.text.wording import quoted

TEXTS = "report/text"
METHODS, RESULTS = "Statistical methods", "Results"  # headings that the checklists use as pointers into the text
KEY = re.compile(r"(?<!\\)@([A-Za-z0-9][A-Za-z0-9_-]*)")

__all__ = ["manuscript", "methods", "references", "results", "write"]


def manuscript(dossier: Dossier) -> str:
    """Return the title, statistical methods and results as one Markdown text."""
    return f"# {quoted(dossier['label'])}\n\n## {METHODS}\n\n{methods(dossier)}\n\n## {RESULTS}\n\n{results(dossier)}\n"


def references(dossier: Dossier) -> list[str]:
    """Return the keys cited in the text, in order; text quoted from files is escaped and cites nothing."""
    return list(dict.fromkeys(KEY.findall(manuscript(dossier))))


def write(dossier: Dossier, results_folder: str | os.PathLike[str]) -> Path:
    """Write `report/text/SLUG.md` and `SLUG.bib` in a results folder, and return the path of the text."""
    path = Path(results_folder) / TEXTS / f"{dossier['slug']}.md"
    write_text(path, manuscript(dossier))
    trials: list[Cited] = [member["trial"] for member in dossier["members"]]
    if dossier["trial"] is not None:
        trials.append(dossier["trial"])
    write_text(path.with_suffix(".bib"), bibtex(references(dossier), trials))
    return path

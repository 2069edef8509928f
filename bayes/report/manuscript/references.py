"""The references: those shipped with the package, and one for each trial generated from its file, as BibTeX."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from bayes.report.dossier.published_parts import Cited

FILE = Path(__file__).with_name("references.bib")
SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}


@cache
def shipped() -> dict[str, str]:
    """Return the entries of `references.bib` by key, as written."""
    text = FILE.read_text(encoding="utf-8")
    return {found[1]: found[0] for found in re.finditer(r"^@\w+\{([^,\s]+),\n.*?^\}\n", text, re.MULTILINE | re.DOTALL)}


def cited_by(source: str | None) -> list[str]:
    """Return the keys of the shipped references that a source names by first author and year."""
    return [key for key in shipped() if all(part in _plain(source or "") for part in _author_and_year(key))]


def trial_key(trial: Cited) -> str:
    """Return the key under which a trial is cited."""
    return f"trial-{trial['id']}"


def trial_entry(trial: Cited) -> str:
    """Return a BibTeX entry for the publication of a trial, from its file.

    Parameters
    ----------
    trial : Cited
        A trial file has no authors or journal.
    """
    fields = [("title", f"{{{latex(trial['title'])}}}"), ("year", str(trial["year"]))]
    if trial["doi"]:
        fields.append(("doi", re.sub(r"[\s{}\\%]", lambda sign: f"%{ord(sign[0]):02X}", trial["doi"])))
    if trial["registration"]:
        fields.append(("note", f"Registration: {latex(trial['registration'])}"))
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields)
    return f"@misc{{{trial_key(trial)},\n{lines}}}\n"


def latex(text: str) -> str:
    """Escape text for BibTeX and LaTeX, without literal braces, because BibTeX counts even escaped ones."""
    return "".join(SPECIAL.get(sign, sign) for sign in " ".join(text.split()))


def bibtex(keys: Iterable[str], trials: Iterable[Cited]) -> str:
    """Return exactly these entries, in this order.

    Raises
    ------
    KeyError
        If a key belongs neither to a shipped reference nor to one of the trials.
    """
    own = {trial_key(trial): trial_entry(trial) for trial in trials}
    return "\n".join((own | shipped())[key] for key in keys)


def _author_and_year(key: str) -> tuple[str, str]:
    """Return the surname of the first author, without accents, and the year."""
    entry = shipped()[key]
    author = re.search(r"author = \{(.*?)(?:, | and |\}?,?\n)", entry)
    year = re.search(r"year = \{(\d+)\}", entry)
    if author is None or year is None:
        raise ValueError(f"the reference {key} lacks an author or a year")
    return _plain(re.sub(r"\\.|[{}]", "", author[1])), year[1]


def _plain(text: str) -> str:
    """Remove accents."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))

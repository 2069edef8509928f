"""Which posted p-values are those of a two-sided test of no effect, and which are not read as such."""

from __future__ import annotations

import re
from decimal import Decimal

from bayes.base.written_numbers import SMALLEST_P, half_unit, plainly, unbounded
from bayes.importing.ctgov.record import Analysis

FORM = re.compile(r"(?:p\s*)?([<>≤≥=]{0,2})\s*(.+)", re.IGNORECASE)
ONE_SIDED = re.compile(r"\b(?:one|1|single)[- ]?(?:sided|tailed?)", re.IGNORECASE)
TWO_SIDED = re.compile(r"\b(?:two|2)[- ]?(?:sided|tailed?)|\bboth sides\b", re.IGNORECASE)
INFERIORITY = re.compile(r"non-? ?inferior|equivalen|\bmargin\b", re.IGNORECASE)
SUPERIORITY = re.compile(r"\bsuperiority\b", re.IGNORECASE)
NO_DIFFERENCE = re.compile(r"\bno (?:treatment )?difference\b", re.IGNORECASE)
MULTIPLE = re.compile(
    r"\bmultipl(?:e|icity)\b[^.]{0,40}\badjust|\badjust\w*\b[^.]{0,40}\bmultip|\badjusted p\b|"
    r"\bp-?values? (?:is|was|are|were) adjusted|"
    r"\bbonferroni|\bholm\b|\bhochberg|\bdunnett|\btukey|\bsidak|\bfalse discovery|\bscheff",
    re.IGNORECASE,
)
NOT_ADJUSTED = re.compile(
    r"\b(?:no|not|without|un)[- ]?(?:\w+ ){0,3}?(?:adjust\w*|correct\w*)[^.]*|\bunadjusted[^.]*|"
    r"\b(?:adjust\w*|correct\w*) (?:for|of) multip\w+ (?:\w+ ){0,3}?(?:not|no)\b[^.]*",
    re.IGNORECASE,
)
APART, RELATIVE = 0.02, 0.3  # a p-value that is further from the two-sided one is not that one
OTHER = re.compile(
    r"p-?values? (?:\w+ ){0,3}?(?:for|of|from)[^.]{0,60}\binteraction|\binteraction p|\bbetween visits|"
    r"\bwithin[- ](?:group|arm|treatment)|"
    r"\bchange from baseline within",
    re.IGNORECASE,
)
HYPOTHESES = (
    "NON_INFERIORITY",
    "EQUIVALENCE",
    "NON_INFERIORITY_OR_EQUIVALENCE",
    "NON_INFERIORITY_OR_EQUIVALENCE_LEGACY",
)


def p_of(analysis: Analysis) -> Decimal | str | None:
    """Return a posted p-value, a number with its digits or a bound; None if there is none that can be read.

    A number that was rounded to zero is the bound that its digits justify: "0.000" is "<0.0005", and "0" says nothing.
    """
    if (found := FORM.fullmatch(analysis.p.strip())) is None:
        return None
    side, plain = found[1].replace("≤", "<").replace("≥", ">").strip("=") or "", plainly(found[2])
    if plain is None or side not in ("", "<", ">"):
        return None
    value = Decimal(plain)
    if value == 0:
        digits = -int(value.as_tuple().exponent)
        return f"<{half_unit(value):f}" if digits > 0 and side == "" else None
    if not SMALLEST_P <= value <= 1 or (side and value == 1):
        return None
    return f"{side}{value:f}" if side else value


def why_not_two_sided(analysis: Analysis) -> str | None:
    """Return why a p-value is not that of a two-sided test of no effect; None if nothing is said against it."""
    about_p = analysis.comments.get("pValueComment", "")
    if INFERIORITY.search(about_p) and not SUPERIORITY.search(about_p):
        return "of a test against a margin"
    against_margin = analysis.hypothesis in HYPOTHESES or analysis.tests_inferiority
    if against_margin and not SUPERIORITY.search(about_p) and not NO_DIFFERENCE.search(about_p):
        return "of a test against a margin"
    if ONE_SIDED.search(f"{analysis.method} {about_p}") and not TWO_SIDED.search(about_p):
        return "of a one-sided test"
    if MULTIPLE.search(NOT_ADJUSTED.sub(" ", f"{about_p} \n{analysis.method}")):
        return "adjusted for multiple tests"
    if OTHER.search(about_p):
        return "of another hypothesis"
    return None


def reads_as_one_sided(p: Decimal | str, implied: float) -> bool:
    """Return whether a p-value is that of one tail, or its complement, of what the interval implies as two-sided.

    Parameters
    ----------
    p : Decimal or str
        As posted.
    implied : float
        The two-sided p-value of the estimate and its interval.
    """
    if isinstance(p, str):
        return False
    value, one = float(unbounded(p)), implied / 2
    from_two, from_one = abs(value - implied), min(abs(value - one), abs(value - (1 - one)))
    apart = from_two > APART or from_two > RELATIVE * implied
    return apart and from_one < from_two / 4 and from_one <= max(APART, one / 10)

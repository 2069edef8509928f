"""The wording of texts: numbers and lists in sentences, citations, and the escaping of a file's words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bayes.base.numbers import alike, number, rounded
from bayes.paper.evidence.counts import ARMS_ALIKE
from bayes.posterior.row import SummaryRow
from bayes.text.rows import given

NO_HEADLINE = f"{ARMS_ALIKE[0].upper()}{ARMS_ALIKE[1:]}: the data do not say which of them is better"
SIGNS = re.compile(r"([\\`*_{}\[\]<>#@$^~|!&])")


def quoted(text: object) -> str:
    """Return text from a file on one line, escaped so that none of it is Markdown, HTML, a citation or mathematics."""
    return SIGNS.sub(r"\\\1", " ".join(str(text).split()))


def distribution(text: str) -> str:
    """Return a prior with its numbers to three digits, escaped."""
    return quoted(rounded(text))


def interval(row: SummaryRow, kind: str = "credible interval") -> str:
    """Return the median and its interval on the measure's own scale: `0.96 (95% credible interval 0.65 to 1.42)`.

    Parameters
    ----------
    row : SummaryRow
        A sound row of the summary.
    kind : str
        The name of the interval.
    """
    return _interval((row["estimate"], row["estimate_low"], row["estimate_high"]), row["ci_prob"], kind)


def analysis_interval(row: SummaryRow) -> str:
    """Return the median and its credible interval on the analysis scale, as `interval` does."""
    return _interval((row["median"], row["ci_low"], row["ci_high"]), row["ci_prob"], "credible interval")


def _interval(limits: tuple[float | None, float | None, float | None], level: float | None, kind: str) -> str:
    middle, low, high = map(given, limits)
    shown = alike(middle, low, high, number)
    return f"{shown[0]} ({100 * given(level):g}% {kind} {shown[1]} to {shown[2]})"


def listed(parts: Iterable[str]) -> str:
    """Join parts as in "one, two and three"."""
    parts = list(parts)
    return " and ".join(parts) if len(parts) < 3 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def sentence(text: str) -> str:
    """Return text with a capital and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def cite(keys: Iterable[str]) -> str:
    """Return a pandoc citation of these keys with a leading space; empty without keys."""
    keys = list(keys)
    return f" [{'; '.join(f'@{key}' for key in keys)}]" if keys else ""

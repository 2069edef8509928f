"""The conclusion of an answer: benefit, open or harm, by one cut-off; and how often two answers conclude alike.

A conclusion is drawn where P(benefit) or P(harm) reaches 0.975, which for a vague normal prior is where the interval of
95% excludes no effect. `bayes.posterior.verdict` classes a single probability; here a prior with mass at no effect can
make both improbable, so that both are asked.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bayes.base.arrays import FloatArray, IntArray
from bayes.checks.two_by_two import wilson

CUTOFF = 0.975
CONCLUSIONS = ("benefit", "open", "harm")
BENEFIT, OPEN, HARM, MISSING = 0, 1, 2, -1
NORMAL_975 = 1.959963984540054


class Share(NamedTuple):
    """A share with its 95% interval by Wilson's score, as if the answers were independent; None of no answers."""

    share: float | None
    low: float | None
    high: float | None


def conclusions(p_benefit: FloatArray, p_harm: FloatArray) -> IntArray:
    """Return the place of each conclusion in `CONCLUSIONS`; -1 where a probability is missing.

    Parameters
    ----------
    p_benefit, p_harm : ndarray
        Of the same shape, NaN where missing.
    """
    found = np.where(p_benefit >= CUTOFF, BENEFIT, np.where(p_harm >= CUTOFF, HARM, OPEN))
    return np.where(np.isfinite(p_benefit) & np.isfinite(p_harm), found, MISSING)


def changes(before: IntArray, after: IntArray) -> IntArray:
    """Count the conclusions that both draw, shape (3, 3): from the first, a row each, to the second."""
    both = (before != MISSING) & (after != MISSING)
    return np.bincount(3 * before[both] + after[both], minlength=9).reshape(3, 3)


def share_of(part: int, whole: int) -> Share:
    """Return a share with its interval."""
    return Share(part / whole, *wilson(NORMAL_975, part, whole)) if whole else Share(None, None, None)

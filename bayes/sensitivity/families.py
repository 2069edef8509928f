"""Medians read as those of another family of observations than the measure takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from bayes import quadrature
from bayes.paper.evidence import Medians
from bayes.paper.evidence.medians import RATIO
from bayes.paper.trial import Outcome
from bayes.quadrature.families import other_families
from bayes.quadrature.medians import curve_of_family

Reading = tuple[str, str, Callable[[], quadrature.Curve]]


def families(outcome: Outcome, like: quadrature.Curve) -> Iterator[Reading]:
    """Yield (question, words, curve) of every other family, with how much better or worse it fits the numbers.

    The fit is the greatest log likelihood of both arms, each with its own location and spread, minus that of the family
    as which the report is read.
    """
    medians = outcome.evidence
    if not isinstance(medians, Medians):
        return
    for family, better in other_families(medians, outcome.measure):
        compared = f"{'ratio' if outcome.measure == RATIO else 'difference'} of {family.location}"
        fit = f"fits {abs(better):.1f} log units {'better' if better > 0 else 'worse'}"
        words = f"{family.name} observations, {compared}; {fit}"
        yield "family", words, partial(curve_of_family, outcome, family, like)

"""Readings of counts that are printed as bounds, with each at its least or its greatest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from bayes import quadrature
from bayes.paper.evidence import CensoredCounts
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

Reading = tuple[str, str, Callable[[], quadrature.Curve]]


def at_the_bounds(outcome: Outcome, nuisance: Nuisance) -> Iterator[Reading]:
    """Yield (question, words, curve) of every pair of counts at the ends of their bounds, read as exact counts.

    The likelihood of the bounds is the sum of those of all pairs within them.
    """
    if isinstance(outcome.evidence, CensoredCounts):
        for words, table in outcome.evidence.at_the_ends:
            changed = outcome.model_copy(update={"evidence": table, "likelihood": None})
            yield "counts within their bounds", words, partial(quadrature.curve, changed, nuisance)

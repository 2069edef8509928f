"""Readings of a report under other assumptions about its design: the correlation of results of the same patients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

from bayes import quadrature
from bayes.paper.evidence import PairedMeans
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

CORRELATIONS = (Decimal("0"), Decimal("0.5"), Decimal("0.8"))
Reading = tuple[str, str, Callable[[], quadrature.Curve]]


def other_correlations(outcome: Outcome, nuisance: Nuisance, like: quadrature.Curve) -> Iterator[Reading]:
    """Yield (question, words, curve) of means of the same patients under other correlations within patients.

    They are of use only where the precision of the differences is not printed and rests on a stated correlation. Zero
    is that of two groups of different patients.
    """
    paired = outcome.evidence
    if not isinstance(paired, PairedMeans) or not paired.assumes_correlation:
        return
    for r in CORRELATIONS:
        if r != paired.correlation:
            changed = outcome.model_copy(update={"evidence": paired.model_copy(update={"correlation": r})})
            words = f"{r} in place of {paired.correlation}"
            yield "correlation within patients", words, partial(quadrature.curve, changed, nuisance, like=like)

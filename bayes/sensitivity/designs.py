"""Readings of a report under other assumptions about its design: clusters, and two results of the same patients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial

import numpy as np

from bayes import quadrature
from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.distributions import parse
from bayes.base.numbers import significant
from bayes.paper.evidence import PairedMeans
from bayes.paper.stated_design import error_from_patients
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.densities import quantiles
from bayes.sensitivity.replaced_report import weighted

ICCS = (0.01, 0.05, 0.1)
ICC_PRIOR = "beta(0.435, 17.5)"
"""Median 0.010, upper quartile 0.032, as 1,039 ICCs of 31 studies in primary care (Adams 2004, J Clin Epidemiol)."""
SHARES: list[float] = ((np.arange(60) + 0.5) / 60).tolist()  # of the prior of the ICC: equally probable values
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


def in_clusters(outcome: Outcome, curve: quadrature.Curve) -> Iterator[Reading]:
    """Yield (question, words, curve) of counts and means whose patients are clustered, not independent (METHODS 12).

    The likelihood is raised to the power of one over the design effect, by which clustering multiplies the variance:
    that many times fewer patients are worth as much (Donner and Klar 2000; Rao and Scott 1992, Biometrics 48:577-85).
    Where the size of the clusters is stated and their ICC is not, it is read at several ICCs and averaged over a prior
    of the ICC (Turner, Thompson and Spiegelhalter 2005, Clin Trials 2:108-18). A printed effect is assumed to allow for
    its clusters already; the standard error of a bare test that follows from its patients is widened instead.
    """
    if not outcome.counted_as_independent:
        return
    bare = error_from_patients(outcome.evidence)
    factor = outcome.variance_factor
    if factor is not None:
        words = f"likelihood to the power 1/{significant(factor, 4)}"
        yield "clusters", words, partial(weighted, curve, 1 / factor)
        return
    for icc in ICCS:
        factor = outcome.factor_at(icc)
        how = "variance times " if bare else "likelihood to the power 1/"
        made = partial(_widened, curve, factor) if bare else partial(weighted, curve, 1 / factor)
        yield "clusters", f"ICC {icc:g}: {how}{significant(factor, 4)}", made
    prior = parse(ICC_PRIOR) if outcome.icc_prior is None else outcome.icc_prior.parsed
    factors = np.array([outcome.factor_at(icc) for icc in quantiles(prior, SHARES)])
    yield "clusters", f"averaged over ICC ~ {prior}", partial(_averaged, curve, factors, bare)


def _widened(curve: quadrature.Curve, factor: float) -> quadrature.Curve:
    """Return the curve of a bare test whose standard error is multiplied by the root of the design effect.

    Such a likelihood depends on the effect over its standard error alone.
    """
    root = factor**0.5
    normal = None if curve.normal is None else (root * curve.normal[0], root * curve.normal[1])
    parts = {"all": lambda theta: curve(theta / root)}
    return replace(curve, parts=parts, centre=root * curve.centre, width=root * curve.width, normal=normal)


def _averaged(curve: quadrature.Curve, factors: FloatArray, bare: bool) -> quadrature.Curve:
    """Average a likelihood over equally probable design effects D: L^(1/D) with the height D^-1/2, or a bare test's.

    The height is that of a normal density; without it large design effects, under which every effect is likely, would
    count for more than the prior says.
    """
    top = curve(np.array([curve.centre]))[0]
    height = -0.5 * np.log(factors)

    def log_l(theta: FloatArray) -> FloatArray:
        if bare:
            stretched = np.array([curve(theta / root) for root in factors**0.5])
            return np.asarray(log_sum_exp(stretched, axis=0))
        return np.asarray(log_sum_exp(height + (curve(theta)[:, None] - top) / factors, axis=1))

    width = curve.width * float(np.mean(factors)) ** 0.5
    return replace(curve, parts={"all": log_l}, width=width, normal=None)

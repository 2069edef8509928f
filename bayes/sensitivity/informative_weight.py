"""The tipping weight of an informative prior against its vague part: how much past evidence a conclusion needs.

A robust prior is w f(theta) + (1 - w) v(theta), with f from earlier evidence and v vague (Schmidli et al. 2014,
Biometrics 70:1023-32). With P the posterior probability and M the marginal likelihood under each part alone, the weight
at which the probability equals c is exact (Best et al. 2021, Pharm Stat 20:551-562, search a grid):

    w* = M_v (c - P_v) / [M_f (P_f - c) + M_v (c - P_v)]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp

import numpy as np

from bayes.base import numbers
from bayes.base.distributions import Distribution
from bayes.errors import NotFormable
from bayes.priors.effect_prior import EffectPrior
from bayes.priors.sets import NamedPrior
from bayes.quadrature.densities import landmarks
from bayes.sensitivity.priors_side_by_side import PriorOfEffect, form
from bayes.sensitivity.subject import Subject
from bayes.sensitivity.tipping_row import Tipped, TippingRow, tipping_row

VARY = "informative_weight"


def informative_weights(
    subject: Subject, probabilities: Sequence[Tipped], targets: Sequence[float]
) -> Iterator[TippingRow]:
    """Yield a row per prior with a vague part, probability and target; `value` is the weight of the informative part.

    These priors are those of the set formed by the rule `map` or `evidence` with a robust component, and the main prior
    if it is written as a mixture: its widest component then counts as vague, and the others keep their proportions.
    """
    for name, (informative, vague) in _of_the_set(subject).items():
        at = f"{name}: informative {informative} against {vague}"
        for probability in probabilities:
            (p1, m1), (p2, m2) = (judged(subject, part, probability) for part in (informative, vague))
            for target in targets:
                value, reason = _weight(target, p1, m1, p2, m2)
                said = f"{name}, {reason}" if value is not None else reason
                yield tipping_row(VARY, probability, target, at, said, value)


def tipping_weight(target: float, p1: float, log_m1: float, p2: float, log_m2: float) -> float | None:
    """Return the weight of the first of two parts at which their mixture gives the target probability.

    Parameters
    ----------
    target : float
        The posterior probability to reach, between 0 and 1.
    p1, p2 : float
        Posterior probability under each part alone.
    log_m1, log_m2 : float
        Log marginal likelihood of each part.

    Returns
    -------
    float or None
        A weight between 0 and 1, or None if no weight gives the target (METHODS 6).
    """
    if not min(p1, p2) < target < max(p1, p2):
        return None
    return (target - p2) / (exp(log_m1 - log_m2) * (p1 - target) + (target - p2))


def _weight(target: float, p1: float, m1: float, p2: float, m2: float) -> tuple[float | None, str]:
    weight = tipping_weight(target, p1, m1, p2, m2)
    if weight is None:
        side = "above" if min(p1, p2) >= target else "below"
        informative, vague = (numbers.probability(p, table=True) for p in (p1, p2))
        return None, f"never: {side} the target at any weight: informative part {informative}, vague part {vague}"
    needed = "at least" if p1 > p2 else "at most"
    said = f"a weight of {needed} {weight:.3f} on the informative part ({1 - weight:.3f} on the vague part)"
    return weight, f"{said} keeps the probability above the target"


def _of_the_set(subject: Subject) -> dict[str, tuple[Distribution, Distribution]]:
    """Return (informative, vague) of the main prior and of every prior of the set with both parts, by name."""
    main, formed = subject.analysis.prior, subject.analysis.formed
    literal = isinstance(main.prior, EffectPrior) and main.prior.distribution is not None
    found = {main.name: _parts(PriorOfEffect(subject.prior, formed.basis, formed.robust), literal)}
    for name, prior in subject.priors.effect.items():
        if name in found or prior.robust is None:
            continue
        other = form(subject, NamedPrior(name, prior))
        if not isinstance(other, str):
            found[name] = _parts(other, literal=prior.distribution is not None)
    return {name: parts for name, parts in found.items() if parts is not None}


def _parts(formed: PriorOfEffect, literal: bool) -> tuple[Distribution, Distribution] | None:
    if formed.distribution.name != "mixture":
        return None
    components = formed.distribution.components
    if formed.robust is not None:
        count = len(formed.robust.components)
        return _mixture(components[:-count]), formed.robust
    if not literal:
        return None
    widest = int(np.argmax([landmarks(d)[1] for _, d in components]))
    return _mixture([part for i, part in enumerate(components) if i != widest]), components[widest][1]


def _mixture(components: Sequence[tuple[float, Distribution]]) -> Distribution:
    total = sum(weight for weight, _ in components)
    if len(components) == 1:
        return components[0][1]
    return Distribution("mixture", (), tuple((weight / total, d) for weight, d in components))


def judged(subject: Subject, prior: Distribution, probability: Tipped) -> tuple[float, float]:
    """Return a posterior probability under a prior, and the log marginal likelihood."""
    posterior = subject.under(prior)
    p = subject.row(posterior)[probability]
    if p is None:
        raise NotFormable(f"{subject.target.name} states no MCID")
    return p, posterior.log_evidence

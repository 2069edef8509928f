"""The truth drawn from a design prior: nodes of the effect with their probabilities, and where a claim is false."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution
from bayes.calibration.operating.nodes import Nodes, row_of_spots
from bayes.calibration.operating.posteriors import Thresholds
from bayes.calibration.operating.rule import Claim
from bayes.calibration.operating.study import Design
from bayes.errors import NotFormable
from bayes.quadrature.densities import log_prior_density

AROUND = 16.0  # standard errors on either side of no effect within which P(success | theta) may change fast
FINE = 0.5  # standard errors: the width of panels there
FAR = 12.0  # standard errors, or three times the largest effect, to which the worst false effect is sought
PLACES = 160


@dataclass(frozen=True)
class Truths:
    """The distribution of the true effect under a design prior.

    Attributes
    ----------
    theta, weight : ndarray, shape (nodes,)
        The weights sum to one.
    false : ndarray of bool, shape (nodes,)
        Where the claim of the rule is false.
    """

    theta: FloatArray
    weight: FloatArray
    false: NDArray[np.bool_]

    @classmethod
    def of(cls, prior: Distribution, design: Design, thresholds: Thresholds, claim: Claim) -> Truths:
        """Place nodes for a design prior, truncated to the effects that are possible.

        Raises
        ------
        NotFormable
            If it has no mass there.
        """
        null, s = thresholds.null, design.width
        low, high = (float(np.clip(null + side * AROUND * s, *design.truths.possible)) for side in (-1, 1))
        spots = row_of_spots(low, high, FINE * s)
        nodes = Nodes.placed([prior], spots, thresholds.every, design.truths.possible)
        with np.errstate(over="ignore"):
            weight = np.exp(log_prior_density(prior, nodes.theta)) * nodes.weight
        if not weight.sum() > 0:
            raise NotFormable(f"the design prior {prior} has no mass on effects that are possible here")
        weight = weight / weight.sum() * (1 - prior.spike)
        theta, weight = np.append(nodes.theta, null), np.append(weight, prior.spike)
        return cls(theta, weight, is_false(theta, thresholds, claim))

    @property
    def p_false(self) -> float:
        """The prior probability that the claim is false."""
        return float(self.weight[self.false].sum())


def is_false(theta: FloatArray, thresholds: Thresholds, claim: Claim) -> NDArray[np.bool_]:
    """Return where a claim is false: of benefit at no effect and at harm, of harm at no effect and at benefit."""
    towards = thresholds.sign * (theta - thresholds.null)
    match claim:
        case "benefit":
            return np.asarray(towards <= 0)
        case "harm":
            return np.asarray(towards >= 0)
    low, high = thresholds.rope or (-inf, inf)
    return np.asarray((theta <= low) | (theta >= high))


def false_effects(design: Design, thresholds: Thresholds, claim: Claim, effects: tuple[float, ...]) -> FloatArray:
    """Return effects at which a claim is false, from the least false one outwards, as far as a design goes."""
    reach = max(FAR * design.width, 3 * max(abs(e - thresholds.null) for e in effects))
    steps = np.sinh(np.linspace(0, 4, PLACES)) / np.sinh(4) * reach
    found = np.concatenate([start + side * steps for start, side in _sides(thresholds, claim)])
    low, high = design.truths.possible
    return found[(found >= low) & (found <= high)]


def least_false(thresholds: Thresholds, claim: Claim) -> tuple[float, ...]:
    """Return the effects at which a type I error is reported: no effect, or the limits of equivalence."""
    return tuple(start for start, _ in _sides(thresholds, claim))


def _sides(thresholds: Thresholds, claim: Claim) -> Iterator[tuple[float, int]]:
    """Yield where a claim begins to be false, and the direction in which it goes on."""
    if claim == "equivalence":
        low, high = thresholds.rope or (-inf, inf)
        yield low, -1
        yield high, 1
    else:
        yield thresholds.null, -thresholds.sign if claim == "benefit" else thresholds.sign

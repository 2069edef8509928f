"""How the effects of trials scatter about their mean: the distribution of e in theta = mu + tau e."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import lgamma, log, pi, sqrt

import numpy as np
from scipy.integrate import cumulative_trapezoid
from scipy.special import ndtr, stdtr

from bayes.base.arrays import FloatArray
from bayes.base.numbers import significant
from bayes.errors import InvalidInput
from bayes.likelihoods.structure_card import StructureCard
from bayes.synthesis.file import Synthesis

Function = Callable[[FloatArray], FloatArray]
GRID: FloatArray = (
    np.sinh(np.linspace(-12.0, 12.0, 48_001)) / np.sinh(12.0) * 1e4
)  # has a node at zero, where a density may bend
WITHIN = 1e-3  # of one, for the integral of a density, and of zero, for its mean


@dataclass(frozen=True, slots=True)
class Scatter:
    """The distribution of e, which has mean zero.

    Attributes
    ----------
    name : str
        Equal names mean equal distributions.
    log_density, cdf : callable
        Elementwise functions of e.
    draw : callable
        (random generator, shape) -> independent draws.
    sd : float or None
        None where the variance does not exist.
    nu : float, optional
        The degrees of freedom of a Student-t.
    """

    name: str
    log_density: Function = field(compare=False)
    cdf: Function = field(compare=False)
    draw: Callable[[np.random.Generator, tuple[int, ...]], FloatArray] = field(compare=False)
    sd: float | None = 1.0
    nu: float | None = None


def _normal(e: FloatArray) -> FloatArray:
    return -0.5 * e**2 - 0.5 * log(2 * pi)


NORMAL = Scatter("normal", _normal, ndtr, lambda random, shape: random.standard_normal(shape))


def student_t(nu: float) -> Scatter:
    """Return the standard Student-t distribution with nu degrees of freedom."""
    constant = lgamma((nu + 1) / 2) - lgamma(nu / 2) - 0.5 * log(pi * nu)
    return Scatter(
        name=f"student_t({nu:g})",
        log_density=lambda e: constant - (nu + 1) / 2 * np.log1p(e**2 / nu),
        cdf=lambda e: stdtr(nu, e),
        draw=lambda random, shape: random.standard_t(nu, shape),
        sd=sqrt(nu / (nu - 2)) if nu > 2 else None,
        nu=nu,
    )


def scatter_of(structure: StructureCard, synthesis: Synthesis) -> Scatter:
    """Return how the effects of a synthesis scatter about their mean under an effect structure.

    Parameters
    ----------
    structure : StructureCard
    synthesis : Synthesis
        It states the degrees of freedom of Student-t effects.
    """
    if structure.has_nu:
        return student_t(float(synthesis.nu))
    return NORMAL if structure.scatter is None else structure.scatter


def of_density(name: str, log_density: Function) -> Scatter:
    """Return a distribution that is known by its log density alone; the rest follows numerically.

    Parameters
    ----------
    name : str
    log_density : callable
        Elementwise; the density has mean zero, and its tails are not heavier than those of a Student-t with 2.5
        degrees of freedom.

    Raises
    ------
    InvalidInput
        If it is not a density with mean zero.
    """
    table = np.maximum(log_density(GRID), -1e6)
    density: FloatArray = np.exp(table)
    below = cumulative_trapezoid(density, x=GRID, initial=0)
    mean, square = (float(np.trapezoid(GRID**power * density, GRID)) for power in (1, 2))
    mistakes = []
    if not abs(below[-1] - 1) <= WITHIN:
        mistakes.append(
            f"`log_density` integrates to {significant(below[-1], 4)}; accepted: the log of a density, normalised"
        )
    elif not abs(mean) <= WITHIN:
        mistakes.append(f"`log_density` has mean {significant(mean, 4)}; accepted: a density with mean zero")
    if mistakes:
        raise InvalidInput(name, mistakes)
    share = below / below[-1]
    rising = np.concatenate([[True], np.diff(share) > 0])  # far out the density is zero to double precision
    return Scatter(
        name=name,
        log_density=lambda e: np.interp(e, GRID, table),  # within 1e-6 where the density is not negligible
        cdf=lambda e: np.interp(e, GRID, share),
        draw=lambda random, shape: np.interp(random.random(shape), share[rising], GRID[rising]),
        sd=sqrt(square),
    )

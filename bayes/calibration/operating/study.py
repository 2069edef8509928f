"""What every kind of design answers: how often a rule succeeds given the true effect, with Monte Carlo errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution
from bayes.calibration.operating.posteriors import Thresholds
from bayes.calibration.operating.rule import Rule
from bayes.priors.arm_pairs import ArmPair

type AnalysisPrior = Distribution | ArmPair


@dataclass(frozen=True)
class Question:
    """What is asked of every analysis prior.

    Attributes
    ----------
    rule : Rule
    thresholds : Thresholds
    effects : tuple of float
        True effects, on the analysis scale.
    """

    rule: Rule
    thresholds: Thresholds
    effects: tuple[float, ...]

    @property
    def edges(self) -> tuple[float, ...]:
        """The thresholds and the true effects, each once."""
        return tuple(dict.fromkeys((*self.thresholds.every, *self.effects)))


@dataclass(frozen=True)
class Estimate:
    """A number, and its Monte Carlo standard error; None where it is not simulated."""

    value: float
    mcse: float | None = None


@dataclass(frozen=True)
class Accuracy:
    """The quality of the posterior mean and of the 95% interval at one true effect, on the analysis scale.

    Attributes
    ----------
    bias, mse : Estimate or None
        None where the posterior mean does not exist.
    coverage : Estimate
        How often the equal-tailed 95% interval contains the true effect.
    """

    bias: Estimate | None
    mse: Estimate | None
    coverage: Estimate


class Study(Protocol):
    """One analysis prior under one rule in one design."""

    def success(self, theta: FloatArray) -> list[Estimate]:
        """Return P(success | theta) at every true effect."""
        ...

    def averaged(self, theta: FloatArray, weight: FloatArray) -> Estimate:
        """Return the sum of weights times P(success | theta)."""
        ...

    def share(self, theta: FloatArray, part: FloatArray, whole: FloatArray) -> Estimate | None:
        """Return the ratio of two such sums with other weights; None where success is impossible."""
        ...

    def accuracy(self, effect: float) -> Accuracy:
        """Return bias, mean squared error and coverage at one of the true effects that were asked for."""
        ...


@dataclass(frozen=True)
class Range:
    """The true effects of a design, on the analysis scale.

    Attributes
    ----------
    possible : (float, float)
        Beyond them no trial can be imagined (a risk would exceed 1); priors are truncated there.
    covered : (float, float)
        Beyond them P(success) is taken to be that at the end.
    """

    possible: tuple[float, float]
    covered: tuple[float, float]


class Design(Protocol):
    """A trial that can be imagined to be repeated: the reports that it may produce, given the true effect.

    Attributes
    ----------
    how : str
        How operating characteristics are computed, in words.
    baseline : str
        What is assumed of the control arm, in words; empty where nothing is.
    width : float
        The standard error of the effect, roughly; on the analysis scale.
    truths : Range
    takes_pairs : bool
        Whether a prior of both arms can be an analysis prior.
    """

    @property
    def how(self) -> str: ...
    @property
    def baseline(self) -> str: ...
    @property
    def width(self) -> float: ...
    @property
    def truths(self) -> Range: ...
    @property
    def takes_pairs(self) -> bool: ...

    def studies(self, priors: Mapping[str, AnalysisPrior], question: Question) -> dict[str, Study]:
        """Compute the posteriors of all possible reports under every analysis prior."""
        ...

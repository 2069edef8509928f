"""A case: one likelihood under one effect structure, at one size, with the priors from which its truth is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from calibration.sbc.simulated import Simulator

JOINT = ("random_effects", "common_effect", "robust_random_effects", "meta_regression")
TAU, NU = 0.3, 4  # tau ~ half-normal; degrees of freedom of robust effects
COVARIATE, SLOPE = (1.0, 2.0, 4.0), 0.2  # of the trials of a meta-regression; sd of its slope


@dataclass(frozen=True)
class Kind:
    """A kind of report that a likelihood reads, and how it is drawn.

    Attributes
    ----------
    simulate : callable
    settings : dict
        Of the simulator.
    measure : str
    effect : (str, float, float)
        The prior of the effect, or of the mean effect: family and numbers.
    priors : dict
        The fields of the prior set that states the nuisance priors; empty for the defaults.
    """

    simulate: Simulator
    settings: dict[str, Any]
    measure: str
    effect: tuple[str, float, float] = ("normal", 0.0, 0.5)
    priors: dict[str, Any] = field(default_factory=dict)

    @property
    def prior(self) -> str:
        """The prior of the effect as an expression."""
        family, first, second = self.effect
        return f"{family}({first}, {second})"


@dataclass(frozen=True)
class Case:
    """One likelihood, structure and size.

    Attributes
    ----------
    likelihood, structure : str
    size : str
        Words for the size of the reports, which tell cases of a likelihood and structure apart.
    kind : Kind
    trials : int
        One, or those of a synthesis.
    exact, sampled : int
        Simulations whose posterior is integrated, and sampled by NUTS; zero where a posterior has no quadrature.
    thinned : int
        Of so many consecutive draws of a chain one is kept.
    """

    likelihood: str
    structure: str
    size: str
    kind: Kind
    trials: int = 1
    exact: int = 0
    sampled: int = 0
    thinned: int = 10

    @property
    def name(self) -> str:
        """The name of the case, by which it is asked for and recorded."""
        return f"{self.likelihood}, {self.structure}, {self.size}"

    @property
    def described(self) -> dict[str, Any]:
        """Everything that its simulations depend on besides sources, for a hash: JSON values."""
        kind = self.kind
        how = [kind.simulate.__module__, kind.simulate.__name__, kind.settings, kind.measure, kind.effect, kind.priors]
        return {"name": self.name, "kind": how, "trials": self.trials, "thinned": self.thinned, "shared": [TAU, NU, COVARIATE, SLOPE]}

"""The posteriors of many possible reports of one trial, under one prior: what a decision rule and its quality need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bayes.base import measures
from bayes.base.arrays import FloatArray
from bayes.errors import UnknownName
from bayes.paper.trial import Outcome


@dataclass(frozen=True)
class Thresholds:
    """The thresholds of an outcome on the analysis scale.

    Attributes
    ----------
    sign : int
        +1 if a higher effect is better, -1 if a lower one is.
    null : float
    mcid : float or None
    rope : (float, float) or None
    """

    sign: int
    null: float
    mcid: float | None
    rope: tuple[float, float] | None

    @classmethod
    def of(cls, outcome: Outcome) -> Thresholds:
        """Return the thresholds that a file states, and the ROPE by default (METHODS 2)."""
        rope = outcome.rope_natural
        limits = None if rope is None else sorted(measures.to_analysis(limit, outcome.measure) for limit in rope)
        return cls(
            outcome.sign, outcome.null, outcome.threshold("mcid"), None if limits is None else (limits[0], limits[1])
        )

    @property
    def every(self) -> tuple[float, ...]:
        """All of them, each once."""
        stated = (self.null, *(() if self.mcid is None else (self.mcid,)), *(self.rope or ()))
        return tuple(dict.fromkeys(stated))


@dataclass(frozen=True)
class Posteriors:
    """The posteriors of many reports.

    Attributes
    ----------
    thresholds : Thresholds
    edges : tuple of float
        Effects on the analysis scale; contains the thresholds.
    beyond : ndarray, shape (reports, edges)
        P(effect > edge), which includes a spike on the null.
    p_null : ndarray, shape (reports,)
        P(effect = null): zero without a spike.
    mean : ndarray, shape (reports,)
        Posterior mean.
    """

    thresholds: Thresholds
    edges: tuple[float, ...]
    beyond: FloatArray
    p_null: FloatArray
    mean: FloatArray

    def above(self, edge: float) -> FloatArray:
        """Return P(effect > edge), shape (reports,)."""
        return np.asarray(self.beyond[:, self.edges.index(edge)])

    def probability(self, quantity: str) -> FloatArray:
        """Return p_benefit, p_harm, p_mcid or p_rope of every report, defined as in the summary (METHODS 15)."""
        t = self.thresholds
        match quantity:
            case "p_benefit" | "p_harm":
                above = self.above(t.null)
                below = 1 - above - self.p_null
                return above if (quantity == "p_benefit") == (t.sign > 0) else below
            case "p_mcid" if t.mcid is not None:
                above = self.above(t.mcid)
                return above if t.sign > 0 else 1 - above
            case "p_rope" if t.rope is not None:
                low, high = (self.above(limit) for limit in t.rope)
                return low - high
        raise UnknownName("probability", quantity, ("p_benefit", "p_harm", "p_mcid", "p_rope"))

    def within_95(self, edge: float) -> FloatArray:
        """Return by how far an effect is inside the equal-tailed 95% interval of every report; negative outside.

        It is inside if P(effect <= edge) is between 0.025 and 0.975, so that quantiles need not be found.
        """
        below = 1 - self.above(edge)
        return np.minimum(below - 0.025, 0.975 - below)


def joined(parts: Sequence[Posteriors]) -> Posteriors:
    """Return the posteriors of several sets of reports, one after the other."""
    first = parts[0]
    beyond, p_null, mean = (np.concatenate([getattr(p, name) for p in parts]) for name in ("beyond", "p_null", "mean"))
    return Posteriors(first.thresholds, first.edges, beyond, p_null, mean)

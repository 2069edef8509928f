"""One synthesis under changed assumptions: a row of numbers for any subset, direction or prior of tau."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bayes import quadrature
from bayes.analysis.analysis import Analysis
from bayes.analysis.curves import plane_of_synthesis
from bayes.base import measures
from bayes.base.distributions import Distribution
from bayes.posterior.explanation import Moved, MovedRow, PooledRow
from bayes.posterior.row import CI_PROB

TAILS = ((1 - CI_PROB) / 2, 0.5, (1 + CI_PROB) / 2)


@dataclass(frozen=True)
class PooledView:
    """A synthesis, its plane and its priors; every answer comes from quadrature and none from sampling.

    Attributes
    ----------
    analysis : Analysis
    plane : Plane
        On the analysis scale.
    """

    analysis: Analysis
    plane: quadrature.Plane

    @classmethod
    def of(cls, analysis: Analysis) -> PooledView:
        """Return the view of a synthesis whose trials are exchangeable or share one effect."""
        return cls(analysis, plane_of_synthesis(analysis))

    @property
    def heterogeneity(self) -> Distribution | None:
        """The prior of tau; None if all trials share one effect."""
        joined = self.analysis.heterogeneity
        return None if joined is None else joined.distribution

    @property
    def names(self) -> list[str]:
        return [member.name for member in self.analysis.members]

    def answer(
        self, include: Iterable[int] | None = None, directions: Mapping[int, str] | None = None
    ) -> quadrature.SynthesisAnswer:
        """Return the joint posterior of mu and tau from all or some reports.

        Parameters
        ----------
        include : iterable of int, optional
            Positions of the reports to use; all by default.
        directions : mapping of int to {"up", "down"}, optional
            Directions forced upon folded reports, by position.
        """
        used = None if include is None else tuple(include)
        prior = self.analysis.effect_prior
        return quadrature.integrate_synthesis(self.plane, prior, self.heterogeneity, used, directions)

    def under(self, heterogeneity: Distribution | None) -> quadrature.SynthesisAnswer:
        """Return the joint posterior under another prior of tau; None fixes tau at zero."""
        return quadrature.integrate_synthesis(self.plane, self.analysis.effect_prior, heterogeneity)

    def row(self, answer: quadrature.SynthesisAnswer) -> PooledRow:
        """Return the columns of a table for one answer.

        `mu_mean`, `mu_sd` and tau are on the analysis scale; `estimate` (the median of mu), its interval and the
        prediction interval on the measure's own scale; probabilities are in the direction of benefit.
        """
        target = self.analysis.target
        low, middle, high = answer.mu_quantiles(TAILS)
        mcid, margin, differ = target.threshold("mcid"), target.threshold("margin"), len(answer.tau) > 1
        new_low, new_high = answer.new_quantiles((TAILS[0], TAILS[-1])) if differ else (low, high)
        row: PooledRow = {
            "mu_mean": answer.mu_mean,
            "mu_sd": answer.mu_sd,
            "estimate_low": self.natural(low),
            "estimate": self.natural(middle),
            "estimate_high": self.natural(high),
            "p_benefit": self._benefit(answer.p_mu_above_null),
            "p_mcid": None if mcid is None else self._benefit(answer.p_mu_above(mcid)),
            "predicted_low": self.natural(new_low),
            "predicted_high": self.natural(new_high),
            "p_benefit_new": self._benefit(answer.p_new_above(0.0)),
        }
        if margin is not None:
            row["p_margin"] = self._benefit(answer.p_mu_above(margin))
        if differ:
            row["tau_low"], row["tau_median"], row["tau_high"] = answer.tau_quantiles(TAILS)
        return row

    def moved_row(self, answer: quadrature.SynthesisAnswer, whole: quadrature.SynthesisAnswer) -> MovedRow:
        """Return the columns of a table for one answer, with how far the mean and SD of mu move."""
        return {**self.row(answer), **self.moved(answer, whole)}

    def moved(self, answer: quadrature.SynthesisAnswer, whole: quadrature.SynthesisAnswer) -> Moved:
        """Return how far the mean and SD of mu lie from those of the whole synthesis, on the analysis scale."""
        return {"mean_moves": answer.mu_mean - whole.mu_mean, "sd_moves": answer.mu_sd - whole.mu_sd}

    def natural(self, value: float) -> float:
        """Convert a value from the analysis scale to the measure's own scale."""
        return float(measures.to_natural(value, self.analysis.target.measure))

    def _benefit(self, above: float) -> float | None:
        """Return the probability of benefit; None where no trial has data that say which arm is better."""
        if not self.analysis.target.has_headline:
            return None
        return above if self.analysis.target.sign > 0 else 1 - above

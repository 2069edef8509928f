"""The subject of a sensitivity analysis: a target, its main prior, and its likelihood curve.

The curve is L(theta) of an outcome or L(mu) of a synthesis, with every other parameter integrated out. It is evaluated
once, and the posterior under any prior is then a sum (`quadrature.table`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NotRequired, TypedDict

import numpy as np
import xarray as xr

from bayes import quadrature
from bayes.analysis import targets
from bayes.analysis.analysis import Analysis, Settings
from bayes.analysis.curves import likelihood_curves, plane_of_synthesis
from bayes.analysis.plan import MAIN_PRIOR, alone, joined
from bayes.analysis.targets import resolve
from bayes.base import measures
from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution
from bayes.errors import InvalidInput, NotFormable
from bayes.fitting.fitted import Fit
from bayes.paper.evidence import AdverseEvents, Evidence
from bayes.paper.trial import Outcome
from bayes.posterior.row import CI_PROB
from bayes.priors.sets import PriorSet, SomePriorSet, as_set, find_prior
from bayes.results.recall import recall
from bayes.sensitivity.peak import uninformed, why_no_peak
from bayes.sensitivity.prior_family import Family, family_of
from bayes.synthesis.file import Synthesis

TAILS = ((1 - CI_PROB) / 2, 0.5, (1 + CI_PROB) / 2)
TARGETS = (0.90, 0.95, 0.975)
NO_CURVE = "a meta-regression has no likelihood curve of its mean alone"
Probability = Literal["p_benefit", "p_mcid", "p_harm"]
"""The column of a probability about which a conclusion is drawn."""


class Summary(TypedDict):
    """The posterior summary that every table contains."""

    mean: float | None  # on the analysis scale; None where the mean does not exist
    sd: float | None  # on the analysis scale; None where it does not exist
    p_benefit: float  # P(better than no effect)
    p_harm: float  # P(worse than no effect)
    p_mcid: float | None  # P(at least as good as the MCID); None without an MCID
    p_margin: NotRequired[float]  # P(not worse than the non-inferiority margin); absent without a margin


class Interval(TypedDict):
    """The median and the equal-tailed 95% credible interval, on the measure's own scale."""

    estimate_low: float  # 2.5% quantile
    estimate: float  # median
    estimate_high: float  # 97.5% quantile


@dataclass(frozen=True)
class Subject:
    """An outcome or a synthesis under its main prior, with every result by quadrature.

    Every probability is oriented by the direction of `benefit` of the target; `theta` below is mu in a synthesis.

    Attributes
    ----------
    analysis : Analysis
        The target with its main prior, likelihoods and nuisance priors.
    priors : PriorSet
        The set from which other priors are taken.
    beside : Subject, optional
        The same target under another prior of the effect, on which its likelihood curve does not depend.
    """

    analysis: Analysis
    priors: PriorSet
    beside: Subject | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        target: Target,
        prior: str | None = None,
        prior_set: SomePriorSet = "default",
        priors: SomePriorSet | None = None,
    ) -> Subject:
        """Resolve a target and its main prior.

        Parameters
        ----------
        target : Outcome, Synthesis, Trial, str, path, Fit or DataTree
            Anything `bayes.resolve` accepts, or a fit or stored tree, which brings its own prior.
        prior : str, optional
            The main prior; by default neutral, or else the first prior of the set that can be formed.
        prior_set, priors : str, path or PriorSet
            The set of priors; `priors` is an older spelling.

        Raises
        ------
        InvalidInput
            If the name matches nothing, several outcomes, or a table of adverse events.
        NotFormable
            If the prior, or every prior of the set, cannot be formed.
        """
        if isinstance(target, Subject):
            return target
        chosen = as_set(prior_set, priors)
        target = recall(target) if isinstance(target, xr.DataTree) else target
        if isinstance(target, Fit) and prior is None:
            return cls(target.analysis, chosen)
        if isinstance(target, Fit):
            target = target.analysis.target
        found = resolve(target)
        if isinstance(found, Outcome) and isinstance(found.evidence, AdverseEvents):
            raise InvalidInput(
                found.name,
                ["a table of adverse events has an effect per row: write the row that matters as its own outcome"],
            )
        if prior is not None:
            return cls(_analysis(found, prior, chosen), chosen)
        reasons = []
        for name in dict.fromkeys([MAIN_PRIOR, *chosen.effect]):
            try:
                return cls(_analysis(found, name, chosen), chosen)
            except NotFormable as reason:
                reasons.append(f"{name}: {reason}")
        raise NotFormable(f"no prior of the set can be formed for {found.name}: " + "; ".join(reasons))

    def with_prior(self, name: str) -> Subject:
        """Return the same target under another prior of the set, reusing its likelihood curve if possible."""
        analysis = _analysis(self.target, name, self.priors)
        same = _heterogeneity_of(analysis) == self.heterogeneity
        return Subject(analysis, self.priors, self if same else None)

    @property
    def target(self) -> Outcome | Synthesis:
        return self.analysis.target

    @property
    def is_synthesis(self) -> bool:
        return isinstance(self.target, Synthesis)

    @property
    def evidence(self) -> Evidence | None:
        """The evidence of an outcome; None for a synthesis, which has that of its members."""
        return None if isinstance(self.target, Synthesis) else self.target.evidence

    @property
    def sign(self) -> int:
        return self.target.sign

    @property
    def null(self) -> float:
        return self.target.null

    @property
    def mcid(self) -> float | None:
        """The MCID on the analysis scale, or None."""
        return self.target.threshold("mcid")

    @property
    def margin(self) -> float | None:
        """The non-inferiority margin on the analysis scale, or None."""
        return self.target.threshold("margin")

    @property
    def prior(self) -> Distribution:
        """The main prior.

        Raises
        ------
        NotFormable
            If it is not a prior of the effect.
        """
        return _prior_of_effect(self.analysis)

    @property
    def heterogeneity(self) -> Distribution | None:
        return _heterogeneity_of(self.analysis)

    @cached_property
    def curve(self) -> quadrature.Curve:
        """The likelihood curve: L(theta), or L(mu) in a synthesis.

        Raises
        ------
        NotFormable
            For a meta-regression.
        """
        if self.beside is not None:
            return self.beside.curve
        if not self.is_synthesis:
            return likelihood_curves(self.analysis)[0]
        if self.has_no_curve:
            raise NotFormable(NO_CURVE)
        return quadrature.curve_of_mean(plane_of_synthesis(self.analysis), self.heterogeneity)

    @property
    def has_no_curve(self) -> bool:
        """True for a meta-regression, which has draws only: its mean has no likelihood curve of its own."""
        return self.analysis.structure_card.has_covariate

    @property
    def direction_unknown(self) -> bool:
        """True if the report (in a synthesis, every report) does not say which arm it favours."""
        return all(member.evidence.direction_unknown for member in self.analysis.members)

    @property
    def why_uninformed(self) -> str | None:
        """The reason why an outcome's data cannot favour either arm; None if they can, and for a synthesis."""
        return None if isinstance(self.target, Synthesis) else uninformed(self.target)

    @property
    def why_no_estimate(self) -> str | None:
        """The reason why the data determine no peak of the likelihood; None if there is an estimate with a width."""
        return why_no_peak(self.analysis.members, self.curve)

    @property
    def normal(self) -> tuple[float, float] | None:
        """(y, s) on the analysis scale if the likelihood is exactly normal, so that closed forms apply; else None."""
        return self.curve.normal

    @cached_property
    def family(self) -> Family:
        """The family of priors, indexed by mean and sd, on this scale."""
        return family_of(self.target, lambda: self.curve.width)

    @cached_property
    def tabled(self) -> quadrature.Tabled:
        """The curve evaluated on nodes suited to the main prior, the prior grid and the search for tipping points.

        Those of the subject beside it, if there is one: `under` sees whether they suit a prior.
        """
        if self.beside is not None:
            return self.beside.tabled
        family, null = self.family, self.null
        means, sds = family.axes(41)
        fine = min(float(sds[0]), self.curve.width)
        wide = np.linspace(*family.mean_range(null), 41)
        spots = [(m, fine) for m in means] + [(m, min(family.sd, self.curve.width)) for m in wide]
        spots += [(null, family.sd_range(null)[0]), *quadrature.spots_of(self.prior)]
        rope = self.target.rope_natural or ()
        edges = [null, *(t for t in (self.mcid, self.margin) if t is not None)]
        edges += [measures.to_analysis(limit, self.target.measure) for limit in rope]
        return quadrature.table(self.curve, [*edges, *_steps(self.prior)], spots)

    def log_prior(self, theta: FloatArray, prior: Distribution | None = None) -> FloatArray:
        """Return the log density of a prior (by default the main one), or of its slab if it has a spike."""
        components = (prior or self.prior).components
        parts = [np.log(w) + quadrature.log_density(d, theta) for w, d in components]
        log_p: FloatArray = np.logaddexp.reduce(parts, axis=0)
        return log_p

    def under(self, prior: Distribution) -> quadrature.Posterior:
        """Return the posterior under a prior, with nodes of its own if the shared ones are too coarse for it."""
        foreseen = min(self.family.sd_range(self.null)[0], self.curve.width / 4)
        if all(width >= foreseen for _, width in quadrature.spots_of(prior)) and _steps(prior) <= {*self.tabled.edges}:
            return self.tabled.under(prior)
        return self.posterior_of(self.curve, prior)

    def probabilities(self, prior: Distribution | None = None) -> Summary:
        """Return the mean, the sd, and the probabilities of benefit, benefit beyond the MCID (or None) and harm."""
        return self.row(self.under(prior or self.prior))

    def probabilities_of_curve(self, curve: quadrature.Curve, prior: Distribution | None = None) -> Summary:
        """Return the same summary under another likelihood."""
        return self.row(self.posterior_of(curve, prior))

    def posterior_of(self, curve: quadrature.Curve, prior: Distribution | None = None) -> quadrature.Posterior:
        """Return the posterior under another likelihood."""
        prior = prior or self.prior
        return quadrature.table(curve, [*self.tabled.edges, *_steps(prior)], quadrature.spots_of(prior)).under(prior)

    def row(self, posterior: quadrature.Posterior) -> Summary:
        """Return the summary of a posterior that every table contains."""
        at_or_above, null = posterior.at_least, self.null
        above = posterior.above(null)
        below = 1 - at_or_above(null)
        row: Summary = {
            "mean": posterior.mean,
            "sd": posterior.sd,
            "p_benefit": above if self.sign > 0 else below,
            "p_harm": below if self.sign > 0 else above,
            "p_mcid": None if self.mcid is None else self.beyond(posterior, self.mcid),
        }
        if self.margin is not None:
            row["p_margin"] = self.beyond(posterior, self.margin)
        return row

    def beyond(self, posterior: quadrature.Posterior, threshold: float) -> float:
        """Return P(the effect is at least as good as a threshold on the analysis scale)."""
        return posterior.at_least(threshold) if self.sign > 0 else 1 - posterior.above(threshold)

    def beyond_each(self, posterior: quadrature.Posterior, thresholds: FloatArray) -> FloatArray:
        """Return P(the effect is at least as good as each of many thresholds), as a line through them."""
        below: FloatArray = posterior.at_most(thresholds)
        return 1 - below + posterior.p_null * (thresholds == self.null) if self.sign > 0 else below

    def interval(self, posterior: quadrature.Posterior) -> Interval:
        """Return the median and the equal-tailed 95% credible interval on the measure's own scale."""
        low, middle, high = map(self.natural, posterior.quantiles(TAILS))
        return {"estimate_low": low, "estimate": middle, "estimate_high": high}

    def natural(self, value: float) -> float:
        """Convert a value from the analysis scale to the measure's own scale."""
        return float(measures.to_natural(value, self.target.measure))


Target = targets.Target | Fit | xr.DataTree | Subject
"""A target of a sensitivity analysis: anything `bayes.resolve` accepts, a fit, or a stored tree."""


def _steps(prior: Distribution) -> set[float]:
    """Return the points at which a density begins or ends with a step, which no quadrature panel may straddle."""
    return {float(edge) for _, part in prior.components for edge in part.support if abs(edge) < np.inf}


def _analysis(target: Outcome | Synthesis, prior: str, priors: PriorSet) -> Analysis:
    named = find_prior(prior, priors)
    if isinstance(target, Synthesis):
        analysis = joined(target, named, priors, Settings())
    else:
        analysis = alone(target, named, priors, Settings())
    _prior_of_effect(analysis)
    return analysis


def _prior_of_effect(analysis: Analysis) -> Distribution:
    distribution = analysis.formed.distribution
    if not isinstance(distribution, Distribution):
        raise NotFormable(f"{analysis.prior.name} is a prior of both arms, not of the effect")
    return distribution


def _heterogeneity_of(analysis: Analysis) -> Distribution | None:
    return None if analysis.heterogeneity is None else analysis.heterogeneity.distribution

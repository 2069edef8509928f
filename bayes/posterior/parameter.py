"""One parameter of a posterior: what its draws say, and the answer by quadrature or in closed form beside it."""

from __future__ import annotations

from dataclasses import dataclass

from bayes.base.numbers_needed import number_needed
from bayes.posterior.names import ParameterName


@dataclass(frozen=True, slots=True)
class Share:
    """A probability, as the share of the draws with an event, and its Monte Carlo standard error."""

    value: float
    mcse: float


@dataclass(frozen=True, slots=True)
class Probabilities:
    """The probabilities of one parameter, oriented by `benefit`; None where the threshold is not stated.

    Attributes
    ----------
    p_benefit, p_harm : Share
        Strictly beyond no effect, on either side.
    p_mcid, p_severe_harm, p_margin : Share, optional
        At least as good as the MCID, at least as bad as the MCID is good, and no worse than the margin.
    p_rope : Share, optional
        Within the region of practical equivalence.
    beyond : tuple of (float, float)
        Thresholds on the natural scale, each with P(effect at least that good).
    """

    p_benefit: Share
    p_harm: Share
    p_mcid: Share | None = None
    p_severe_harm: Share | None = None
    p_margin: Share | None = None
    p_rope: Share | None = None
    beyond: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """A quantity derived from the effect: median and 95% credible interval on the natural scale; None if infinite."""

    quantity: str
    median: float | None
    low: float | None
    high: float | None

    @property
    def text(self) -> str | None:
        """A number needed to treat in words; None for any other quantity."""
        if self.quantity != "nnt":
            return None
        differences = (0.0 if n is None else 1 / n for n in (self.high, self.median, self.low))
        return str(number_needed(*differences)["text"])


@dataclass(frozen=True, slots=True)
class Flag:
    """An adverse event that is flagged: P(increase), and the largest threshold that it reaches."""

    p_increase: Share
    threshold: float


@dataclass(frozen=True, slots=True)
class ExactAnswer:
    """The answer for one parameter without draws, by quadrature or in closed form.

    Attributes
    ----------
    method : str
    mean, sd : float or None
        On the analysis scale; None where the moment does not exist.
    p_benefit, p_harm, p_mcid, p_severe_harm, p_margin, p_rope : float, optional
        As in `Probabilities`.
    median, ci_low, ci_high : float, optional
        Median and limits of the equal-tailed 95% credible interval, on the analysis scale.
    beyond : tuple of (float, float)
        As in `Probabilities`.
    p_null, bf_01 : float, optional
        The posterior probability of exactly no effect, and its Bayes factor against the rest of the prior.
    p_favours_treatment : float, optional
        The probability that a report without a direction favours the treatment.
    """

    method: str
    mean: float | None = None
    sd: float | None = None
    p_benefit: float | None = None
    p_harm: float | None = None
    p_mcid: float | None = None
    p_severe_harm: float | None = None
    p_margin: float | None = None
    p_rope: float | None = None
    median: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    beyond: tuple[tuple[float, float], ...] = ()
    p_null: float | None = None
    bf_01: float | None = None
    p_favours_treatment: float | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: what its draws say, and the exact answer beside it.

    Attributes
    ----------
    name : ParameterName
    mean, sd : float or None
        On the analysis scale; None where the moment does not exist.
    median, ci_low, ci_high : float
        On the analysis scale; the limits are those of the equal-tailed 95% credible interval.
    mcse_mean, ess_bulk, ess_tail : float or None
        None for draws that do not vary.
    probabilities : Probabilities or None
        None for tau, to which no threshold applies.
    exact : ExactAnswer or None
    shrinkage : float, optional
        For the effect of one trial in a synthesis.
    p_null : float, optional
        The share of the draws at exactly no effect, in a table whose effects may be zero.
    derived : tuple of Derived or None
        None for the parameters of a synthesis.
    flag : Flag, optional
    """

    name: ParameterName
    mean: float | None
    sd: float | None
    median: float
    ci_low: float
    ci_high: float
    mcse_mean: float | None
    ess_bulk: float | None
    ess_tail: float | None
    probabilities: Probabilities | None
    exact: ExactAnswer | None = None
    shrinkage: float | None = None
    p_null: float | None = None
    derived: tuple[Derived, ...] | None = None
    flag: Flag | None = None

"""Triplot: what was believed, what the report says, and what follows, as three densities over one axis."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from bayes import quadrature
from bayes.base.numbers import interval, probability
from bayes.plots.axes import EffectScale, effect_axis
from bayes.plots.style import BLUE, GREY, NARROW, ORANGE, WIDTH, house_style, legend_above, new_figure
from bayes.plots.subject import name_of, prior_in_words, subject_of
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.subject import Subject, Target

POINTS = 600
SEEN = 3.5  # widths of the likelihood to either side
BESIDE_BOUND = 0.02  # of the range shown: a density may be infinite at a bound, and is not measured nearer than this


@house_style
def triplot(
    target: Target,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    width: float = WIDTH,
    priors: SomePriorSet | None = None,
) -> Figure:
    """Prior, likelihood and posterior of an effect (of mu, in a synthesis), by quadrature.

    Densities are those of the analysis scale. The likelihood is scaled to an area of one over the range shown. The
    shaded part of the posterior is P(benefit), left out
    where nobody, or everybody, had the event. A spike on no effect stands in the legend.

    Parameters
    ----------
    target : Fit, Outcome, Synthesis, Subject, DataTree, str or path
        A fit brings its prior.
    prior : str, optional
        The main prior: a name of the set, a named rule or an expression; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors; `priors` is the older spelling.
    width : float
        Inches; below 5 laid out for a telephone.

    Returns
    -------
    Figure
        A Matplotlib figure, which a notebook shows when it is the last value of a cell.

    Raises
    ------
    NotFormable
        For a prior of both arms or of a whole table, and for a meta-regression.

    Examples
    --------
    >>> import bayes
    >>> figure = bayes.plots.triplot("mesems:gel_24w", prior="sceptical")
    >>> len(figure.axes)
    1
    """
    subject = subject_of(target, prior, prior_set, priors)
    posterior, scale = subject.under(subject.prior), EffectScale.of(subject.target)
    theta = np.linspace(*window(subject, posterior), POINTS)
    x = np.array([subject.natural(t) for t in theta])
    after = np.interp(theta, posterior.on.theta, posterior.density)
    before, likely = np.exp(subject.log_prior(theta)), _likelihood(subject, theta)
    figure = new_figure(
        width,
        3.7 if width >= NARROW else 3.9,
        name_of(subject.target),
        f"Prior: {prior_in_words(subject)}. Densities on the analysis scale, by quadrature; CrI: credible interval.",
    )
    ax = figure.add_subplot()
    row, numbers = subject.row(posterior), subject.interval(posterior)
    good = theta > subject.null if subject.sign > 0 else theta < subject.null
    if subject.target.has_headline:
        said = f"P(benefit) {probability(row['p_benefit'])}"
        ax.fill_between(x, after, where=good, color=BLUE, alpha=0.22, linewidth=0, label=said)
    ax.plot(x, before, color=ORANGE, linestyle="--", linewidth=1.8, label="prior" + _spike(subject.prior.spike))
    ax.plot(x, likely, color=GREY, linestyle=":", linewidth=2.2, label="likelihood")
    shown = interval(numbers["estimate"], numbers["estimate_low"], numbers["estimate_high"])
    found = f"posterior {shown}, median and 95% CrI" + _spike(posterior.p_null)
    ax.plot(x, after, color=BLUE, linewidth=2.2, label=found)
    ax.set_ylim(0, 1.04 * _height(subject, theta, after, likely, before))
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    effect_axis(ax, scale, x[0], x[-1], width - 0.5)
    legend_above(ax, width - 0.4)
    return figure


def window(subject: Subject, posterior: quadrature.Posterior) -> tuple[float, float]:
    """What of the analysis scale is worth seeing: posterior, likelihood, thresholds, and the prior where it is near."""
    curve, tails = subject.curve, posterior.quantiles([0.0005, 0.9995])
    seen = [*tails, subject.null, *(mark for mark in (subject.mcid, subject.margin) if mark is not None)]
    if not curve.level_tails:  # of a report that says little, not more than its posterior is wide
        wide = min(SEEN * curve.width, tails[1] - tails[0])
        seen += [curve.centre - wide, curve.centre + wide]
    low, high = min(seen), max(seen)
    room = 0.3 * (high - low)
    spots = [(centre - 2 * w, centre + 2 * w) for centre, w in quadrature.spots_of(subject.prior)]
    low = min(low - 0.05 * room, max(min(a for a, _ in spots), low - room))
    high = max(high + 0.05 * room, min(max(b for _, b in spots), high + room))
    inside = subject.curve.bounds
    return max(low, inside[0] + 1e-6), min(high, inside[1] - 1e-6)


def _height(subject: Subject, theta: np.ndarray, after: np.ndarray, likely: np.ndarray, before: np.ndarray) -> float:
    """Up to where densities are shown: neither a narrow prior nor what is infinite at a bound flattens the rest."""
    low, high = subject.curve.bounds
    margin = BESIDE_BOUND * (theta[-1] - theta[0])
    inside = (theta > low + margin) & (theta < high - margin)
    evident = max(after[inside].max(), likely[inside].max())
    return min(max(after.max(), likely.max(), before.max()), 1.6 * evident)


def _likelihood(subject: Subject, theta: np.ndarray) -> np.ndarray:
    """The likelihood, its area over the range shown one."""
    log_l = subject.curve(theta)
    values = np.exp(log_l - log_l.max())
    return values / np.trapezoid(values, theta)


def _spike(mass: float) -> str:
    return f", and {mass:.2f} on exactly no effect" if mass else ""

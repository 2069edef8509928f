"""Triplot: prior, likelihood and posterior as three densities on one axis."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from bayes import quadrature
from bayes.base.arrays import FloatArray
from bayes.base.numbers import interval, probability
from bayes.plots.axes import EffectScale, effect_axis
from bayes.plots.style import BLUE, GREY, NARROW, ORANGE, WIDTH, house_style, legend_above, new_figure
from bayes.plots.subject import name_of, prior_in_words, subject_of
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.subject import Subject, Target

POINTS = 600
SEEN = 3.5  # widths of the likelihood shown to either side
BESIDE_BOUND = 0.02  # share of the range next to a bound, where a density may be infinite, that is not measured


@house_style
def triplot(
    target: Target,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    width: float = WIDTH,
    priors: SomePriorSet | None = None,
) -> Figure:
    """Plot prior, likelihood and posterior of an effect (of mu, in a synthesis), by quadrature.

    Densities are on the analysis scale. The likelihood is scaled to an area of one over the range shown. The shaded
    area under the posterior is P(benefit); it is left out if no patient or every patient had the event. The legend
    gives the probability of a spike at no effect.

    Parameters
    ----------
    target : Fit, Outcome, Synthesis, Subject, DataTree, str or path
        Anything `bayes.resolve` accepts, or a fit or stored tree, which brings its own prior.
    prior : str, optional
        The main prior: a name from the set, a rule, or an expression on the analysis scale; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.
    width : float
        Width in inches; below 5, the layout is for a telephone.

    Returns
    -------
    Figure
        A Matplotlib figure; a notebook displays it if it is the last value of a cell.

    Raises
    ------
    NotFormable
        If the prior is one of both arms or of a whole table, or the target is a meta-regression.

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
        f"Prior: {prior_in_words(subject)}. Densities are on the analysis scale. CrI: credible interval.",
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
    """Return the range to show on the analysis scale: posterior, likelihood, thresholds, and the prior if near."""
    curve, tails = subject.curve, posterior.quantiles([0.0005, 0.9995])
    seen = [*tails, subject.null, *(mark for mark in (subject.mcid, subject.margin) if mark is not None)]
    if not curve.level_tails:  # a wide likelihood is shown only as far as its posterior extends
        wide = min(SEEN * curve.width, tails[1] - tails[0])
        seen += [curve.centre - wide, curve.centre + wide]
    low, high = min(seen), max(seen)
    room = 0.3 * (high - low)
    spots = [(centre - 2 * w, centre + 2 * w) for centre, w in quadrature.spots_of(subject.prior)]
    low = min(low - 0.05 * room, max(min(a for a, _ in spots), low - room))
    high = max(high + 0.05 * room, min(max(b for _, b in spots), high + room))
    inside = subject.curve.bounds
    return max(low, inside[0] + 1e-6), min(high, inside[1] - 1e-6)


def _height(subject: Subject, theta: FloatArray, after: FloatArray, likely: FloatArray, before: FloatArray) -> float:
    """Return the highest density to show, so that a narrow prior or an infinite density does not flatten the rest."""
    low, high = subject.curve.bounds
    margin = BESIDE_BOUND * (theta[-1] - theta[0])
    inside = (theta > low + margin) & (theta < high - margin)
    evident = max(float(after[inside].max()), float(likely[inside].max()))
    return min(max(float(density.max()) for density in (after, likely, before)), 1.6 * evident)


def _likelihood(subject: Subject, theta: FloatArray) -> FloatArray:
    """Return the likelihood, scaled to an area of one over the range shown."""
    log_l = subject.curve(theta)
    values: FloatArray = np.exp(log_l - log_l.max())
    return values / float(np.trapezoid(values, theta))


def _spike(mass: float) -> str:
    return f", and {mass:.2f} on exactly no effect" if mass else ""

"""Threshold curve: the probability that the true effect is at least as good as each size of effect."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.figure import Figure

from bayes.base.numbers import probability
from bayes.fitting.fitted import Fits
from bayes.plots.axes import EffectScale, effect_axis
from bayes.plots.style import LINES, NARROW, PALE, WIDTH, house_style, legend_above, new_figure
from bayes.plots.subject import asked_for_a_probability, name_of, subject_of
from bayes.plots.three_densities import window
from bayes.priors.sets import PriorSet, SomePriorSet, as_set
from bayes.sensitivity.subject import Subject, Target

POINTS = 301


@house_style
def threshold_curve(
    target: Target | Fits,
    prior: str | Iterable[str] | None = None,
    *,
    prior_set: SomePriorSet = "default",
    width: float = WIDTH,
    priors: SomePriorSet | None = None,
) -> Figure:
    """Plot P(the effect is at least as good as x) against x, by quadrature, for readers with any MCID in mind.

    Parameters
    ----------
    target : Fit, Fits, Outcome, Synthesis, Subject, DataTree, str or path
        Anything `bayes.resolve` accepts, or a fit or stored tree; `Fits` give a curve per prior.
    prior : str or iterable of str, optional
        The priors, with one curve each; by default the main prior.
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
        As for `triplot`; also if no patient or every patient had the event.
    """
    subjects = [asked_for_a_probability(subject) for subject in _subjects(target, prior, as_set(prior_set, priors))]
    scale = EffectScale.of(subjects[0].target)
    posteriors = [subject.under(subject.prior) for subject in subjects]
    ends = [window(subject, posterior) for subject, posterior in zip(subjects, posteriors, strict=True)]
    theta = np.linspace(min(low for low, _ in ends), max(high for _, high in ends), POINTS)
    figure = new_figure(
        width,
        3.6 if width >= NARROW else 3.9,
        f"{name_of(subjects[0].target)}: probability of an effect at least as good as x",
        "Posterior probabilities by quadrature.",
    )
    ax = figure.add_subplot()
    ax.grid(axis="y", color=PALE, linewidth=0.5)
    x = np.array([subjects[0].natural(t) for t in theta])
    for i, (subject, posterior) in enumerate(zip(subjects, posteriors, strict=True)):
        colour, style = LINES[i % len(LINES)]
        p = subject.beyond_each(posterior, theta)
        ax.plot(x, p, color=colour, linestyle=style, linewidth=2, label=_says(subject))
    ax.set_ylim(0, 1)
    ax.set_yticks([0, 0.1, 0.25, 0.5, 0.75, 0.9, 1], ["0", "0.1", "0.25", "0.5", "0.75", "0.9", "1"])
    ax.set_ylabel("P(at least as good)")
    effect_axis(ax, scale, x[0], x[-1], width - 1.0)
    legend_above(ax, width - 0.9)
    return figure


def _subjects(target: Target | Fits, prior: str | Iterable[str] | None, prior_set: PriorSet) -> list[Subject]:
    if isinstance(target, Fits):
        return [subject_of(fit) for fit in target.fits]
    names = [prior] if prior is None or isinstance(prior, str) else list(prior)
    if isinstance(target, Subject):
        return [target if name is None else target.with_prior(name) for name in names]
    return [subject_of(target, name, prior_set) for name in names]


def _says(subject: Subject) -> str:
    """Return the name of the prior and the two probabilities that the tables give."""
    row = subject.probabilities()
    beyond = "" if row["p_mcid"] is None else f", ≥\u00a0MCID\u00a0{probability(row['p_mcid'])}"
    return f"{subject.analysis.prior.name}: P(benefit) {probability(row['p_benefit'])}{beyond}"

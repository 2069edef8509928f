"""Predictive bars: the count observed in each arm, and the counts predicted by the fitted model.

    binary                       x ~ Binomial(n, risk)
    events, Poisson              x ~ Poisson(exposure * rate)
    events, negative binomial    x ~ NegativeBinomial(mean exposure * rate, size n k)

Probabilities are averaged over posterior draws; counts are not simulated.
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy import stats

from bayes.base.arrays import FloatArray
from bayes.errors import InvalidInput, NotFormable
from bayes.fitting.fitted import Fit
from bayes.likelihoods.registry import card_of
from bayes.paper.evidence import Binary, Events, of_kind
from bayes.paper.evidence.arms import ARMS, Arm, by_arm
from bayes.paper.trial import Outcome
from bayes.plots.axes import arm_names
from bayes.plots.style import FAINT, INK, NARROW, SKY, WIDTH, house_style, new_figure
from bayes.plots.subject import as_fit, name_of
from bayes.posterior.row import CI_PROB
from bayes.priors.arm_pairs import ArmPair

OF_ARMS = "priors of the two arms were fitted; the check is available only under a prior of the effect"
DRAWS = 1000  # evenly spaced posterior draws are enough for the bars


@house_style
def predictive_bars(fit: Fit | xr.DataTree, *, width: float = WIDTH) -> Figure:
    """Plot the posterior predictive distribution of each arm's count, with its central 95% and the observed count.

    Parameters
    ----------
    fit : Fit or DataTree
        A fit to persons with an event, or to events with a Poisson or negative binomial likelihood.
    width : float
        Width in inches; below 5, the arms are stacked.

    Returns
    -------
    Figure
        A Matplotlib figure; a notebook displays it if it is the last value of a cell.

    Raises
    ------
    InvalidInput
        If the report has no counts per arm.
    NotFormable
        If the distribution of the total has no closed form under the likelihood.
    """
    found = as_fit(fit)
    outcome = found.analysis.target
    if not isinstance(outcome, Outcome) or not isinstance(outcome.evidence, Binary | Events):
        kind = outcome.evidence.kind if isinstance(outcome, Outcome) else "synthesis"
        raise InvalidInput(name_of(outcome), [f"evidence of kind {kind}; accepted: binary, events"])
    evidence = outcome.evidence
    counted = "persons with the event" if isinstance(evidence, Binary) else "events"
    figure = new_figure(
        width,
        2.5 if width >= NARROW else 4.2,
        f"{name_of(outcome)}: observed and predicted",
        f"Posterior predictive probability of each count under the {found.analysis.prior.name} prior. "
        "Blue: central 95%; line: observed count.",
    )
    axes = figure.subplots(*((1, 2) if width >= NARROW else (2, 1)), sharex=True, sharey=True)
    observed = {"treatment": evidence.treatment.events, "control": evidence.control.events}
    for ax, arm in zip(axes, ARMS, strict=True):
        _panel(ax, predictive(found, arm), observed[arm], arm_names(outcome)[arm])
        ax.tick_params(labelbottom=True)
        ax.set_xlabel(counted)
    return figure


def predictive(fit: Fit, arm: Arm) -> FloatArray:
    """Compute posterior predictive probabilities of the counts 0, 1, 2, ... in one arm.

    Parameters
    ----------
    fit : Fit
        As for `predictive_bars`.
    arm : {"treatment", "control"}

    Returns
    -------
    ndarray, shape (counts,)
        Probabilities that sum to one within 1e-6.
    """
    evidence = _counts(fit)
    if isinstance(fit.analysis.formed.distribution, ArmPair):
        raise NotFormable(OF_ARMS)
    card = card_of(fit.analysis.likelihoods[0])
    if card.mixture is not None:
        total = f"the total of {card.mixture} counts has no closed-form distribution"
        raise NotFormable(f"{total}: fit the default likelihood instead")
    if not card.predicts:
        raise NotFormable(f"{card.name} does not state how counts are distributed: fit the default likelihood instead")
    if isinstance(evidence, Binary):
        return _binomial(by_arm(evidence)[arm].n, _draws(fit, f"risk_{arm}"))
    report = by_arm(evidence)[arm]
    mean = _draws(fit, f"rate_{arm}") * float(report.size if report.exposure is None else report.exposure)
    size = report.size * _draws(fit, "size") if "size" in fit.tree["posterior"] else None
    counts = stats.poisson(mean) if size is None else stats.nbinom(size, size / (size + mean))
    most = int(np.max(counts.ppf(1 - 1e-9))) + 1
    return np.asarray(counts.pmf(np.arange(most + 1))).mean(axis=0)


def predictive_persons(fit: Fit, arm: Arm) -> FloatArray:
    """Compute posterior predictive probabilities of 0, 1, ..., n persons with at least one event in one arm.

    With m the mean count per person, a person has no event with probability (k / (k + m))^k under a negative binomial
    of size k, or exp(-m) under a Poisson likelihood, so that the number of persons is binomial given the parameters.
    """
    report = by_arm(of_kind(_counts(fit), Events))[arm]
    mean = _draws(fit, f"rate_{arm}") * float(1 if report.exposure is None else report.exposure / report.size)
    if "size" in fit.tree["posterior"]:
        size = _draws(fit, "size")
        none = (size / (size + mean)) ** size
    else:
        none = np.exp(-mean)
    return _binomial(report.size, 1 - none)


def _counts(fit: Fit) -> Binary | Events:
    match fit.analysis.target:
        case Outcome(evidence=Binary() | Events() as evidence):
            return evidence
    raise InvalidInput(name_of(fit.analysis.target), ["no counts per arm; accepted: evidence of kind binary or events"])


def _draws(fit: Fit, name: str) -> FloatArray:
    """Return posterior draws of a parameter, shape (draws, 1)."""
    values = np.asarray(fit.tree["posterior"][name]).ravel()
    return values[:: max(1, len(values) // DRAWS), None]


def _binomial(n: int, p: FloatArray) -> FloatArray:
    """Return the probabilities of 0, 1, ..., n, averaged over draws of the risk."""
    return np.asarray(stats.binom(n, p).pmf(np.arange(n + 1))).mean(axis=0)


def interval_of(p: FloatArray) -> tuple[int, int]:
    """Return the central 95% interval of counts with these probabilities."""
    tail = (1 - CI_PROB) / 2
    low, high = np.searchsorted(np.cumsum(p), [tail, 1 - tail])
    return int(low), int(high)


def _panel(ax: Axes, p: FloatArray, observed: int, name: str) -> None:
    low, high = interval_of(p)
    shown = np.flatnonzero(p > 1e-3 * p.max())
    first, last = min(int(shown[0]), observed), max(int(shown[-1]), observed)
    counts = np.arange(first, last + 1)
    heights = np.append(p, np.zeros(max(0, last + 1 - len(p))))[counts]
    inside = (counts >= low) & (counts <= high)
    gap = 0.9 if len(counts) <= 40 else 1.0
    ax.bar(counts, heights, width=gap, color=np.where(inside, SKY, FAINT).tolist(), linewidth=0)
    ax.axvline(observed, color=INK, linewidth=2)
    ax.set_title(f"{name}\nobserved {observed}; predicted {low} to {high}", loc="left")
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)

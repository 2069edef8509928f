"""Predictive bars: the count that was observed in each arm against those that the fitted model would expect.

    binary                       x ~ Binomial(n, risk)
    events, Poisson              x ~ Poisson(exposure * rate)
    events, negative binomial    x ~ NegativeBinomial(mean exposure * rate, size n k)

averaged over draws of the posterior: probabilities, not simulated counts.
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy import stats

from bayes.errors import InvalidInput, NotFormable
from bayes.fitting.fitted import Fit
from bayes.paper.evidence.arms import ARMS
from bayes.paper.trial import Outcome
from bayes.plots.axes import arm_names
from bayes.plots.style import FAINT, INK, NARROW, SKY, WIDTH, house_style, new_figure
from bayes.plots.subject import as_fit, name_of
from bayes.posterior.row import CI_PROB

DRAWS = 1000  # of the posterior, evenly spread, are enough for bars
WITHOUT = {  # their persons differ in a way that the total's distribution has no closed form for
    "events_zero_inflated": "zero-inflated",
    "events_lognormal": "Poisson-lognormal",
}


@house_style
def predictive_bars(fit: Fit | xr.DataTree, *, width: float = WIDTH) -> Figure:
    """Posterior predictive probabilities of each arm's count, the central 95% dark, the observed count marked.

    Parameters
    ----------
    fit : Fit or DataTree
        Of persons with an event, or of events (Poisson or negative binomial).
    width : float
        Inches; below 5 one arm below the other.

    Returns
    -------
    Figure
        A Matplotlib figure, which a notebook shows when it is the last value of a cell.

    Raises
    ------
    InvalidInput
        For a report without counts per arm.
    NotFormable
        For a likelihood whose totals have no closed form.
    """
    fit = as_fit(fit)
    outcome = fit.analysis.target
    if not isinstance(outcome, Outcome) or outcome.evidence.kind not in ("binary", "events"):
        kind = outcome.evidence.kind if isinstance(outcome, Outcome) else "synthesis"
        raise InvalidInput(name_of(outcome), [f"evidence of kind {kind}; accepted: binary, events"])
    counted = "persons with the event" if outcome.evidence.kind == "binary" else "events"
    figure = new_figure(
        width,
        2.5 if width >= NARROW else 4.2,
        f"{name_of(outcome)}: observed and predicted",
        f"Posterior predictive probability of each count under the prior {fit.analysis.prior.name}; "
        "blue: central 95%; line: observed.",
    )
    axes = figure.subplots(*((1, 2) if width >= NARROW else (2, 1)), sharex=True, sharey=True)
    for ax, arm in zip(axes, ARMS, strict=True):
        _panel(ax, predictive(fit, arm), getattr(outcome.evidence, arm).events, arm_names(outcome)[arm])
        ax.tick_params(labelbottom=True)
        ax.set_xlabel(counted)
    return figure


def predictive(fit: Fit, arm: str) -> np.ndarray:
    """Posterior predictive probabilities of the counts 0, 1, 2, ... of one arm; they sum to one within 1e-6.

    Parameters
    ----------
    arm : {"treatment", "control"}
    """
    evidence, likelihood = fit.analysis.target.evidence, fit.analysis.likelihoods[0]
    report, posterior = getattr(evidence, arm), fit.tree["posterior"]

    def draws(name: str) -> np.ndarray:
        values = np.asarray(posterior[name]).ravel()
        return values[:: max(1, len(values) // DRAWS), None]

    if evidence.kind == "binary":
        return stats.binom(report.n, draws(f"risk_{arm}")).pmf(np.arange(report.n + 1)).mean(axis=0)
    if likelihood in WITHOUT:
        raise NotFormable(f"the total of {WITHOUT[likelihood]} counts has no closed form: fit the default likelihood")
    mean = draws(f"rate_{arm}") * float(report.n if report.exposure is None else report.exposure)
    if "size" not in posterior:
        counts = stats.poisson(mean)
    else:
        size = report.n * draws("size")
        counts = stats.nbinom(size, size / (size + mean))
    most = int(counts.ppf(1 - 1e-9).max()) + 1
    return counts.pmf(np.arange(most + 1)).mean(axis=0)


def predictive_persons(fit: Fit, arm: str) -> np.ndarray:
    """Posterior predictive probabilities of 0, 1, ... n persons of one arm with at least one event.

    A person has none with probability (k / (k + m))^k, m the mean count of a person and k the size of the negative
    binomial, or exp(-m) of the Poisson; so persons are binomial, averaged over the posterior.
    """
    evidence, posterior = fit.analysis.target.evidence, fit.tree["posterior"]
    report = getattr(evidence, arm)

    def draws(name: str) -> np.ndarray:
        values = np.asarray(posterior[name]).ravel()
        return values[:: max(1, len(values) // DRAWS), None]

    mean = draws(f"rate_{arm}") * float(1 if report.exposure is None else report.exposure / report.n)
    if "size" in posterior:
        size = draws("size")
        none = (size / (size + mean)) ** size
    else:
        none = np.exp(-mean)
    return stats.binom(report.n, 1 - none).pmf(np.arange(report.n + 1)).mean(axis=0)


def interval_of(p: np.ndarray) -> tuple[int, int]:
    """Central 95% of counts with these probabilities."""
    tail = (1 - CI_PROB) / 2
    low, high = np.searchsorted(np.cumsum(p), [tail, 1 - tail])
    return int(low), int(high)


def _panel(ax: Axes, p: np.ndarray, observed: int, name: str) -> None:
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

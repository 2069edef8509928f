"""Stacked bars of an ordinal scale (Grotta bars): each arm as observed and as fitted."""

from __future__ import annotations

from math import ceil

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from bayes.analysis.targets import resolve
from bayes.base.arrays import FloatArray
from bayes.errors import InvalidInput, NotFormable
from bayes.fitting.fitted import Fit
from bayes.paper.evidence import OrdinalTable
from bayes.paper.evidence.arms import ARMS, Arm, by_arm
from bayes.paper.trial import Outcome
from bayes.plots.axes import arm_names
from bayes.plots.style import GREY, INK, NARROW, SMALL, WIDTH, house_style, length, new_figure, wrapped
from bayes.plots.subject import as_fit, name_of
from bayes.sensitivity.subject import Subject, Target

KINDS = ("ordinal", "ordinal_cut")
WORTH_A_NUMBER = 0.045  # smallest share of a bar that is labelled with a number
LINE = 0.22  # height of a line of the legend, in inches


@house_style
def stacked_bars(target: Target, *, width: float = WIDTH) -> Figure:
    """Plot the proportion of patients in each category, best on the left, one bar per arm; lines join equal cuts.

    Parameters
    ----------
    target : Outcome, str, path, Fit or DataTree
        An ordinal outcome or its fit. With a fit, the posterior means of the category probabilities are shown below the
        observed proportions.
    width : float
        Width in inches.

    Returns
    -------
    Figure
        A Matplotlib figure; a notebook displays it if it is the last value of a cell.

    Raises
    ------
    InvalidInput
        If the report is not an ordinal table, or a set of dichotomies of one.
    NotFormable
        If the fit has no category probabilities.
    """
    shown = as_fit(target)
    outcome = shown.analysis.target if isinstance(shown, Fit | Subject) else resolve(shown)
    if not isinstance(outcome, Outcome) or not isinstance(outcome.evidence, OrdinalTable):
        kind = outcome.evidence.kind if isinstance(outcome, Outcome) else "synthesis"
        raise InvalidInput(name_of(outcome), [f"evidence of kind {kind}; accepted: {', '.join(KINDS)}"])
    table = outcome.evidence
    categories = [name for name, _, _ in table.observed]
    blocks = {"observed": observed_shares(table)}
    if isinstance(shown, Fit):
        blocks["fitted"] = fitted_shares(shown)
    note = "Fitted: posterior means of the category probabilities." if "fitted" in blocks else ""
    across = _columns(categories, 0.68 * width)
    key = LINE * (ceil(len(categories) / across) - 1)  # a legend of one line has its room in any case
    figure = new_figure(width, 0.75 + 1.3 * len(blocks) + key, name_of(outcome), note)
    axes = figure.subplots(len(blocks), 1, squeeze=False)[:, 0]
    colours = colormaps["cividis_r"](np.linspace(0.06, 1, len(categories)))
    names = arm_names(outcome)
    n = by_arm(table.sizes)
    for ax, (block, shares) in zip(axes, blocks.items(), strict=True):
        labels = [f"{names[arm]}\nn = {n[arm]}" if block == "observed" else names[arm] for arm in ARMS]
        _bars(ax, shares, colours, [wrapped(label, 0.28 * width, SMALL) for label in labels], block, width)
    _legend(axes[0], categories, across)
    words = "proportion of patients (%), best category on the left"
    axes[-1].set_xlabel(wrapped(words, 0.6 * width, SMALL), fontsize=SMALL)
    return figure


def observed_shares(table: OrdinalTable) -> dict[Arm, FloatArray]:
    """Return the proportion of each arm's patients in each category, best first."""
    _, treatment, control = zip(*table.observed, strict=True)
    return {"treatment": np.array(treatment) / sum(treatment), "control": np.array(control) / sum(control)}


def fitted_shares(fit: Fit) -> dict[Arm, FloatArray]:
    """Return the posterior means of the category probabilities of each arm, best first."""
    posterior = fit.tree["posterior"]
    missing = [f"p_category_{arm}" for arm in ARMS if f"p_category_{arm}" not in posterior]
    if missing:
        raise NotFormable(f"this posterior has no {', '.join(missing)}: fit the ordinal report alone")
    return {arm: np.asarray(posterior[f"p_category_{arm}"].mean(("chain", "draw"))) for arm in ARMS}


def _bars(
    ax: Axes, shares: dict[Arm, FloatArray], colours: FloatArray, labels: list[str], block: str, width: float
) -> None:
    """Draw two bars, with a number in each part that has room for it and lines joining the cuts."""
    rights = {arm: 100 * np.cumsum(shares[arm]) for arm in ARMS}
    room = WORTH_A_NUMBER * (1 if width >= NARROW else 1.8)
    for i, colour in enumerate(colours):
        for place, arm in enumerate(ARMS):
            share = 100 * shares[arm][i]
            left = rights[arm][i] - share
            ax.barh(place, share, left=left, height=0.62, color=colour, edgecolor="white", linewidth=0.8)
            if share >= 100 * room:
                tone = "white" if _dark(colour) else INK
                ax.text(left + share / 2, place, f"{share:.0f}", ha="center", va="center", fontsize=SMALL, color=tone)
    for i in range(len(colours) - 1):
        ax.plot([rights[arm][i] for arm in ARMS], [0.31, 0.69], color=GREY, linewidth=0.8)
    ax.set_yticks([0, 1], labels)
    ax.set_ylim(1.42, -0.42)
    ax.set_xlim(0, 100)
    ax.set_xticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(length=0)
    ax.set_title(block, loc="left", fontsize=SMALL, color=GREY, pad=3)


def _columns(categories: list[str], room: float) -> int:
    """Return how many categories a line of the legend takes, `room` inches wide."""
    each = max(length(name, SMALL) for name in categories) + 2.0 * SMALL / 72
    return max(1, min(len(categories), int(room / each)))


def _legend(ax: Axes, categories: list[str], columns: int) -> None:
    """Add a legend with a square per category, best first across rows, although Matplotlib fills columns first."""
    order = [i for column in range(columns) for i in range(column, len(categories), columns)]
    ax.legend(
        [ax.patches[2 * i] for i in order],
        [categories[i] for i in order],
        loc="lower left",
        bbox_to_anchor=(0, 1.16),
        ncols=columns,
        handlelength=0.9,
        handletextpad=0.4,
        columnspacing=0.9,
        borderpad=0.1,
        borderaxespad=0,
    )


def _dark(colour: FloatArray) -> bool:
    red, green, blue = to_rgb(tuple(colour.tolist()))
    return 0.3 * red + 0.59 * green + 0.11 * blue < 0.5

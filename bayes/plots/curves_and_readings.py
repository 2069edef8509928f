"""Survival curves: readings of a figure, the patients reconstructed from them, and the numbers at risk."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bayes.analysis.targets import resolve
from bayes.base.kaplan_meier import KaplanMeier
from bayes.errors import InvalidInput
from bayes.fitting.fitted import Fit
from bayes.paper.evidence import DigitisedCurve
from bayes.paper.evidence.arms import ARMS, by_arm
from bayes.paper.trial import Outcome
from bayes.plots.axes import arm_names
from bayes.plots.style import GREY, LINES, NARROW, SMALL, WIDTH, house_style, legend_above, new_figure
from bayes.plots.subject import as_fit, name_of
from bayes.sensitivity.subject import Subject, Target


@house_style
def survival_curves(target: Target, *, width: float = WIDTH) -> Figure:
    """Plot digitised Kaplan-Meier curves: readings as points, the reconstructed patients as steps, numbers at risk.

    Parameters
    ----------
    target : Outcome, str, path, Fit or DataTree
        An outcome with evidence of kind `digitised_curve`, or its fit.
    width : float
        Width in inches.

    Returns
    -------
    Figure
        A Matplotlib figure; a notebook displays it if it is the last value of a cell.

    Raises
    ------
    InvalidInput
        If the report has no digitised curves.
    """
    shown = as_fit(target)
    outcome = shown.analysis.target if isinstance(shown, Fit | Subject) else resolve(shown)
    if not isinstance(outcome, Outcome) or not isinstance(outcome.evidence, DigitisedCurve):
        kind = outcome.evidence.kind if isinstance(outcome, Outcome) else "synthesis"
        raise InvalidInput(name_of(outcome), [f"evidence of kind {kind}; accepted: digitised_curve"])
    evidence = outcome.evidence
    note = "Steps: patients reconstructed from the readings (points) and the numbers at risk (Guyot 2012)."
    figure = new_figure(width, 3.6, name_of(outcome), note)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[6, 1])
    _curves(above, outcome, evidence, width)
    _at_risk(below, evidence, width)
    return figure


def _curves(ax: Axes, outcome: Outcome, evidence: DigitisedCurve, width: float) -> None:
    names = arm_names(outcome)
    for (colour, line), arm in zip(LINES, ARMS, strict=False):
        read, patients = by_arm(evidence)[arm], evidence.reconstructed[arm].patients
        curve = KaplanMeier.of(patients)
        times = np.concatenate([[0.0], curve.times, [patients.times[-1]]])
        level = 100 * np.concatenate([[1.0], curve.survival, curve.survival[-1:] if len(curve.times) else [1.0]])
        label = f"{names[arm]} (n = {read.n}, {patients.total_events} events)"
        ax.step(times, level, where="post", color=colour, linestyle=line, linewidth=1.6, label=label)
        seen = [float(time) for time in read.times]
        ax.plot(seen, [100 * share for share in read.proportions], ".", color=colour, markersize=3, alpha=0.5)
    ax.set_ylim(0, 102)
    ax.set_xlim(0, None)
    ax.set_ylabel("without the event (%)")
    ax.tick_params(labelbottom=True)
    ax.xaxis.set_major_locator(MaxNLocator(6 if width >= NARROW else 4, integer=True))
    ax.set_xlabel(evidence.unit)
    legend_above(ax, width - 1.1)


def _at_risk(ax: Axes, evidence: DigitisedCurve, width: float) -> None:
    """Write the printed numbers at risk below the curves, as many of them as there is room for."""
    most = 12 if width >= NARROW else 5
    tables = {arm: dict(zip(read.at_risk_times, read.at_risk, strict=True)) for arm, read in by_arm(evidence).items()}
    times = sorted({time for table in tables.values() for time in table})
    for row, ((colour, _), arm) in enumerate(zip(LINES, ARMS, strict=False)):
        for time in times[:: -(-len(times) // most)]:
            number = str(tables[arm].get(time, ""))
            ax.text(float(time), row, number, ha="center", va="center", fontsize=SMALL, color=colour)
    ax.set_ylim(1.6, -0.6)
    ax.set_yticks([0, 1], list(ARMS))
    ax.set_title("at risk, as printed", loc="left", fontsize=SMALL, color=GREY, pad=3)
    ax.tick_params(length=0, labelbottom=False)
    ax.tick_params(axis="y", pad=14)  # the numbers at time 0 are centred on the axis
    for spine in ax.spines.values():
        spine.set_visible(False)

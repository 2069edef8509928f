"""Power curves: how often a decision rule would succeed, by the true effect, under each analysis prior."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from bayes.base.numbers import probability, significant
from bayes.calibration.operating.characteristics import Operating
from bayes.calibration.operating.layout import largest_error
from bayes.calibration.operating.row import OperatingRow
from bayes.errors import NotFormable
from bayes.plots.axes import EffectScale, effect_axis
from bayes.plots.style import LINES, NARROW, PALE, WIDTH, house_style, legend_above, new_figure

BAND = 1.96  # Monte Carlo standard errors on either side of a simulated curve
ROOM = 0.02  # share of the axis on either side of the outermost effects


@house_style
def power_curves(found: Operating, *, width: float = WIDTH) -> Figure:
    """Plot P(success | true effect), a curve for each analysis prior, with no effect and the MCID marked.

    Parameters
    ----------
    found : Operating
        What `bayes.calibration.operating.operating` returned.
    width : float
        Width in inches; below 5, the layout is for a telephone.

    Returns
    -------
    Figure
        A Matplotlib figure; a notebook displays it if it is the last value of a cell.

    Raises
    ------
    NotFormable
        If every prior was skipped.
    """
    rows = [row for row in found.rows if row["characteristic"] == "p_success" and row["status"] == "ok"]
    if not rows:
        raise NotFormable(f"{found.outcome.name}: every prior was skipped, and there is nothing to plot")
    scale, first = EffectScale.of(found.outcome), rows[0]
    priors = list(dict.fromkeys(row["prior"] for row in rows))
    title = f"{found.outcome.name}: how often the trial would succeed if it were repeated"
    figure = new_figure(width, (3.4 if width >= NARROW else 3.7) + 0.17 * len(priors), title, _small_print(first, rows))
    ax = figure.add_subplot()
    ax.grid(axis="y", color=PALE, linewidth=0.5)
    effects = [row["effect"] for row in rows if row["effect"] is not None]
    for i, prior in enumerate(priors):
        colour, style = LINES[i % len(LINES)]
        own = [row for row in rows if row["prior"] == prior]
        x, p, error = (np.array([row[key] or 0.0 for row in own]) for key in ("effect", "value", "mcse"))
        ax.plot(x, p, color=colour, linestyle=style, linewidth=2, label=_says(prior, own))
        if error.any():
            low, high = np.clip(p - BAND * error, 0, 1), np.clip(p + BAND * error, 0, 1)
            ax.fill_between(x, low, high, color=colour, alpha=0.12, linewidth=0)
    ax.set_ylim(0, 1)
    ax.set_yticks([0, 0.25, 0.5, 0.8, 1], ["0", "0.25", "0.5", "0.8", "1"])
    ax.set_ylabel("P(success)")
    effect_axis(ax, scale, *_limits(effects, scale), width - 1.0, "true ")
    legend_above(ax, width - 0.9)
    return figure


def _limits(effects: list[float], scale: EffectScale) -> tuple[float, float]:
    """Return the ends of the axis: those of the effects, with a little room."""
    low, high = min(effects), max(effects)
    if scale.is_log:
        room = (high / low) ** ROOM
        return low / room, high * room
    room = ROOM * (high - low)
    return low - room, high + room


def _says(prior: str, rows: list[OperatingRow]) -> str:
    """Return the name of a prior with its type I error at no effect and its power at the MCID."""
    at = {row["marks"]: row["value"] for row in rows if row["marks"]}
    said = [f"type\u00a0I\u00a0error\u00a0{probability(at['null'], table=True)}"] if "null" in at else []
    said += [f"power\u00a0at\u00a0the\u00a0MCID\u00a0{probability(at['mcid'], table=True)}"] if "mcid" in at else []
    return f"{prior}: {', '.join(said)}" if said else prior


def _small_print(first: OperatingRow, rows: list[OperatingRow]) -> str:
    said = [f"Success: {first['rule']}.", f"{first['method'][:1].upper()}{first['method'][1:]}."]
    if first["baseline"]:
        said.append(f"{first['baseline'][:1].upper()}{first['baseline'][1:]}.")
    if error := largest_error(rows):
        said.append(f"Bands: {BAND} Monte Carlo standard errors, up to {significant(error, 2)} each.")
    return " ".join(said)

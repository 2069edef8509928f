"""The axis of an effect: its scale, natural ticks, lines at no effect and the MCID, and the arm each side favours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from bayes.base import measures
from bayes.base.numbers import significant
from bayes.paper.evidence.arms import Arm
from bayes.paper.trial import Outcome
from bayes.plots.style import BASE, GREY, INK, RED, SMALL, lines_of, wrapped
from bayes.synthesis.file import Synthesis

# from coarse to fine: ticks of a ratio above 1, with reciprocals below 1
RATIO_TICKS = (
    (1, 100, 1e4, 1e6, 1e8),
    (1, 10, 100, 1000, 1e4),
    (1, 3, 10, 30, 100, 300),
    (1, 2, 5, 10, 20, 50),
    (1, 1.5, 2, 3, 5, 10),
    (1, 1.25, 1.5, 2, 2.5, 3),
    (1, 1.1, 1.25, 1.5),
    (1, 1.05, 1.1, 1.15, 1.2, 1.25),
    (1, 1.02, 1.04, 1.06, 1.08, 1.1),
)
GOAL = ("better than the goal", "worse than the goal")
BEYOND = 1.3  # a tier is used up to this multiple of its last tick
WIDE_TICKS = (  # for a positive quantity that is not a ratio, such as the sd of a prior
    (0.001, 0.01, 0.1, 1, 10, 100, 1000),
    (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000),
    (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
)


@dataclass(frozen=True)
class EffectScale:
    """The properties of an axis of effects, with all values on the measure's own scale.

    Attributes
    ----------
    measure : str
        The effect measure, such as "odds_ratio".
    benefit : {"higher", "lower"}
        The direction of the effect that is good for the patient.
    null : float
        The value of no effect.
    mcid : float, optional
        The minimal clinically important difference.
    better, worse : str
        The arm that an effect better or worse than no effect favours, in words.
    margin : float, optional
        The non-inferiority margin, if the trial states one.
    """

    measure: str
    benefit: str
    null: float
    mcid: float | None
    better: str
    worse: str
    margin: float | None = None

    @classmethod
    def of(cls, target: Outcome | Synthesis) -> EffectScale:
        """Return the axis for an outcome or a synthesis."""
        better, worse = _favours(target)
        mcid = None if target.mcid is None else float(target.mcid.value)
        margin = None if target.margin is None else float(target.margin.value)
        null = float(measures.to_natural(target.null, target.measure))
        return cls(target.measure, target.benefit, null, mcid, better, worse, margin)

    @classmethod
    def of_row(cls, row: pd.Series) -> EffectScale:
        """Return the axis for a row of the summary, which does not contain the names of the arms."""
        mcid = None if pd.isna(row["mcid"]) else float(row["mcid"])
        better, worse = GOAL if row["measure"] == "proportion" else ("favours treatment", "favours control")
        margin = None if pd.isna(row.get("margin")) else float(row["margin"])
        return cls(row["measure"], row["benefit"], float(row["null"]), mcid, better, worse, margin)

    @property
    def is_log(self) -> bool:
        return measures.is_log(self.measure)

    @property
    def marks(self) -> list[float]:
        """No effect and the stated thresholds, all of which the axis must include."""
        return [self.null, *(mark for mark in (self.mcid, self.margin) if mark is not None)]

    @property
    def words(self) -> str:
        """The measure, in words."""
        return self.measure.replace("_", " ")

    @property
    def sides(self) -> tuple[str, str]:
        """The labels at the lower and at the upper end."""
        return (self.worse, self.better) if self.benefit == "higher" else (self.better, self.worse)


def effect_axis(ax: Axes, scale: EffectScale, low: float, high: float, room: float, of: str = "") -> None:
    """Turn the x axis into an axis of effects: scale, limits, ticks, no effect, MCID, and the arm each side favours.

    Parameters
    ----------
    ax : Axes
        The axes to change.
    scale : EffectScale
        The properties of the axis.
    low, high : float
        The limits, on the measure's own scale.
    room : float
        Approximate length of the axis in inches.
    of : str
        A qualifier of the measure for the label, such as "mean of the prior: ".
    """
    set_scale(ax.xaxis, scale, low, high, room)
    ax.axvline(scale.null, color=INK, linewidth=1.0, zorder=1)
    if scale.mcid is not None:
        ax.axvline(scale.mcid, color=RED, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
    if scale.margin is not None:
        ax.axvline(scale.margin, color=RED, linewidth=1.0, linestyle=(0, (1, 2)), zorder=1)
    ax.set_xlabel(axis_label(scale, room, of), labelpad=directions(ax, scale, room))


def axis_label(scale: EffectScale, room: float, of: str = "") -> str:
    """Return the label: the measure, preceded by `of`, and a key to the lines on the axis."""
    marks = f"line: {_none(scale)}" + ("" if scale.mcid is None else f"; dashed: MCID {significant(scale.mcid, 12)}")
    marks += "" if scale.margin is None else f"; dotted: margin {significant(scale.margin, 12)}"
    return f"{wrapped(of + scale.words, room, BASE)}\n{wrapped(marks, room, BASE)}"


def set_scale(axis: Axis, scale: EffectScale, low: float, high: float, room: float) -> None:
    """Set the limits and ticks of an axis of effects, which is logarithmic for ratios."""
    most = max(3, int(room / 0.48))
    ax = axis.axes
    set_limits = ax.set_xlim if axis is ax.xaxis else ax.set_ylim
    if not scale.is_log:
        set_limits(low, high)
        axis.set_major_locator(MaxNLocator(most - 1, steps=[1, 2, 2.5, 5, 10]))
        return
    (ax.set_xscale if axis is ax.xaxis else ax.set_yscale)("log")
    set_limits(low, high)
    _label(axis, ratio_ticks(low, high, most))


def positive_axis(axis: Axis, low: float, high: float, room: float) -> None:
    """Make an axis logarithmic for a positive quantity that is not a ratio."""
    ax = axis.axes
    (ax.set_xscale if axis is ax.xaxis else ax.set_yscale)("log")
    (ax.set_xlim if axis is ax.xaxis else ax.set_ylim)(low, high)
    _label(axis, _finest(WIDE_TICKS, low, high, max(3, int(room / 0.55))))


def ratio_ticks(low: float, high: float, most: int) -> list[float]:
    """Return familiar ticks for a ratio, symmetric around 1 on the log scale: 0.5, 0.67, 1, 1.5, 2."""
    furthest = max(high, 1 / low) / BEYOND
    tiers = [tuple({1 / t for t in ticks} | set(ticks)) for ticks in RATIO_TICKS if ticks[-1] >= furthest]
    return _finest(tiers, low, high, most)


def _finest(tiers: Iterable[Sequence[float]], low: float, high: float, most: int) -> list[float]:
    """Return the ticks of the finest tier that does not crowd the axis; without one, the ends of the range."""
    inside = [sorted(t for t in tier if low * 0.999 <= t <= high * 1.001) for tier in tiers]
    fitting = [ticks for ticks in inside if 2 <= len(ticks) <= most and _apart(ticks, low, high, most)]
    return max(fitting, key=len) if fitting else [float(f"{low:.2g}"), float(f"{high:.2g}")]


def _apart(ticks: list[float], low: float, high: float, most: int) -> bool:
    return bool(np.diff(np.log(ticks)).min() > np.log(high / low) / (1.6 * most))


def _label(axis: Axis, ticks: list[float]) -> None:
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FixedFormatter([f"{float(f'{t:.{3 if t >= 1 else 2}g}'):g}" for t in ticks]))
    axis.set_minor_locator(NullLocator())


def directions(ax: Axes, scale: EffectScale, room: float) -> float:
    """Write below the axis which arm each side favours, and return the height in points for the label's padding."""
    deepest = 0
    for x, words, side in zip((0, 1), scale.sides, ("left", "right"), strict=True):
        text = wrapped(f"←\u00a0{words}" if side == "left" else f"{words}\u00a0→", 0.47 * room, SMALL)
        deepest = max(deepest, lines_of(text))
        ax.annotate(
            text,
            (x, 0),
            (0, -20),
            xycoords="axes fraction",
            textcoords="offset points",
            ha=side,
            va="top",
            fontsize=SMALL,
            color=GREY,
            annotation_clip=False,
            gid=f"direction-{side}",
        )
    return 4 + 1.4 * SMALL * deepest


def _none(scale: EffectScale) -> str:
    return f"goal {scale.null:g}" if scale.measure == "proportion" else "no effect"


def _favours(target: Outcome | Synthesis) -> tuple[str, str]:
    """Return the arm favoured by effects better and worse than no effect, by name if all reports use the same names."""
    if target.measure == "proportion":
        return GOAL
    members = target.members if isinstance(target, Synthesis) else (target,)
    treatments, controls = ({names[i] for names in map(_arms, members)} for i in (0, 1))
    return f"favours {_common(treatments, 'treatment')}", f"favours {_common(controls, 'control')}"


def _common(names: set[str], arm: str) -> str:
    """Return the only name of an arm, or which arm it is if it has several."""
    return next(iter(names)) if len(names) == 1 else arm


def arm_names(outcome: Outcome) -> dict[Arm, str]:
    """Return the names of the arms of an outcome, without additions in brackets."""
    treatment, control = _arms(outcome)
    return {"treatment": treatment, "control": control}


def _arms(outcome: Outcome) -> tuple[str, str]:
    named = outcome.trial.contrasts[outcome.contrast] if outcome.contrast else outcome.trial.arms
    return _short(named.treatment), _short(named.control)


def _short(name: str) -> str:
    """Return the name of an arm without what follows a comma or a bracket."""
    return name.split(" (")[0].split(", ")[0]


def share_axis(axis: Axis, most: int) -> None:
    """Label an axis of shares as percentages, at most so many; one to the left of zero has the same label."""
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{significant(100 * abs(share))}%"))

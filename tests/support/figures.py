"""What the tests of figures share: fits without sampling, and readers of what a figure shows."""

from functools import cache

import matplotlib
import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from bayes.analysis.plan import make_plan
from bayes.fitting.fitted import Fit, SynthesisFit
from bayes.priors.sets import load_priors
from bayes.synthesis.file import load_synthesis
from support.paths import TESTS
from support.reports import REPORTS
from support.results_folders import tree_of
from support.trials import make_outcome

RATIO = {"kind": "estimate", "estimate": 0.75, "ci": [0.55, 1.02]}
LOWER = make_outcome("hazard_ratio", "lower", RATIO, mcid={"value": 0.85, "rationale": "judged"})
HIGHER = make_outcome("hazard_ratio", "higher", RATIO)
GOAL = make_outcome(*REPORTS["proportion"])
TABLE = make_outcome(*REPORTS["ordinal"])


def fit_of(target, prior, draws: dict, kind=Fit):
    """A fit whose posterior holds these draws, shape (chain, draw, ...): nothing is sampled."""
    analysis = make_plan([target], load_priors(), [prior]).analyses[0]
    dims = {"effect": ("trial",), "shrinkage": ("trial",)} if kind is SynthesisFit else {}
    variables = {
        name: (("chain", "draw", *dims.get(name, ("category",) * (values.ndim - 2))), values)
        for name, values in draws.items()
    }
    coords = {"trial": [m.name for m in target.members]} if kind is SynthesisFit else {}
    return kind(tree_of(analysis, xr.Dataset(variables, coords), answers={}), analysis)


@cache
def counted():
    """0 of 69 persons against 7 of 75, with risks drawn from betas."""
    random = np.random.default_rng(20260101)
    risks = {"risk_treatment": random.beta(1, 70, (2, 500)), "risk_control": random.beta(8, 69, (2, 500))}
    return fit_of(make_outcome(*REPORTS["binary OR"]), "neutral", risks | {"effect": random.normal(-1, 0.5, (2, 500))})


@cache
def tabled():
    """A table of counts, its category probabilities drawn from Dirichlets."""
    random = np.random.default_rng(20260102)
    cells = {f"p_category_{arm}": random.dirichlet(np.ones(7), (2, 500)) for arm in ("treatment", "control")}
    return fit_of(TABLE, "neutral", cells | {"effect": random.normal(0.2, 0.2, (2, 500))})


@cache
def joined():
    """Three trials together."""
    random = np.random.default_rng(20260103)
    three = load_synthesis(TESTS / "files" / "three_trials.toml")
    mu = random.normal(0.1, 0.2, (2, 500))
    draws = {"mu": mu, "tau": abs(random.normal(0, 0.2, (2, 500))), "new_trial": mu + random.normal(0, 0.2, mu.shape)}
    effects = mu[..., None] + random.normal(0, 0.1, (2, 500, 3))
    return fit_of(three, "normal(0, 0.5)", draws | {"effect": effects}, SynthesisFit)


def lines(figure: Figure, panel: int = 0) -> dict:
    return {line.get_label(): line for line in figure.axes[panel].lines}


def ends(figure: Figure, panel: int = 0) -> dict[str, str]:
    """What stands at the left and at the right end of an axis."""
    texts = {text.get_gid(): text.get_text().replace("\u00a0", " ") for text in figure.axes[panel].texts}
    return {side: " ".join(texts[f"direction-{side}"].split()) for side in ("left", "right")}


def ticks(axis) -> list[str]:
    low, high = sorted(axis.get_view_interval())
    shown = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
    return [text.get_text() for at, text in shown if low * 0.999 <= at <= high * 1.001]


def outside(figure: Figure) -> list[str]:
    """Texts that stick out of the page, by more than a hair."""
    figure.draw_without_rendering()
    renderer, page, found = figure._get_renderer(), figure.bbox, []
    beyond = []  # ticks that a locator offers outside the limits are never drawn
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            beyond += [tick.label1 for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high]
    for text in set(figure.findobj(matplotlib.text.Text)) - set(beyond):
        if text.get_visible() and text.get_text().strip():
            box = text.get_window_extent(renderer)
            if box.x0 < page.x0 - 2 or box.x1 > page.x1 + 2 or box.y0 < page.y0 - 2 or box.y1 > page.y1 + 2:
                found.append(text.get_text())
    return found


def overlapping(figure: Figure) -> bool:
    """Whether the two directions of an axis are written over each other."""
    for ax in figure.axes:
        boxes = [t.get_window_extent() for t in ax.texts if str(t.get_gid()).startswith("direction")]
        if boxes and boxes[0].overlaps(boxes[1]):
            return True
    return False

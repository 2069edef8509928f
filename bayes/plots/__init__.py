"""Figures: each a function that takes what is at hand (a fit, an outcome, a finished table) and returns a Figure.

    import bayes
    outcome = bayes.load_trial("mesems").outcomes["gel_24w"]
    figure = bayes.plots.triplot(outcome, prior="sceptical")
    figure.savefig("triplot.png")
    html = bayes.plots.to_svg(figure, "Triplot", "Prior, likelihood and posterior of the rate ratio")

They show what the tables say and compute nothing of their own. None uses pyplot; a figure is shown by a notebook when
it stands last in a cell. `width` is in inches: 7 is a page, 3.6 a telephone.
"""

from bayes.plots.adverse_event_dots import adverse_event_dots
from bayes.plots.forest import forest
from bayes.plots.predictive_bars import predictive_bars
from bayes.plots.prior_heatmap import prior_heatmap
from bayes.plots.stacked_bars import stacked_bars
from bayes.plots.svg import to_svg
from bayes.plots.synthesis_forest import synthesis_forest
from bayes.plots.threshold_curve import threshold_curve
from bayes.plots.tipping_plot import tipping_plot
from bayes.plots.triplot import triplot

__all__ = [
    "adverse_event_dots",
    "forest",
    "predictive_bars",
    "prior_heatmap",
    "stacked_bars",
    "synthesis_forest",
    "threshold_curve",
    "tipping_plot",
    "to_svg",
    "triplot",
]

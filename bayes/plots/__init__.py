"""Figures: functions that take a fit, an outcome or a finished table and return a Matplotlib Figure.

    import bayes
    outcome = bayes.load_trial("mesems").outcomes["gel_24w"]
    figure = bayes.plots.triplot(outcome, prior="sceptical")
    figure.savefig("triplot.png")
    html = bayes.plots.to_svg(figure, "Triplot", "Prior, likelihood and posterior of the rate ratio")

Figures show the numbers of the tables. They do not use pyplot; a notebook displays a figure if it is the last value of
a cell. `width` is in inches: 7 suits a page, 3.6 a telephone.
"""

from bayes.plots.adverse_event_rows import adverse_event_dots
from bayes.plots.benefit_histograms import corpus_probabilities
from bayes.plots.changed_conclusions import corpus_changes
from bayes.plots.covered_by_width import calibration_coverage
from bayes.plots.curves_and_readings import survival_curves
from bayes.plots.forest_of_priors import forest
from bayes.plots.forest_of_trials import synthesis_forest
from bayes.plots.grotta_bars import stacked_bars
from bayes.plots.group_intervals import corpus_groups
from bayes.plots.heatmap import prior_heatmap
from bayes.plots.predictive_counts import predictive_bars
from bayes.plots.predictive_places import calibration_pit
from bayes.plots.shrinkage_ribbons import corpus_shrinkage
from bayes.plots.stated_and_seen import calibration_curve
from bayes.plots.success_by_effect import power_curves
from bayes.plots.svg import to_svg
from bayes.plots.three_densities import triplot
from bayes.plots.threshold_probabilities import threshold_curve
from bayes.plots.tipping_lines import tipping_plot

__all__ = [
    "adverse_event_dots",
    "calibration_coverage",
    "calibration_curve",
    "calibration_pit",
    "corpus_changes",
    "corpus_groups",
    "corpus_probabilities",
    "corpus_shrinkage",
    "forest",
    "power_curves",
    "predictive_bars",
    "prior_heatmap",
    "stacked_bars",
    "survival_curves",
    "synthesis_forest",
    "threshold_curve",
    "tipping_plot",
    "to_svg",
    "triplot",
]


def __dir__() -> list[str]:
    return __all__

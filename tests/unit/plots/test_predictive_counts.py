"""Bars of predicted counts against the laws that they follow."""


import numpy as np
import pytest
from scipy import stats
from support import figures
from support.figures import fit_of
from support.trials import make_outcome

from bayes import plots
from bayes.analysis.plan import make_plan
from bayes.errors import NotFormable
from bayes.fitting.fitted import Fit
from bayes.plots.predictive_counts import interval_of, predictive
from bayes.priors.sets import load_priors


def test_predictive_bars_of_independent_arms_are_refused_in_words(tmp_path):
    path = tmp_path / "arms.toml"
    arms = 'treatment = "beta(0.5, 0.5)"\ncontrol = "beta(0.5, 0.5)"'
    path.write_text(f'id = "arms"\n[arms.jeffreys]\n{arms}\nrationale = "r"\nsource = "s"\n')
    (analysis,) = make_plan([figures.counted().analysis.target], load_priors(path), ["jeffreys"]).analyses
    with pytest.raises(NotFormable, match="priors of the two arms"):
        plots.predictive_bars(Fit(figures.counted().tree, analysis))


def test_predictive_bars_are_beta_binomial():
    counted = figures.counted()
    p = predictive(counted, "control")
    assert p.sum() == pytest.approx(1, abs=1e-6)
    assert p == pytest.approx(stats.betabinom(75, 8, 69).pmf(np.arange(76)), abs=0.01)
    figure = plots.predictive_bars(counted)
    low, high = interval_of(p)
    exact = stats.betabinom(75, 8, 69)
    assert abs(low - exact.ppf(0.025)) <= 1 and abs(high - exact.ppf(0.975)) <= 1
    for panel, (arm, observed) in enumerate((("treatment", 0), ("control", 7))):
        ax = figure.axes[panel]
        assert ax.lines[0].get_xdata()[0] == observed
        values = predictive(counted, arm)
        for bar in ax.patches:
            assert bar.get_height() == pytest.approx(values[round(bar.get_x() + bar.get_width() / 2)])


def test_predictive_totals_are_negative_binomial():
    """A gamma mixture of Poissons, at one draw: mean 10 x 0.9, variance mean + mean^2 / (n k)."""
    random = np.random.default_rng(20260104)
    arm = {"events": 9, "n": 10}
    outcome = make_outcome("rate_ratio", "lower", {"kind": "events", "treatment": arm, "control": arm})
    one = {
        name: random.normal(value, 1e-6, (2, 50))
        for name, value in (("rate_treatment", 0.9), ("rate_control", 0.9), ("size", 0.5))
    }
    p = predictive(fit_of(outcome, "neutral", one | {"effect": random.normal(0, 0.1, (2, 50))}), "treatment")
    x = np.arange(len(p))
    assert (p @ x, p @ x**2 - (p @ x) ** 2) == pytest.approx((9, 9 + 81 / 5), rel=1e-5)

"""Partial proportional odds: beside the default prior of the departure stands a wider one."""

import numpy as np
import pytest
from scipy import integrate, special, stats
from support.trials import make_outcome

from bayes.sensitivity.alternative_likelihoods import DEPARTURE, variations_of_outcome
from bayes.sensitivity.subject import Subject

TABLE = {"kind": "ordinal", "categories": ["0", "1", "2"], "treatment": [30, 40, 30], "control": [35, 45, 12]}


@pytest.mark.slow
def test_a_wider_prior_lets_the_worst_cut_go_further():
    """Oracle: three levels, so one departure and two cutpoints, summed over a grid that shares no code."""
    subject = Subject.of(make_outcome("common_odds_ratio", "higher", TABLE), "normal(0, 0.5)")
    found = {v.name: v.curve() for v in variations_of_outcome(subject) if v.question == "departure prior"}
    assert set(found) == {f"partial_odds_worst, departure {DEPARTURE}", f"partial_odds_linear, departure {DEPARTURE}"}
    curve = found[f"partial_odds_worst, departure {DEPARTURE}"]
    theta = np.linspace(-1, 1, 9)
    log_l = curve(theta)
    hand = np.log([by_hand(t) for t in theta])
    assert log_l - log_l[4] == pytest.approx(hand - hand[4], abs=0.02)


def by_hand(theta):
    """L(theta) over both cutpoints and the departure, the Dirichlet of the middle shares of METHODS 0."""
    c = 1 / (0.8 + 0.35 * 3)
    q, w = np.polynomial.legendre.leggauss(60)
    share, weight = (q + 1) / 2, w / 2
    first = share[:, None] + 0 * share
    rest = share + 0 * first  # stick breaking: p1 = first, p2 = (1 - first) rest
    p = np.stack([first, (1 - first) * rest, (1 - first) * (1 - rest)])
    jacobian = (1 - first) * weight[:, None] * weight
    prior = np.prod(p ** (c - 1), axis=0) * jacobian
    cuts = special.logit(np.cumsum(p, axis=0)[:2])

    def given(gamma):
        total = 0.0
        effects = np.array([theta, theta + gamma])[:, None, None]
        for counts, sign in ((TABLE["treatment"], 0.5), (TABLE["control"], -0.5)):
            upto = special.expit(cuts + sign * effects)
            cells = np.stack([upto[0], upto[1] - upto[0], 1 - upto[1]])
            with np.errstate(divide="ignore", invalid="ignore"):
                total = total + sum(k * np.log(np.where(cell > 0, cell, 0.0)) for k, cell in zip(counts, cells, strict=True))
        return float((np.exp(total + 190) * prior).sum())

    return integrate.quad(lambda g: stats.norm(0, 0.5).pdf(g) * given(g), -2.5, 2.5, limit=60, epsrel=1e-4)[0]

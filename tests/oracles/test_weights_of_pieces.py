"""Weights of the pieces of a posterior by a second route: importance sampling of each piece's PyMC model.

A posterior with several modes is sampled piece by piece and put together by weights from quadrature, so that the
agreement of sampled and quadrature answers does not test those weights. Here the evidence of each piece is

    Z = integral of p(report | theta, nuisance) p(theta | piece) p(nuisance),   estimated as the mean of p / q

over draws from a multivariate Student-t q around the piece's mode, p being the log density of the graph that NUTS
samples: nothing of the quadrature enters. Not checked: what both sides read from the report (the conversions).
"""

import numpy as np
import pytest
from scipy import optimize, stats
from support.trials import make_outcome

from bayes import load_priors
from bayes.analysis.curves import likelihood_curves
from bayes.analysis.plan import make_plan
from bayes.sampler.engine import split
from bayes.sampler.graphs import graph_of

DRAWS = 4000
BINARY = {"kind": "binary", "treatment": {"events": 12, "n": 60}, "control": {"events": 21, "n": 62}}
CASES = {
    "mixture of priors": (("odds_ratio", "lower", BINARY), "mixture(0.5*normal(0, 0.05), 0.5*normal(-1, 0.2))"),
    "spike": (("odds_ratio", "lower", BINARY), "spike_slab(0.3, normal(0, 0.7))"),
    "direction not stated": (
        ("rate_ratio", "lower", {"kind": "p_value", "p": 0.02, "favours": "unknown", "se": 0.3}),
        "mixture(0.7*normal(0, 0.2), 0.3*normal(-0.6, 0.3))",
    ),
}


def log_evidence(analysis, piece, random) -> tuple[float, float]:
    """Log evidence of a piece and its standard error; without the effect's dimension for a spike."""
    graph = graph_of(analysis, piece, [])
    model = graph.make()
    for name, value in graph.data.items():
        model.set_data(name, np.asarray(value, float))
    names = [rv.name for rv in model.free_RVs]
    if not names:
        return float(model.compile_logp()({})), 0.0
    shapes = {name: np.shape(value) for name, value in model.initial_point().items()}
    log_p = model.compile_logp()

    def at(x):
        ends = np.cumsum([int(np.prod(shapes[name])) for name in names])
        parts = zip(names, np.split(x, ends[:-1]), strict=True)
        return float(log_p({name: part.reshape(shapes[name]) for name, part in parts}))

    size = sum(int(np.prod(shapes[name])) for name in names)
    mode = optimize.minimize(lambda x: -at(x), np.zeros(size), method="Nelder-Mead", options={"maxiter": 4000}).x
    step = 1e-3 * np.eye(size)
    hessian = [[(at(mode + a + b) - at(mode + a - b) - at(mode - a + b) + at(mode - a - b)) / 4e-6 for b in step] for a in step]
    proposal = stats.multivariate_t(mode, 1.5 * np.linalg.inv(-np.array(hessian)), df=5, seed=random)
    draws = proposal.rvs(DRAWS).reshape(DRAWS, size)
    ratio = np.array([at(x) for x in draws]) - proposal.logpdf(draws)
    shifted = np.exp(ratio - ratio.max())
    total = float(np.log(shifted.mean()) + ratio.max())
    if piece.prior is not None:  # the graph's effect is in units of its own, whose Jacobian it leaves out
        effect = model.compile_fn(model["effect"], inputs=model.free_RVs, on_unused_input="ignore")
        point = {name: np.zeros(shapes[name]) for name in names}
        moved = point | {"effect_raw": np.ones(shapes["effect_raw"])}
        total += float(np.log(np.ravel(effect(moved))[0] - np.ravel(effect(point))[0]))
    return total, float(shifted.std() / shifted.mean() / np.sqrt(DRAWS))


@pytest.mark.parametrize("name", CASES)
def test_weights_agree_with_importance_sampling(name):
    report, prior = CASES[name]
    outcome = make_outcome(*report)
    (analysis,) = make_plan([outcome], load_priors(), [prior]).analyses
    pieces = split(analysis)
    assert len(pieces) > 1 and len(likelihood_curves(analysis)) == 1
    random = np.random.default_rng(20260101)
    found = [log_evidence(analysis, piece, random) for piece in pieces]
    log_prior = np.log([prior_weight(analysis, piece) for piece in pieces])
    log_weight = log_prior + np.array([log_z for log_z, _ in found])
    weights = np.exp(log_weight - np.logaddexp.reduce(log_weight))
    error = 4 * max(e for _, e in found) * weights * (1 - weights) * np.sqrt(2) + 1e-4
    for piece, weight, allowed in zip(pieces, weights, error, strict=True):
        assert weight == pytest.approx(piece.weight, abs=allowed), (piece, weights)


def prior_weight(analysis, piece) -> float:
    """The weight of a piece before the data: of its prior component, or of the spike."""
    prior = analysis.formed.distribution
    if piece.prior is None:
        return prior.spike
    weight = {str(part): weight for weight, part in prior.components}[str(piece.prior)]
    return weight * (1 - prior.spike)

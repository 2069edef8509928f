"""What a run costs and no test of numbers would notice: compiled structures, stored variables, bytes per draw.

The record is what was true when it was last written; a test fails where more is needed. Who has a reason for more
writes it there.
"""

import os
from collections import Counter

import h5py
import pytest
from support.paths import TESTS
from support.reports import REPORTS
from support.trials import make_analysis, make_outcome

from bayes import quadrature
from bayes.analysis.curves import likelihood_curves
from bayes.analysis.plan import make_plan
from bayes.analysis.targets import find_targets
from bayes.base.distributions import Distribution
from bayes.fitting.until_sound import sample_posterior
from bayes.priors.sets import load_priors
from bayes.results import store
from bayes.sampler import graphs, packing
from bayes.synthesis.file import load_synthesis

pytestmark = pytest.mark.nuts

STRUCTURES = {"single_trial": 12, "adverse_event_hierarchy": 1, "random_effects": 6}  # of everything shipped
STORED = {  # kind: (variables, bytes per draw with a thirtieth to spare); fewer belong here as soon as there are
    "binary OR": (12, 15.4),
    "ordinal": (24, 54.6),
    "means": (9, 10.8),
    "three trials": (13, 57.4),
}


def structure(analysis):
    """What the engine compiles once for this analysis and others like it."""
    curves = likelihood_curves(analysis) if analysis.joined_by else []
    whole = quadrature.UnimodalComponent(analysis.formed.distribution, "all", 1.0)
    graph = graphs.graph_of(analysis, whole, curves)
    layout = packing.lay_out(graph.data, graph.tables)
    data = packing.pack(graph.data, layout)
    return (*graph.identity, layout, *(array.shape for array in data.values()))


def test_everything_shipped_compiles_a_handful_of_structures():
    """Priors of several components are sampled by component, each with the graph of a prior of one."""
    plan = make_plan(find_targets([]), load_priors())
    found = Counter()
    for model in STRUCTURES:
        own = [a for a in plan.analyses if (a.joined_by or a.model) == model]
        alone = [row for analysis in own for row in ([one for _, one in analysis.rows] or [analysis])]
        found[model] = len({structure(a) for a in alone if not _is_mixture(a)})
    assert {(a.joined_by or a.model) for a in plan.analyses} == set(STRUCTURES)
    assert dict(found) == STRUCTURES


def _is_mixture(analysis) -> bool:
    prior = analysis.formed.distribution
    return analysis.joined_by is None and isinstance(prior, Distribution) and len(prior.components) > 1


@pytest.mark.parametrize("kind", STORED)
def test_a_posterior_stores_no_more_than_it_did(kind, tmp_path):
    target = load_synthesis(TESTS / "files" / "three_trials.toml") if kind == "three trials" else make_outcome(*REPORTS[kind])
    analysis = make_analysis(target, "neutral")
    path = store.save(sample_posterior(analysis), tmp_path, analysis.key)
    with h5py.File(path) as file:
        variables = [v for group in file.values() for v in group.values() if v.ndim >= 2]
        draws = variables[0].shape[0] * variables[0].shape[1]
    number, bytes_per_draw = STORED[kind]
    found = len(variables), os.path.getsize(path) / draws
    assert found[0] == number and found[1] <= bytes_per_draw <= 1.06 * found[1], found

"""A packed graph is the graph as written: the same density at the same point, whatever numbers are put in."""


import numpy as np
import pytensor
import pytest
from support.graphs import graph_under
from support.paths import TESTS
from support.reports import REPORTS
from support.trials import make_outcome

from bayes.sampler import packing
from bayes.sampler.machine.uncompiled import uncompiled
from bayes.synthesis.file import load_synthesis

pytestmark = pytest.mark.nuts

THREE = TESTS / "files" / "three_trials.toml"
ROWS = [
    {"soc": soc, "term": term, "treatment": {"persons": t}, "control": {"persons": c}}
    for soc, term, t, c in (("A", "a", 9, 3), ("A", "b", 7, 4), ("B", "c", 0, 4))
]
TARGETS = {
    "ordinal": lambda: make_outcome(*REPORTS["ordinal"]),
    "binary RD": lambda: make_outcome(*REPORTS["binary RD"]),
    "table": lambda: make_outcome(
        "odds_ratio", "lower", {"kind": "adverse_events", "n": {"treatment": 60, "control": 55}, "rows": ROWS}
    ),
    "synthesis": lambda: load_synthesis(THREE),
}


@pytest.fixture(autouse=True)
def cheap():
    """Graphs are evaluated a few times only: not worth compiling."""
    with uncompiled():
        yield


def density(model):
    """The log density of a model as a function of a point (a dictionary); its data can be replaced."""
    return pytensor.function(model.value_vars, model.logp())


@pytest.mark.parametrize(
    ("name", "priors", "one", "other"),
    [
        ("ordinal", "default", "normal(0, 0.5)", "mixture(0.4*normal(0, 1), 0.6*student_t(4, 1, 1))"),
        ("binary RD", "default", "uniform(-0.5, 0.5)", "uniform(-0.3, 0.2)"),
        ("binary RD", "arms", "jeffreys", "uniform"),
        ("table", "adverse_events", "berry", "c212"),
        ("synthesis", "default", "normal(0, 0.5)", "mixture(0.2*normal(0, 1), 0.3*normal(1, 1), 0.5*normal(-1, 2))"),
    ],
)
def test_one_packed_graph_serves_every_prior(name, priors, one, other):
    target = TARGETS[name]()
    graph = graph_under(target, one, priors)
    layout = packing.lay_out(graph.data, graph.tables)
    packed = packing.pack_model(graph.make(), layout)
    found = density(packed)
    rng = np.random.default_rng(0)
    point = {name: rng.uniform(0.1, 0.9, size=value.shape) for name, value in packed.initial_point().items()}
    seen = []
    for prior in (one, other):
        graph = graph_under(target, prior, priors)
        assert packing.lay_out(graph.data, graph.tables) == layout
        arrays = packing.pack(graph.data, layout)
        for shared in found.get_shared():
            shared.set_value(arrays[shared.name])
        seen.append(float(found(**point)))
        assert seen[-1] == pytest.approx(float(density(graph.make())(**point)), rel=1e-9)
    assert seen[0] != pytest.approx(seen[1], rel=1e-6)


def test_few_arrays_whatever_is_known():
    graph = graph_under(TARGETS["synthesis"](), "normal(0, 0.5)")
    layout = packing.lay_out(graph.data, graph.tables)
    assert len(graph.data) > 20 and set(packing.pack(graph.data, layout)) == {"numbers", "mu_prior_table", "tau_prior_table"}
    assert {shared.name for shared in density(packing.pack_model(graph.make(), layout)).get_shared()} == {
        "numbers",
        "mu_prior_table",
        "tau_prior_table",
    }


def test_another_shape_is_another_layout():
    """Eight categories need a graph of their own; fewer than seven share that of seven."""

    def layout(levels):
        counts = {"treatment": [3] * levels, "control": [4] * levels}
        evidence = {"kind": "ordinal", "categories": list("01234567"[:levels]), **counts}
        graph = graph_under(make_outcome("common_odds_ratio", "higher", evidence), "normal(0, 0.5)")
        return packing.lay_out(graph.data, graph.tables)

    assert layout(5) == layout(7) != layout(8)

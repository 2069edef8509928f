"""A compiled graph draws what nutpie's own compilation of the same model draws, but for rounding."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import nutpie
import pytest
from support.graphs import graph_under
from support.trials import REPORTS, make_outcome

from bayes.sampler import native, packing
from bayes.sampler.compiled import STATISTICS, CompiledGraph

pytestmark = pytest.mark.nuts

SETTINGS = {"draws": 300, "tune": 300, "chains": 2, "cores": 2, "seed": 7, "target_accept": 0.9}


@pytest.fixture(scope="module")
def counts():
    """A graph with parameters beside the effect, its packed model, its numbers, and the compiled graph."""
    graph = graph_under(make_outcome(*REPORTS["binary OR"]), "normal(0, 0.5)")
    layout = packing.lay_out(graph.data, graph.tables)
    model = packing.pack_model(graph.make(), layout)
    return model, layout, packing.pack(graph.data, layout), CompiledGraph(model, layout)


def test_its_draws_are_those_of_nutpies_own_compilation(counts):
    model, _, data, compiled = counts
    variables, statistics = compiled.sample(data, **SETTINGS)
    tree = nutpie.sample(nutpie.compile_pymc_model(model).with_data(**data), progress_bar=False, **SETTINGS)
    assert set(variables) == {str(name) for name in tree["posterior"] if not str(name).endswith("_raw")}
    for name, values in variables.items():
        np.testing.assert_allclose(values, tree["posterior"][name], rtol=1e-11, atol=1e-11, err_msg=name)
    for name, values in statistics.items():
        other = tree["sample_stats"][STATISTICS[name]].transpose("chain", "draw")
        np.testing.assert_allclose(values, other, rtol=1e-11, atol=1e-11, err_msg=name)


def test_other_numbers_and_a_longer_prior_need_no_compilation(counts):
    _, layout, data, compiled = counts
    other = graph_under(make_outcome(*REPORTS["binary OR"]), "mixture(0.4*normal(0, 0.01), 0.6*normal(0, 0.02))")
    assert packing.lay_out(other.data, other.tables) == layout
    before = compiled.sample(data, **SETTINGS)[0]["effect"]
    assert compiled.sample(packing.pack(other.data, layout), **SETTINGS)[0]["effect"].std() < 0.03 < before.std()
    np.testing.assert_array_equal(compiled.sample(data, **SETTINGS)[0]["effect"], before)


def test_starting_points_asked_for_at_once_are_those_asked_for_in_turn(counts):
    """PyTensor's functions keep state between the parts of an evaluation; nutpie asks from a thread per chain."""
    *_, compiled = counts
    seeds = [*range(40)] * 10
    in_turn = [compiled._start(seed) for seed in seeds]
    with ThreadPoolExecutor(8) as threads:
        np.testing.assert_array_equal([*threads.map(compiled._start, seeds)], in_turn)


def test_arrays_that_the_machine_code_would_misread_are_refused(counts):
    """It reads memory at an address: a table of another height, or data left in the graph, would go unnoticed."""
    model, layout, data, compiled = counts
    (table,) = (name for name, _ in layout.tables)
    with pytest.raises(ValueError, match=r"tables of \[4\] rows; accepted: 5"):
        compiled.sample(data | {table: data[table][:4]}, **SETTINGS)
    four = packing.Layout(layout.vector, tuple((f"table{i}", ()) for i in range(4)))
    with pytest.raises(ValueError, match="4 tables of prior components; accepted: at most 3"):
        CompiledGraph(model, four)
    with pytest.raises(ValueError, match=f"not packed: {table}"):
        CompiledGraph(model, packing.Layout(layout.vector, ()))


@pytest.mark.parametrize(("at", "said"), [(0.1, 0), (np.nan, native.GRADIENT), (np.inf, native.GRADIENT)])
def test_where_the_density_is_not_finite_the_sampler_is_told(counts, at, said):
    """As nutpie understands it: anything but zero is a divergence."""
    *_, data, compiled = counts
    whole, call = compiled._with(data), native.density.ctypes
    arrays = np.full(whole.n_dim, at), np.empty(whole.n_dim), np.empty(1), whole.user_data
    pointers = [a.ctypes.data_as(kind) for a, kind in zip(arrays, call.argtypes[1:], strict=True)]
    assert call(whole.n_dim, *pointers) == said

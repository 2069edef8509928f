"""A compiled graph draws what nutpie's own compilation of the same model draws, but for rounding."""

import ctypes
import dataclasses

import numpy as np
import nutpie
import pymc as pm
import pytensor.tensor as pt
import pytest
from support.graphs import graph_of, graph_under
from support.textbook_cases import analysis_of
from support.trials import REPORTS, make_outcome

from bayes.sampler import packing
from bayes.sampler.compiled import STATISTICS, NumbaGraph, compiled

pytestmark = pytest.mark.nuts

SETTINGS = {"draws": 300, "tune": 300, "chains": 2, "cores": 2, "seed": 7, "target_accept": 0.9}


@pytest.fixture(scope="module")
def counts():
    """A graph with parameters beside the effect: its packed model, its numbers, and the compiled graph."""
    graph = graph_under(make_outcome(*REPORTS["binary OR"]), "normal(0, 0.5)")
    layout = packing.lay_out(graph.data, graph.tables)
    model, data = packing.pack_model(graph.make(), layout), packing.pack(graph.data, layout)
    return model, layout, data, compiled(model, data)


def test_its_draws_are_those_of_nutpies_own_compilation(counts):
    model, _, data, graph = counts
    variables, statistics = graph.sample(data, **SETTINGS)
    start = graph.with_data(data).initial_point_func
    same_start = dataclasses.replace(nutpie.compile_pymc_model(model).with_data(**data), initial_point_func=start)
    tree = nutpie.sample(same_start, progress_bar=False, **SETTINGS)
    assert set(variables) == {str(name) for name in tree["posterior"] if not str(name).endswith("_raw")}
    for name, values in variables.items():
        np.testing.assert_allclose(values, tree["posterior"][name], rtol=1e-10, atol=1e-10, err_msg=name)
    for name, values in statistics.items():
        other = tree["sample_stats"][STATISTICS[name]].transpose("chain", "draw")
        np.testing.assert_allclose(values, other, rtol=1e-10, atol=1e-10, err_msg=name)


def test_other_numbers_need_no_compilation(counts):
    _, layout, data, graph = counts
    other = graph_under(make_outcome(*REPORTS["binary OR"]), "normal(0, 0.02)")
    before = graph.sample(data, **SETTINGS)[0]["effect"]
    assert graph.sample(packing.pack(other.data, layout), **SETTINGS)[0]["effect"].std() < 0.03 < before.std()
    np.testing.assert_array_equal(graph.sample(data, **SETTINGS)[0]["effect"], before)


def test_where_a_chain_starts_depends_on_its_own_numbers_only():
    """Two workers that meet the same posterior in another order draw the same."""
    first, second = (graph_of(analysis_of(make_outcome(*REPORTS["binary RD"]), prior)) for prior in ("uniform(-0.5, 0.5)", "uniform(-0.2, 0.1)"))
    layout = packing.lay_out(first.data, first.tables)
    one, two = packing.pack(first.data, layout), packing.pack(second.data, layout)
    by_one, by_two = (compiled(packing.pack_model(g.make(), layout), one) for g in (first, second))
    for data in (one, two):
        starts = [graph.with_data(data).initial_point_func(3) for graph in (by_one, by_two)]
        np.testing.assert_array_equal(*starts)
        np.testing.assert_array_equal(by_one.sample(data, **SETTINGS)[0]["effect"], by_two.sample(data, **SETTINGS)[0]["effect"])


def test_arrays_that_the_machine_code_would_misread_are_refused(counts):
    """It reads memory at an address: a table of another size, or data left in the graph, would go unnoticed."""
    model, layout, data, graph = counts
    (table,) = (name for name, _ in layout.tables)
    with pytest.raises(ValueError, match=r"data of shapes .*\(5, 2\).*; accepted: .*\(5, 1\)"):
        graph.sample(data | {table: np.repeat(data[table], 2, axis=1)}, **SETTINGS)
    with pytest.raises(ValueError, match=f"not packed: {table}"):
        compiled(model, {name: array for name, array in data.items() if name != table})


@pytest.mark.parametrize("at", [0.1, np.nan, np.inf])
def test_where_the_density_is_not_finite_the_sampler_is_told(counts, at):
    """As nutpie understands it: anything but zero is a divergence."""
    *_, data, graph = counts
    whole = graph.with_data(data)
    point, gradient, value = np.full(whole.n_dim, at), np.empty(whole.n_dim), np.empty(1)
    count, pointer = ctypes.c_int64, ctypes.c_void_p
    call = ctypes.CFUNCTYPE(count, count, *[pointer] * 4)(whole.compiled_logp_func.address)
    said = call(whole.n_dim, *(a.ctypes.data for a in (point, gradient, value, whole.user_data)))
    assert bool(said) == (not np.isfinite(at))


def test_an_operation_that_has_no_code_here_is_left_to_numba():
    """Both ways sample the same density: a normal one, written by an operation that is not known."""
    with pm.Model() as model:
        data = pm.Data("numbers", np.array([1.5, 0.5]))
        x = pm.Flat("x", shape=2)
        z = pt.sort((x - data[0]) / data[1])
        pm.Potential("normal", -0.5 * (z[0] ** 2 + z[1] ** 2))
        pm.Deterministic("twice", 2 * x)
    arrays = {"numbers": np.array([1.5, 0.5])}
    graph = compiled(model, arrays)
    assert isinstance(graph, NumbaGraph)
    variables, statistics = graph.sample(arrays, **SETTINGS | {"draws": 2000})
    assert set(variables) == {"x", "twice"} and variables["twice"].shape == (2, 2000, 2) and set(statistics) == set(STATISTICS)
    assert abs(variables["x"].mean() - 1.5) < 5 * 0.5 / np.sqrt(4000) and abs(variables["x"].std() - 0.5) < 0.05
    np.testing.assert_array_equal(variables["twice"], 2 * variables["x"])

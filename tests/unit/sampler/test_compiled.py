"""A compiled graph draws what nutpie's own compilation of the same model draws, but for rounding."""

import ctypes
import dataclasses

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from support.graphs import graph_of, graph_under
from support.reports import REPORTS
from support.textbook_cases import analysis_of
from support.trials import make_outcome

from bayes.sampler import compiled as compiled_graphs
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


def test_its_draws_are_those_of_nutpies_own_compilation():
    """Of the smallest graph: Numba takes long."""
    graph = graph_under(make_outcome(*REPORTS["estimate"]), "normal(0, 0.5)")
    layout = packing.lay_out(graph.data, graph.tables)
    model, data = packing.pack_model(graph.make(), layout), packing.pack(graph.data, layout)
    own, by_numba = compiled(model, data), NumbaGraph(model)
    start = own.with_data(data).initial_point_func
    by_numba._compiled = dataclasses.replace(by_numba._compiled, initial_point_func=start)
    (variables, statistics), (theirs, their_statistics) = own.sample(data, **SETTINGS), by_numba.sample(data, **SETTINGS)
    assert variables.keys() == theirs.keys() > {"effect"} and statistics.keys() == their_statistics.keys() == STATISTICS.keys()
    for found, expected in ((variables, theirs), (statistics, their_statistics)):
        for name, values in found.items():
            np.testing.assert_allclose(values, expected[name], rtol=1e-10, atol=1e-10, err_msg=name)


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


def test_an_operation_that_has_no_code_here_is_left_to_numba(monkeypatch):
    monkeypatch.setattr(compiled_graphs, "NumbaGraph", lambda model: model)
    with pm.Model() as model:
        x = pm.Flat("x", shape=2)
        pm.Potential("smaller", -0.5 * pt.sort(x - pm.Data("numbers", np.ones(2)))[0] ** 2)
    assert compiled(model, {"numbers": np.ones(2)}) is model


def test_an_interrupt_ends_the_sampler_and_is_passed_on(counts, monkeypatch):
    """nutpie itself would return what each chain has drawn by then, as if it were all."""
    _, _, data, graph = counts
    ended = []

    class Running:
        def wait(self):
            raise KeyboardInterrupt

        def cancel(self):
            ended.append(True)

    monkeypatch.setattr("nutpie.sample", lambda *_, **settings: ended.append(settings["blocking"]) or Running())
    with pytest.raises(KeyboardInterrupt):
        graph.sample(data, **SETTINGS)
    assert ended == [False, True]

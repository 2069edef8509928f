"""A packed graph as machine code that every refit, and every later process on the machine, uses again.

PyTensor compiles the log density with its gradient and the variables of a draw, and keeps them on disk. nutpie reaches
them through the two C functions of `bayes.sampler.native`; its own would have to be compiled again in every process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, pairwise
from math import prod
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes.sampler.packing import VECTOR, Layout

if TYPE_CHECKING:
    import pymc as pm

Numbers = NDArray[np.float64]
Shapes = Mapping[str, tuple[int, ...]]
EVERYTHING = "everything"  # the variables of a draw, joined, so that nutpie hands over one array a chain
UNUSED = "_raw"  # ends the name of a variable that only serves the sampler
STATISTICS = {  # those of nutpie that are kept, by their names in ArviZ
    "diverging": "diverging",
    "energy": "energy",
    "n_steps": "n_steps",
    "step_size": "step_size",
    "tree_depth": "depth",
}


class CompiledGraph:
    """A compiled graph, which is sampled with any data of its layout.

    Parameters
    ----------
    model : pm.Model
        As `packing.pack_model` returns it.
    layout : Layout
    """

    def __init__(self, model: pm.Model, layout: Layout) -> None:
        self._arrays = [VECTOR, *(name for name, _ in layout.tables)]
        self._start, self._free = _starting_point(model)
        of_transformed = {model.rvs_to_values[v].name for v, how in model.rvs_to_transforms.items() if how is not None}
        kept = [v for v in model.unobserved_value_vars if v.name not in of_transformed and not v.name.endswith(UNUSED)]
        self._kept = dict(zip([v.name for v in kept], _shapes(model, kept, self._free), strict=True))
        # in one function: it takes a fifth longer to compile two, and the variables cost a step little
        outputs = [*_density_and_gradient(model), _joined(kept)]
        self._function = _machine_code(model, outputs, self._free, self._arrays)

    def sample(
        self, data: Mapping[str, Numbers], *, tune: int, **settings: Any
    ) -> tuple[dict[str, Numbers], dict[str, NDArray[Any]]]:
        """Draw from the posterior by NUTS.

        Parameters
        ----------
        data : mapping of ndarray
            As `packing.pack` returns them.
        tune : int
            Steps of adaptation a chain, which are not returned.
        **settings
            `draws`, `chains`, `cores`, `seed` and `target_accept`, as for `nutpie.sample`.

        Returns
        -------
        variables : dict of ndarray, shape (chain, draw, ...)
            The variables of the graph by name, without those that only serve the sampler.
        statistics : dict of ndarray, shape (chain, draw)
            Of the sampler, under the names of ArviZ.
        """
        import nutpie

        trace = nutpie.sample(self._with(data), tune=tune, progress_bar=False, return_raw_trace=True, **settings)
        draws, statistics = trace.get_arrow_trace()
        everything = np.stack([_column(one, EVERYTHING, tune) for one in draws])
        ends = [0, *accumulate(map(prod, self._kept.values()))]
        variables = {
            name: everything[..., start:stop].reshape(*everything.shape[:2], *shape)
            for (name, shape), (start, stop) in zip(self._kept.items(), pairwise(ends), strict=True)
        }
        kept = {name: [_column(one, of_nutpie, tune) for one in statistics] for name, of_nutpie in STATISTICS.items()}
        return variables, {name: np.stack(chains) for name, chains in kept.items()}

    def _with(self, data: Mapping[str, Numbers]) -> Any:
        """Return what nutpie samples: this graph with these data."""
        from nutpie.compile_pymc import CompiledPyMCModel

        from bayes.sampler import native

        arrays = [np.ascontiguousarray(data[name]) for name in self._arrays]
        size, kept = sum(map(prod, self._free.values())), sum(map(prod, self._kept.values()))
        return CompiledPyMCModel(
            dims={},
            compiled_logp_func=native.density,
            compiled_expand_func=native.variables,
            initial_point_func=self._start,
            shared_data=dict(zip(self._arrays, arrays, strict=True)),  # kept alive for as long as the sampler reads it
            shared_var_keys={},
            user_data=native.words(self._function, arrays),
            n_expanded=kept,
            shape_info=([EVERYTHING], [slice(0, kept)], [(kept,)]),
            logp_func=self._function,
            expand_func=self._function,
            _n_dim=size,
            _shapes={EVERYTHING: (kept,)},
            _coords={"unconstrained_parameter": np.arange(size)},
        )


def _starting_point(model: pm.Model) -> tuple[Callable[[int], Numbers], Shapes]:
    """Return a function of a seed that draws where a chain starts, and the shapes of the free variables."""
    from pymc.initial_point import make_initial_point_fn

    start = make_initial_point_fn(
        model=model, default_strategy="support_point", jitter_rvs=set(model.free_RVs), return_transformed=True
    )
    one_at_a_time = Lock()  # nutpie asks for each chain in a thread of its own, and PyTensor's functions keep state

    def joined(seed: int) -> Numbers:
        with one_at_a_time:
            found = start(seed)
        return np.concatenate([np.ravel(found[name]) for name in names])

    names = [model.rvs_to_values[v].name for v in model.free_RVs]
    found = start(0)
    return joined, {name: np.shape(found[name]) for name in names}


def _density_and_gradient(model: pm.Model) -> list[Any]:
    """Return the log density of the free variables, unconstrained, and its gradient as one vector."""
    from pytensor.gradient import grad
    from pytensor.graph.rewriting.utils import rewrite_graph

    density: Any = rewrite_graph(model.logp(), include=["canonicalize", "stabilize"])
    slopes: Any = grad(density, [model.rvs_to_values[v] for v in model.free_RVs])
    return [density, _joined(slopes)]


def _joined(variables: Sequence[Any]) -> Any:
    import pytensor.tensor as pt

    return pt.concatenate([pt.as_tensor(v).ravel() for v in variables])


def _shapes(model: pm.Model, variables: Sequence[Any], free: Shapes) -> list[tuple[int, ...]]:
    """Return the shapes of variables of a graph, which may follow from its data."""
    from pytensor.compile.maker import function

    values = [model.rvs_to_values[v] for v in model.free_RVs]
    at: list[tuple[Any, Any]] = [(v, np.zeros(shape)) for v, shape in zip(values, free.values(), strict=True)]
    found = function([], [v.shape for v in variables], givens=at, mode="FAST_COMPILE", on_unused_input="ignore")()
    return [tuple(map(int, shape)) for shape in found]


def _machine_code(model: pm.Model, outputs: Sequence[Any], free: Shapes, arrays: Sequence[str]) -> Any:
    """Return outputs of a graph as a function of Numba, compiled for `native.ARGUMENTS`."""
    import pytensor.tensor as pt
    from pymc.pytensorf import compile as compile_function
    from pytensor.compile.sharedvalue import SharedVariable
    from pytensor.graph.replace import clone_replace
    from pytensor.graph.traversal import graph_inputs

    from bayes.sampler import native

    ends = [0, *accumulate(map(prod, free.values()))]
    point = pt.tensor("point", dtype="float64", shape=(ends[-1],))
    pieces = [point[i:j].reshape(shape) for (i, j), shape in zip(pairwise(ends), free.values(), strict=True)]
    replaced = dict(zip([model.rvs_to_values[v] for v in model.free_RVs], pieces, strict=True))
    if len(arrays) > 1 + native.TABLES:
        raise ValueError(f"{len(arrays) - 1} tables of prior components; accepted: at most {native.TABLES}")
    shared = {str(v.name): v for v in graph_inputs(outputs) if isinstance(v, SharedVariable)}
    if unknown := shared.keys() - set(arrays):  # its present values would stay in the graph
        raise ValueError(f"data of the graph that are not packed: {', '.join(sorted(unknown))}")
    inputs = [pt.vector(VECTOR), *(pt.matrix(f"table_{i}") for i in range(native.TABLES))]
    of_arrays = zip(arrays, inputs[: len(arrays)], strict=True)
    replaced |= {shared[name]: given for name, given in of_arrays if name in shared}
    found = clone_replace(outputs, replaced, rebuild_strict=False)
    with model:
        function = compile_function([point, *inputs], found, mode="NUMBA", on_unused_input="ignore")
    code = function.vm.jit_fn
    code.compile((native.ARGUMENTS,))
    return code


def _column(batch: Any, name: str, tune: int) -> Any:
    """Return one column of a trace without the steps of adaptation, shape (draw,) or (draw, number)."""
    import pyarrow

    column: Any = pyarrow.array(batch.column(name))
    if pyarrow.types.is_large_list(column.type):
        return column.flatten().to_numpy(zero_copy_only=False).reshape(len(column), -1)[tune:]
    return column.to_numpy(zero_copy_only=False)[tune:]

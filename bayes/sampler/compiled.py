"""A packed graph as machine code, which every refit uses again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import prod
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bayes.sampler.machine.functions import Library, addresses_of
from bayes.sampler.machine.scalars import UnknownOperation
from bayes.sampler.program import Program, kept_of, program_of

if TYPE_CHECKING:
    import pymc as pm

Numbers = NDArray[np.float64]
Trace = tuple[dict[str, Numbers], dict[str, NDArray[Any]]]
EVERYTHING = "everything"  # the variables of a draw, joined, so that nutpie hands over one array a chain
STATISTICS = {  # those of nutpie that are kept, by their names in ArviZ
    "diverging": "diverging",
    "energy": "energy",
    "tree_depth": "depth",
}


class CompiledGraph(Protocol):
    """A compiled graph, which is sampled with any data of its shapes."""

    def sample(self, data: Mapping[str, Numbers], *, tune: int, **settings: Any) -> Trace:
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


@dataclass(frozen=True)
class Address:
    """A C function, as nutpie asks for it."""

    address: int


class MachineGraph:
    """A graph in machine code.

    Parameters
    ----------
    program : Program
    shapes : mapping of str to tuple of int
        Of the data that it was compiled for, in their order.
    """

    def __init__(self, program: Program, shapes: Mapping[str, tuple[int, ...]]) -> None:
        self._program, self._shapes, self._library = program, shapes, Library(program.code)

    def sample(self, data: Mapping[str, Numbers], *, tune: int, **settings: Any) -> Trace:
        """Draw from the posterior by NUTS."""
        draws, statistics = trace_of(self.with_data(data), tune, settings)
        everything = draws(EVERYTHING)
        kept = self._program.kept
        ends = [0, *accumulate(map(prod, kept.values()))]
        variables = {
            name: everything[..., start:stop].reshape(*everything.shape[:2], *shape)
            for (name, shape), (start, stop) in zip(kept.items(), pairwise(ends), strict=True)
        }
        return variables, statistics

    def with_data(self, data: Mapping[str, Numbers]) -> Any:
        """Return what nutpie samples: this graph with data.

        Raises
        ------
        ValueError
            If the data have other shapes than the graph was compiled for: the code reads them at their addresses.
        """
        from nutpie.compile_pymc import CompiledPyMCModel

        if (found := {name: array.shape for name, array in data.items()}) != self._shapes:
            raise ValueError(f"data of shapes {found}; accepted: {self._shapes}")
        arrays = {name: np.ascontiguousarray(data[name], dtype=float) for name in self._shapes}
        size, kept = self._program.size, sum(map(prod, self._program.kept.values()))
        support = self._library.result("start", list(arrays.values()), (size,))

        def start(seed: Any) -> Numbers:
            return support + np.random.default_rng(seed).uniform(-1, 1, size)

        return CompiledPyMCModel(
            dims={},
            compiled_logp_func=Address(self._library.address("density")),
            compiled_expand_func=Address(self._library.address("variables")),
            initial_point_func=start,
            shared_data=arrays,  # kept alive for as long as the sampler reads them
            shared_var_keys={},
            user_data=addresses_of(list(arrays.values())),
            n_expanded=kept,
            shape_info=([EVERYTHING], [slice(0, kept)], [(kept,)]),
            logp_func=None,
            expand_func=None,
            _n_dim=size,
            _shapes={EVERYTHING: (kept,)},
            _coords={"unconstrained_parameter": np.arange(size)},
        )


class NumbaGraph:
    """A graph with an operation that has no code in this package, which nutpie compiles by Numba.

    Parameters
    ----------
    model : pm.Model
        As `packing.pack_model` returns it.
    """

    def __init__(self, model: pm.Model) -> None:
        import nutpie

        self._compiled, self._kept = nutpie.compile_pymc_model(model), [str(v.name) for v in kept_of(model)]

    def sample(self, data: Mapping[str, Numbers], *, tune: int, **settings: Any) -> Trace:
        """Draw from the posterior by NUTS."""
        draws, statistics = trace_of(self._compiled.with_data(**data), tune, settings)
        shapes = {name: shape for name, shape in zip(*self._compiled.shape_info[::2], strict=True)}
        return {n: (d := draws(n)).reshape(*d.shape[:2], *shapes[n]) for n in self._kept}, statistics


def compiled(model: pm.Model, arrays: Mapping[str, Numbers]) -> CompiledGraph:
    """Compile a packed model for data of given shapes.

    Parameters
    ----------
    model, arrays
        As in `program.program_of`.
    """
    try:
        return MachineGraph(program_of(model, arrays), {name: array.shape for name, array in arrays.items()})
    except UnknownOperation:
        return NumbaGraph(model)


def trace_of(
    sampled: Any, tune: int, settings: Mapping[str, Any]
) -> tuple[Callable[[str], Numbers], dict[str, NDArray[Any]]]:
    """Sample what nutpie compiled, and return its variables by name, as asked for, and its statistics."""
    import nutpie

    running = nutpie.sample(sampled, tune=tune, progress_bar=False, return_raw_trace=True, blocking=False, **settings)
    try:
        trace = running.wait()
    except BaseException:  # after Ctrl-C nutpie itself would return what each chain has by then
        running.cancel()
        raise
    draws, statistics = trace.get_arrow_trace()

    def variable(name: str) -> Numbers:
        return np.stack([_column(one, name, tune) for one in draws])

    kept = {name: [_column(one, of_nutpie, tune) for one in statistics] for name, of_nutpie in STATISTICS.items()}
    return variable, {name: np.stack(chains) for name, chains in kept.items()}


def _column(batch: Any, name: str, tune: int) -> Any:
    """Return one column of a trace without the steps of adaptation, shape (draw,) or (draw, number)."""
    import pyarrow

    column: Any = pyarrow.array(batch.column(name))
    if pyarrow.types.is_large_list(column.type):
        return column.flatten().to_numpy(zero_copy_only=False).reshape(len(column), -1)[tune:]
    return column.to_numpy(zero_copy_only=False)[tune:]

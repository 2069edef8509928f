"""A packed PyMC model as the three functions that sampling needs, in machine code: density, variables and start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes.sampler.machine.functions import STABLE, Source, compile_functions, shapes_of, stable
from bayes.sampler.machine.uncompiled import uncompiled

if TYPE_CHECKING:
    import pymc as pm

Numbers = NDArray[np.float64]
Shapes = Mapping[str, tuple[int, ...]]
UNUSED = "_raw"  # ends the name of a variable that only serves the sampler


@dataclass(frozen=True)
class Program:
    """What has to be known of a compiled model to sample it.

    Attributes
    ----------
    code : bytes
        Object code of the three functions for this machine.
    size : int
        The length of a point: of the free variables, unconstrained, end to end.
    kept : mapping of str to tuple
        The shapes of the variables of a draw by name, in the order in which they stand end to end.
    """

    code: bytes
    size: int
    kept: Shapes


def program_of(model: pm.Model, arrays: Mapping[str, Numbers]) -> Program:
    """Compile a model for data of given shapes.

    Parameters
    ----------
    model : pm.Model
        As `packing.pack_model` returns it.
    arrays : mapping of str to ndarray
        Its data, by the names of its shared variables; of their numbers nothing enters the code.

    Raises
    ------
    UnknownOperation
        If the model contains an operation that has no code here.
    ValueError
        If the model has data that are not among the arrays.
    """
    with uncompiled():
        functions, kept = functions_of(model, arrays)
    return Program(compile_functions(functions), functions["density"].shapes[0][0], kept)


def functions_of(model: pm.Model, arrays: Mapping[str, Numbers]) -> tuple[dict[str, Source], Shapes]:
    """Return the three functions of a model as graphs, and the shapes of the variables of a draw.

    Parameters
    ----------
    model, arrays
        As in `program_of`.
    """
    import pytensor.tensor as pt

    data = {name: pt.tensor(name, dtype="float64", shape=array.shape) for name, array in arrays.items()}
    given = [array.shape for array in arrays.values()]
    values, starts = [model.rvs_to_values[v] for v in model.free_RVs], _starts(model)
    pieces = shapes_of([pt.vector(), *data.values()], _moved(starts, {}, data), [(0,), *given])
    ends = [0, *accumulate(map(prod, pieces))]
    point, size = pt.tensor("point", dtype="float64", shape=(ends[-1],)), (ends[-1],)
    at = {v: point[i:j].reshape(s) for v, (i, j), s in zip(values, pairwise(ends), pieces, strict=True)}
    kept = kept_of(model)
    inputs = [point, *data.values()]
    shapes = shapes_of(inputs, _moved(kept, at, data), [size, *given])
    outputs = {"density": _density_and_gradient(model), "variables": [_joined(kept)], "start": [_joined(starts)]}
    functions = {name: Source(stable(inputs, _moved(some, at, data)), (size, *given)) for name, some in outputs.items()}
    return functions, dict(zip([str(v.name) for v in kept], shapes, strict=True))


def _starts(model: pm.Model) -> list[Any]:
    """Return where the free variables start, unconstrained: at the support points of their priors."""
    from pymc.initial_point import make_initial_point_expression

    found: list[Any] = make_initial_point_expression(
        free_rvs=model.free_RVs,
        rvs_to_transforms=model.rvs_to_transforms,
        initval_strategies=model.rvs_to_initial_values,
        return_transformed=True,
    )
    return found


def kept_of(model: pm.Model) -> list[Any]:
    """Return the variables of a draw: those of the model as written, and not those that only serve the sampler."""
    transformed = {model.rvs_to_values[v].name for v, how in model.rvs_to_transforms.items() if how is not None}
    return [v for v in model.unobserved_value_vars if v.name not in transformed and not v.name.endswith(UNUSED)]


def _density_and_gradient(model: pm.Model) -> list[Any]:
    """Return the log density of the free variables, unconstrained, and its gradient as one vector."""
    from pytensor.gradient import grad
    from pytensor.graph.rewriting.utils import rewrite_graph

    density: Any = rewrite_graph(model.logp(), include=STABLE)
    slopes: Any = grad(density, [model.rvs_to_values[v] for v in model.free_RVs])
    return [density, _joined(slopes)]


def _joined(variables: Sequence[Any]) -> Any:
    import pytensor.tensor as pt

    return pt.concatenate([pt.as_tensor(v).ravel() for v in variables])


def _moved(outputs: Sequence[Any], at: Mapping[Any, Any], data: Mapping[str, Any]) -> list[Any]:
    """Return outputs of a model with other variables in place of its free ones and of its data."""
    from pytensor.compile.sharedvalue import SharedVariable
    from pytensor.graph.replace import clone_replace
    from pytensor.graph.traversal import graph_inputs

    shared = {str(v.name): v for v in graph_inputs(outputs) if isinstance(v, SharedVariable)}
    if unknown := shared.keys() - data.keys():  # its present values would stay in the graph
        raise ValueError(f"data of the graph that are not packed: {', '.join(sorted(unknown))}")
    replaced = {**at, **{v: data[name] for name, v in shared.items()}}
    return clone_replace(list(outputs), replaced, rebuild_strict=False)

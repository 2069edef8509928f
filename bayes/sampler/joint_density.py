"""The joint log density of a report and its parameters, at many points, as a model file from outside states it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf
from threading import Lock
from typing import Any

import numpy as np

from bayes.base.arrays import FloatArray
from bayes.errors import NotFormable
from bayes.likelihoods.contract import Likelihood, load
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.sampler.machine.functions import Library, Source, compile_functions, stable
from bayes.sampler.machine.scalars import UnknownOperation
from bayes.sampler.machine.uncompiled import uncompiled

MOST = 2  # parameters that are integrated out

_one_at_a_time = Lock()  # PyTensor must not compile in two threads at once, and its functions keep state

Joint = Callable[[FloatArray, FloatArray], FloatArray]


def compiled(name: str, outcome: Outcome, nuisance: Nuisance) -> tuple[Joint, int]:
    """Return the joint log density of a report and its parameters as the model file states it.

    Parameters
    ----------
    name : str
        The name of the likelihood.
    outcome : Outcome
    nuisance : Nuisance

    Returns
    -------
    joint : callable
        (theta, shape (n,); parameters on the unconstrained scale, shape (n, size)) -> log density, shape (n,).
    size : int
        How many numbers the file estimates besides the effect.

    Raises
    ------
    NotFormable
        If there are more than two.
    """
    file = load(name)
    data = {key: np.asarray(value, float)[None] for key, value in file.prepare(outcome, nuisance).items()}
    structure = file, tuple((key, value.shape) for key, value in data.items())
    with _one_at_a_time:
        if structure not in _structures:
            _structures[structure] = _Structure.of(name, file, data)
    one = _structures[structure]
    return partial(one.log_density, data), one.size


@dataclass(frozen=True, slots=True)
class _Structure:
    """The joint log density of a model file at many effects and parameters, for data of given shapes."""

    function: Callable[[FloatArray, Sequence[FloatArray]], FloatArray]  # of points (effect, parameters) and data
    size: int

    @classmethod
    def of(cls, name: str, file: Likelihood, data: Mapping[str, FloatArray]) -> _Structure:
        import pymc as pm
        import pytensor.tensor as pt
        from pytensor.compile.sharedvalue import shared as shared_variable
        from pytensor.graph.basic import Variable
        from pytensor.graph.replace import clone_replace
        from pytensor.graph.rewriting.utils import rewrite_graph

        known = {key: shared_variable(value, shape=value.shape) for key, value in data.items()}
        with pm.Model() as model, uncompiled():
            theta = pt.dscalar("theta")
            pm.Potential("report", file.log_likelihood(theta[None], known).sum())
            start = model.initial_point()
            shapes = [np.shape(start[value.name]) for value in model.value_vars]
            ends = np.cumsum([0, *(np.prod(shape, dtype=int) for shape in shapes)])
            if (size := int(ends[-1])) > MOST:
                raise NotFormable(
                    f"{name} estimates {size} numbers besides the effect, and at most {MOST} are integrated "
                    "numerically: give its card a `curve`"
                )
            point = pt.tensor("point", dtype="float64", shape=(1 + size,))
            parts = {
                value: point[1 + low : 1 + high].reshape(shape)
                for value, shape, low, high in zip(model.value_vars, shapes, ends[:-1], ends[1:], strict=True)
            }
            # impossible parameters have density zero, where PyMC would raise an error
            rewrites = "canonicalize", "local_check_parameter_to_ninf_switch"
            log_p = rewrite_graph(model.logp(), include=rewrites)
            if not isinstance(log_p, Variable):
                raise TypeError("one log density was expected")
        given = [pt.tensor(dtype="float64", shape=value.shape) for value in data.values()]
        replaced = {theta: point[0], **parts, **dict(zip(known.values(), given, strict=True))}
        return cls(_function(point, given, clone_replace(log_p, replaced, rebuild_strict=False)), size)

    def log_density(self, data: Mapping[str, FloatArray], effects: FloatArray, rows: FloatArray) -> FloatArray:
        """Return the log density at each effect with its row of parameters."""
        found = self.function(np.column_stack([effects, rows]), [np.ascontiguousarray(v) for v in data.values()])
        return np.where(np.isnan(found), -inf, found)


def _function(point: Any, data: Sequence[Any], log_p: Any) -> Callable[[FloatArray, Sequence[FloatArray]], FloatArray]:
    """Compile a log density for many points; PyTensor's own way knows every operation and takes longer."""
    from pytensor.compile.maker import function as compile_function
    from pytensor.graph.replace import vectorize_graph

    source = Source(stable([point, *data], [log_p]), tuple(v.type.shape for v in (point, *data)), of_many=True)
    try:
        library = Library(compile_functions({"joint": source}))
    except UnknownOperation:
        points = point.type.clone(shape=(None, *point.type.shape))()
        by_pytensor = compile_function([points, *data], vectorize_graph(log_p, {point: points}))

        def one_at_a_time(rows: FloatArray, arrays: Sequence[FloatArray]) -> FloatArray:
            with _one_at_a_time:
                return np.asarray(by_pytensor(rows, *arrays), dtype=float)

        return one_at_a_time
    return lambda rows, arrays: library.result("joint", arrays, (len(rows),), rows)


# of this process: a sensitivity analysis asks for the curves of dozens of reports of one structure
_structures: dict[tuple[Likelihood, tuple[tuple[str, tuple[int, ...]], ...]], _Structure] = {}

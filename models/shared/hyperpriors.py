"""Hyperpriors of a hierarchy: the families that its graph may contain, whose numbers are data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pymc as pm

from bayes.models.shared.signatures import Tensor

FAMILY: dict[str, Callable[..., Tensor]] = {  # arguments as in prior expressions
    "normal": lambda name, mean, sd, shape: pm.Normal(name, mean, sd, shape=shape),
    "student_t": lambda name, df, mean, scale, shape: pm.StudentT(name, df, mean, scale, shape=shape),
    "inverse_gamma": lambda name, a, b, shape: pm.InverseGamma(name, a, b, shape=shape),
    "gamma": lambda name, a, b, shape: pm.Gamma(name, a, b, shape=shape),
    "lognormal": lambda name, mean, sd, shape: pm.LogNormal(name, mean, sd, shape=shape),
    "half_normal": lambda name, sd, shape: pm.HalfNormal(name, sd, shape=shape),
    "half_cauchy": lambda name, scale, shape: pm.HalfCauchy(name, scale, shape=shape),
    "half_student_t": lambda name, df, scale, shape: pm.HalfStudentT(name, df, scale, shape=shape),
}

Prior = tuple[str, Sequence[Tensor]]
"""The family of a hyperprior, which is part of the graph, and its numbers, which are data, shape ()."""

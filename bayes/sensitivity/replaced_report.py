"""A synthesis with the likelihood of some reports replaced; only their surfaces are recomputed."""

from __future__ import annotations

from dataclasses import replace

from bayes import quadrature
from bayes.analysis.curves import plane_of_synthesis
from bayes.base.arrays import FloatArray
from bayes.sensitivity.subject import Subject


def with_curve(subject: Subject, i: int, curve: quadrature.Curve) -> quadrature.Curve:
    """Return L(mu) of a synthesis with another likelihood curve for the i-th report."""
    return with_curves(subject, {i: curve})


def with_curves(subject: Subject, curves: dict[int, quadrature.Curve]) -> quadrature.Curve:
    """Return L(mu) of a synthesis with other likelihood curves for some reports, by position."""
    plane = plane_of_synthesis(subject.analysis)
    changed = quadrature.replace_curves(plane, curves)
    return quadrature.curve_of_mean(changed, subject.heterogeneity)


def weighted(curve: quadrature.Curve, weight: float) -> quadrature.Curve:
    """Raise a likelihood to a power, so that its report counts `weight` times."""
    if curve.normal is not None:
        y, s = curve.normal
        curve = replace(curve, normal=(y, s / weight**0.5))
    whole = curve

    def log_l(theta: FloatArray) -> FloatArray:
        return weight * whole(theta)

    return replace(curve, parts={"all": log_l}, width=curve.width / weight**0.5)

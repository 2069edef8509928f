"""Reports and how they are read: likelihood curves and planes, computed once and remembered for the next prior."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.curves import curve
from bayes.quadrature.likelihood_curve import Curve
from bayes.quadrature.plane import Plane, make_plane

ON_CURVE = {"evidence", "measure", "benefit", "selection"}  # what of an outcome its likelihood curve depends on


@dataclass(frozen=True)
class Reading:
    """One report as one likelihood reads it.

    Attributes
    ----------
    outcome : Outcome
    nuisance : Nuisance
        Priors of what the likelihood estimates beside the effect.
    likelihood : str
    omega : float
        How likely a result that is not significant was to be printed, relative to one that is (1: no selection).
    """

    outcome: Outcome
    nuisance: Nuisance
    likelihood: str
    omega: float = 1.0

    @cached_property
    def key(self) -> tuple:
        """What the curve depends on: equal keys, equal curves."""
        return self.outcome.model_dump_json(include=ON_CURVE), self.nuisance, self.likelihood, self.omega


remembered: dict[tuple, Curve] = {}  # curves of this process, by the key of their reading
_planes: dict[tuple, Plane] = {}


def curves_of(readings: Sequence[Reading]) -> list[Curve]:
    """The likelihood curve of every report."""
    for reading in readings:
        if reading.key not in remembered:
            remembered[reading.key] = curve(reading.outcome, reading.nuisance, reading.likelihood, reading.omega)
    return [remembered[reading.key] for reading in readings]


def plane_of(readings: Sequence[Reading], nu: float | None = None) -> Plane:
    """The plane of mu and tau of several reports; `nu` degrees of freedom between trials, None for a normal."""
    key = (*(reading.key for reading in readings), nu)
    if key not in _planes:
        _planes[key] = make_plane(curves_of(readings), nu)
    return _planes[key]

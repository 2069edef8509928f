"""Reports with the likelihood that reads each: their curves and planes, computed once per process and cached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bayes.paper.stated_design import StatedDesign
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.curves import curve
from bayes.quadrature.likelihood_curve import Curve, smoothed
from bayes.quadrature.plane import Plane, make_plane
from bayes.quadrature.scatter import NORMAL, Scatter

type Key = tuple[str, float, Nuisance, str, float]  # the report as JSON, its unit, the priors, the likelihood, omega

# the fields of an outcome that its curve depends on
ON_CURVE = {"evidence", "measure", "benefit", "selection", *StatedDesign.model_fields}


@dataclass(frozen=True)
class Reading:
    """One report as read by one likelihood.

    Attributes
    ----------
    outcome : Outcome
    nuisance : Nuisance
        Priors of the parameters that the likelihood estimates besides the effect.
    likelihood : str
    omega : float
        How likely a non-significant result is to be published, relative to a significant one (1: no selection).
    """

    outcome: Outcome
    nuisance: Nuisance
    likelihood: str
    omega: float = 1.0

    @cached_property
    def key(self) -> Key:
        """A key of everything the curve depends on: equal keys imply equal curves."""
        report = self.outcome.model_dump_json(include=ON_CURVE)
        return report, self.outcome.unit, self.nuisance, self.likelihood, self.omega


remembered: dict[Key, Curve] = {}  # the curves of this process by `Reading.key`
_planes: dict[tuple[object, ...], Plane] = {}


def curves_of(readings: Sequence[Reading]) -> list[Curve]:
    """Return the likelihood curve of every report, from the cache where possible.

    Parameters
    ----------
    readings : sequence of Reading

    Returns
    -------
    list of Curve
        On the analysis scale, one per report.
    """
    for reading in readings:
        if reading.key not in remembered:
            found = curve(reading.outcome, reading.nuisance, reading.likelihood, reading.omega)
            remembered[reading.key] = smoothed(found) if found.costly else found
    return [remembered[reading.key] for reading in readings]


def plane_of(readings: Sequence[Reading], scatter: Scatter = NORMAL) -> Plane:
    """Return the plane of mu and tau of several reports, from the cache where possible.

    Parameters
    ----------
    readings : sequence of Reading
    scatter : Scatter
        The distribution of effects about mu in units of tau.
    """
    key = (*(reading.key for reading in readings), scatter.name)
    if key not in _planes:
        _planes[key] = make_plane(curves_of(readings), scatter)
    return _planes[key]

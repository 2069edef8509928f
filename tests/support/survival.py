"""Patients with times to an event, the figure that a paper would draw of them, and digitised curves as files have them."""

from __future__ import annotations

from copy import deepcopy

import numpy as np

from bayes import load_trial
from bayes.base.kaplan_meier import KaplanMeier, Patients
from bayes.base.reconstruction import Curve
from support.paths import TESTS
from support.reports import REPORTS

PUBLISHED = {path.stem: path for path in sorted((TESTS / "files/curves").glob("*.toml"))}
LITTLE = REPORTS["digitised curve"][2]
SIX_MP = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
"""Events and censored times of the arm given 6-mercaptopurine (Freireich et al. 1963, Blood 21:699-716), in weeks."""
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], []


def patients_of(arm: tuple[list[float], list[float]]) -> Patients:
    events, censored = arm
    return Patients.of(np.array([*events, *censored], dtype=float), np.repeat([1.0, 0.0], [len(events), len(censored)]))


def planted(generator: np.random.Generator, n: int, hazard: float, shape: float = 1.0, seen: tuple[float, float] = (18, 36)) -> Patients:
    """Weibull times with cumulative hazard (hazard t)^shape, censored when a trial with steady recruitment ends."""
    times = generator.exponential(size=n) ** (1 / shape) / hazard
    followed = generator.uniform(*seen, size=n)
    return Patients.of(np.minimum(times, followed), (times <= followed).astype(float))


def figure_of(patients: Patients, generator: np.random.Generator, noise: float = 0.003, every: float = 6.0, points: int = 150, events: bool = False) -> Curve:
    """What is read off the figure: points at steps of equal width, with noise and to a tenth of a per cent."""
    curve, end = KaplanMeier.of(patients), float(patients.times[-1])
    times = np.linspace(0, end, points + 1)[1:]
    read = np.array([curve.at(t)[0] for t in times]) + generator.normal(0, noise, size=points)
    risk = np.arange(0, end, every)
    return Curve(
        tuple(np.round(times, 2).tolist()),
        tuple(np.clip(np.round(read, 3), 0, 1).tolist()),
        tuple(risk.tolist()),
        tuple(int(n) for n in patients.at_risk(risk)),
        patients.total_events if events else None,
    )


def published(name: str):
    (outcome,) = load_trial(PUBLISHED[name]).outcomes.values()
    return outcome


def as_evidence(treatment: Curve, control: Curve, **more) -> dict:
    """The figure of both arms as a file would have it, survival in percent."""
    arms = {
        name: {
            "times": list(read.times),
            "survival": [round(100 * s, 1) for s in read.survival],
            "at_risk_times": list(read.at_risk_times),
            "at_risk": list(read.at_risk),
        }
        for name, read in (("treatment", treatment), ("control", control))
    }
    return {"kind": "digitised_curve", "unit": "months", **arms, **more}


def changed(arm: str, **fields) -> dict:
    found = deepcopy(LITTLE)
    found[arm] |= fields
    return found

"""What the likelihoods of event counts share: exposure, the two rates, and how they are shown."""

from __future__ import annotations

import numpy as np
import pytensor.tensor as pt

from bayes.models.priors import nuisance


def counts(outcome) -> dict[str, float]:
    """Events, persons and exposure (in average participant follow-ups) per arm."""
    evidence = outcome.evidence
    exposure = dict(zip(("treatment", "control"), evidence.relative_exposure, strict=True))
    row = {}
    for arm in ("treatment", "control"):
        a = getattr(evidence, arm)
        row |= {f"events_{arm}": a.events, f"n_{arm}": a.n, f"exposure_{arm}": exposure[arm]}
    return row


def rates(theta, data):
    """Expected events per arm, ((arm, mean), ...), symmetric about the midpoint."""
    mid = nuisance("mid_log_rate", data)
    return (
        ("treatment", data["exposure_treatment"] * pt.exp(mid + theta / 2)),
        ("control", data["exposure_control"] * pt.exp(mid - theta / 2)),
    )


def poisson_log_p(events, mean):
    """Poisson log probability."""
    return events * pt.log(mean) - mean - pt.gammaln(events + 1)


def describe(effect, draws, outcome):
    """Rates per arm and their difference: per average follow-up, or per unit of the printed exposure."""
    evidence, mid = outcome.evidence, draws["mid_log_rate"]
    unit = 1.0
    if evidence.treatment.exposure is not None:
        unit = float(
            (evidence.treatment.exposure + evidence.control.exposure) / (evidence.treatment.n + evidence.control.n)
        )
    treatment, control = np.exp(mid + effect / 2) / unit, np.exp(mid - effect / 2) / unit
    return {
        "rate_treatment": ((), treatment),
        "rate_control": ((), control),
        "rate_difference": ((), treatment - control),
    }

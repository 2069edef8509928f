"""The parts that likelihoods of event counts share: exposure, the two rates, and their presentation."""

from __future__ import annotations

import numpy as np
import pytensor.tensor as pt

from bayes.models.shared.priors import nuisance, nuisance_row

ARMS = ("treatment", "control")


def counts(outcome, priors) -> dict[str, float]:
    """Return events, persons (where known), exposure (in units of `follow_up`) and the baseline prior; all scalars."""
    evidence = outcome.evidence
    exposure = dict(zip(ARMS, evidence.relative_exposure, strict=True))
    row = {"baseline_offset": priors.baseline_offset} | nuisance_row("mid_log_rate", priors.events)
    for arm in ARMS:
        a = getattr(evidence, arm)
        row |= {f"events_{arm}": a.events, f"exposure_{arm}": exposure[arm]}
        row |= {} if a.n is None else {f"n_{arm}": a.n}
    return row


def rates(theta, data):
    """Return the expected events of each arm, ((arm, mean), ...), symmetric about the midpoint of the log rates.

    theta : (trial,), log rate ratio. data : as `counts`, each (trial,). mean : (trial,).
    """
    mid = nuisance("mid_log_rate", data, prior_at=-data["baseline_offset"] * theta)
    return (
        ("treatment", data["exposure_treatment"] * pt.exp(mid + theta / 2)),
        ("control", data["exposure_control"] * pt.exp(mid - theta / 2)),
    )


def log_surjections(events: int, persons: int) -> float:
    """Return log [x^T] (e^x - 1)^m: the ways T events can fall on exactly m persons, over T! (scaled Stirling numbers).

    It uses the all-positive recursion h(t+1, m) = m (h(t, m) + h(t, m-1)) / (t+1), h(0, 0) = 1.
    """
    log_h = np.full(persons + 1, -np.inf)
    log_h[0] = 0.0
    with np.errstate(divide="ignore"):
        log_m = np.log(np.arange(persons + 1))
    for t in range(events):
        fewer = np.concatenate([[-np.inf], log_h[:-1]])
        log_h = log_m + np.logaddexp(log_h, fewer) - np.log(t + 1)
    return float(log_h[persons])


def poisson_log_p(events, mean):
    """Return the Poisson log probability of `events`, elementwise."""
    return events * pt.log(mean) - mean - pt.gammaln(events + 1)


def describe(effect, draws, outcome):
    """Return the rate of each arm and their difference, per average follow-up or per unit of the printed exposure.

    `nnt` is the number treated over that follow-up (or unit) for one more good outcome; negative values count to one
    more bad outcome. effect : (chain, draw), log rate ratio. draws : own parameters, each (chain, draw).
    """
    mid, unit = draws["mid_log_rate"], outcome.evidence.follow_up
    treatment, control = np.exp(mid + effect / 2) / unit, np.exp(mid - effect / 2) / unit
    return compared(treatment, control, outcome)


def compared(treatment: np.ndarray, control: np.ndarray, outcome) -> dict[str, tuple]:
    """Return two rates, their difference and the number needed to treat, each in the shape of the rates."""
    with np.errstate(divide="ignore"):
        shown = {
            "rate_treatment": treatment,
            "rate_control": control,
            "rate_difference": treatment - control,
            "nnt": 1 / (outcome.sign * (treatment - control)),
        }
    return {name: ((), values) for name, values in shown.items()}

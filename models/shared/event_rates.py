"""The parts that likelihoods of event counts share: exposure, the two rates, and their presentation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray

from bayes.base.arrays import FloatArray
from bayes.models.shared import priors, textbook_priors
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.arms import EventsInArm
from bayes.paper.evidence.counts import Events
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

ARMS = ("treatment", "control")


def arms_of(outcome: Outcome) -> dict[str, EventsInArm]:
    """Return what is printed for each arm, by the arm's name."""
    evidence = of_kind(outcome.evidence, Events)
    return {"treatment": evidence.treatment, "control": evidence.control}


def persons_of(arm: EventsInArm) -> tuple[int, int]:
    """Return n and the persons with an event of an arm that states both."""
    if arm.n is None or arm.persons is None:
        raise ValueError("the arm does not state n and the persons with an event")
    return arm.n, arm.persons


def counts(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's events, persons (where known), exposure and the baseline prior.

    Parameters
    ----------
    outcome : Outcome
        With event evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of float
        Exposure in units of `follow_up`.
    """
    exposure = dict(zip(ARMS, of_kind(outcome.evidence, Events).relative_exposure, strict=True))
    row: Row = {"baseline_offset": nuisance.baseline_offset}
    row |= priors.nuisance_row("mid_log_rate", nuisance.events)
    for arm, printed in arms_of(outcome).items():
        row |= {f"events_{arm}": printed.events, f"exposure_{arm}": exposure[arm]}
        row |= {} if printed.n is None else {f"n_{arm}": printed.n}
    return row


def rates(theta: Tensor, data: Report) -> tuple[tuple[str, Tensor], ...]:
    """Return the expected events of each arm, symmetric about the midpoint of the log rates, and declare that midpoint.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        Log rate ratio.
    data : mapping of Tensor, shape (trial,)
        As `counts`.

    Returns
    -------
    tuple of (arm, Tensor), shape (trial,)
        Natural scale.
    """
    mid = priors.nuisance("mid_log_rate", data, prior_at=-data["baseline_offset"] * theta)
    return (
        ("treatment", data["exposure_treatment"] * pt.exp(mid + theta / 2)),
        ("control", data["exposure_control"] * pt.exp(mid - theta / 2)),
    )


def expected(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> Tensor:
    """Add the baseline and both rates to the current model, and return the expected events of both arms.

    Parameters
    ----------
    effect : Tensor, shape ()
        Log rate ratio.
    outcome : Outcome
        With event evidence.
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.

    Returns
    -------
    Tensor, shape (arm,)
        Natural scale.
    """
    evidence = of_kind(outcome.evidence, Events)
    mid = textbook_priors.baseline("log_rate", nuisance.events, effect, nuisance.baseline_offset, of)
    per_follow_up = pt.exp(mid + effect / 2), pt.exp(mid - effect / 2)
    for arm, rate in zip(ARMS, per_follow_up, strict=True):
        pm.Deterministic(f"rate_{arm}{of}", rate / evidence.follow_up)  # per unit of the printed exposure
    exposure = pm.Data(f"exposure{of}", evidence.relative_exposure, dims="arm")  # in average follow-ups
    mean: Tensor = pt.stack(per_follow_up) * exposure
    return mean


def observe_persons(
    outcome: Outcome,
    parameters: list[Tensor],
    log_p: Callable[..., Tensor],
    draw_person: Callable[..., NDArray[np.int64]],
    of: str = "",
) -> None:
    """Add the events of both arms and the persons on whom they fell, jointly, to the current model.

    The density holds for the printed counts, for which its constants or its table are made; draws count the events of
    every person.

    Parameters
    ----------
    outcome : Outcome
        With events, persons with an event and n per arm.
    parameters : list of Tensor, shape (arm,)
        Of the distribution of a person's count.
    log_p : callable
        The log probability of the printed (events, persons) per arm, (arm,), from the parameters.
    draw_person : callable
        (random generator, *numbers, n) -> counts of n persons of one arm, (n,).
    of : str
        The ending of names, which says whose they are.
    """
    printed = arms_of(outcome)
    pm.modelcontext(None).add_coord("counted", ["events", "persons"])
    n = [persons_of(arm)[0] for arm in printed.values()]

    def logp(value: Tensor, *numbers: Tensor) -> Tensor:
        """Return the log probability of the printed counts, (arm,); value : (arm, counted), numbers : (arm,)."""
        return log_p(*numbers)

    def random(*numbers: FloatArray, rng: np.random.Generator, size: Any) -> NDArray[np.int64]:
        """Return events and persons of drawn arms, (*size, arm, counted); numbers : (arm,)."""
        drawn = np.empty((*np.broadcast_shapes(tuple(size or ()), numbers[0].shape), 2), dtype=np.int64)
        each = np.broadcast_arrays(*numbers, drawn[..., 0])[:-1]
        for place in np.ndindex(drawn.shape[:-1]):
            count = draw_person(rng, *(number[place] for number in each), n[place[-1]])
            drawn[place] = count.sum(), (count > 0).sum()
        return drawn

    pm.CustomDist(
        f"events{of}",
        *parameters,
        logp=logp,
        random=random,
        signature=",".join("()" for _ in parameters) + "->(2)",
        dtype="int64",
        observed=[[arm.events, persons_of(arm)[1]] for arm in printed.values()],
        dims=("arm", "counted"),
    )


def recovered(stored: Draws, outcome: Outcome, nuisance: Nuisance) -> dict[str, FloatArray]:
    """Return the baseline of the rates from a stored posterior, midway between the arms and in the control arm.

    Parameters
    ----------
    stored : mapping of ndarray, shape (chain, draw)
        `effect`, and both rates as in `compared`.
    outcome : Outcome
        With event evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of ndarray, shape (chain, draw)
        Logs of rates per average follow-up.
    """
    unit = of_kind(outcome.evidence, Events).follow_up
    mid = (np.log(stored["rate_treatment"]) + np.log(stored["rate_control"])) / 2 + np.log(unit)
    return {"mid_log_rate": mid, "control_log_rate": mid - nuisance.baseline_offset * stored["effect"]}


def log_surjections(events: int, persons: int) -> float:
    """Return log [x^T] (e^x - 1)^m: the ways T events can fall on exactly m persons, over T! (scaled Stirling numbers).

    It uses the all-positive recursion h(t+1, m) = m (h(t, m) + h(t, m-1)) / (t+1), h(0, 0) = 1.

    Parameters
    ----------
    events, persons : int
        T and m.
    """
    log_h = np.full(persons + 1, -np.inf)
    log_h[0] = 0.0
    with np.errstate(divide="ignore"):
        log_m = np.log(np.arange(persons + 1))
    for t in range(events):
        fewer = np.concatenate([[-np.inf], log_h[:-1]])
        log_h = log_m + np.logaddexp(log_h, fewer) - np.log(t + 1)
    return float(log_h[persons])


def poisson_log_p(events: Tensor, mean: Tensor) -> Tensor:
    """Return the Poisson log probability of a count.

    Parameters
    ----------
    events, mean : Tensor, shape (trial,)

    Returns
    -------
    Tensor, shape (trial,)
    """
    log_p: Tensor = events * pt.log(mean) - mean - pt.gammaln(events + 1)
    return log_p


def describe(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return the rate of each arm and their difference, per average follow-up or per unit of the printed exposure.

    `nnt` is the number treated over that follow-up (or unit) for one more good outcome; negative values count to one
    more bad outcome.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw)
        Log rate ratio.
    draws : mapping of ndarray, shape (chain, draw)
        With `mid_log_rate`.
    outcome : Outcome
        With event evidence.

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw)
        Natural scale.
    """
    mid, unit = draws["mid_log_rate"], of_kind(outcome.evidence, Events).follow_up
    treatment, control = np.exp(mid + effect / 2) / unit, np.exp(mid - effect / 2) / unit
    return compared(treatment, control, outcome)


def compared(treatment: FloatArray, control: FloatArray, outcome: Outcome) -> Derived:
    """Return two rates, their difference and the number needed to treat.

    Parameters
    ----------
    treatment, control : ndarray, shape (chain, draw, ...)
        Rates, natural scale.
    outcome : Outcome

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw, ...)
        Natural scale.
    """
    with np.errstate(divide="ignore"):
        shown = {
            "rate_treatment": treatment,
            "rate_control": control,
            "rate_difference": treatment - control,
            "nnt": 1 / (outcome.sign * (treatment - control)),
        }
    return {name: ((), values) for name, values in shown.items()}

"""Two arms with separate priors; the effect follows from both.

    p_arm ~ Beta(a_arm, b_arm),        x_arm ~ Binomial(n_arm, p_arm)          persons with an event
    lambda_arm ~ Gamma(a_arm, b_arm),  T_arm ~ Poisson(E_arm lambda_arm)       events
    effect = log odds ratio, log risk ratio or risk difference of the p; log rate ratio of the lambda

Known: the counts, n or exposure, and both priors (each may be a mixture). Estimated: both risks or rates. Assumes that
the arms are independent: unlike a prior of the effect, this makes very large effects as likely as the arms' priors
imply. The posterior is also known in closed form (conjugate).

`build` makes the graph that is compiled once and refitted; `textbook` writes the same model as one would by hand.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.base import measures
from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution
from bayes.models.shared import priors, textbook_priors
from bayes.models.shared.event_rates import compared
from bayes.models.shared.signatures import Derived, Draws, Row
from bayes.models.shared.two_risks import describe
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.arms import EventsInArm
from bayes.paper.evidence.counts import Binary, Events
from bayes.paper.trial import Outcome

ARMS = ("treatment", "control")


def prepare(outcome: Outcome) -> Row:
    """Return events and persons, or events and exposure (as printed, else persons), per arm.

    Parameters
    ----------
    outcome : Outcome
        With binary or event evidence.

    Returns
    -------
    dict of float
        `x_treatment`, `x_control`, `size_treatment`, `size_control`.
    """
    events, sizes = _counts(outcome)
    row: Row = {f"x_{arm}": x for arm, x in zip(ARMS, events, strict=True)}
    return row | {f"size_{arm}": size for arm, size in zip(ARMS, sizes, strict=True)}


def _counts(outcome: Outcome) -> tuple[tuple[int, int], tuple[float, float]]:
    """Return events, and persons or exposure, of the treatment and the control arm."""
    match outcome.evidence:
        case Binary(treatment=t, control=c):
            return (t.events, c.events), (float(t.n), float(c.n))
    events = of_kind(outcome.evidence, Events)
    counts = events.treatment.events, events.control.events
    return counts, (_size(events.treatment), _size(events.control))


def _size(arm: EventsInArm) -> float:
    """Return the exposure of an arm as printed, else its persons."""
    return float(arm.exposure or arm.n or 0)


def build(family: str, data: Mapping[str, FloatArray], beliefs: Mapping[str, Mapping[str, FloatArray]]) -> pm.Model:
    """Build the PyMC model; every number enters as `pm.Data`.

    Parameters
    ----------
    family : {"beta", "gamma"}
        Prior family of the arms, on the natural scale: a risk or a rate.
    data : mapping of ndarray, shape ()
        As `prepare` returns it.
    beliefs : mapping of mapping of ndarray, shape (component,) or ()
        Per arm the numbers of its prior, as `priors.table` returns them (for risks also `low` and `high`).

    Returns
    -------
    pm.Model
    """
    with pm.Model() as model:
        report = {name: pm.Data(name, value) for name, value in data.items()}
        for arm in ARMS:
            known = {name: pm.Data(f"prior_{arm}_{name}", value) for name, value in beliefs[arm].items()}
            x, size = report[f"x_{arm}"], report[f"size_{arm}"]
            if family == "beta":
                risk = priors.declare(arm, known, "interval", shape=(1,))
                log_l = x * pt.log(risk) + (size - x) * pt.log1p(-risk)
            else:
                rate = priors.declare(arm, known, "positive", shape=(1,), unit=1.0)
                log_l = x * pt.log(rate) - size * rate
            pm.Potential(f"report_{arm}", log_l.sum())
    return model


def textbook(outcome: Outcome, treatment: Distribution, control: Distribution) -> pm.Model:
    """Write the model of one outcome by hand.

    Parameters
    ----------
    outcome : Outcome
        With binary or event evidence.
    treatment, control : Distribution
        Priors of both arms on the natural scale: of risks, or of rates per unit of the printed exposure.

    Returns
    -------
    pm.Model
    """
    events, sizes = _counts(outcome)
    binary = isinstance(outcome.evidence, Binary)
    what, bounds = ("risk", (0.0, 1.0)) if binary else ("rate", textbook_priors.REAL_LINE)
    with pm.Model(coords={"arm": list(ARMS)}) as model:
        t = textbook_priors.named(f"{what}_treatment", treatment, bounds)
        c = textbook_priors.named(f"{what}_control", control, bounds)
        match outcome.measure:
            case "risk_difference":
                difference = t - c
            case "odds_ratio":
                difference = pt.log(t) - pt.log1p(-t) - pt.log(c) + pt.log1p(-c)
            case _:
                difference = pt.log(t) - pt.log(c)
        log_ratio = pm.Deterministic("effect", difference)
        if measures.is_log(outcome.measure):
            pm.Deterministic(outcome.measure, pt.exp(log_ratio))
        if binary:
            n = pm.Data("n", np.array(sizes, dtype=int), dims="arm")
            pm.Binomial("events", n=n, p=pt.stack([t, c]), observed=events, dims="arm")
        else:
            exposure = pm.Data("exposure", sizes, dims="arm")
            pm.Poisson("events", mu=pt.stack([t, c]) * exposure, observed=events, dims="arm")
    return model


def effect(treatment: FloatArray, control: FloatArray, measure: str) -> FloatArray:
    """Return the effect on the analysis scale from draws of both arms.

    Parameters
    ----------
    treatment, control : ndarray, shape (chain, draw)
        Risks or rates, natural scale.
    measure : str

    Returns
    -------
    ndarray, shape (chain, draw)
    """
    if measure == "risk_difference":
        return treatment - control
    log_ratio: FloatArray = np.log(treatment) - np.log(control)
    if measure == "odds_ratio":
        log_ratio = np.log(treatment) - np.log1p(-treatment) - np.log(control) + np.log1p(-control)
    return log_ratio


def derived(draws: Draws, outcome: Outcome) -> Derived:
    """Return both arms and every comparison of them.

    Parameters
    ----------
    draws : mapping of ndarray, shape (chain, draw)
        `treatment` and `control`, natural scale.
    outcome : Outcome

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw)
        On their natural scales.
    """
    t, c = draws["treatment"], draws["control"]
    if isinstance(outcome.evidence, Binary):
        return describe(t, c, outcome)
    return compared(t, c, outcome)

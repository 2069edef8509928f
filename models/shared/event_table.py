"""The counts of a table of adverse events: their numbers, and their likelihood in the fast graph and in the textbook's.

Rows count persons (binomial) or events (Poisson, or negative binomial with a size per row).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.base.distributions import Distribution
from bayes.models.shared import priors, textbook_priors
from bayes.models.shared.signatures import Report, Tensor
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.counts import Binary, Events
from bayes.paper.trial import Outcome

ARMS = ("treatment", "control")


def counts(row: Outcome) -> tuple[list[float], list[float], list[float]]:
    """Return events, persons and size (persons, or relative exposure) of a row, each (arm,)."""
    match row.evidence:
        case Binary(treatment=t, control=c):
            n = [float(t.n), float(c.n)]
            return [float(t.events), float(c.events)], n, n
    evidence = of_kind(row.evidence, Events)
    arms = evidence.treatment, evidence.control
    return [float(a.events) for a in arms], [float(a.n or 0) for a in arms], list(evidence.relative_exposure)


def of_arms(name: str, values: Sequence[float]) -> dict[str, float]:
    """Return the numbers of both arms by name: `<name>_treatment` and `<name>_control`."""
    return {f"{name}_{arm}": value for arm, value in zip(ARMS, values, strict=True)}


def log_likelihood(likelihood: str, report: Report) -> Callable[[Tensor, Tensor], Tensor]:
    """Return the log likelihood per row, up to a constant, as a function of gamma and theta; declare k if needed.

    Parameters
    ----------
    likelihood : str
        As for `adverse_event_hierarchy.prepare`.
    report : mapping of Tensor, shape (row,)

    Returns
    -------
    callable
        (gamma, theta) -> log likelihood, all of shape (row,), gamma and theta on the log scale.
    """
    k = pt.exp(priors.nuisance("log_k", report)) if likelihood == "events_negative_binomial" else None

    def of_arm(arm: str, eta: Tensor) -> Tensor:
        """Return the log likelihood of one arm, (row,); eta : (row,), log odds or log rate."""
        x, size = report[f"x_{arm}"], report[f"size_{arm}"]
        mean = size * pt.exp(eta)
        log_l: Tensor
        if likelihood == "binomial":
            log_l = x * eta - size * pt.softplus(eta)
        elif k is None:
            log_l = x * eta - mean
        else:
            of_persons = report[f"n_{arm}"] * k
            share = x * (eta - pt.log(of_persons + mean)) - of_persons * pt.log1p(mean / of_persons)
            log_l = share + pt.gammaln(x + of_persons) - pt.gammaln(of_persons)
        return log_l

    def of_rows(gamma: Tensor, theta: Tensor) -> Tensor:
        """Return the log likelihood of both arms, (row,); gamma and theta : (row,), log scale."""
        log_l: Tensor = of_arm("treatment", gamma + upwards * theta) + of_arm("control", gamma - (1 - upwards) * theta)
        return log_l

    upwards = 0.5 + report["baseline_offset"]
    return of_rows


def information(likelihood: str, report: Report) -> Tensor:
    """Return the observed Fisher information of both arms on the baseline of each row, (row,); dispersion is ignored.

    Parameters
    ----------
    likelihood : str
        As for `adverse_event_hierarchy.prepare`.
    report : mapping of Tensor, shape (row,)
    """

    def of_arm(arm: str) -> Tensor:
        """Return the information of one arm, (row,)."""
        x: Tensor = report[f"x_{arm}"]
        return x * (1 - x / report[f"size_{arm}"]) if likelihood == "binomial" else x

    known: Tensor = of_arm("treatment") + of_arm("control")
    return known


def observe(likelihood: str, rows: Sequence[Outcome], eta: Tensor, dispersion: Distribution) -> None:
    """Add the counts of a table to the current model.

    Parameters
    ----------
    likelihood : str
        As for `adverse_event_hierarchy.prepare`.
    rows : sequence of Outcome
    eta : Tensor, shape (row, arm)
        Log odds or log rates.
    dispersion : Distribution
        Prior of log k.
    """
    x, n, size = (np.array(column) for column in zip(*map(counts, rows), strict=True))  # (row, arm)
    observed, dims = x.astype(int), ("row", "arm")
    if likelihood == "binomial":
        persons = pm.Data("n", n.astype(int), dims=dims)
        pm.Binomial("events", n=persons, p=pt.sigmoid(eta), observed=observed, dims=dims)
        return
    mean = pm.Data("exposure", size, dims=dims) * pt.exp(eta)
    if likelihood == "events_poisson":
        pm.Poisson("events", mu=mean, observed=observed, dims=dims)
    else:
        k = pm.Deterministic("size", pt.exp(textbook_priors.named("log_k", dispersion, dims="row")), dims="row")
        pm.NegativeBinomial("events", mu=mean, alpha=n * k[:, None], observed=observed, dims=dims)

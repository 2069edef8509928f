"""Adverse events: terms j within body systems b, with effects that may be exactly zero.

    x_arm,bj ~ Binomial(n_arm, p_arm,bj)                  persons with the event, eta = logit p
    T_arm,bj ~ Poisson(E_arm lambda_arm,bj), or NegativeBinomial(same mean, size n_arm k_bj)    events, eta = log lambda
    eta_treatment = gamma_bj + theta_bj / 2,   eta_control = gamma_bj - theta_bj / 2
    gamma_bj ~ Normal(mu_gamma_b, sigma_gamma_b^2)
    theta_bj = 0 with probability pi_b, else ~ Normal(mu_theta_b, sigma_theta_b^2)
    mu_gamma_b ~ Normal(mu_gamma_0, tau_gamma^2),   mu_theta_b ~ Normal(mu_theta_0, tau_theta^2)
    pi_b ~ Beta(alpha_pi, beta_pi),   alpha_pi - 1 and beta_pi - 1 ~ share prior
    mu_gamma_0, mu_theta_0 ~ location prior,   sigma^2 and tau^2, each ~ variance prior

Known: the counts, n or exposure, and the hyperpriors. Estimated: all quantities in Greek letters. Assumes that the
terms of a body system are exchangeable given their system, and systems given the table, that rows count different
events, and that the arms share k. With `baseline_offset` 1/2 the baseline is the control arm's, as in the papers.

The model is that of Berry and Berry (2004), Biometrics 60:418-26. Without the point mass it is model 1a of Xia, Ma and
Carlin (2011), J Biopharm Stat 21:1006-29, who also give the Poisson with exposure. NUTS needs a continuous posterior,
so the point mass is summed out: given all else, theta_bj is zero with probability `p_null`, and zeros are drawn from it
afterwards. `build` makes this graph; `textbook` writes the model as in the papers, with an indicator of zero per row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.tensor.special import logaddexp

from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution
from bayes.models.shared import event_rates, event_table, hyperpriors, priors, textbook_priors, two_risks
from bayes.models.shared.signatures import Derived, Draws, Row, Tensor
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.adverse_events import AdverseEvents
from bayes.paper.evidence.counts import Binary, Events
from bayes.paper.trial import Outcome
from bayes.priors.hierarchy import Hierarchy

ARMS = ("treatment", "control")
OF_TABLE = ("mu_gamma_0", "mu_theta_0", "tau_gamma", "tau_theta", "alpha_pi", "beta_pi")
OF_SYSTEM = ("mu_gamma", "mu_theta", "sigma_gamma", "sigma_theta", "pi")
OF_ROW = ("gamma", "size", "p_null")
USUAL = 3.0  # precision within and between systems that centring supposes: the mean of the usual prior's 1 / variance
SQUARED = ("tau_gamma", "tau_theta", "sigma_gamma", "sigma_theta")  # the graph contains their squares


def prepare(
    rows: Sequence[Outcome], likelihood: str, baseline_offset: float, dispersion: Distribution
) -> dict[str, FloatArray]:
    """Return the numbers of a table.

    Parameters
    ----------
    rows : sequence of Outcome
        The rows, each as a separate outcome (`Outcome.rows`).
    likelihood : {"binomial", "events_poisson", "events_negative_binomial"}
    baseline_offset : float
        0 for a baseline midway between the arms, 1/2 for that of the control arm.
    dispersion : Distribution
        Prior of log k; used only by the negative binomial.

    Returns
    -------
    dict of ndarray, shape (row,)
        `baseline_offset` of shape ().
    """
    found = []
    for row in rows:
        events, n, size = event_table.counts(row)
        numbers: Row = {**event_table.of_arms("x", events), **event_table.of_arms("size", size)}
        if likelihood == "events_negative_binomial":
            numbers |= event_table.of_arms("n", n) | priors.nuisance_row("log_k", dispersion)
        found.append(numbers)
    table: dict[str, FloatArray] = {name: np.array([row[name] for row in found]) for name in found[0]}
    return table | {"baseline_offset": np.array(baseline_offset)}


def build(
    likelihood: str,
    systems: Sequence[int],
    data: Mapping[str, FloatArray],
    beliefs: Mapping[str, tuple[str, Sequence[float]]],
) -> pm.Model:
    """Build the PyMC model; every number enters as `pm.Data` and can be replaced without recompiling.

    Parameters
    ----------
    likelihood : str
        As for `prepare`.
    systems : sequence of int, length (row,)
        Position of every row's body system.
    data : mapping of ndarray, shape (row,)
        As `prepare` returns it.
    beliefs : mapping of (family, numbers)
        Hyperpriors "location" and "variance", and "share" where an effect may be exactly zero.

    Returns
    -------
    pm.Model
    """
    of_row = np.array(systems)
    with pm.Model() as model:
        report = {name: pm.Data(name, value) for name, value in data.items()}
        prior: dict[str, hyperpriors.Prior] = {
            role: (family, [pm.Data(f"prior_{role}_{i}", number) for i, number in enumerate(numbers)])
            for role, (family, numbers) in beliefs.items()
        }
        known = event_table.information(likelihood, report)
        gamma = _within_systems("gamma", of_row, prior, known, known)
        # effects less centred than the counts alone would have it: where one is zero, its own value is not informed
        theta = _within_systems("theta", of_row, prior, known / 4, known / 32)
        log_l = event_table.log_likelihood(likelihood, report)
        with_effect = log_l(gamma, theta)
        if "share" not in prior:
            pm.Potential("report", with_effect.sum())
            return model
        alpha, beta = (
            pm.Deterministic(name, 1 + _declare(f"{name}_above_1", prior["share"])) for name in ("alpha_pi", "beta_pi")
        )
        pi = pm.Beta("pi", alpha, beta, shape=_count(of_row))[of_row]
        none, some = pt.log(pi) + log_l(gamma, pt.zeros_like(theta)), pt.log1p(-pi) + with_effect
        pm.Deterministic("p_null", pt.sigmoid(none - some))
        pm.Potential("report", logaddexp(none, some).sum())
    return model


def _declare(name: str, prior: hyperpriors.Prior, shape: tuple[int, ...] = ()) -> Tensor:
    """Declare a hyperparameter of this shape: its family is part of the graph, the numbers of its prior are data."""
    family, numbers = prior
    return hyperpriors.FAMILY[family](name, *numbers, shape=shape)


def _count(of_row: NDArray[np.int64]) -> int:
    """Return the number of body systems; of_row : (row,), the position of each row's system."""
    return int(of_row.max()) + 1


def _within_systems(
    name: str, of_row: NDArray[np.int64], prior: Mapping[str, hyperpriors.Prior], known: Tensor, known_apart: Tensor
) -> Tensor:
    """Declare values per row, normal within systems, whose means are normal within the table.

    Rows and systems are centred as far as the counts inform them. Few events carry little information on a row, and
    centred it would be held to its system; hundreds carry much, and not centred it would hold its system's mean and
    spread. On the 632 terms of a registry, the smallest effective sample size of 12,000 draws was 430 with no row and
    every system centred, and is 2,300.

    Parameters
    ----------
    name : str
    of_row : ndarray, shape (row,)
        Position of every row's body system.
    prior : mapping of (family, numbers)
    known, known_apart : Tensor, shape (row,)
        Information of the counts on each value: for the system's mean, and for the value itself.

    Returns
    -------
    Tensor, shape (row,)
        Log odds or log rates.
    """
    count = _count(of_row)
    mean_0 = _declare(f"mu_{name}_0", prior["location"])
    tau = pt.sqrt(_declare(f"tau_{name}_squared", prior["variance"]))
    sigma = pt.sqrt(_declare(f"sigma_{name}_squared", prior["variance"], (count,)))
    member = (of_row[:, None] == np.arange(count)).astype(float)
    of_systems = ((known / (1 + known / USUAL))[:, None] * member).sum(axis=0)
    mean = _partly_centred(f"mu_{name}", mean_0, tau, of_systems)
    return _partly_centred(name, mean[of_row], sigma[of_row], known_apart)


def _partly_centred(name: str, mean: Tensor, sd: Tensor, known: Tensor) -> Tensor:
    """Declare normal values through variables between the values themselves and their standard scores.

    With c between 0 and 1, raw ~ Normal(c mean, sd^c) and value = mean + sd^(1 - c) (raw - c mean): the value is
    Normal(mean, sd) for every c, the standard score is sampled at 0 and the value at 1 (Papaspiliopoulos, Roberts and
    Skold 2007, Statistical Science 22:59-73).

    Parameters
    ----------
    name : str
    mean, sd : Tensor
        Of the values; scalars, or of the shape of `known`.
    known : Tensor, shape (value,)
        Information of the data on each value.

    Returns
    -------
    Tensor, shape (value,)
    """
    c, log_sd = known / (known + USUAL), pt.log(sd)
    raw = pm.Normal(f"{name}_raw", c * mean, pt.exp(c * log_sd), shape=priors.shape_of(c))
    values: Tensor = pm.Deterministic(name, mean + pt.exp((1 - c) * log_sd) * (raw - c * mean))
    return values


def textbook(likelihood: str, table: Outcome, hierarchy: Hierarchy, dispersion: Distribution) -> pm.Model:
    """Write the model of a table of adverse events by hand, with an indicator of zero per row.

    Parameters
    ----------
    likelihood : str
        As for `prepare`.
    table : Outcome
        With a table of adverse events as evidence.
    hierarchy : Hierarchy
    dispersion : Distribution
        Prior of log k; used only by the negative binomial.

    Returns
    -------
    pm.Model
    """
    evidence = of_kind(table.evidence, AdverseEvents)
    of_row, upwards = np.array(evidence.systems), 0.5 + hierarchy.baseline_offset
    names = [name for name, _ in table.rows]
    coords = {"arm": list(ARMS), "row": names, "body_system": list(evidence.body_systems)}
    with pm.Model(coords=coords) as model:
        gamma = pm.Deterministic("gamma", _named_rows("gamma", of_row, hierarchy), dims="row")
        theta = _named_rows("theta", of_row, hierarchy)
        if hierarchy.share is not None:
            above = [textbook_priors.named(f"{name}_pi_above_1", hierarchy.share) for name in ("alpha", "beta")]
            alpha, beta = pm.Deterministic("alpha_pi", 1 + above[0]), pm.Deterministic("beta_pi", 1 + above[1])
            pi = pm.Beta("pi", alpha=alpha, beta=beta, dims="body_system")
            theta = pt.switch(pm.Bernoulli(textbook_priors.NO_EFFECT, p=pi[of_row], dims="row"), 0.0, theta)
        effect = pm.Deterministic("effect", theta, dims="row")
        pm.Deterministic(table.measure, pt.exp(effect), dims="row")
        eta = pt.stack([gamma + upwards * effect, gamma - (1 - upwards) * effect], axis=1)
        event_table.observe(likelihood, [row for _, row in table.rows], eta, dispersion)
    return model


def _named_rows(name: str, of_row: NDArray[np.int64], hierarchy: Hierarchy) -> Tensor:
    """Add values per row, normal within systems, whose means are normal within the table, to the current model.

    Parameters
    ----------
    name : str
    of_row : ndarray, shape (row,)
        Position of every row's body system.
    hierarchy : Hierarchy

    Returns
    -------
    Tensor, shape (row,)
        Log odds or log rates.
    """
    variance = hierarchy.variance
    mean_0 = textbook_priors.named(f"mu_{name}_0", hierarchy.location)
    tau = pm.Deterministic(f"tau_{name}", pt.sqrt(textbook_priors.named(f"tau_{name}_squared", variance)))
    squared = textbook_priors.named(f"sigma_{name}_squared", variance, dims="body_system")
    sigma = pm.Deterministic(f"sigma_{name}", pt.sqrt(squared), dims="body_system")
    mean = pm.Normal(f"mu_{name}", mu=mean_0, sigma=tau, dims="body_system")
    values: Tensor = mean[of_row] + sigma[of_row] * pm.Normal(f"{name}_z", dims="row")
    return values


def recovered(stored: Draws, systems: Sequence[int], seed: int) -> dict[str, FloatArray]:
    """Return the parameters of `textbook` from a stored posterior.

    Parameters
    ----------
    stored : mapping of ndarray, shape (chain, draw, ...)
        As `derived` names them, with `effect` (row,).
    systems : sequence of int, length (row,)
        Position of every row's body system.
    seed : int
        For the effect that there would be, where it is zero: given the hierarchy, nothing informs it.

    Returns
    -------
    dict of ndarray, shape (chain, draw, ...)
    """
    of_row = np.array(systems)
    found = dict(stored) | {f"{name}_squared": stored[name] ** 2 for name in SQUARED}
    for name, values in (("gamma", stored["gamma"]), ("theta", stored["effect"])):
        found[f"{name}_z"] = (values - stored[f"mu_{name}"][..., of_row]) / stored[f"sigma_{name}"][..., of_row]
    if "pi" in stored:
        none = stored["effect"] == 0
        drawn = np.random.default_rng(seed).standard_normal(none.shape)
        found |= {textbook_priors.NO_EFFECT: none.astype(float), "theta_z": np.where(none, drawn, found["theta_z"])}
        found |= {f"{name}_above_1": stored[name] - 1 for name in ("alpha_pi", "beta_pi")}
    if "size" in stored:
        found["log_k"] = np.log(stored["size"])
    return found


def effects(theta: FloatArray, p_null: FloatArray | None, seed: int) -> FloatArray:
    """Return draws of the effects with their exact zeros.

    Parameters
    ----------
    theta : ndarray, shape (chain, draw, row)
        Effects given that they are not zero, on the log scale.
    p_null : ndarray, shape (chain, draw, row), or None
        Probability at each draw of a zero effect; None without a point mass.
    seed : int

    Returns
    -------
    ndarray, shape (chain, draw, row)
    """
    if p_null is None:
        return theta
    return np.where(np.random.default_rng(seed).random(theta.shape) < p_null, 0.0, theta)


def derived(effect: FloatArray, draws: Draws, rows: Sequence[Outcome], baseline_offset: float) -> Derived:
    """Return named quantities for the reader.

    They are the risks or rates of both arms (rates per unit of the printed exposure, else per average follow-up) and
    their comparisons, from the same draws, then the parameters of the hierarchy, with variances as standard deviations.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw, row)
        As `effects` returns it.
    draws : mapping of ndarray, shape (chain, draw, ...)
        Draws of all parameters.
    rows, baseline_offset
        As for `prepare`.

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw, ...)
        `dims` are those beyond (chain, draw).
    """
    high, low = draws["gamma"] + (0.5 + baseline_offset) * effect, draws["gamma"] - (0.5 - baseline_offset) * effect
    some = rows[0]
    if isinstance(some.evidence, Binary):
        compared = two_risks.describe(two_risks.expit(high), two_risks.expit(low), some)
        del compared["odds_ratio"]  # the measure itself
    else:
        unit = of_kind(some.evidence, Events).follow_up
        compared = event_rates.compared(np.exp(high) / unit, np.exp(low) / unit, some)
    del compared["nnt"]  # infinite where the effect is zero; implied by the difference
    shown: Derived = {name: (("row",), quantity[1]) for name, quantity in compared.items()}
    known = dict(draws) | {name: np.sqrt(draws[f"{name}_squared"]) for name in SQUARED}
    known |= {"size": np.exp(draws["log_k"])} if "log_k" in draws else {}
    parts: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
        (OF_ROW, ("row",)),
        (OF_SYSTEM, ("body_system",)),
        (OF_TABLE, ()),
    )
    for names, dims in parts:
        shown |= {name: (dims, known[name]) for name in names if name in known}
    return shown

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
events, and that the arms share k. With `baseline_offset` 1/2 the baseline is that of the control
arm (gamma and gamma + theta), as in the papers.

The model is that of Berry and Berry (2004), Biometrics 60:418-26. Without the point mass it is model 1a of Xia, Ma and
Carlin (2011), J Biopharm Stat 21:1006-29, who also give the Poisson with exposure. NUTS needs a continuous posterior,
so the point mass is summed out: given all else, theta_bj is zero with probability `p_null`, and zeros are drawn from it
afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.models.shared import event_rates, priors, two_risks

ARMS = ("treatment", "control")
OF_TABLE = ("mu_gamma_0", "mu_theta_0", "tau_gamma", "tau_theta", "alpha_pi", "beta_pi")
OF_SYSTEM = ("mu_gamma", "mu_theta", "sigma_gamma", "sigma_theta", "pi")
OF_ROW = ("gamma", "size", "p_null")
SQUARED = ("tau_gamma", "tau_theta", "sigma_gamma", "sigma_theta")  # the graph contains their squares
FAMILY = {  # arguments as in prior expressions
    "normal": lambda name, mean, sd, shape: pm.Normal(name, mean, sd, shape=shape),
    "student_t": lambda name, df, mean, scale, shape: pm.StudentT(name, df, mean, scale, shape=shape),
    "inverse_gamma": lambda name, a, b, shape: pm.InverseGamma(name, a, b, shape=shape),
    "gamma": lambda name, a, b, shape: pm.Gamma(name, a, b, shape=shape),
    "lognormal": lambda name, mean, sd, shape: pm.LogNormal(name, mean, sd, shape=shape),
    "half_normal": lambda name, sd, shape: pm.HalfNormal(name, sd, shape=shape),
    "half_cauchy": lambda name, scale, shape: pm.HalfCauchy(name, scale, shape=shape),
    "half_student_t": lambda name, df, scale, shape: pm.HalfStudentT(name, df, scale, shape=shape),
}


def prepare(rows: Sequence, likelihood: str, baseline_offset: float, dispersion) -> dict[str, np.ndarray]:
    """Return the numbers of a table, each (row,).

    Parameters
    ----------
    rows : sequence of Outcome
        The rows, each as a separate outcome (`Outcome.rows`).
    likelihood : {"binomial", "events_poisson", "events_negative_binomial"}
    baseline_offset : float
        0 for a baseline midway between the arms, 1/2 for that of the control arm.
    dispersion : Distribution
        Prior of log k; used only by the negative binomial.
    """
    found = []
    for row in rows:
        evidence = row.evidence
        arms = [getattr(evidence, arm) for arm in ARMS]
        n = [float(arm.n) for arm in arms]
        size = n if evidence.kind == "binary" else evidence.relative_exposure
        counts = {f"x_{name}": float(arm.events) for name, arm in zip(ARMS, arms, strict=True)}
        found.append(counts | _pair("size", size) | (_pair("n", n) if likelihood == "events_negative_binomial" else {}))
        if likelihood == "events_negative_binomial":
            found[-1] |= priors.nuisance_row("log_k", dispersion)
    return {name: np.array([row[name] for row in found]) for name in found[0]} | {
        "baseline_offset": np.array(baseline_offset)
    }


def build(
    likelihood: str,
    systems: Sequence[int],
    data: dict[str, np.ndarray],
    beliefs: dict[str, tuple[str, Sequence[float]]],
) -> pm.Model:
    """Build the PyMC model; every number enters as `pm.Data` and can be replaced without recompiling.

    Parameters
    ----------
    likelihood : str
        As for `prepare`.
    systems : sequence of int, length (row,)
        Position of every row's body system.
    data : dict of ndarray, shape (row,)
        As `prepare` returns it.
    beliefs : dict of (family, numbers)
        Hyperpriors "location" and "variance", and "share" where an effect may be exactly zero.
    """
    of_row = np.array(systems)
    with pm.Model() as model:
        report = {name: pm.Data(name, value) for name, value in data.items()}
        prior = {
            role: (family, [pm.Data(f"prior_{role}_{i}", number) for i, number in enumerate(numbers)])
            for role, (family, numbers) in beliefs.items()
        }
        gamma = _within_systems("gamma", of_row, prior)
        theta = _within_systems("theta", of_row, prior)
        log_l = _log_likelihood(likelihood, report)
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
        pm.Potential("report", pt.logaddexp(none, some).sum())
    return model


def _declare(name: str, prior: tuple, shape: tuple[int, ...] = ()):
    """Declare a hyperparameter: its family is part of the graph, the numbers of its prior are data."""
    family, numbers = prior
    return FAMILY[family](name, *numbers, shape=shape)


def _count(of_row: np.ndarray) -> int:
    return int(of_row.max()) + 1


def _within_systems(name: str, of_row: np.ndarray, prior: dict):
    """Declare values per row, normal within systems, whose means are normal within the table.

    Rows are non-centred (few events carry little information on each), the systems' means centred (their terms inform
    them well). On 45 terms, centring the rows' effects as well left a fifth of the smallest effective sample size.
    """
    count = _count(of_row)
    mean_0 = _declare(f"mu_{name}_0", prior["location"])
    tau = pt.sqrt(_declare(f"tau_{name}_squared", prior["variance"]))
    sigma = pt.sqrt(_declare(f"sigma_{name}_squared", prior["variance"], (count,)))
    mean = pm.Normal(f"mu_{name}", mean_0, tau, shape=count)
    z = pm.Normal(f"{name}_raw", 0.0, 1.0, shape=len(of_row))
    return pm.Deterministic(name, mean[of_row] + sigma[of_row] * z)


def _log_likelihood(likelihood: str, report: dict) -> Callable:
    """Return the log likelihood per row, up to a constant, as a function of gamma and theta; declare k if needed."""
    k = pt.exp(priors.nuisance("log_k", report)) if likelihood == "events_negative_binomial" else None

    def of_arm(arm: str, eta):
        x, size = report[f"x_{arm}"], report[f"size_{arm}"]
        if likelihood == "binomial":
            return x * eta - size * pt.softplus(eta)
        mean = size * pt.exp(eta)
        if k is None:
            return x * eta - mean
        of_persons = report[f"n_{arm}"] * k
        share = x * (eta - pt.log(of_persons + mean)) - of_persons * pt.log1p(mean / of_persons)
        return share + pt.gammaln(x + of_persons) - pt.gammaln(of_persons)

    def of_rows(gamma, theta):
        return of_arm("treatment", gamma + upwards * theta) + of_arm("control", gamma - (1 - upwards) * theta)

    upwards = 0.5 + report["baseline_offset"]
    return of_rows


def effects(theta: np.ndarray, p_null: np.ndarray | None, seed: int) -> np.ndarray:
    """Return draws of the effects with their exact zeros.

    Parameters
    ----------
    theta : ndarray, shape (chain, draw, row)
        Effects given that they are not zero, on the log scale.
    p_null : ndarray, shape (chain, draw, row), or None
        Probability at each draw of a zero effect; None without a point mass.
    seed : int
    """
    if p_null is None:
        return theta
    return np.where(np.random.default_rng(seed).random(theta.shape) < p_null, 0.0, theta)


def derived(
    effect: np.ndarray, draws: dict[str, np.ndarray], rows: Sequence, baseline_offset: float
) -> dict[str, tuple[tuple[str, ...], np.ndarray]]:
    """Return named quantities for the reader, `{name: (dims, values)}` with dims beyond (chain, draw).

    They are the risks or rates of both arms (rates per unit of the printed exposure, else per average follow-up) and
    their comparisons, from the same draws, then the parameters of the hierarchy, with variances as standard deviations.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw, row)
        As `effects` returns it.
    draws : dict of ndarray, shape (chain, draw, ...)
        Draws of all parameters.
    rows, baseline_offset
        As for `prepare`.
    """
    etas = draws["gamma"] + (0.5 + baseline_offset) * effect, draws["gamma"] - (0.5 - baseline_offset) * effect
    some = rows[0]
    if some.evidence.kind == "binary":
        compared = two_risks.describe(*(two_risks.expit(eta) for eta in etas), some)
        del compared["odds_ratio"]  # the measure itself
    else:
        unit = some.evidence.follow_up
        compared = event_rates.compared(*(np.exp(eta) / unit for eta in etas), some)
    del compared["nnt"]  # infinite where the effect is zero; implied by the difference
    shown = {name: (("row",), values) for name, (_, values) in compared.items()}
    draws = draws | {name: np.sqrt(draws[f"{name}_squared"]) for name in SQUARED}
    draws |= {"size": np.exp(draws["log_k"])} if "log_k" in draws else {}
    for names, dims in ((OF_ROW, ("row",)), (OF_SYSTEM, ("body_system",)), (OF_TABLE, ())):
        shown |= {name: (dims, draws[name]) for name in names if name in draws}
    return shown


def _pair(name: str, values: Sequence[float]) -> dict[str, float]:
    return {f"{name}_{arm}": value for arm, value in zip(ARMS, values, strict=True)}

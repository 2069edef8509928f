"""Ordinal tables, counts and adverse events against deterministic answers of other conventions and packages.

Most reference cases put the baseline in the control arm, as R's packages do; a prior set can say so (`at = "control"`),
and the cases are repeated to their own tolerances. Where the toolkit has no such prior the test composes it.
"""

import json
from math import log

import numpy as np
import pytest
from scipy import stats
from scipy.interpolate import CubicSpline
from support.paths import TESTS
from support.trials import make_outcome

import bayes
from bayes import quadrature
from bayes.base.distributions import parse
from bayes.base.measures import se_from_ci
from bayes.priors.arm_pairs import ArmPair
from bayes.priors.sets import PriorSet
from bayes.quadrature import event_families, ordinal
from bayes.quadrature.arms import posterior

pytestmark = pytest.mark.nuts

CASES = json.loads((TESTS / "reference" / "deterministic.json").read_text())["cases"]
TABLES = [k for k, c in CASES.items() if c["family"] == "b-ordinal"]
RATES = ["c-pois-typical", "c-pois-bothzero", "c-nb-fixedphi5.0", "d-poisAE-93v120-normalprior-flatbase"]
RISKS = ["d-logit-0v0", "d-logit-all"]
BY_HAND = ["c-mean-sd-delta", "d-nbAE-16v24", "d-poisAE-16v24-gammaJeffreys", "d-beta-0v7-jeffreys", "e-robustmix-beta"]


def nuisance(**stated):
    """Priors with the baseline in the control arm."""
    return PriorSet.model_validate({"baseline": {"at": "control"} | stated.pop("baseline", {})} | stated).nuisance


def check(case, log_l, prior, low=-14.0, high=14.0):
    """Every expected number of the effect from a likelihood curve and a prior, by the trapezoidal rule."""
    theta = np.linspace(low, high, 28001)
    log_post = log_l(theta) + stats.norm.logpdf(theta, prior["mean"], prior["sd"])
    p = np.exp(log_post - log_post.max())
    p /= p.sum()
    cdf = np.cumsum(p) - p / 2
    mean = float(p @ theta)
    found = {"mean": mean, "sd": float(np.sqrt(p @ (theta - mean) ** 2)), "p_benefit": float(np.interp(0, theta, cdf))}
    found |= {name: float(np.interp(q, cdf, theta)) for name, q in (("q025", 0.025), ("median", 0.5), ("q975", 0.975))}
    found["p_mcid"] = found["p_or_lt_0p8"] = float(np.interp(log(0.8), theta, cdf))
    found["p_rope"] = float(np.interp(log(1.111111111), theta, cdf) - np.interp(log(0.9), theta, cdf))
    expect, tolerance = CASES[case]["expect"], CASES[case]["tol"]
    compared = [name for name in found if name in expect]
    assert {"mean", "sd", "median", "p_benefit"} <= set(compared)
    for name in compared:
        # the curve itself is a spline good to about 1e-6 of a posterior sd; the grid here adds as much
        allowed = tolerance[name]["exact_abs"] + 4e-6
        assert found[name] == pytest.approx(expect[name], abs=allowed), name


def test_every_case_for_these_kinds_is_here():
    assert len(TABLES) == 7
    kinds = {k for k, c in CASES.items() if c["family"] in ("c-counts", "d-adverse-events")}
    assert kinds | {"e-robustmix-beta"} == {*RATES, *RISKS, *BY_HAND, "d-beta-great"}  # the last stands in test_exact


@pytest.mark.parametrize("case", TABLES)
def test_ordinal_tables_as_other_packages_see_them(case):
    """Cutpoints in the control arm with a density of their own (brms), or a Dirichlet of its shares; all seven levels.

    The low-level curve is used because the toolkit would merge a level that is empty in both arms.
    """
    inputs, thresholds = CASES[case]["inputs"], CASES[case]["prior"]["thresholds"]
    t, c = (np.array(inputs[f"counts_{arm}"], float) for arm in ("treated", "control"))
    density = None
    if "alpha" not in thresholds:
        s = thresholds["scale"]
        density = parse(f"student_t(3, 0, {s})" if "student" in thresholds["dist"] else f"normal(0, {s})")
    concentration = np.array(thresholds.get("alpha", np.ones(len(t))))
    table = ordinal.Table(t, c, concentration, density)

    node = np.linspace(-8, 5, 131)  # theta > 0 is worse: it lowers the cutpoints of the treated
    values = ordinal.log_curve(table, -node[:, None], np.zeros((len(node), 1)))
    check(case, CubicSpline(node, values), CASES[case]["prior"]["beta"], -8, 5)


@pytest.mark.parametrize("case", RATES)
def test_rates(case):
    """Poisson and negative binomial of known size, log rate of the control arm ~ N(0, 5) or flat."""
    inputs, prior = CASES[case]["inputs"], CASES[case]["prior"]
    arms = {}
    for arm, name in (("treatment", "treated"), ("control", "control")):
        time = inputs.get(f"persontime_{name}")
        arms[arm] = {"events": inputs[f"events_{name}"], "n": inputs.get(f"n_{name}", 50)}
        arms[arm] |= {} if time is None else {"exposure": time}
    phi = inputs.get("phi_known")
    family = "poisson" if phi is None else "negative_binomial"
    outcome = make_outcome("rate_ratio", "lower", {"kind": "events", "dispersion": family} | arms)
    stated = {"dispersion": {"distribution": f"normal({log(1 / (phi or 1))}, 1e-4)"}}
    if isinstance(prior["a"], dict):
        # ours is the log rate per average follow-up, theirs per unit of time
        t, c = outcome.evidence.treatment, outcome.evidence.control
        unit = 1.0 if t.exposure is None else float((t.exposure + c.exposure) / (t.n + c.n))
        stated["baseline"] = {
            "events": {"distribution": f"normal({prior['a']['mean'] + log(unit)}, {prior['a']['sd']})"}
        }
    else:
        stated["baseline"] = {"events": {"distribution": "normal(0, 3000)"}}
    curve = quadrature.curve(outcome, nuisance(**stated))
    check(case, curve, prior["b"])


@pytest.mark.parametrize("case", RISKS)
def test_risks(case):
    inputs = CASES[case]["inputs"]
    arms = {
        a: {"events": inputs[f"events_{b}"], "n": inputs[f"n_{b}"]}
        for a, b in (("treatment", "treated"), ("control", "control"))
    }
    outcome = make_outcome("odds_ratio", "lower", {"kind": "binary"} | arms)
    check(case, quadrature.curve(outcome, nuisance()), CASES[case]["prior"]["b"])


def test_absolute_risks_and_their_difference_from_draws(tmp_path):
    """20/20 v 18/20 by NUTS: what follows from the draws agrees with quadrature within the case's MCMC tolerance."""
    case = CASES["d-logit-all"]
    (tmp_path / "r.toml").write_text('[baseline]\nat = "control"\n')
    counts = {"kind": "binary", "treatment": {"events": 20, "n": 20}, "control": {"events": 18, "n": 20}}
    fit = bayes.fit(make_outcome("odds_ratio", "lower", counts), "normal(0, 1)", priors=tmp_path / "r.toml")
    posterior = fit.tree["posterior"]
    names = {"rd_mean": "risk_difference", "p1_mean": "risk_treatment", "p0_mean": "risk_control", "mean": "effect"}
    for name, variable in names.items():
        assert float(posterior[variable].mean()) == pytest.approx(
            case["expect"][name], abs=case["tol"][name]["mcmc_abs"]
        )
    assert fit.summary()["status"] == "ok"


def test_a_sparse_ordinal_table_by_nuts_as_brms_sees_it(tmp_path):
    """Student-t cutpoints in the control arm, in the PyMC model itself."""
    case = CASES["b-sparse39v15-po"]
    (tmp_path / "r.toml").write_text(
        '[baseline]\nat = "control"\nordinal = { distribution = "student_t(3, 0, 2.5)" }\n'
    )
    counts = {"treatment": case["inputs"]["counts_treated"], "control": case["inputs"]["counts_control"]}
    outcome = make_outcome("common_odds_ratio", "lower", {"kind": "ordinal", "categories": list("0123456")} | counts)
    row = bayes.fit(outcome, "normal(0, 0.5)", priors=tmp_path / "r.toml").summary()
    for name, column in (("mean", "mean"), ("sd", "sd"), ("median", "median"), ("p_benefit", "p_benefit")):
        assert row[column] == pytest.approx(case["expect"][name], abs=case["tol"][name]["mcmc_abs"])
    assert row["exact_mean"] == pytest.approx(case["expect"]["mean"], abs=4e-6)
    assert row["status"] == "ok"


def test_a_negative_binomial_size_with_an_exponential_prior():
    """phi ~ Exponential(1) is no prior of ours: the curves of known sizes are averaged over it."""
    case = CASES["d-nbAE-16v24"]
    arms = {"treatment": {"events": 16, "n": 16}, "control": {"events": 24, "n": 15}}
    outcome = make_outcome("rate_ratio", "lower", {"kind": "events"} | arms)
    node, weight = np.polynomial.legendre.leggauss(40)
    phi = np.exp(np.concatenate([-6 + 5 * node, 1.25 + 2.25 * node]))  # from e^-11 to e^-1, and on to e^3.5
    mass = np.concatenate([5 * weight, 2.25 * weight]) * phi * np.exp(-phi)
    theta = np.linspace(-5, 5, 201)
    arms = [
        event_families.Arm(arm, n) for arm, n in ((outcome.evidence.treatment, 16.0), (outcome.evidence.control, 15.0))
    ]
    both = quadrature.events.of_both(event_families.negative_binomial, arms)
    of_size = quadrature.events.over_baseline(both, nuisance())
    values = [of_size(theta, np.full(len(theta), -np.log(p))) for p in phi]
    peak = np.max(values)
    total = np.log((np.exp(np.array(values) - peak) * mass[:, None]).sum(axis=0))
    check("d-nbAE-16v24", CubicSpline(theta, total), case["prior"]["b"], -5, 5)


def test_gamma_priors_of_poisson_rates():
    """Jeffreys' Gamma(1/2, 0) of each rate (here Gamma(1/2, 1e-9)): the log rate ratio by digamma and trigamma."""
    expect = CASES["d-poisAE-16v24-gammaJeffreys"]["expect"]
    arms = {"treatment": {"events": 16, "n": 16}, "control": {"events": 24, "n": 15}}
    outcome = make_outcome("rate_ratio", "lower", {"kind": "events", "dispersion": "poisson"} | arms)
    gamma = parse("gamma(0.5, 1e-9)")
    found = quadrature.integrate_arms(ArmPair(gamma, gamma), outcome)
    assert found.mean == pytest.approx(expect["mean"], abs=1e-6)
    assert found.sd == pytest.approx(expect["sd"], abs=1e-6)
    assert found.p_below_null == pytest.approx(expect["p_benefit"], abs=1e-6)


@pytest.mark.parametrize(
    ("measure", "mean", "sd"),
    [
        ("risk_difference", "rd_mean", "rd_sd"),
        ("risk_ratio", "logrr_mean", "logrr_sd"),
        ("odds_ratio", "logor_mean", "logor_sd"),
    ],
)
def test_jeffreys_priors_of_both_arms(measure, mean, sd):
    """0/69 v 7/75: conjugate moments of every measure, and the same arms by NUTS through the gate."""
    expect = CASES["d-beta-0v7-jeffreys"]["expect"]
    counts = {"kind": "binary", "treatment": {"events": 0, "n": 69}, "control": {"events": 7, "n": 75}}
    row = bayes.fit(make_outcome(measure, "lower", counts), "jeffreys", priors="arms").summary()
    assert (row["model"], row["status"]) == ("independent_arms", "ok")
    assert row["exact_mean"] == pytest.approx(expect[mean], abs=3e-6)
    assert row["exact_sd"] == pytest.approx(expect[sd], abs=3e-6)
    assert row["exact_p_benefit"] == pytest.approx(expect["p_benefit"], abs=1e-6)


def test_a_robust_mixture_of_betas_in_one_arm():
    """3/24 under a three-component mixture against 11/25 under a uniform prior (RBesT's postmix)."""
    case = CASES["e-robustmix-beta"]
    parts = zip(*(case["prior"]["control"][k] for k in "wab"), strict=True)
    mixture = parse(f"mixture({', '.join(f'{w}*beta({a}, {b})' for w, a, b in parts)})")
    counts = {"kind": "binary", "treatment": {"events": 11, "n": 25}, "control": {"events": 3, "n": 24}}
    outcome = make_outcome("risk_difference", "higher", counts)
    found = quadrature.integrate_arms(ArmPair(parse("beta(1, 1)"), mixture), outcome)
    weights, first, second = zip(*posterior(mixture, outcome.evidence.control, "beta")[0], strict=True)
    assert weights == pytest.approx(case["expect"]["post_w"], abs=1e-6)
    assert first == pytest.approx(case["expect"]["post_a"], abs=1e-9)
    assert second == pytest.approx(case["expect"]["post_b"], abs=1e-9)
    assert found.p_above_null == pytest.approx(case["expect"]["p_trt_gt_ctl"], abs=1e-6)


def test_a_prior_from_historical_arms_by_nuts(tmp_path):
    """A mixture of betas formed from four earlier arms, through the gate and against the conjugate answer."""
    (tmp_path / "mine.toml").write_text(
        '[arms.history]\ntreatment = "beta(1, 1)"\ncontrol = { rule = "map", robust = 0.2, historical = [{ events = 6, n = 56 }, '
        "{ events = 9, n = 63 }, { events = 18, n = 121 }, { events = 7, n = 123 }] }\n"
    )
    counts = {"kind": "binary", "treatment": {"events": 3, "n": 40}, "control": {"events": 2, "n": 20}}
    row = bayes.fit(make_outcome("odds_ratio", "lower", counts), "history", priors=tmp_path / "mine.toml").summary()
    assert (row["model"], row["status"]) == ("independent_arms", "ok")
    assert row["p_benefit"] == pytest.approx(row["exact_p_benefit"], abs=4 * row["mcse_p_benefit"] + 0.002)
    assert "4 historical arms (40 of 363 persons)" in row["prior_basis"]


def test_a_ratio_of_means_by_the_delta_method():
    """Means and SDs as a log ratio with its delta-method error, then the normal update."""
    case = CASES["c-mean-sd-delta"]
    i, expect = case["inputs"], case["expect"]
    cv = {arm: (i[f"sd_{arm}"] / i[f"mean_{arm}"]) ** 2 / i[f"n_{arm}"] for arm in ("treated", "control")}
    y, s = log(i["mean_treated"] / i["mean_control"]), sum(cv.values()) ** 0.5
    outcome = make_outcome("mean_ratio", "lower", {"kind": "estimate", "estimate": float(np.exp(y)), "se": s})
    found = quadrature.integrate(quadrature.curve(outcome, nuisance()), parse("normal(0, 0.5)"))
    assert found.mean == pytest.approx(expect["approx_mean"], abs=1e-6)
    assert found.sd == pytest.approx(expect["approx_sd"], abs=1e-6)
    assert found.p_below_null == pytest.approx(expect["approx_p_benefit"], abs=1e-6)
    assert se_from_ci(y - s, y + s, 2 * stats.norm.cdf(1) - 1) == pytest.approx(s)

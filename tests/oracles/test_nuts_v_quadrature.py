"""Every likelihood by NUTS against the exact answer; the tolerance is 4 Monte Carlo standard errors.

This is the contract suite of `models/`: a new file there is met by the last test until a report of its kind is added
to `conftest.REPORTS`.
"""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from support.reports import ALTERNATIVES, FOLDED, PRIOR_OF, REPORTS
from support.strategies import SIMULATED, mirrored, simulated
from support.trials import make_analysis, make_outcome

from bayes.fitting.until_sound import sample_posterior
from bayes.likelihoods.choice import default_likelihood
from bayes.likelihoods.registry import shipped
from bayes.posterior import gate
from bayes.posterior.names import EFFECT
from bayes.posterior.parameter import ExactAnswer, Parameter, Probabilities, Share
from bayes.posterior.record import PosteriorRecord
from bayes.posterior.rows import rows_of

pytestmark = pytest.mark.nuts


@pytest.fixture(scope="module")
def fitted():
    """Fits by (report, prior), each made once."""
    made = {}

    def fit(report, prior):
        key = json.dumps(report), prior
        if key not in made:
            made[key] = sample_posterior(make_analysis(make_outcome(*report), prior))
        return made[key]

    return fit


def row(tree):
    return rows_of(PosteriorRecord.from_tree(tree))[0]


@pytest.mark.parametrize("name", [*REPORTS, *FOLDED])
def test_nuts_agrees_with_quadrature(fitted, name):
    report = (REPORTS | FOLDED)[name]
    tree = fitted(report, PRIOR_OF.get(name, "normal(0, 0.5)"))
    found = row(tree)
    assert (found["status"], found["reason"]) == ("ok", None)
    assert abs(found["mean"] - found["exact_mean"]) <= 4 * found["mcse_mean"]
    assert abs(found["p_benefit"] - found["exact_p_benefit"]) <= 4 * found["mcse_p_benefit"] + 1e-4
    sd_error = (
        found["exact_sd"] * 4 / (2 * found["ess_bulk"]) ** 0.5 * 1.5
    )  # tails heavier than normal: half as much again
    assert abs(found["sd"] - found["exact_sd"]) <= sd_error


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("kind", SIMULATED)
def test_nuts_agrees_with_quadrature_on_random_reports(kind, seed):
    """Reports of the structures above, their numbers drawn at random."""
    tree = sample_posterior(make_analysis(make_outcome(*simulated(kind, seed)), SIMULATED[kind]))
    found = row(tree)
    assert (found["status"], found["reason"]) == ("ok", None)
    error = 4 * found["mcse_p_benefit"] + gate.SLACK
    assert abs(found["p_benefit"] - found["exact_p_benefit"]) <= error


@pytest.mark.parametrize(
    "name", ["ordinal", "binary OR", "binary RR", "events in persons", "means", "p small sample", "p unknown far"]
)
def test_swapping_the_arms_inverts_the_sampled_posterior(fitted, name):
    report = (REPORTS | FOLDED)[name]
    prior = PRIOR_OF.get(name, "normal(0, 0.5)")
    one, other = row(fitted(report, prior)), row(fitted(mirrored(report), prior))
    error = (one["mcse_mean"] ** 2 + other["mcse_mean"] ** 2) ** 0.5
    assert abs(one["mean"] + other["mean"]) <= 4 * error


@pytest.mark.parametrize(
    ("name", "prior"),
    [
        ("p unknown far", "mixture(0.5*normal(0, 0.03), 0.5*normal(-1, 0.1))"),
        ("ordinal", "mixture(0.5*normal(-2, 0.1), 0.5*normal(0.2, 0.1))"),
        ("binary OR", "student_t(4, 0, 0.5)"),
        ("estimate", "uniform(-1, 0.5)"),
        ("estimate", "mixture(0.3*uniform(-1, 1), 0.7*student_t(3, 0, 0.2))"),
        ("estimate", "spike_slab(0.5, normal(0, 0.35))"),
        ("binary OR", "spike_slab(0.3, normal(0, 0.5))"),
        ("binary RD", "uniform(-0.5, 0.5)"),
        ("proportion", "uniform(0.2, 0.95)"),
    ],
)
def test_priors_of_every_shape_pass_the_gate(fitted, name, prior):
    found = row(fitted(REPORTS.get(name) or FOLDED[name], prior))
    assert (found["status"], found["reason"]) == ("ok", None)
    assert abs(found["mean"] - found["exact_mean"]) <= 4 * found["mcse_mean"] + 2e-4
    assert abs(found["p_benefit"] - found["exact_p_benefit"]) <= 4 * found["mcse_p_benefit"] + 2e-4


def test_one_sided_priors_by_leave(tmp_path):
    from bayes import fit

    path = tmp_path / "mine.toml"
    path.write_text('[effect.harm]\ndistribution = "half_normal(0.3)"\nallow_one_sided = true\n')
    found = fit(make_outcome(*REPORTS["estimate"]), "harm", priors=path).summary()
    assert found["p_harm"] == 1 and found["status"] == "ok"
    assert abs(found["mean"] - found["exact_mean"]) <= 4 * found["mcse_mean"]


def test_the_spike_is_exactly_zero_and_counted(fitted):
    tree = fitted(REPORTS["estimate"], "spike_slab(0.5, normal(0, 0.35))")
    effect = np.asarray(tree["posterior"]["effect"])
    found = row(tree)
    assert (effect == 0).mean() == pytest.approx(found["p_null"], abs=2e-4)
    assert found["p_benefit"] + found["p_harm"] + (effect == 0).mean() == pytest.approx(1)
    assert found["bf_01"] > 0 and found["p_rope"] >= (effect == 0).mean()


def test_both_modes_are_there(fitted):
    """A bare p of .004 with unknown direction: two modes of equal weight."""
    effect = np.asarray(fitted(FOLDED["p unknown far"], "normal(0, 0.5)")["posterior"]["effect"])
    assert (effect > 0).mean() == pytest.approx(0.5, abs=0.02)
    assert abs(np.quantile(effect, [0.25, 0.75])).min() > 0.3


def test_events_in_persons_are_clearly_wider_than_poisson(fitted):
    persons = row(fitted(REPORTS["events in persons"], "normal(0, 0.355)"))
    evidence = REPORTS["events in persons"][2] | {"dispersion": "poisson"}
    poisson = row(fitted(("rate_ratio", "lower", evidence), "normal(0, 0.355)"))
    assert persons["ci_high"] - persons["ci_low"] > 1.4 * (poisson["ci_high"] - poisson["ci_low"])
    assert persons["p_benefit"] == pytest.approx(0.714, abs=4 * persons["mcse_p_benefit"])
    assert poisson["p_benefit"] == pytest.approx(0.878, abs=4 * poisson["mcse_p_benefit"])


def test_absolute_risks_stand_beside_the_ratio(fitted):
    shown = json.loads(row(fitted(REPORTS["binary OR"], "normal(0, 0.5)"))["derived"])
    assert {"risk_treatment", "risk_control", "risk_difference", "risk_ratio", "nnt"} <= shown.keys()
    assert shown["risk_control"]["low"] < 7 / 75 < shown["risk_control"]["high"]
    assert "NNTB" in shown["nnt"]["text"]


def test_exposure_units_do_not_change_the_answer(fitted):
    def report(factor):
        arms = {
            a: {"events": e, "n": n, "exposure": n * factor} for a, e, n in (("treatment", 16, 16), ("control", 24, 15))
        }
        return "rate_ratio", "lower", {"kind": "events", "per": "year", **arms}

    years, days = (row(fitted(report(factor), "normal(0, 0.5)")) for factor in (2.0, 730.5))
    assert days["exact_mean"] == pytest.approx(years["exact_mean"], abs=1e-9)
    rates = [json.loads(r["derived"])["rate_treatment"]["median"] for r in (years, days)]
    assert rates[0] / rates[1] == pytest.approx(365.25, rel=1e-6)


def test_trees_work_in_arviz(fitted):
    import arviz as az

    tree = fitted(REPORTS["ordinal"], "normal(0, 0.5)")
    table = az.summary(tree)
    assert {"effect", "common_odds_ratio", "cutpoint[<=0]"} <= set(table.index)
    assert set(tree.children) == {"posterior", "sample_stats", "log_likelihood"}
    az.plot_dist(tree, var_names=["effect"])
    az.plot_trace(tree, var_names=["effect", "common_odds_ratio"])
    az.plot_energy(tree)


def test_the_gate_sees_what_is_wrong():
    rng = np.random.default_rng(0)
    draws = rng.standard_normal((4, 3000))
    draws[0] += 3
    stuck = {"effect": draws, "slow": rng.standard_normal((4, 3000)).cumsum(axis=1)}
    said = " ".join(str(p) for p in gate.gate(gate.diagnostics(stuck), 3, "effect"))
    for part in ("3 divergences", "R-hat", "bulk ESS", "tail ESS", "of effect below 4000"):
        assert part in said
    assert gate.gate(gate.diagnostics({"effect": rng.standard_normal((4, 3000))}), 0, "effect") == []


def test_disagreement_with_the_exact_answer_fails_the_gate():
    draws = {EFFECT: np.random.default_rng(1).normal(0.1, 1, (4, 2500))}
    found = Probabilities(Share(0.7, 0.002), Share(0.3, 0.002), Share(0.11, 0.003), Share(0.02, 0.001))
    exact = ExactAnswer("by hand", mean=0.101, p_benefit=0.702, ci_low=0.1 - 1.96, ci_high=0.1 + 1.96)
    fine = Parameter(EFFECT, 0.1, 1.0, 0.1, -1.85, 2.05, 0.001, 9000.0, 9000.0, found, exact)

    def problems(**planted):
        return gate.compare([replace(fine, exact=replace(exact, **planted))], draws)

    assert problems() == []
    assert len(problems(mean=0.2, p_benefit=0.8)) == 2
    for planted in ({"p_mcid": 0.2}, {"p_severe_harm": 0.05}, {"ci_low": -1.4}, {"ci_high": 3.0}):
        (problem,) = problems(**planted)
        assert next(iter(planted)) in str(problem), "what is no mean and no P(benefit) is compared, too"


def test_an_end_of_the_interval_may_lie_on_a_spike():
    """60% of the draws are exactly zero: an end at zero has fewer than 2.5% below it and more at or below it."""
    random = np.random.default_rng(2)
    effect = np.where(random.random((4, 2500)) < 0.6, 0.0, abs(random.normal(0, 1, (4, 2500))))
    exact = ExactAnswer("by hand", ci_low=0.0, ci_high=float(stats.halfnorm.ppf(1 - 0.025 / 0.4)))
    one = Parameter(EFFECT, None, None, 0.0, 0.0, 1.86, None, None, None, None, exact)
    assert gate.compare([one], {EFFECT: effect}) == []
    (problem,) = gate.compare([replace(one, exact=replace(exact, ci_low=0.1))], {EFFECT: effect})
    assert "ci_low" in str(problem)


def test_every_likelihood_is_met_by_some_report():
    used = {default_likelihood(make_outcome(*report)) for report in (REPORTS | FOLDED).values()}
    assert used | set(ALTERNATIVES) == set(shipped()) and not used & set(ALTERNATIVES)

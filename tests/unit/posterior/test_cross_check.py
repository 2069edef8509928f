"""The independent answer covers what a row reports: probabilities of size and both tails, against closed forms."""

import numpy as np
import pytest
from scipy import integrate, stats
from support.reports import PRIOR_OF, REPORTS
from support.trials import make_analysis, make_outcome

import bayes
from bayes import quadrature
from bayes.analysis.plan import make_plan
from bayes.base.measures import mirrored
from bayes.posterior import cross_check
from bayes.posterior.names import EFFECT, MU, NEW_TRIAL, TAU, effect_of
from bayes.priors.sets import load_priors

HR = {"kind": "estimate", "estimate": 0.75, "ci": [0.55, 1.02]}
Y, S = np.log(0.75), np.log(1.02 / 0.55) / 2 / stats.norm.ppf(0.975)
MCID = {"value": 0.9, "rationale": "judged"}


def answer(outcome, prior, priors="default"):
    (analysis,) = make_plan([outcome], load_priors(priors), [prior]).analyses
    return cross_check.exact_answers(analysis)[EFFECT]


@pytest.mark.parametrize("benefit", ["lower", "higher"])
def test_a_normal_posterior_has_its_tails_and_probabilities(benefit):
    mcid = 0.9 if benefit == "lower" else 1 / 0.9
    found = answer(make_outcome("hazard_ratio", benefit, HR, mcid={"value": mcid, "rationale": "judged"}), "normal(0, 0.355)")
    precision = 1 / S**2 + 1 / 0.355**2
    law = stats.norm(Y / S**2 / precision, precision**-0.5)
    good, bad = (law.cdf, law.sf) if benefit == "lower" else (law.sf, law.cdf)
    assert found.p_harm == pytest.approx(bad(0), abs=1e-6)
    assert found.p_mcid == pytest.approx(good(np.log(mcid)), abs=1e-6)
    assert found.p_severe_harm == pytest.approx(bad(-np.log(mcid)), abs=1e-6)
    assert [found.ci_low, found.ci_high] == pytest.approx(law.ppf([0.025, 0.975]), abs=1e-5)


def test_a_proportion_is_a_beta_and_its_severe_harm_lies_below_the_goal():
    evidence = {"kind": "proportion", "events": 16, "n": 20, "goal": 0.7}
    found = answer(make_outcome("proportion", "higher", evidence, mcid={"value": 0.85, "rationale": "judged"}), "beta(0.5, 0.5)")
    law = stats.beta(16.5, 4.5)
    assert found.p_mcid == pytest.approx(law.sf(0.85), abs=1e-6)
    assert found.p_severe_harm == pytest.approx(law.cdf(0.55), abs=1e-6), "0.15 below the goal as 0.85 is above it"
    assert [found.ci_low, found.ci_high] == pytest.approx(law.ppf([0.025, 0.975]), abs=1e-5)


def test_a_spike_is_neither_harm_nor_benefit_and_may_hold_an_end():
    found = answer(make_outcome("hazard_ratio", "lower", HR, mcid=MCID), "spike_slab(0.8, normal(0, 0.355))")
    assert found.p_benefit + found.p_harm + found.p_null == pytest.approx(1, abs=1e-9)
    assert found.ci_high == 0 or found.p_harm > 0.025
    precision = 1 / S**2 + 1 / 0.355**2
    slab = stats.norm(Y / S**2 / precision, precision**-0.5)
    assert found.p_mcid == pytest.approx((1 - found.p_null) * slab.cdf(np.log(0.9)), abs=1e-6)


ARMS = {
    "odds_ratio": (lambda p, t: p * np.exp(t) / (1 - p + p * np.exp(t)), "binary OR"),
    "risk_ratio": (lambda p, t: np.minimum(p * np.exp(t), 1), "binary RR"),
    "risk_difference": (lambda p, t: np.clip(p + t, 0, 1), "binary RD"),
}


@pytest.mark.parametrize("measure", ARMS)
def test_two_arms_are_integrated_over_the_control_risk(measure):
    """Oracle: adaptive quadrature over the control risk itself, where the package sums over its quantiles."""
    moved, name = ARMS[measure]
    mcid = {"odds_ratio": 0.8, "risk_ratio": 0.9, "risk_difference": -0.05}[measure]
    outcome = make_outcome(measure, "lower", REPORTS[name][2], mcid={"value": mcid, "rationale": "judged"})
    found = answer(outcome, "jeffreys", "arms")
    t, c = outcome.evidence.treatment, outcome.evidence.control
    treated, control = (stats.beta(a.events + 0.5, a.n - a.events + 0.5) for a in (t, c))

    def above(at):  # the square of a sine removes both singular ends of a beta
        kinks = [p for p in (np.exp(-at), -at, 1 - at) if 0 < p < 1]
        points = np.arcsin(np.sqrt([*control.ppf([0.01, 0.5, 0.99]), *kinks]))

        def integrand(x):
            p = np.sin(x) ** 2
            return control.pdf(p) * treated.sf(moved(p, at)) * np.sin(2 * x)

        return integrate.quad(integrand, 0, np.pi / 2, limit=400, points=points)[0]

    d = outcome.threshold("mcid")
    assert found.p_mcid == pytest.approx(1 - above(d), abs=2e-5)
    assert found.p_severe_harm == pytest.approx(above(mirrored(d, 0.0)), abs=2e-5)
    assert above(found.ci_low) == pytest.approx(0.975, abs=2e-5)
    assert above(found.ci_high) == pytest.approx(0.025, abs=2e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in REPORTS if REPORTS[n][2]["kind"] != "adverse_events"])
def test_every_kind_has_tails_that_another_integral_confirms(name):
    """`exact.p_at_least` splits its panels at the threshold; the tails come from another table of nodes."""
    analysis = make_analysis(outcome := make_outcome(*REPORTS[name]), PRIOR_OF.get(name, "normal(0, 0.5)"))
    found = cross_check.exact_answers(analysis)[EFFECT]
    curve = quadrature.curve(outcome, analysis.nuisance)
    prior = analysis.formed.distribution
    beyond = [quadrature.p_at_least(curve, prior, outcome.null, end) for end in (found.ci_low, found.ci_high)]
    assert beyond == pytest.approx([0.975, 0.025], abs=2e-5)


@pytest.mark.slow
@pytest.mark.parametrize(("prior", "mean", "sd"), [("student_t(1, 0, 1)", False, False), ("student_t(2, 0, 1)", True, False), ("normal(0, 1)", True, True)])
def test_statements_of_significance_leave_the_mean_the_tail_of_its_prior(prior, mean, sd):
    """The likelihood of a bare statement tends to one far out: a posterior moment exists where the prior's does."""
    said = {"measure": "odds_ratio", "benefit": "lower", "significant": True, "favours": "treatment", "se": 0.3}
    both = bayes.synthesis_of([bayes.outcome(trial=name, **said) for name in ("a", "b")])
    answers = cross_check.exact_answers(make_plan([both], bayes.load_priors(), [prior]).analyses[0])
    for name in (MU, NEW_TRIAL, effect_of("a:outcome")):
        assert (answers[name].mean is not None, answers[name].sd is not None) == (mean, sd), name
    assert answers[TAU].sd is not None

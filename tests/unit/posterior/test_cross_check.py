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
from bayes.posterior.parameter import ExactAnswer
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


SIGNIFICANT = {"significant": True, "favours": "treatment", "se": 0.3}
PRINTED = {"estimate": 0.8, "ci": [0.5, 1.28]}


@pytest.mark.parametrize(
    ("reports", "mu", "tau", "no_mean", "no_sd"),
    [
        # tau has a mean if df + the reports that fall away exceed 1, an SD if they exceed 2; a new trial as tau
        ([SIGNIFICANT] * 2, "normal(0, 1)", "half_cauchy(0.5)", {TAU}, {TAU, NEW_TRIAL}),
        ([SIGNIFICANT] * 2, "normal(0, 1)", "half_student_t(0.5, 1)", {TAU}, {TAU, NEW_TRIAL}),
        ([SIGNIFICANT] * 2, "normal(0, 1)", "half_student_t(1.5, 1)", set(), {TAU, NEW_TRIAL}),
        ([SIGNIFICANT] * 2, "normal(0, 1)", "half_student_t(2, 1)", set(), {TAU, NEW_TRIAL}),
        ([SIGNIFICANT] * 2, "normal(0, 1)", "half_student_t(3, 1)", set(), set()),
        ([PRINTED, SIGNIFICANT], "normal(0, 1)", "half_cauchy(0.5)", set(), {TAU, NEW_TRIAL}),
        ([PRINTED, PRINTED], "student_t(1, 0, 1)", "half_cauchy(0.5)", set(), set()),
        # of significance alone, the mean and all effects have the tail of the prior of the mean
        ([SIGNIFICANT] * 2, "student_t(0.5, 0, 1)", "half_normal(0.5)", {MU, NEW_TRIAL, "a", "b"}, {MU, NEW_TRIAL, "a", "b"}),
        ([SIGNIFICANT] * 2, "student_t(2, 0, 1)", "half_normal(0.5)", set(), {MU, NEW_TRIAL, "a", "b"}),
        ([SIGNIFICANT] * 2, "student_t(3, 0, 1)", "half_normal(0.5)", set(), set()),
    ],
)  # fmt: skip
def test_moments_exist_below_the_index_of_the_tail(reports, mu, tau, no_mean, no_sd):
    members = [bayes.outcome(trial=name, measure="odds_ratio", benefit="lower", **said) for name, said in zip("ab", reports, strict=True)]
    (analysis,) = make_plan([bayes.synthesis_of(members)], load_priors(), [mu], heterogeneity=tau).analyses
    named = {one: effect_of(f"{one}:outcome") for one in "ab"}
    found = cross_check.missing_moments(analysis, {})
    assert found.mean == {named.get(one, one) for one in no_mean}
    assert found.sd == {named.get(one, one) for one in no_sd}


@pytest.mark.parametrize("benefit", ["lower", "higher"])
def test_the_mean_and_a_new_trial_of_a_synthesis_have_their_own_probabilities(benefit):
    """Three normal reports: given tau everything is normal; a sum over tau on a fine grid."""
    y, s, mcid = np.log([0.5, 0.8, 0.7]), np.array([0.2, 0.15, 0.3]), 0.9 if benefit == "lower" else 1 / 0.9
    members = [
        bayes.outcome(trial=f"t{i}", measure="odds_ratio", benefit=benefit, estimate=float(np.exp(a)), ci=[float(np.exp(a - 1.959964 * b)), float(np.exp(a + 1.959964 * b))])
        for i, (a, b) in enumerate(zip(y, s, strict=True))
    ]
    together = bayes.synthesis_of(members, mcid={"value": mcid, "rationale": "judged"})
    (analysis,) = make_plan([together], load_priors(), ["normal(0, 1)"], heterogeneity="half_normal(0.5)").analyses
    answers = cross_check.exact_answers(analysis)
    tau = np.linspace(0, 4, 20_001)
    variance = s**2 + tau[:, None] ** 2
    precision = 1 + (1 / variance).sum(axis=1)
    mean = (y / variance).sum(axis=1) / precision
    log_mass = -0.5 * (np.log(variance).sum(axis=1) + np.log(precision) + (y**2 / variance).sum(axis=1) - mean**2 * precision) - 2 * tau**2
    mass = np.exp(log_mass - log_mass.max())
    mass[0] /= 2
    mass /= mass.sum()
    for name, sd in ((MU, precision**-0.5), (NEW_TRIAL, np.sqrt(1 / precision + tau**2))):
        below = {at: float(mass @ stats.norm.cdf((at - mean) / sd)) for at in (0.0, np.log(mcid), -np.log(mcid))}
        good = below if benefit == "lower" else {at: 1 - share for at, share in below.items()}
        found = answers[name]
        assert (found.p_benefit, found.p_harm) == pytest.approx((good[0.0], 1 - good[0.0]), abs=1e-4)
        assert (found.p_mcid, found.p_severe_harm) == pytest.approx((good[np.log(mcid)], 1 - good[-np.log(mcid)]), abs=1e-4)
    assert answers[TAU].mean == pytest.approx(float(mass @ tau), abs=1e-4)


def test_moments_that_quadrature_finds_missing_are_missing():
    analysis = make_analysis(make_outcome("hazard_ratio", "lower", HR), "neutral")
    answers = {MU: ExactAnswer("m", mean=1.0), TAU: ExactAnswer("m", sd=1.0)}
    found = cross_check.missing_moments(analysis, answers)
    assert (found.mean, found.sd) == ({TAU}, {MU})


@pytest.mark.slow
def test_a_report_without_a_direction_favours_the_treatment_as_often_under_the_mirror():
    """One report says which arm it favours; calling the other direction good, with its effect inverted, changes nothing."""
    said = [{"estimate": 0.7, "ci": [0.55, 0.89]}, {"p": 0.02, "favours": "unknown", "se": 0.2}]
    mirrored = [{"estimate": 1 / 0.7, "ci": [1 / 0.89, 1 / 0.55]}, said[1]]
    found = []
    for benefit, reports in (("lower", said), ("higher", mirrored)):
        members = [bayes.outcome(trial=name, measure="odds_ratio", benefit=benefit, **one) for name, one in zip("ab", reports, strict=True)]
        (analysis,) = make_plan([bayes.synthesis_of(members)], load_priors(), ["neutral"]).analyses
        answers = cross_check.exact_answers(analysis)
        assert answers[effect_of("a:outcome")].p_favours_treatment is None
        found.append(answers[effect_of("b:outcome")].p_favours_treatment)
    assert found[0] == pytest.approx(found[1], abs=1e-6) and 0.8 < found[0] < 1


def test_the_region_of_equivalence_is_an_interval_of_the_posterior():
    found = answer(make_outcome("hazard_ratio", "lower", HR, rope=[0.9, 1.2]), "normal(0, 0.355)")
    precision = 1 / S**2 + 1 / 0.355**2
    law = stats.norm(Y / S**2 / precision, precision**-0.5)
    assert found.p_rope == pytest.approx(law.cdf(np.log(1.2)) - law.cdf(np.log(0.9)), abs=1e-6)
    assert dict(found.beyond)[1.0] == pytest.approx(law.cdf(0), abs=1e-6)

"""Results of the same patients: refused together, or correlated effects of one trial; residual units by a stated rho."""

from math import log, sqrt

import numpy as np
import pytest
from scipy import stats
from support.explanations import explain
from support.noted import noted
from support.reports import SHARES
from support.trials import make_outcome

from bayes import quadrature
from bayes.analysis.curves import plane_of_synthesis
from bayes.analysis.plan import make_plan
from bayes.errors import InvalidInput
from bayes.priors.sets import load_priors
from bayes.synthesis.file import load_synthesis, synthesis_of
from bayes.synthesis.same_patients import Together


def outcome(name, evidence, measure="rate_ratio", patients="one", **more):
    made = make_outcome(measure, "lower", evidence, patients=patients, **more)
    made._id = name
    return made


def estimate(name, value, se, **more):
    return outcome(name, {"kind": "estimate", "estimate": value, "se": se}, **more)


SIX, TWO = estimate("six_months", 0.8, 0.2), estimate("two_years", 0.7, 0.3)
OTHER = estimate("other", 0.9, 0.25, patients="two")
STATED = {"outcomes": ["example:six_months", "example:two_years"], "r": 0.6, "rationale": "planted"}


def test_two_results_of_one_trial_are_refused_with_the_reason():
    with pytest.raises(InvalidInput, match=r"same patients \(one\).*correlations"):
        synthesis_of([SIX, TWO, OTHER])


def test_a_pooled_analysis_beside_its_member_is_refused():
    pooled = estimate("pooled", 0.85, 0.1, patients=["one", "three"])
    with pytest.raises(InvalidInput, match="same patients"):
        synthesis_of([SIX, pooled])
    assert len(synthesis_of([OTHER, pooled]).members) == 2


def join(outcomes, r):
    return Together(tuple(outcomes), r).joined()


def test_correlated_effects_integrated_by_hand():
    """Both effects on a grid of their difference, which is flat: the likelihood of their weighted mean is what enters."""
    one, two, r = 0.2, 0.3, 0.6
    made = synthesis_of([SIX, TWO, OTHER], correlations=[STATED])
    assert [m.name for m in made.members] == ["example:six_months+two_years", "example:other"]
    y, s = made.members[0].evidence.on_analysis_scale("rate_ratio")
    errors = stats.multivariate_normal([log(0.8), log(0.7)], [[one**2, r * one * two], [r * one * two, two**2]])
    w = np.array([one**-2, two**-2]) / (one**-2 + two**-2)
    difference = np.linspace(-4, 4, 4001)
    for theta in (-0.6, -0.2, 0.1):
        pair = theta + np.stack([w[1] * difference, -w[0] * difference], axis=-1)
        by_hand = np.trapezoid(errors.pdf(pair), difference)
        assert by_hand == pytest.approx(stats.norm(y, s).pdf(theta), rel=1e-6), "w'theta = mean, difference free"


def test_an_answer_never_leaves_its_results():
    """0.57 (s .237) and 0.10 (s .150): least squares at r = .9 gives -0.20 (s .128), on the side of harm."""
    results = [estimate("a", 0.57, 0.237, measure="standardised_mean_difference"),
               estimate("b", 0.10, 0.150, measure="standardised_mean_difference")]  # fmt: skip
    one = Together(tuple(results), 0.9)
    assert one.of_one_effect == (pytest.approx(-0.20, abs=0.005), pytest.approx(0.128, abs=0.001))
    assert one.negative == ("example:a",)
    for r in (0.0, 0.3, 0.5, 0.7, 0.9, 0.99):
        theta, error = Together(tuple(results), r).estimate
        assert theta == pytest.approx((0.57 / 0.237**2 + 0.10 / 0.150**2) / (0.237**-2 + 0.150**-2), abs=1e-12)
        assert error == pytest.approx(sqrt(_variance_by_sums([0.237, 0.150], r)), abs=1e-12)


def _variance_by_sums(errors, r):
    """Variance of the weighted mean, term by term."""
    w = [s**-2 / sum(t**-2 for t in errors) for s in errors]
    return sum(
        wi * wj * si * sj * (1 if i == j else r)
        for i, (wi, si) in enumerate(zip(w, errors, strict=True))
        for j, (wj, sj) in enumerate(zip(w, errors, strict=True))
    )


@pytest.mark.slow
@pytest.mark.parametrize("model", ["random_effects", "common_effect", "robust_random_effects"])
def test_a_synthesis_of_one_trial_lies_between_its_results(model):
    """Under every structure and correlation, also where tau is next to nothing; so do P(benefit) and the words."""
    made = synthesis_of(
        [estimate("a", 0.57, 0.237, measure="standardised_mean_difference"),
         estimate("b", 0.10, 0.150, measure="standardised_mean_difference")],
        model=model, benefit="lower", heterogeneity={"distribution": "half_normal(0.01)", "rationale": "next to nothing"},
        correlations=[{"outcomes": ["example:a", "example:b"], "r": 0.9, "rationale": "the review's example"}],
    )  # fmt: skip
    analysis = make_plan([made], load_priors(), ["vague"]).analyses[0]
    explained = explain(analysis)
    own, a, b, one = explained["same_patients"]
    assert b["mu_mean"] < own["mu_mean"] < a["mu_mean"] and one["mu_mean"] < 0
    assert a["p_benefit"] < own["p_benefit"] < b["p_benefit"] < 0.5 < one["p_benefit"]
    assert (a["own"], a["standard_error"]) == (pytest.approx(0.57), pytest.approx(0.237))
    assert all(0.10 < row["mu_mean"] < 0.57 for row in explained["correlations"])
    said = "\n".join(explained["text"])
    assert "the weight of example:a would be negative and the estimate would lie outside all of them" in said
    (remark,) = [n for n in noted(analysis, 5.0, 0.2) if "same patients" in n]
    assert remark.endswith("example:a, example:b; under one effect example:a would have a negative weight")
    assert "with example:b" in said and "r = 0.9" in said


@pytest.mark.slow
def test_each_result_has_an_effect_of_its_own():
    """Posterior of both effects and tau by brute force: three dimensions on a grid, written apart from the package."""
    made = synthesis_of([SIX, TWO, OTHER], correlations=[STATED])
    analysis = make_plan([made], load_priors(), ["neutral"]).analyses[0]
    plane, tau_prior = plane_of_synthesis(analysis), analysis.heterogeneity.distribution
    answer = quadrature.integrate_synthesis(plane, analysis.formed.distribution, tau_prior)
    inside = made.together[0].effects_given(*answer.effects[0])

    mu, tau = np.linspace(-2, 2, 161)[:, None, None, None], np.linspace(1e-3, 1.5, 80)[None, :, None, None]
    one, two = np.linspace(-1.5, 1.1, 105)[:, None], np.linspace(-2.0, 1.3, 105)[None, :]
    w = np.array([0.2**-2, 0.3**-2]) / (0.2**-2 + 0.3**-2)
    errors = stats.multivariate_normal([log(0.8), log(0.7)], [[0.04, 0.036], [0.036, 0.09]])
    pair = errors.pdf(np.stack(np.broadcast_arrays(one, two), axis=-1))
    other = stats.norm(mu, np.sqrt(tau**2 + 0.25**2)).pdf(log(0.9))
    prior = stats.norm(0, 0.355).pdf(mu) * stats.halfnorm(0, 0.3).pdf(tau) * other
    prior = prior[..., 0, 0]
    mass = np.zeros_like(pair)
    for i, m in enumerate(mu.ravel()):
        for j, t in enumerate(tau.ravel()):
            mass += prior[i, j] * stats.norm(m, t).pdf(w[0] * one + w[1] * two)
    mass = mass * pair
    mass /= mass.sum()
    for (mean, sd), axis, x in zip(inside, (1, 0), (one.ravel(), two.ravel()), strict=True):
        density = mass.sum(axis=axis)
        assert mean == pytest.approx(density @ x, abs=0.002)
        assert sd == pytest.approx(sqrt(density @ (x - density @ x) ** 2), abs=0.003)


def test_p_values_and_means_join_as_estimates():
    """A directed p of 0.05 under se 0.2 is an estimate 1.95996 standard errors towards benefit."""
    p = outcome("p", {"kind": "p_value", "p": 0.05, "favours": "treatment", "se": 0.2})
    alone = join([p, p.model_copy()], 0.0)
    y, s = alone.evidence.on_analysis_scale("rate_ratio")
    assert (y, s) == (pytest.approx(-1.959964 * 0.2, abs=1e-6), pytest.approx(0.2 / sqrt(2)))
    arms = {"treatment": {"mean": 1.0, "sd": 2.0, "n": 20}, "control": {"mean": 2.0, "sd": 2.0, "n": 20}}
    means = outcome("m", {"kind": "means"} | arms, measure="mean_difference")
    y, s = join([means, means.model_copy()], 0.5).evidence.on_analysis_scale("mean_difference")
    assert (y, s) == (pytest.approx(-1.0), pytest.approx(sqrt(0.4 * 0.75)))


def test_tails_of_small_samples_are_kept():
    """Equal samples of 20 have 38 degrees of freedom (Welch); of several results the fewest; none of normal ones."""
    arms = {"treatment": {"mean": 1.0, "sd": 2.0, "n": 20}, "control": {"mean": 2.0, "sd": 2.0, "n": 20}}
    means = outcome("m", {"kind": "means"} | arms, measure="mean_difference")
    few = outcome("few", {"kind": "estimate", "estimate": -1, "se": 0.6, "df": 4}, measure="mean_difference")
    assert float(join([means, means.model_copy()], 0.5).evidence.df) == pytest.approx(38)
    assert float(join([means, few], 0.5).evidence.df) == 4
    assert join([SIX, TWO], 0.5).evidence.df is None


def test_two_outcomes_of_one_name_are_refused():
    """Two files of one id, whose patients differ: one would silently take the other's place."""
    apart = [SIX.model_copy(update={"patients": who}) for who in ("here", "there")]
    with pytest.raises(InvalidInput, match="2 outcomes are named example:six_months; names must be unique, so give the trials different ids"):
        synthesis_of(apart)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"outcomes": ["example:six_months", "example:two"]}, "not among `outcomes`"),
        ({"outcomes": ["example:six_months", "example:other"]}, "no patients in common"),
        ({"outcomes": ["example:six_months", "example:six_months"]}, "is named twice"),
        ({"r": 1}, "must be below 1"),
        ({"rationale": None}, "rationale"),
    ],
)
def test_correlations_that_make_no_sense(change, said):
    stated = {k: v for k, v in (STATED | change).items() if v is not None}
    with pytest.raises(InvalidInput, match=said):
        synthesis_of([SIX, TWO, OTHER], correlations=[stated])


def test_only_normal_reports_can_be_joined():
    p = {"kind": "p_value", "p": 0.4, "favours": "unknown", "n": {"treatment": 30, "control": 30}, "reference": SHARES}
    folded = outcome("folded", p, measure="common_odds_ratio")
    other = estimate("other", 0.9, 0.2, measure="common_odds_ratio")
    stated = {"outcomes": ["example:folded", "example:other"], "r": 0.5, "rationale": "r"}
    with pytest.raises(InvalidInput, match="does not say which arm it favours"):
        synthesis_of([folded, other], correlations=[stated])


@pytest.mark.slow
def test_other_correlations_are_shown():
    made = synthesis_of([SIX, TWO, OTHER], correlations=[STATED])
    explained = explain(make_plan([made], load_priors(), ["neutral"]).analyses[0])
    rows = {row["r"]: row for row in explained["correlations"]}
    assert list(rows) == [0.0, 0.3, 0.5, 0.6, 0.7, 0.9]
    assert rows[0.6]["stated"] and rows[0.6]["mean_moves"] == pytest.approx(0, abs=1e-9)
    assert np.all(np.diff([rows[r]["mu_sd"] for r in rows]) > 0), "the more they err together, the less they say"
    own, six, two, one = explained["same_patients"]
    assert (own["read"], six["read"], one["read"]) == ("one effect each", "alone", "one effect for all")
    assert six["results"] == "example:six_months" and one["note"] is None, "0.6 is below s1 / s2: no weight is negative"
    at_the_ratio = Together((SIX, TWO), 2 / 3)
    assert at_the_ratio.of_one_effect == (pytest.approx(log(0.8)), pytest.approx(0.2)), "only the better one counts"
    assert Together((SIX, TWO), 0.7).negative == ("example:two_years",)


@pytest.mark.slow
def test_rho_turns_residual_units_into_raw_ones(nuisance):
    """d_raw = d_adj sqrt(1 - rho^2): the synthesis states it, its members carry it, and other values are shown."""
    motor = load_synthesis("msc_motor")
    assert str(motor.members[0].evidence.rho) == "0.5" and not motor.members[0].evidence.in_residual_units
    explained = explain(make_plan([motor], load_priors(), ["neutral"]).analyses[0])
    assert [row["rho"] for row in explained["rho"] if row["stated"] or row["mean_moves"]] == [0.0, 0.5, 0.7]
    own = {rho: quadrature.curve(motor.with_rho(rho).members[0], nuisance).centre for rho in (0.0, 0.5)}
    assert own[0.5] == pytest.approx(own[0.0] * sqrt(0.75), rel=1e-6)
    with pytest.raises(InvalidInput, match="no outcome is in residual"):
        synthesis_of([SIX, OTHER], rho={"value": 0.5, "rationale": "r"})

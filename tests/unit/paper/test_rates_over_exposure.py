"""Events over exposure alone: infections and catheter-days of nobody knows how many patients."""

from decimal import Decimal
from math import log

import numpy as np
import pytest
from scipy import stats
from support.noted import noted
from support.trials import make_analysis, make_outcome

from bayes import quadrature, sensitivity
from bayes.analysis.curves import plane_of_synthesis
from bayes.analysis.plan import make_plan
from bayes.base.distributions import parse
from bayes.base.toml import validate
from bayes.checks import check_outcome
from bayes.errors import InvalidInput
from bayes.likelihoods.choice import alternatives
from bayes.paper.trial import Trial
from bayes.posterior.remark import Remark
from bayes.priors.sets import load_priors
from bayes.synthesis.file import synthesis_of

# Niel-Weise et al. 2008 (metadat, dat.nielweise2008): infections and catheter-days, anti-infective v standard catheter
NIELWEISE = (
    (7, 1344, 11, 1988), (8, 1600, 8, 1461), (3, 12012, 14, 10962), (6, 1536, 10, 1503), (1, 370, 1, 483),
    (1, 729, 8, 913), (17, 6760, 15, 6840), (3, 1107, 7, 1015), (2, 320, 3, 440),
)  # fmt: skip


def rates(x1, t1, x0, t0, patients="example", n=None, **more):
    size = {} if n is None else {"n": n}
    arms = {"treatment": {"events": x1, "exposure": t1} | size, "control": {"events": x0, "exposure": t0} | size}
    return make_outcome("rate_ratio", "lower", {"kind": "events", "per": "catheter-day"} | arms | more, patients=patients)


def trial(evidence, **more):
    outcome = {"label": "It", "measure": "rate_ratio", "benefit": "lower", "source": "invented", "evidence": evidence}
    about = {"id": "little", "title": "t", "year": 2020, "condition": "c", "design": "d"}
    about |= {"arms": {"treatment": "new", "control": "old"}, "outcomes": {"it": outcome}}
    return validate(Trial, about | more, "little.toml")


def test_poisson_is_the_default_and_the_only_family(nuisance):
    """A negative binomial is of persons: without them it cannot be asked for, nor compared with."""
    outcome = rates(*NIELWEISE[0])
    assert outcome.evidence.dispersion == "poisson" and alternatives(outcome) == ("events_poisson",)
    assert quadrature.curve(outcome, nuisance).method == "quadrature over the baseline"
    assert rates(*NIELWEISE[0], n=100).evidence.dispersion == "negative_binomial", "with persons they may differ"
    with pytest.raises(InvalidInput, match="requires n per arm; accepted without n: \"poisson\""):
        rates(*NIELWEISE[0], dispersion="negative_binomial")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"control": {"events": 11}}, "evidence.control: neither n nor exposure is stated; at least one of them is required"),
        ({"control": {"events": 11, "exposure": 1988, "persons": 4}}, "`persons` requires n"),
        ({"control": {"events": 11, "exposure": 1988, "n": 90}}, "n is stated for one arm only; state it for both arms or for neither"),
    ],
)
def test_what_is_missing_is_named(change, said):
    with pytest.raises(InvalidInput, match=said):
        make_outcome("rate_ratio", "lower", {"kind": "events", "treatment": {"events": 7, "exposure": 1344}} | change)


def test_one_trial_against_a_grid(nuisance):
    """Two Poisson counts, the baseline centred on the pooled rate, written apart from the package."""
    x1, t1, x0, t0 = NIELWEISE[0]
    answer = quadrature.integrate(quadrature.curve(rates(x1, t1, x0, t0), nuisance), parse("normal(0, 0.355)"))
    theta, a = np.linspace(-2, 2, 801)[:, None], np.linspace(-5, 5, 1001)[None, :]
    unit = (t1 + t0) / (x1 + x0)
    log_p = stats.poisson.logpmf(x1, t1 / unit * np.exp(a + theta / 2))
    log_p = log_p + stats.poisson.logpmf(x0, t0 / unit * np.exp(a - theta / 2))
    mass = np.exp(log_p) * stats.norm(0, 0.355).pdf(theta) * stats.norm(0, 2.5).pdf(a)
    mass = mass.sum(axis=1) / mass.sum()
    mean = mass @ theta[:, 0]
    assert (answer.mean, answer.sd) == (
        pytest.approx(mean, abs=1e-6),
        pytest.approx((mass @ (theta[:, 0] - mean) ** 2) ** 0.5, abs=1e-6),
    )
    # with an invented n of 100 an arm the answer hardly differs: mean -0.0209, sd 0.2855, P(benefit) 0.5279
    assert answer.mean == pytest.approx(-0.0209, abs=0.01) and answer.sd == pytest.approx(0.2855, abs=0.003)
    assert answer.p_below_null == pytest.approx(0.5279, abs=0.01)


def test_the_unit_of_exposure_cannot_matter(nuisance):
    days, years = (rates(x1, t1 / f, x0, t0 / f) for f in (1, 365.25) for x1, t1, x0, t0 in NIELWEISE[:1])
    prior = parse("normal(0, 0.355)")
    one, other = (quadrature.integrate(quadrature.curve(o, nuisance), prior) for o in (days, years))
    assert one.mean == pytest.approx(other.mean, abs=1e-9)


@pytest.mark.slow
def test_nine_trials():
    """Without persons the answer is that of each trial's counts given their total, by brute force over mu and tau.

    metafor's conditional Poisson model has a rate ratio of 0.62 (0.39 to 0.99). With an invented n of 100 an arm the
    prior of the baseline says that such rates are low, and the mean is a little nearer to no effect: -0.451 (0.243).
    """
    outcomes = []
    for i, counts in enumerate(NIELWEISE):
        outcomes.append(rates(*counts, patients=f"trial_{i}"))
        outcomes[-1]._id = f"trial_{i}"
    heterogeneity = {"distribution": "half_normal(0.5)", "rationale": "as in the source"}
    analysis = make_plan([synthesis_of(outcomes, heterogeneity=heterogeneity)], load_priors(), ["vague"]).analyses[0]
    tau = analysis.heterogeneity.distribution
    answer = quadrature.integrate_synthesis(plane_of_synthesis(analysis), analysis.formed.distribution, tau)
    mean, sd, above, tau_mean = _given_their_totals()
    assert answer.mu_mean == pytest.approx(mean, abs=0.005) and answer.mu_sd == pytest.approx(sd, abs=0.005)
    assert answer.p_mu_above_null == pytest.approx(above, abs=0.003)
    assert answer.tau_mean == pytest.approx(tau_mean, abs=0.005)
    assert np.exp(answer.mu_quantiles([0.5])[0]) == pytest.approx(0.62, abs=0.015)


def _given_their_totals():
    """Posterior of mu ~ N(0, 5) and tau ~ half-normal(0.5) from binomials of the treated arm's share of all events."""
    mu, tau = np.linspace(-2.5, 1.5, 321)[:, None, None], np.linspace(0.0025, 2.5, 250)[None, :, None]
    node, weight = np.polynomial.hermite_e.hermegauss(31)
    total = np.log(stats.norm(0, 5).pdf(mu[..., 0])) + np.log(stats.halfnorm(0, 0.5).pdf(tau[..., 0]))
    for x1, t1, x0, t0 in NIELWEISE:
        share = 1 / (1 + t0 / t1 * np.exp(-(mu + tau * node)))
        total = total + np.log(stats.binom(x1 + x0, share).pmf(x1) @ (weight / weight.sum()))
    mass = np.exp(total - total.max())
    mass /= mass.sum()
    mu, tau, over_mu, over_tau = mu.ravel(), tau.ravel(), mass.sum(axis=1), mass.sum(axis=0)
    mean = over_mu @ mu
    return mean, (over_mu @ (mu - mean) ** 2) ** 0.5, over_mu[mu > 0].sum(), over_tau @ tau


@pytest.mark.slow
def test_nine_trials_of_an_invented_size():
    """The case as it was typed before n could be left out: mu -0.451 (0.243), 0.641 (0.385 to 1.009), P(benefit) .973."""
    outcomes = []
    for i, counts in enumerate(NIELWEISE):
        outcomes.append(rates(*counts, patients=f"trial_{i}", n=100, dispersion="poisson"))
        outcomes[-1]._id = f"trial_{i}"
    heterogeneity = {"distribution": "half_normal(0.5)", "rationale": "as in the source"}
    analysis = make_plan([synthesis_of(outcomes, heterogeneity=heterogeneity)], load_priors(), ["vague"]).analyses[0]
    tau = analysis.heterogeneity.distribution
    answer = quadrature.integrate_synthesis(plane_of_synthesis(analysis), analysis.formed.distribution, tau)
    assert answer.mu_mean == pytest.approx(-0.4514, abs=0.005) and answer.mu_sd == pytest.approx(0.2425, abs=0.005)
    assert answer.mu_quantiles([0.025, 0.975]) == pytest.approx([-0.9537, 0.0085], abs=0.005)
    assert 1 - answer.p_mu_above_null == pytest.approx(0.9730, abs=0.003)
    assert 1 - answer.p_new_above(0.0) == pytest.approx(0.8689, abs=0.003)
    assert answer.tau_mean == pytest.approx(0.3563, abs=0.005)


def test_a_row_says_what_cannot_be_known():
    analysis = make_analysis(rates(*NIELWEISE[0]), "neutral")
    assert str(Remark("poisson_without_persons")) in noted(analysis, 0.355, 0.285)
    none = make_analysis(rates(0, 1344, 0, 1988), "neutral")
    (said,) = [note for note in noted(none, 0.355, 0.355) if "no event" in note]
    assert f"{-log(0.05) / 1344:.3g} per catheter-day (0 in 1344)" in said


def test_control_rates_are_per_unit_of_the_printed_exposure():
    found = sensitivity.baseline_risk(rates(*NIELWEISE[0]))
    (seen,) = found[found["observed"]].to_dict("records")
    assert seen["control_risk"] == pytest.approx(11 / 1988) and seen["per"] == "catheter-day"
    assert found["control_risk"].max() == pytest.approx(10 * 11 / 1988, rel=0.01)


def test_the_arithmetic_needs_no_persons():
    """Poisson: log(7 x 1988 / (11 x 1344)) = -0.06, s = sqrt(1/7 + 1/11) = 0.483: 0.94 (0.36 to 2.43)."""
    x1, t1, x0, t0 = NIELWEISE[0]
    arms = {"treatment": {"events": x1, "exposure": t1}, "control": {"events": x0, "exposure": t0}}

    def found(estimate, low, high):
        right = {"measure": "rate_ratio", "estimate": Decimal(estimate), "ci": [Decimal(low), Decimal(high)]}
        made = make_outcome("rate_ratio", "lower", {"kind": "events"} | arms, printed=right)
        return {f.path: (f.verdict, f.implied) for f in check_outcome(made)}

    assert found("0.94", "0.36", "2.43") == {}
    assert found("1.10", "0.36", "2.43")["printed.estimate"][0] == "inconsistent"
    assert found("0.94", "0.60", "1.47")["printed.ci"] == ("not checkable", "s 0.483")


def test_a_trial_of_rates_alone_needs_no_patients():
    evidence = {"kind": "events", "treatment": {"events": 7, "exposure": 1344}, "control": {"events": 11, "exposure": 1988}}
    little = trial(evidence)
    assert little.n is None and "patients not printed" in repr(little)
    assert sensitivity.prior_weight(little.outcomes["it"])["unit"].tolist()[0] == "events"
    for known in ({"n": 100}, {"persons": 3, "n": 100}):
        arms = {a: evidence[a] | known for a in ("treatment", "control")}
        with pytest.raises(InvalidInput, match="n: patients per arm are missing"):
            trial(evidence | arms)

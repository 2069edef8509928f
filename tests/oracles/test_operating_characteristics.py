"""Operating characteristics against closed forms, published examples of RBesT, brute force and quadrature one by one."""

from math import sqrt

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit, logit
from scipy.stats import beta, betabinom, binom, norm, poisson
from scipy.stats import t as student

import bayes
from bayes import quadrature
from bayes.base.distributions import parse
from bayes.calibration.operating import operating
from bayes.priors.sets import PriorSet, load_priors

NUISANCE = load_priors("default").nuisance


def arms(treatment, control):
    """A prior set with one pair of arm priors, `x`."""
    pair = {"treatment": treatment, "control": control, "rationale": "-", "source": "-"}
    return PriorSet.model_validate({"id": "arms", "arms": {"x": pair}})


def values(found, characteristic, prior=None, **fields):
    """The values of a characteristic in order, of rows with these fields."""
    rows = [r for r in found.rows if r["characteristic"] == characteristic and r["status"] == "ok"]
    return [r["value"] for r in rows if (prior is None or r["prior"] == prior) and all(r[k] == v for k, v in fields.items())]


# closed forms for a normal endpoint: y ~ N(theta, s), prior N(m, tau), design prior N(a, b), P(theta > 0) > c


class Closed:
    """The textbook formulas, in the direction in which a higher effect is better."""

    def __init__(self, s, m, tau, c):
        self.s, self.m, self.tau = s, m, tau
        self.v = 1 / (1 / s**2 + 1 / tau**2)
        self.boundary = s**2 * (norm.ppf(c) / sqrt(self.v) - m / tau**2)

    def power(self, theta):
        return norm.sf((self.boundary - theta) / self.s)

    def assurance(self, a, b):
        return norm.sf((self.boundary - a) / sqrt(self.s**2 + b**2))

    def success_without_benefit(self, a, b):
        joint = lambda t: norm.pdf(t, a, b) * self.power(t)  # noqa: E731
        return quad(joint, a - 12 * b, 0, epsabs=1e-14, epsrel=1e-12, limit=500, points=[-self.s, -3 * self.s, -8 * self.s])[0]

    def bias(self, theta):
        return (self.v / self.s**2 - 1) * (theta - self.m)

    def mse(self, theta):
        return (self.v / self.s) ** 2 + self.bias(theta) ** 2

    def coverage(self, theta):
        reach, sd = norm.ppf(0.975) * sqrt(self.v), self.v / self.s
        return norm.cdf((reach - self.bias(theta)) / sd) - norm.cdf((-reach - self.bias(theta)) / sd)


@pytest.mark.parametrize("s, m, tau, c, a, b", [
    (0.242, 0.0, 0.355, 0.975, 0.1, 0.3),
    (0.15, 0.2, 0.1, 0.9, 0.0, 0.2),
    (1.3, -0.4, 5.0, 0.999, 1.0, 2.0),
])  # fmt: skip
def test_a_normal_endpoint_equals_its_closed_forms(s, m, tau, c, a, b):
    outcome = bayes.outcome(measure="mean_difference", benefit="higher", estimate=0.3, se=s, sd_ref=1, mcid=0.5)
    effects = [-0.6, -0.1, 0.2, 0.5, 1.1]
    found = operating(outcome, f"p_benefit > {c}", prior=f"normal({m:g}, {tau:g})", design=f"normal({a:g}, {b:g})", effects=effects)
    exact = Closed(s, m, tau, c)
    at = sorted({*effects, 0.0, 0.5})
    assert values(found, "p_success") == pytest.approx([exact.power(t) for t in at], abs=1e-6)
    assert values(found, "type_i_error") == pytest.approx([exact.power(0)], abs=1e-6)
    assert values(found, "type_i_error_sup") == pytest.approx([exact.power(0)], abs=1e-6)
    assert values(found, "bias") == pytest.approx([exact.bias(t) for t in at], abs=1e-6)
    assert values(found, "mse") == pytest.approx([exact.mse(t) for t in at], abs=1e-6)
    assert values(found, "coverage") == pytest.approx([exact.coverage(t) for t in at], abs=1e-6)
    for name, (mean, sd) in {f"normal({a:g}, {b:g})": (a, b), "the analysis prior": (m, tau)}.items():
        none, joint = norm.cdf(-mean / sd), exact.success_without_benefit(mean, sd)
        assert values(found, "assurance", design_prior=name) == pytest.approx([exact.assurance(mean, sd)], abs=1e-6)
        assert values(found, "p_false", design_prior=name) == pytest.approx([none], abs=1e-6)
        assert values(found, "bayesian_type_i_error", design_prior=name) == pytest.approx([joint / none], abs=1e-6)
        share = joint / exact.assurance(mean, sd)
        assert values(found, "p_false_given_success", design_prior=name) == pytest.approx([share], abs=1e-6)


def test_the_direction_of_benefit_mirrors_everything():
    """A hazard ratio of 0.75, where lower is better, and its reciprocal, where higher is: the same trial."""
    lower = bayes.outcome(measure="hazard_ratio", benefit="lower", estimate=0.75, se=0.2, mcid=0.8)
    higher = bayes.outcome(measure="hazard_ratio", benefit="higher", estimate=4 / 3, se=0.2, mcid=1.25)
    rule = "p_benefit > 0.95 and p_mcid > 0.4"
    down, up = (operating(o, rule, prior=p, design=d, effects=e) for o, p, d, e in (
        (lower, "normal(-0.1, 0.3)", "normal(-0.2, 0.1)", [0.5, 0.9, 1.2]),
        (higher, "normal(0.1, 0.3)", "normal(0.2, 0.1)", [2.0, 1 / 0.9, 1 / 1.2]),
    ))  # fmt: skip
    for what in ("p_success", "coverage", "mse"):
        assert values(down, what) == pytest.approx(values(up, what)[::-1], abs=1e-9)
    for what in ("type_i_error", "assurance", "bayesian_type_i_error", "p_false_given_success"):
        assert values(down, what) == pytest.approx(values(up, what), abs=1e-9)


def test_the_figures_of_the_methods():
    """METHODS 17: MESEMS, P(benefit) > 0.975, s 0.242: .009 and .69 at a rate ratio of 0.5 under N(0, .355); vague .025, .82."""
    found = operating("mesems:gel_24w", "p_benefit > 0.975", prior=["normal(0, 0.355)", "vague"], effects=[0.5])
    assert [round(v, 3) for v in values(found, "type_i_error")] == [0.009, 0.025]
    assert [round(v, 2) for v in values(found, "p_success", effect=0.5)] == [0.69, 0.82]


@pytest.mark.slow
def test_a_student_t_estimate_equals_direct_integration():
    """The success intervals by root finding against quadrature of the error density over a fine table of decisions."""
    outcome = bayes.outcome(measure="mean_difference", benefit="higher", estimate=0.3, ci=(-0.2, 0.8), df=5, sd_ref=1)
    s, prior = outcome.standard_error, parse("normal(0, 0.5)")
    found = operating(outcome, "p_benefit > 0.9", prior="normal(0, 0.5)", design=[], effects=[0.8])
    y = np.linspace(-40 * s, 40 * s, 6001)
    theta = np.linspace(-4, 4, 1001)
    density = student.pdf((y[:, None] - theta) / s, 5) * norm.pdf(theta, 0, prior.args[1])
    p = (density[:, theta > 0].sum(axis=1) + density[:, theta == 0].sum(axis=1) / 2) / density.sum(axis=1)
    step = y[1] - y[0]
    for effect, value in zip((0.0, 0.8), values(found, "p_success"), strict=True):
        reference = (student.pdf((y - effect) / s, 5) / s * (p > 0.9)).sum() * step
        assert value == pytest.approx(reference, abs=1.5 * step * student.pdf(0, 5) / s)  # one cell of y at either end


def test_a_bare_p_value_is_a_normal_estimate_of_its_standard_error():
    p_value = bayes.outcome(kind="p_value", measure="standardised_mean_difference", benefit="higher", p=0.04, favours="treatment", se=0.25)
    estimate = bayes.outcome(measure="standardised_mean_difference", benefit="higher", estimate=0.1, se=0.25)
    for what in ("p_success", "coverage", "assurance"):
        one, other = (values(operating(o, prior="normal(0, 0.2)", effects=[0.3, 0.6]), what) for o in (p_value, estimate))
        assert one == pytest.approx(other, abs=1e-9)


# published examples of RBesT


def test_pos2s_of_rbest():
    """0.145567, the example of ?pos2S of RBesT 1.8-1 (opensource.nibr.com/RBesT/reference/pos2S.html).

    Placebo N(-49, 88 / sqrt 20) before 10 patients with mean -50, treatment N(0, 88 / sqrt 0.001) before 20 with mean -80;
    then 20 and 30 further patients with SD 88. Success: P(placebo - treatment > 0) > 0.95 and P(placebo - treatment > 50)
    > 0.5. Averaged over the priors with which it is analysed, such a trial is one of a single normal estimate whose prior
    and posterior variances are those of the difference. RBesT leaves out 1e-6 of the sample space (its `eps`).
    """
    interim = [(-(20 * 49 + 10 * 50) / 30, 88**2 / 30, 20), (-20 * 80 / 20.001, 88**2 / 20.001, 30)]
    mean, tau2 = interim[0][0] - interim[1][0], sum(variance for _, variance, _ in interim)
    left = sum(1 / (1 / variance + n / 88**2) for _, variance, n in interim)
    se = (1 / (1 / left - 1 / tau2)) ** 0.5
    outcome = bayes.outcome(measure="mean_difference", benefit="higher", estimate=1, se=se, sd_ref=88, mcid=50)
    found = operating(outcome, "p_benefit > 0.95 and p_mcid > 0.5", prior=f"normal({mean:.12g}, {tau2**0.5:.12g})", design=[])
    assert values(found, "assurance")[0] == pytest.approx(0.145567, abs=1e-6)
    assert values(found, "assurance")[0] == pytest.approx(norm.sf((50 - mean) / sqrt(tau2 - left)), abs=1e-9)


@pytest.mark.parametrize("sizes, treatment, control, delta", [
    ((24, 6), "beta(0.5, 1)", "mixture(0.6167463*beta(19.1916387, 57.7779317), 0.3832537*beta(3.5278745, 9.3735980))", 0.298),
    ((24, 24), "beta(1, 1)", "beta(1, 1)", 0.341),
    ((24, 6), "beta(0.5, 1)", "mixture(0.493397*beta(19.191639, 57.777932), 0.306603*beta(3.527874, 9.373598), 0.2*beta(1, 1))", 0.368),
    ((24, 6), "beta(1, 1)", "beta(1, 1)", 0.529),
])  # fmt: skip
def test_oc2s_of_rbest(sizes, treatment, control, delta):
    """The difference of risks with 80% power: four designs of the vignette "Getting started with RBesT (binary)".

    decision2S(0.95, 0, lower.tail = FALSE), a control risk of 0.25857963, printed to three digits
    (opensource.nibr.com/RBesT/articles/introduction.html).
    """
    outcome = bayes.outcome(kind="binary", measure="risk_difference", benefit="higher", treatment=(1, sizes[0]), control=(1, sizes[1]))
    around = [delta - 0.0005, delta + 0.0005]
    found = operating(outcome, prior="x", prior_set=arms(treatment, control), design=[], baseline=0.25857963, effects=around)
    low, high = (values(found, "p_success", effect=d)[0] for d in around)
    assert low < 0.8 < high


@pytest.mark.parametrize("control, n, published", [
    ("beta(1, 1)", 38, [1.8, 2.3, 2.4, 2.6, 2.8, 2.6, 89.7, 82.1, 79.5, 79.5, 81.9, 89.8]),
    ("beta(4, 16)", 20, [0, 1.6, 6.1, 13.7, 26.0, 44.4, 81.6, 87.8, 93.4, 97.9, 99.6, 100.0]),
])  # fmt: skip
def test_the_simulated_table_of_schmidli(control, n, published):
    """Table 2 of Schmidli et al. 2014, Biometrics 70:1023-32; RBesT's own tests allow 2.5 points, as is done here."""
    outcome = bayes.outcome(kind="binary", measure="risk_difference", benefit="higher", treatment=(1, 40), control=(1, n))
    found = []
    for risk in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6):
        one = operating(outcome, "p_benefit > 0.975", prior="x", prior_set=arms("beta(1, 1)", control), design=[], baseline=risk, effects=[0.3])
        found.append([100 * values(one, "p_success", effect=e)[0] for e in (0.0, 0.3)])
    assert np.array(found).T.ravel() == pytest.approx(published, abs=2.5)


# counts: every table by the ordinary quadrature, one by one, and brute-force simulation


def one_by_one(measure, prior, n1, n0):
    """P(effect > null) and the mean of every table, by the ordinary quadrature: arrays by x1, x0."""
    answers = [
        [quadrature.integrate(quadrature.curve(bayes.outcome(kind="binary", measure=measure, benefit="higher", treatment=(a, n1), control=(b, n0)), NUISANCE), parse(prior)) for b in range(n0 + 1)]
        for a in range(n1 + 1)
    ]  # fmt: skip
    return np.array([[(x.p_above_null, x.mean) for x in row] for row in answers]).transpose(2, 0, 1)


@pytest.mark.parametrize("measure, prior, effect", [
    ("odds_ratio", "normal(0, 0.8)", 3.0),
    ("odds_ratio", "student_t(4, 0, 1)", 3.0),
    ("risk_ratio", "normal(0.1, 0.5)", 2.0),
    ("risk_difference", "normal(0, 0.2)", 0.3),
    ("odds_ratio", "spike_slab(0.3, normal(0, 1))", 3.0),
])  # fmt: skip
@pytest.mark.slow
def test_enumerated_tables_equal_the_quadrature_of_each_and_a_simulation(measure, prior, effect):
    n1, n0, risk, c = 12, 10, 0.3, 0.85
    treated = {"odds_ratio": expit(logit(risk) + np.log(effect)), "risk_ratio": risk * effect, "risk_difference": risk + effect}[measure]
    p, mean = one_by_one(measure, prior, n1, n0)
    weight = np.outer(binom.pmf(np.arange(n1 + 1), n1, treated), binom.pmf(np.arange(n0 + 1), n0, risk))
    outcome = bayes.outcome(kind="binary", measure=measure, benefit="higher", treatment=(1, n1), control=(3, n0))
    found = operating(outcome, f"p_benefit > {c}", prior=prior, design=[], effects=[effect], baseline=risk)
    power = values(found, "p_success", effect=pytest.approx(effect))[0]
    assert power == pytest.approx((weight * (p > c)).sum(), abs=1e-8)
    truth = effect if measure == "risk_difference" else np.log(effect)
    assert values(found, "bias", effect=pytest.approx(effect))[0] == pytest.approx((weight * (mean - truth)).sum(), abs=1e-5)
    rng = np.random.default_rng(7)
    drawn = p[rng.binomial(n1, treated, 20000), rng.binomial(n0, risk, 20000)] > c
    assert power == pytest.approx(drawn.mean(), abs=4 * (0.25 / 20000) ** 0.5)


def test_a_baseline_averaged_over_its_prior_equals_direct_integration():
    """P(table | theta) with the log odds midway between the arms integrated over its prior by SciPy."""
    n1, n0, c = 8, 6, 0.8
    outcome = bayes.outcome(kind="binary", measure="odds_ratio", benefit="higher", treatment=(1, n1), control=(3, n0))
    found = operating(outcome, f"p_benefit > {c}", prior="normal(0, 1)", design=[], effects=[4.0], baseline="averaged")
    p, _ = one_by_one("odds_ratio", "normal(0, 1)", n1, n0)
    x1, x0 = np.nonzero(p > c)

    def given(a, theta):
        return (binom.pmf(x1, n1, expit(a + theta / 2)) * binom.pmf(x0, n0, expit(a - theta / 2))).sum() * norm.pdf(a, 0, 2.5)

    for effect in (1.0, 4.0):
        reference = quad(given, -25, 25, args=(np.log(effect),), epsabs=1e-10, limit=400)[0]
        assert values(found, "p_success", effect=pytest.approx(effect))[0] == pytest.approx(reference, abs=1e-6)


@pytest.mark.slow
def test_enumerated_poisson_counts_equal_the_quadrature_of_each():
    outcome = bayes.outcome(kind="events", measure="rate_ratio", benefit="lower", treatment={"events": 3, "exposure": 20}, control={"events": 5, "exposure": 25})
    found = operating(outcome, "p_benefit > 0.8", prior="normal(0, 0.7)", design=[], effects=[0.5])
    rate, c = 5 / 25, 0.8
    prior = parse("normal(0, 0.7)")
    counts = [(a, b) for a in range(0, 13) for b in range(0, 20)]
    succeeds = []
    for a, b in counts:
        report = outcome.evidence.model_copy(update={"treatment": outcome.evidence.treatment.model_copy(update={"events": a}), "control": outcome.evidence.control.model_copy(update={"events": b})})
        curve = quadrature.curve(outcome.model_copy(update={"evidence": report}), NUISANCE, "events_poisson")
        succeeds.append(quadrature.integrate(curve, prior).p_below_null > c)
    for effect in (0.5, 1.0):
        weight = [poisson.pmf(a, 20 * rate * effect) * poisson.pmf(b, 25 * rate) for a, b in counts]
        left_out = 1 - sum(weight)
        assert values(found, "p_success", effect=effect)[0] == pytest.approx(np.dot(weight, succeeds), abs=2e-3)
        assert left_out < 1e-3


# simulated designs


@pytest.mark.slow
def test_simulated_means_of_large_arms_approach_the_closed_form():
    """With 400 patients an arm the t likelihood is normal: s = (2^2 / 400 + 2^2 / 400)^1/2; within 4 Monte Carlo errors."""
    outcome = bayes.outcome(kind="means", measure="mean_difference", benefit="higher", treatment={"mean": 1, "sd": 2, "n": 400}, control={"mean": 0.8, "sd": 2, "n": 400}, mcid=0.3)
    found = operating(outcome, "p_benefit > 0.95", prior="normal(0, 0.2)", design="normal(0.1, 0.2)", simulations=600)
    exact = Closed(sqrt(8 / 400), 0.0, 0.2, 0.95)
    rows = [r for r in found.rows if r["characteristic"] in ("p_success", "coverage", "bias")]
    assert all(r["mcse"] is not None for r in rows)
    reference = {"p_success": exact.power, "coverage": exact.coverage, "bias": exact.bias}
    for row in rows:
        assert row["value"] == pytest.approx(reference[row["characteristic"]](row["effect"]), abs=4 * row["mcse"] + 0.004)
    for row in (r for r in found.rows if r["characteristic"] == "assurance"):
        mean, sd = (0.0, 0.2) if row["design_prior"] == "the analysis prior" else (0.1, 0.2)
        assert row["value"] == pytest.approx(exact.assurance(mean, sd), abs=4 * row["mcse"])


@pytest.mark.slow
def test_simulated_dichotomies_equal_enumerated_tables():
    """An ordinal scale of two categories is a two-by-two table: proportional odds against all tables, within 4 errors."""
    two = bayes.outcome(kind="ordinal", measure="common_odds_ratio", benefit="higher", categories=["good", "bad"], treatment=[20, 20], control=[16, 24])
    shares = (16 + 1 / 1.85) / (40 + 2 / 1.85)  # shrunken by the Dirichlet prior of two categories
    table = bayes.outcome(kind="binary", measure="odds_ratio", benefit="higher", treatment=(20, 40), control=(16, 40))
    effects = [1.5, 2.5]
    simulated = operating(two, prior="normal(0, 0.6)", design=[], effects=effects, simulations=1500)
    exact = operating(table, prior="normal(0, 0.6)", design=[], effects=effects, baseline=shares)
    # the analyses differ in the prior of the baseline: Dirichlet against normal(0, 2.5), which moves few decisions
    rows = [r for r in simulated.rows if r["characteristic"] == "p_success"]
    for row, value in zip(rows, values(exact, "p_success"), strict=True):
        assert row["value"] == pytest.approx(value, abs=4 * row["mcse"] + 0.01)


def test_one_arm_equals_the_binomial_distribution():
    """A beta prior: P(p > goal | x) by its distribution function."""
    outcome = bayes.outcome(kind="proportion", measure="proportion", benefit="higher", events=12, n=20, goal=0.5)
    found = operating(outcome, "p_benefit > 0.9", prior="beta(1, 1)", design="beta(6, 3)", effects=[0.6, 0.8])
    x = np.arange(21)
    succeeds = beta.sf(0.5, 1 + x, 21 - x) > 0.9
    at = [0.5, 0.6, 0.8]
    assert values(found, "p_success") == pytest.approx([binom.pmf(x, 20, p) @ succeeds for p in at], abs=1e-9)
    reference = betabinom.pmf(x, 20, 6, 3) @ succeeds
    assert values(found, "assurance", design_prior="beta(6, 3)") == pytest.approx([reference], abs=1e-6)


def test_statements_of_significance_are_four_reports():
    """Without a direction two: the likelihood of "significant" is 1 - [Phi(1.96 - d) - Phi(-1.96 - d)], d = theta / s."""
    outcome = bayes.outcome(kind="significance", measure="hazard_ratio", benefit="higher", significant=True, favours="treatment", se=0.2)
    found = operating(outcome, "p_benefit > 0.95", prior="normal(0, 0.3)", design=[], effects=[1.5])
    critical = norm.ppf(0.975)
    # "significant in favour of treatment" is the only report with P(benefit) > 0.95
    at = np.log([1.0, 1.5]) / 0.2
    assert values(found, "p_success") == pytest.approx(norm.sf(critical - at), abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["odds_ratio", "risk_ratio", "risk_difference", "rate_ratio"])
def test_a_sample_of_counts_equals_their_enumeration(kind, monkeypatch):
    """Arms whose tables are too many are sampled: here tables that can be enumerated as well, within 4.5 Monte Carlo errors.

    4.5, because some hundred numbers are compared: one in 150,000 is further away by chance.
    """
    from bayes.calibration.operating import poisson_counts, two_by_two

    if kind == "rate_ratio":
        outcome = bayes.outcome(kind="events", measure=kind, benefit="lower", treatment={"events": 20, "exposure": 30}, control={"events": 30, "exposure": 30})
        said = {"likelihood": "events_poisson", "effects": [0.5, 0.8], "design": "normal(-0.3, 0.4)"}
    else:
        outcome = bayes.outcome(kind="binary", measure=kind, benefit="lower", treatment=(7, 28), control=(10, 30))
        said = {"effects": [-0.25, -0.1] if kind == "risk_difference" else [0.4, 0.7], "design": "normal(-0.2, 0.2)"}
    exact = operating(outcome, "p_benefit > 0.9", prior="normal(-0.1, 0.8)", **said)
    monkeypatch.setattr(poisson_counts, "MOST", 10)
    monkeypatch.setattr(two_by_two, "MOST", dict.fromkeys(two_by_two.MOST, 10))
    monkeypatch.setattr(two_by_two, "PER", dict.fromkeys(two_by_two.MOST, 8))
    drawn = operating(outcome, "p_benefit > 0.9", prior="normal(-0.1, 0.8)", simulations=100, **said)
    compared = 0
    for one, other in zip(exact.rows, drawn.rows, strict=True):
        assert (one["characteristic"], one["effect"]) == (other["characteristic"], other["effect"]) or one["characteristic"] == "type_i_error_sup"
        if one["characteristic"] in ("p_false", "type_i_error_sup") or one["effect"] is None and other["mcse"] is None:
            continue
        assert other["value"] == pytest.approx(one["value"], abs=4.5 * other["mcse"] + 2e-3), one
        compared += 1
    assert compared >= 15 and all(row["mcse"] is None for row in exact.rows)

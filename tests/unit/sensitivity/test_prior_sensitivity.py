"""The prior grid, power scaling, conflict and weight of a prior, each against an answer found another way."""

from math import log, sqrt

import numpy as np
import pytest
import xarray as xr
from scipy import stats
from support.reports import FOLDED, REPORTS
from support.trials import make_outcome

from bayes import quadrature
from bayes.base.distributions import parse
from bayes.borrowing.effective_sample_size import effective_sample_size
from bayes.errors import NotFormable
from bayes.sensitivity import located, named_priors, prior_grid, prior_weight
from bayes.sensitivity.grid_of_priors import prior_grid_rows
from bayes.sensitivity.powers import powered
from bayes.sensitivity.powerscale import diagnosis, power_scaling_rows, sensitivities
from bayes.sensitivity.prior_data_conflict import conflict_rows
from bayes.sensitivity.prior_effective_size import prior_weight_rows
from bayes.sensitivity.subject import Subject

GRIDDED = (
    "estimate",
    "binary OR",
    "binary RR",
    "binary RD",
    "means",
    "p small sample",
    "p below",
    "proportion",
    "p unknown",
)
MCID = {"mean_difference": 5.0, "standardised_mean_difference": 0.3, "risk_difference": -0.1, "proportion": 0.85}


def subject_of(name, **more):
    measure, benefit, evidence = {**REPORTS, **FOLDED}[name]
    value = MCID.get(measure, 1.2 if benefit == "higher" else 0.8)
    return Subject.of(make_outcome(measure, benefit, evidence, mcid={"value": value, "rationale": "r"}, **more))


@pytest.mark.slow
@pytest.mark.parametrize("name", GRIDDED)
def test_cells_are_the_integral_of_their_prior(name):
    subject = subject_of(name)
    rows = prior_grid_rows(subject)
    assert len(rows) == 1681 and {row["method"] for row in rows} == {"curve"}
    for row in rows[:: 1681 // 12]:
        prior = subject.family.prior(row["prior_mean"], row["prior_sd"])
        answer = quadrature.integrate(subject.curve, prior, subject.null)
        benefit, harm = answer.p_above_null, answer.p_below_null
        assert (row["p_benefit"], row["p_harm"]) == pytest.approx(
            (benefit, harm) if subject.sign > 0 else (harm, benefit), abs=1e-7
        )
        assert (row["mean"], row["sd"]) == pytest.approx((answer.mean, answer.sd), abs=2e-6)
        above = quadrature.p_at_least(subject.curve, prior, subject.null, subject.mcid)
        assert row["p_mcid"] == pytest.approx(above if subject.sign > 0 else 1 - above, abs=1e-6)


def test_axes_are_readable_and_hold_no_effect():
    frame = prior_grid(subject_of("estimate"), 5)
    assert len(frame) == 25
    assert frame["prior_natural"].unique() == pytest.approx([1 / 3, 3**-0.5, 1, 3**0.5, 3])
    wide = frame.iloc[-1]
    assert (wide["prior_low"], wide["prior_high"]) == pytest.approx(tuple(3 * np.exp([-3.92, 3.92])), rel=1e-3)


def test_a_firmer_belief_in_benefit_never_lowers_its_probability():
    frame = prior_grid(subject_of("binary OR"), 9)
    for _, column in frame.groupby("prior_sd"):
        assert (np.diff(column.sort_values("prior_mean")["p_benefit"]) <= 1e-12).all()  # lower odds are better


@pytest.mark.nuts
def test_reweighting_agrees_with_the_curve_and_says_what_it_did():
    """Draws of one wide prior, refitted where k-hat exceeds 0.7 and in a random tenth; 4 MCSE of 12,000 draws."""
    subject = subject_of("estimate")
    by_curve, reweighted = prior_grid(subject, 5), prior_grid(subject, 5, method="reweighting")
    assert set(reweighted["method"]) == {"reweighted", "NUTS"}
    assert (reweighted.loc[reweighted["method"] == "reweighted", "k_hat"] <= 0.7).all()
    for name in ("p_benefit", "p_mcid"):
        p = by_curve[name]
        # smoothed weights cost draws: half of them at k-hat 0.7, half again for autocorrelation
        assert (abs(reweighted[name] - p) <= 4 * np.sqrt(p * (1 - p) / 3000) + 1e-3).all()
    assert 0 <= reweighted["largest_difference"].iloc[0] < 4 * sqrt(0.25 / 1500)


def test_named_priors_are_the_set_zampieris_grid_and_mixtures():
    planned = {"value": 0.7, "source": "s"}
    frame = named_priors(subject_of("estimate", planned=planned)).set_index("prior")
    expected = {"vague", "neutral", "sceptical", "enthusiastic", "pessimistic", "cochrane", "field"}
    expected |= {f"{r}, {s}" for r in ("optimistic", "pessimistic") for s in ("weak", "moderate", "strong")}
    expected |= {"neutral, strong", *(f"{w}% sceptical, {100 - w}% enthusiastic" for w in (25, 50, 75))}
    assert set(frame.index) == expected  # neutral, weak and moderate are the set's vague and neutral
    assert frame.loc["field", "status"] == "skipped" and "field" in frame.loc["field", "reason"]
    # Zampieri 2021: centre ln 0.7, 30, 15 and 5% on the side of harm
    for strength, harm in (("weak", 0.30), ("moderate", 0.15), ("strong", 0.05)):
        prior = parse(frame.loc[f"optimistic, {strength}", "distribution"])
        assert prior.args[0] == pytest.approx(log(0.7))
        assert stats.norm(*prior.args).sf(0) == pytest.approx(harm, abs=1e-9)


def test_a_mixture_is_its_components_weighted_by_their_evidence():
    frame = named_priors(subject_of("estimate")).set_index("prior")
    sceptic, enthusiast = frame.loc["sceptical"], frame.loc["enthusiastic"]
    weight = np.array([0.25, 0.75]) * np.exp([sceptic["log_evidence"], enthusiast["log_evidence"]])
    expected = weight @ [sceptic["p_benefit"], enthusiast["p_benefit"]] / weight.sum()
    assert frame.loc["25% sceptical, 75% enthusiastic", "p_benefit"] == pytest.approx(expected, abs=1e-8)


def distance(p, q, grid):
    """Cumulative Jensen-Shannon distance of two distribution functions over a grid (Kallioinen et al. 2024)."""

    def one_way(f, g):
        total = np.trapezoid(f * np.log2(2 * f / (f + g)), grid)
        return total + 0.5 / log(2) * np.trapezoid(g - f, grid)

    return sqrt((one_way(p, q) + one_way(q, p)) / np.trapezoid(p + q, grid))


def exact_sensitivity(y, s, m, t, what, grid):
    """Of a normal report under a normal prior: every power-scaled posterior is normal, in closed form."""

    def posterior(a, b):
        precision = a / t**2 + b / s**2
        return stats.norm((a * m / t**2 + b * y / s**2) / precision, precision**-0.5)

    plain, found = posterior(1, 1), []
    for alpha in (0.99, 1.01):
        scaled = posterior(alpha, 1) if what == "prior" else posterior(1, alpha)
        up = distance(plain.cdf(grid), scaled.cdf(grid), grid)
        down = distance(plain.sf(grid), scaled.sf(grid), grid)  # the same on the mirrored axis
        found.append(max(up, down) / abs(np.log2(alpha)))
    return np.mean(found)


@pytest.mark.parametrize(
    ("prior", "y_s"), [("normal(0, 0.355)", (0.94, 0.58, 1.50)), ("normal(0.4, 0.1)", (0.75, 0.55, 1.02))]
)
def test_power_scaling_of_a_conjugate_posterior(prior, y_s):
    """ArviZ on exact draws against the closed form, over the range of the draws; reweighting costs up to 5%."""
    estimate, low, high = y_s
    evidence = {"kind": "estimate", "estimate": estimate, "ci": [low, high]}
    subject = Subject.of(make_outcome("rate_ratio", "lower", evidence), prior)
    (row,) = power_scaling_rows(subject)
    y, s = subject.curve.normal
    draws = subject.under(subject.prior).quantiles([0.5 / 8000, 1 - 0.5 / 8000])
    grid = np.linspace(*draws, 20001)
    for what in ("prior", "likelihood"):
        truth = exact_sensitivity(y, s, *subject.prior.args, what, grid)
        assert row[what] == pytest.approx(truth, rel=0.05), what


SPIKE = "spike_slab(0.5, normal(0, 0.355))"


@pytest.mark.parametrize(("power", "p"), [(0.5, 0.544), (1.0, 0.794), (2.0, 0.979)])
def test_a_spike_is_kept_where_the_likelihood_counts_more_or_less(power, p):
    """HR 0.70 (0.52-0.94), half on no effect: in closed form w N(0) + (1 - w) of a conjugate normal, at s / sqrt(power)."""
    evidence = {"kind": "estimate", "estimate": 0.70, "ci": [0.52, 0.94]}
    subject = Subject.of(make_outcome("hazard_ratio", "lower", evidence), SPIKE)
    y, s = subject.normal[0], subject.normal[1] / sqrt(power)
    at_null, slab = stats.norm.pdf(y, 0, s), stats.norm.pdf(y, 0, sqrt(s**2 + 0.355**2))
    below = stats.norm.cdf(0, y * 0.355**2 / (0.355**2 + s**2), s * 0.355 / sqrt(0.355**2 + s**2))
    expected = slab * below / (slab + at_null)
    assert expected == pytest.approx(p, abs=5e-4)
    assert subject.row(powered(subject, 1.0, power))["p_benefit"] == pytest.approx(expected, abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(
    "prior",
    [
        SPIKE, "spike_slab(0.3, mixture(0.5*normal(0, 0.2), 0.5*normal(-0.4, 0.2)))", "uniform(-0.5, 0.6)",
        "mixture(0.5*normal(0, 0.2), 0.5*normal(-0.4, 0.2))", "student_t(2, 0, 0.22)",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["binary OR", "estimate RD", "p unknown"])
def test_any_prior_has_an_answer_to_every_question(name, prior):
    """And the power rows of a power of one are the main answer: nothing is a slab alone."""
    measure, benefit, evidence = {**REPORTS, **FOLDED}[name]
    value = MCID.get(measure, 1.2 if benefit == "higher" else 0.8)
    outcome = make_outcome(measure, benefit, evidence, mcid={"value": value, "rationale": "r"})
    subject = Subject.of(outcome, prior)
    assert subject.row(powered(subject, 1.0, 1.0)) == pytest.approx(subject.probabilities(), abs=1e-10)
    answer = quadrature.integrate(subject.curve, subject.prior)
    below = answer.p_below_null if subject.sign < 0 else answer.p_above_null
    assert subject.probabilities()["p_benefit"] == pytest.approx(below, abs=1e-6)
    (row,) = power_scaling_rows(subject)
    assert 0 <= row["prior"] < 2 and 0 <= row["likelihood"] < 2
    assert any(r["distribution"] == str(subject.prior) for r in conflict_rows(subject))
    assert any(r["distribution"] == str(subject.prior) for r in prior_weight_rows(subject))


def test_draws_of_nuts_serve_power_scaling_too():
    """Any tree with the three groups; here independent draws of a conjugate posterior."""
    rng = np.random.default_rng(1)
    effect = rng.normal(0.2, 0.1, (4, 2000))
    groups = {
        "/posterior": {"effect": effect},
        "/log_prior": {"effect": stats.norm(0, 0.2).logpdf(effect)},
        "/log_likelihood": {"report": stats.norm(0.2667, 0.1155).logpdf(effect)},
    }
    tree = xr.DataTree.from_dict(
        {g: xr.Dataset({n: (("chain", "draw"), x) for n, x in v.items()}) for g, v in groups.items()}
    )
    (row,) = sensitivities(tree)
    assert 0.05 < row["prior"] < row["likelihood"]


def test_what_a_pair_of_sensitivities_means():
    assert diagnosis(0.01, 0.2) == "the prior has little influence"
    assert diagnosis(0.2, 0.2).startswith("both have influence")
    assert diagnosis(0.2, 0.01).startswith("the prior has more influence")


def test_box_p_by_density_is_the_closed_form():
    """METHODS 6, ANDROMEDA under N(0, 0.355); a mixture of two equal normals goes the numerical way."""
    evidence = {"kind": "estimate", "estimate": 0.75, "ci": [0.55, 1.02]}
    subject = Subject.of(make_outcome("hazard_ratio", "lower", evidence))
    y, s = subject.normal
    closed = 2 * stats.norm.sf(abs(y) / sqrt(s**2 + 0.355**2))
    assert located.box_p(subject.curve, parse("normal(0, 0.355)"), 0.0) == pytest.approx(closed, abs=1e-12)
    twice = parse("mixture(0.5*normal(0, 0.355), 0.5*normal(0, 0.355))")
    assert located.box_p(subject.curve, twice, 0.0) == pytest.approx(closed, abs=1e-5)


def test_overlap_of_a_prior_with_its_own_likelihood_is_one():
    subject = subject_of("estimate")
    y, s = subject.curve.normal
    row = next(r for r in conflict_rows(Subject.of(subject.target, f"normal({y}, {s})")) if r["prior"] == "neutral")
    assert 0 < row["overlap"] < 1 and row["conflict"] is False
    from bayes.sensitivity.prior_data_conflict import _overlap

    assert _overlap(subject, parse(f"normal({y!r}, {s!r})")) == pytest.approx(1, abs=1e-9)
    far = parse(f"normal({y + 2 * s!r}, {s!r})")  # two equal normals two sds apart: 2 Phi(-1)
    assert _overlap(subject, far) == pytest.approx(2 * stats.norm.cdf(-1), abs=1e-4)


@pytest.mark.parametrize(("p", "significant"), [(">0.05", False), ("<0.05", True)])
def test_a_bound_of_a_p_value_says_what_a_statement_of_significance_says(p, significant):
    """Either report is one of the same four; the cells of a normal statistic are known, and seen is one of them."""
    told = {"favours": "treatment", "n": {"treatment": 4000, "control": 4000}}  # so many that t is normal
    bound = {"kind": "p_value", "p": p} | told
    statement = {"kind": "significance", "significant": significant} | told  # at 0.05
    found = [conflict_rows(Subject.of(make_outcome("standardised_mean_difference", "higher", e))) for e in (bound, statement)]
    by_prior = [{row["prior"]: row["box_p"] for row in rows} for rows in found]
    assert by_prior[0] == pytest.approx(by_prior[1], abs=1e-9)
    spread = np.hypot(1, 0.355 * sqrt(3) / np.pi / sqrt(2 / 4000))  # of z = d / s; 0.355 is on the scale of log odds
    beyond = stats.norm.sf(1.959964 / spread)
    cells = np.array([beyond, 0.5 - beyond, 0.5 - beyond, beyond])
    seen = cells[3 if significant else 2]
    assert by_prior[0]["neutral"] == pytest.approx(cells[cells <= seen * (1 + 1e-6)].sum(), abs=2e-3)


def test_a_report_without_a_direction_has_no_box_p():
    rows = conflict_rows(subject_of("p unknown"))
    assert all(row["box_p"] is None and "favours" in row["reason"] for row in rows)


def test_what_priors_are_worth_in_events():
    """Spiegelhalter 1994, METHODS 1: 4 / tau^2 events; 31.7 for 0.355, 95.2 for 0.205."""
    evidence = {"kind": "estimate", "estimate": 0.75, "ci": [0.55, 1.02]}
    frame = prior_weight(make_outcome("hazard_ratio", "lower", evidence)).set_index("prior")
    assert frame.loc["neutral", "elir"] == pytest.approx(31.7, abs=0.05)
    assert frame.loc["neutral, strong", "elir"] == pytest.approx(95.2, abs=0.05)
    assert set(frame["unit"]) == {"events"}
    s2 = (log(1.02 / 0.55) / (2 * stats.norm.ppf(0.975))) ** 2
    assert frame.loc["neutral", "share_of_precision"] == pytest.approx(s2 / (s2 + 0.355**2), abs=1e-9)


@pytest.mark.slow
def test_what_priors_are_worth_in_patients():
    """METHODS 4: 1:1 and seven categories alike, N(0, 0.355^2) is worth 97 patients, N(0, 0.205^2) 291."""
    counts = [100] * 7
    evidence = {"kind": "ordinal", "categories": list("0123456"), "treatment": counts, "control": counts}
    outcome = make_outcome("common_odds_ratio", "higher", evidence, mcid={"value": 1.2, "rationale": "r"})
    frame = prior_weight(outcome).set_index("prior")
    assert frame.loc["neutral", "elir"] == pytest.approx(97, abs=1)
    assert frame.loc["neutral, strong", "elir"] == pytest.approx(291, abs=2)
    assert frame.loc["sceptical", "words"].startswith("worth about 99") and not frame.loc["sceptical", "outweighs"]
    assert frame.loc["neutral", "data"] == 1400


def test_a_prior_that_outweighs_the_trial_says_so():
    frame = prior_weight(subject_of("p known")).set_index("prior")
    assert frame.loc["sceptical", "outweighs"] and "outweighs" in frame.loc["sceptical", "words"]
    assert frame.loc["vague", "words"].startswith("worth about 1 patient;")


@pytest.mark.slow
@pytest.mark.parametrize("df", [3, 5, 20])
def test_the_effective_size_of_a_student_t(df):
    prior = parse(f"student_t({df}, 0.2, 0.4)")
    x = np.linspace(-400, 400, 4_000_001)
    density, z = stats.t(df, 0.2, 0.4).pdf(x), (x - 0.2) / 0.4
    curvature = (df + 1) * (df - z**2) / ((df + z**2) ** 2 * 0.4**2)
    assert effective_sample_size(prior, "elir", 2.0) == pytest.approx(
        4 * np.trapezoid(density * curvature, x), rel=1e-4
    )
    assert effective_sample_size(prior, "moments", 2.0) == pytest.approx(4 / stats.t(df, 0.2, 0.4).var(), rel=1e-9)
    assert effective_sample_size(prior, "morita", 2.0) == pytest.approx(0.99 * 4 * (df + 1) / (df * 0.16), rel=1e-9)


def test_a_student_t_without_a_variance_has_no_moments():
    with pytest.raises(NotFormable, match="no variance"):
        effective_sample_size(parse("student_t(2, 0, 0.22)"), "moments", 2.0)

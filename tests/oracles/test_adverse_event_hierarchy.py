"""The adverse-event hierarchy: against the R package c212, against quadrature, and what it refuses and says.

Three oracles. 45 simulated terms against a JAGS model written for the purpose and c212 itself (they agree to about 0.02
in probability). Little tables against an answer without any Markov chain: hyperparameters from a Sobol sequence of
their priors, weighted by likelihoods whose row parameters are integrated on a grid. And a swap of the arms.
"""

import json

import numpy as np
import pytest
from scipy import special
from scipy.stats import qmc
from support.noted import noted
from support.paths import TESTS
from support.trials import make_outcome

import bayes
from bayes.analysis.plan import make_plan
from bayes.base.toml import validate
from bayes.errors import InvalidInput, NotFormable
from bayes.posterior.not_sampled import skipped_row
from bayes.priors.sets import PriorSet, load_priors

pytestmark = pytest.mark.nuts

HERE = TESTS
C212 = json.loads((HERE / "reference" / "adverse_events.json").read_text())["cases"]["d-hier-c212trial-BB"]
N = {"treatment": 60, "control": 55}
EXPOSURE = {"treatment": 61.5, "control": 50.2}
# (body system, term, treatment, control); one term without a case in an arm
SMALL = [("A", "a", 9, 3), ("A", "b", 7, 4), ("B", "c", 0, 4), ("B", "d", 12, 13)]


def table(rows=SMALL, count="persons", **more):
    """An adverse-event table as an outcome of the example trial."""
    rows = [{"soc": soc, "term": term, "treatment": {count: t}, "control": {count: c}} for soc, term, t, c in rows]
    measure = "odds_ratio" if count == "persons" else "rate_ratio"
    return make_outcome(measure, "lower", {"kind": "adverse_events", "n": N, "rows": rows} | more)


def mirrored():
    arms = {"n": {"treatment": N["control"], "control": N["treatment"]}}
    return table([(soc, term, c, t) for soc, term, t, c in SMALL], **arms)


@pytest.fixture(scope="module")
def small():
    return bayes.fit(table(), "berry")


@pytest.fixture(scope="module")
def large():
    outcome = bayes.load_trial(HERE / "files" / "c212_example.toml").outcomes["ae_table"]
    return bayes.fit(outcome, "c212", priors="adverse_events")


def persons(gamma, theta, t, c):
    """Log likelihood of one row, baseline midway."""
    up, down = gamma + theta / 2, gamma - theta / 2
    return sum(x * eta - n * np.logaddexp(0, eta) for x, eta, n in ((t, up, N["treatment"]), (c, down, N["control"])))


def poisson(gamma, theta, t, c):
    """The same for events; exposure in average follow-ups."""
    unit = sum(EXPOSURE.values()) / sum(N.values())
    return sum(
        x * eta - EXPOSURE[arm] / unit * np.exp(eta)
        for arm, x, eta in (("treatment", t, gamma + theta / 2), ("control", c, gamma - theta / 2))
    )


def normal(x, mean, sd):
    """Density of every normal (rows) at every x (columns)."""
    return np.exp(-0.5 * ((x - mean[:, None]) / sd[:, None]) ** 2) / (np.sqrt(2 * np.pi) * sd[:, None])


def exact(log_likelihood, point_mass, location_sd, scramble):
    """Posterior (mean, P(theta > 0), P(theta = 0)) per row of SMALL under the default variances, without a chain."""
    gamma, theta = np.linspace(-16, 12, 113), np.linspace(-16, 16, 257)
    u = qmc.Sobol(16, rng=scramble).random_base2(14).T.clip(1e-9, 1 - 1e-9)
    z, variance = special.ndtri(u), 1 / special.gammaincinv(3, 1 - u)  # inverse_gamma(3, 1): the rate is one
    tau = np.sqrt(variance[2:4])
    a, b = 1 - np.log(u[4:6])
    log_w, rows = 0.0, []
    for i, system in enumerate("AB"):
        mu_gamma, mu_theta = (location_sd * z[k] + tau[k] * z[6 + 5 * i + k] for k in (0, 1))
        sigma_gamma, sigma_theta = np.sqrt(variance[8 + 5 * i : 10 + 5 * i])
        share = special.betaincinv(a, b, u[10 + 5 * i]) if point_mass else np.zeros_like(a)
        of_gamma = normal(gamma, mu_gamma, sigma_gamma)
        of_theta = normal(theta, mu_theta, sigma_theta)
        for _, _, t, c in (row for row in SMALL if row[0] == system):
            log_l = log_likelihood(gamma[:, None], theta, t, c)
            top = log_l.max()
            likelihood = np.exp(log_l - top) * (gamma[1] - gamma[0])
            none = share * (of_gamma @ likelihood[:, len(theta) // 2])
            each = of_gamma @ likelihood * of_theta * (theta[1] - theta[0]) * (1 - share)[:, None]
            some = each.sum(axis=1)
            above = each[:, theta > 0].sum(axis=1) + each[:, len(theta) // 2] / 2
            log_w = log_w + np.log(none + some)
            rows.append(np.array([each @ theta, above, none]) / (none + some))
    weight = np.exp(log_w - log_w.max())
    return np.array(rows) @ (weight / weight.sum())


def agrees(frame, log_likelihood, point_mass, location_sd):
    """Every row within 4 standard errors, of the chains and of the sequence together, + 0.002."""
    runs = np.array([exact(log_likelihood, point_mass, location_sd, scramble) for scramble in range(4)])
    expected, error = runs.mean(axis=0), runs.std(axis=0, ddof=1) / 2
    assert error[:, 1:].max() < 0.006  # else the oracle says too little
    found = frame[["mean", "p_harm", "p_null"]].fillna(0.0).to_numpy(dtype=float)
    mcse = frame[["mcse_mean", "mcse_p_benefit", "mcse_p_benefit"]].to_numpy(dtype=float)
    assert (np.abs(found - expected) <= 4 * np.hypot(mcse, error) + 0.002).all(), (found, expected, error)


def test_little_table_against_quadrature(small):
    frame = small.summary()
    assert (frame["status"] == "ok").all() and frame["reason"].isna().all()
    agrees(frame, persons, point_mass=True, location_sd=3.1623)


def test_events_with_exposure_and_without_point_mass_against_quadrature():
    outcome = table(count="events", exposure=EXPOSURE, per="year", dispersion="poisson")
    stated = {"point_mass": False, "location": "normal(0, 1)"}
    fit = bayes.fit(outcome, "mine", priors=validate(PriorSet, {"hierarchy": {"mine": stated}}, "mine.toml"))
    frame = fit.summary()
    assert (frame["status"] == "ok").all() and frame["p_null"].isna().all()
    assert (frame["likelihood"] == "events_poisson").all() and frame["note"].str.contains("Poisson: assumes").all()
    agrees(frame, poisson, point_mass=False, location_sd=1)
    assert not {"pi", "alpha_pi", "p_null"} & set(fit.tree["posterior"].data_vars)
    shown = json.loads(frame["derived"].iloc[3])  # 12 events in 61.5 years, 13 in 50.2, shrunk towards their class
    assert shown["rate_control"]["low"] < 13 / 50.2 < shown["rate_control"]["high"]


def test_swapping_the_arms_inverts_the_posterior(small):
    one, other = small.summary(), bayes.fit(mirrored(), "berry").summary()
    mcse = np.hypot(one["mcse_mean"], other["mcse_mean"])
    assert (np.abs(one["mean"] + other["mean"]) <= 4 * mcse).all()
    mcse = np.hypot(one["mcse_p_benefit"], other["mcse_p_benefit"])
    assert (np.abs(one["p_benefit"] - other["p_harm"]) <= 4 * mcse + 0.002).all()
    assert (np.abs(one["p_null"] - other["p_null"]) <= 4 * mcse + 0.002).all()


def test_the_simulated_example_of_c212(large):
    """45 terms in 8 body systems, baseline in the control arm: theta is treated against control, an increase is harm."""
    frame = large.summary()
    assert (frame["status"] == "ok").all() and len(frame) == 45
    assert frame["ess_bulk"].min() >= 4000 and frame["ess_tail"].min() >= 1000 and (frame["divergences"] == 0).all()
    for column, name in (("p_harm", "p_theta_gt0"), ("p_null", "p_theta_eq0")):
        for reference in (C212["expect"], C212["c212"]):
            assert np.abs(frame[column] - reference[name]).max() <= 0.025, column
    allowed = 4 * np.hypot(frame["mcse_mean"], C212["mcse_of_a_mean"]) + 0.002
    assert (np.abs(frame["mean"] - C212["expect"]["theta_mean"]) <= allowed).all()
    assert np.abs(frame["sd"] - C212["expect"]["theta_sd"]).max() <= 0.02


def test_zeros_are_exact_and_probabilities_sum_to_one(large):
    posterior, frame = large.tree["posterior"], large.summary()
    effect, p_null = np.asarray(posterior["effect"]), np.asarray(posterior["p_null"])
    assert frame["p_null"].to_numpy() == pytest.approx((effect == 0).mean(axis=(0, 1)))
    assert (frame["p_benefit"] + frame["p_harm"] + frame["p_null"]).to_numpy() == pytest.approx(1)
    # zeros are drawn from p_null: their share differs from its mean by the noise of the drawing alone
    noise = np.sqrt((p_null * (1 - p_null)).mean(axis=(0, 1)) / p_null[..., 0].size)
    assert (np.abs((effect == 0).mean(axis=(0, 1)) - p_null.mean(axis=(0, 1))) <= 4.5 * noise).all()
    risks = [np.asarray(posterior[f"risk_{arm}"]) for arm in ("treatment", "control")]
    assert (risks[0] == risks[1])[effect == 0].all()


def test_the_tree_has_its_dimensions(large):
    posterior = large.tree["posterior"]
    assert posterior["effect"].dims == posterior["odds_ratio"].dims == ("chain", "draw", "row")
    for name in ("pi", "mu_theta", "mu_gamma", "sigma_theta", "sigma_gamma"):
        assert posterior[name].dims == ("chain", "draw", "body_system")
    assert posterior["alpha_pi"].dims == ("chain", "draw") and float(posterior["alpha_pi"].min()) > 1
    assert list(posterior["body_system"].values) == [f"Bdy-sys_{i}" for i in range(1, 9)]


def test_rows_say_what_a_reader_must_know(large, small):
    frame = large.summary()
    assert frame["key"].iloc[0] == "c212_example.ae_table--adverse_event_hierarchy--c212"
    assert frame["parameter"].iloc[0] == "effect[Bdy-sys_1/Adv-Ev_1]"
    flagged = frame["note"].str.startswith("flagged: P(increase) ")
    assert (flagged == (frame["p_harm"] >= 0.8)).all() and 8 <= flagged.sum() <= 10
    strict = frame["note"].str.contains(">= 0.95", regex=False)
    assert (strict == (frame["p_harm"] >= 0.95)).all()
    for said in ("terms borrow strength from their body system", "1 body system with 1 term: ", "to the control arm"):
        assert frame["note"].str.contains(said).all()
    shown = json.loads(frame["derived"].iloc[5])  # 64 of 450 against 17
    assert {"risk_treatment", "risk_control", "risk_ratio", "risk_difference_per_100"} <= shown.keys()
    assert shown["risk_ratio"]["low"] > 1 and not {"p_null", "nnt"} & shown.keys()
    assert small.summary()["note"].str.contains("2 body systems: the prior of their differences").all()


def test_a_row_without_any_event_is_said_to_borrow():
    outcome = table([*SMALL, ("B", "none", 0, 0)])
    (analysis,) = make_plan([outcome], load_priors(), ["berry"]).analyses
    assert "no event in either arm, so the result is borrowed from other rows: B/none" in noted(analysis, None, None)
    many = make_plan([table(SMALL + [("B", f"none{i}", 0, 0) for i in range(30)])], load_priors(), ["berry"]).analyses[0]
    (said,) = (note for note in noted(many, None, None) if "borrowed" in note)
    assert said.endswith("B/none8, B/none9 and 20 others"), "every row of a table carries this note"


def test_mesems_table_is_sound_and_keeps_its_dispersion():
    outcome = bayes.load_trial("mesems").outcomes["ae_table"]
    frame = bayes.fit(outcome, "berry").summary()
    assert (frame["status"] == "ok").all() and (frame["likelihood"] == "events_negative_binomial").all()
    assert frame["key"].iloc[0] == "mesems.ae_table--adverse_event_hierarchy--berry"
    for said in ("2 body systems with 1 term: the hierarchy's own priors dominate", "dispersion from the prior"):
        assert frame["note"].str.contains(said).all()
    assert {"rate_treatment", "size"} <= json.loads(frame["derived"].iloc[0]).keys()


def test_only_tables_of_adverse_events_get_the_hierarchy():
    outcomes = bayes.load_trial("mesems").outcomes.values()
    plan = make_plan(outcomes, load_priors())
    assert [a.target.id for a in plan.analyses if a.model == "adverse_event_hierarchy"] == ["ae_table"]
    asked = make_plan(outcomes, load_priors(), ["berry"])
    assert len(asked.analyses) == 1 and len(asked.skipped) == len(outcomes) - 1
    assert skipped_row(asked.skipped[0])["model"] == "adverse_event_hierarchy"
    (synthesis,) = make_plan([bayes.load_synthesis("msc_stroke_mrs")], load_priors(), ["berry"]).skipped
    assert "adverse_events" in synthesis.reason


def test_likelihood_and_every_field_are_part_of_the_fingerprint():
    outcome = bayes.load_trial("mesems").outcomes["ae_table"]

    def analysis(likelihood=None, **fields):
        priors = validate(PriorSet, {"hierarchy": {"mine": fields}}, "mine.toml")
        return make_plan([outcome], priors, ["mine"], likelihood=likelihood).analyses[0]

    changes = [
        {},
        {"location": "student_t(4, 0, 2)"},
        {"variance": "half_normal(1)"},
        {"share": "gamma(1, 2)"},
        {"point_mass": False},
        {"baseline": "control"},
        {"flag": [0.9]},
    ]
    assert len({analysis(**fields).fingerprint for fields in changes}) == len(changes)
    poisson = analysis("events_poisson")
    assert poisson.key == "mesems.ae_table--adverse_event_hierarchy.events_poisson--mine"
    with pytest.raises(InvalidInput, match="accepted: events_negative_binomial, events_poisson"):
        analysis("binomial")


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([("A", "Any", 9, 9), ("A", "b", 4, 3), ("B", "c", 2, 2)], "A/Any includes the events in the other rows of its class"),
        ([("A", "b", 4, 3), ("All", "any", 9, 9)], "All includes the events in the other classes"),
        ([("A", "b", 4, 3)], "requires at least two"),
    ],
)
def test_rows_that_count_the_same_patients_are_refused(rows, reason):
    outcome = table(rows)
    with pytest.raises(NotFormable, match=reason):
        bayes.fit(outcome, "berry")
    alone = make_plan([outcome], load_priors(), ["vague"]).analyses[0]
    assert len(alone.rows) == len(rows)  # fitted alone they may stand side by side


def test_classes_without_terms_are_no_overlap():
    outcome = table([("Infections", "any", 9, 9), ("All other classes", "any", 4, 3)])
    assert outcome.evidence.overlaps == ()
    assert outcome.evidence.body_systems == ("Infections", "All other classes") and outcome.evidence.systems == (0, 1)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"location": "beta(1, 1)"}, "location: found beta; accepted: normal, student_t"),
        ({"variance": "normal(0, 1)"}, "variance: found normal; accepted: half_normal"),
        ({"share": "uniform(0, 1)"}, "share: found uniform; accepted: "),
        ({"share": "gamma(1, 1)", "point_mass": False}, "not used without a point mass"),
        ({"flag": [1.2]}, "must be below 1"),
        ({"baseline": "middle"}, "accepted: midpoint, control"),
        ({"variances": "gamma(1, 1)"}, "did you mean 'variance'"),
    ],
)
def test_what_a_hierarchy_cannot_be(fields, said):
    with pytest.raises(InvalidInput, match=said):
        validate(PriorSet, {"hierarchy": {"mine": fields}}, "mine.toml")


def test_names_are_shared_by_all_kinds_of_priors():
    both = {"effect": {"mine": {"rule": "vague"}}, "hierarchy": {"mine": {}}}
    with pytest.raises(InvalidInput, match="names repeat: mine"):
        validate(PriorSet, both, "mine.toml")

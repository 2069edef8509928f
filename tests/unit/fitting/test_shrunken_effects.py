"""Effects of one trial shrunken towards one another: what enters, what a row says, and what is refused."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats
from support.trials import make_analysis, trial_of

import bayes
from bayes.analysis.curves import likelihood_curves
from bayes.base.toml import shipped, validate
from bayes.cli import joint_
from bayes.errors import InvalidInput
from bayes.fitting.shrunken_effects import NormalReport, ShrunkenRow
from bayes.fitting.statements import statement_about
from bayes.paper.trial import Trial

MESEMS = bayes.load_trial("mesems").outcomes
ESCAPE = bayes.load_trial("escape").outcomes


def outcomes(*ratios, higher=()):
    """Hazard ratios of the same patients, with their intervals; those at the places `higher` printed the other way round."""
    file = trial_of("hazard_ratio", "lower", {})
    file["outcomes"] = {}
    for i, (value, low, high) in enumerate(ratios):
        turned = i in higher
        printed = [1 / value, 1 / high, 1 / low] if turned else [value, low, high]
        evidence = {"kind": "estimate", "estimate": printed[0], "ci": printed[1:]}
        benefit = "higher" if turned else "lower"
        file["outcomes"][f"o{i}"] = {"label": "It", "measure": "hazard_ratio", "benefit": benefit, "source": "invented", "evidence": evidence}
    return list(validate(Trial, file, "example.toml").outcomes.values())


def shrunken(pairs, prior="normal(0, 0.355)", **more):
    return bayes.joint(pairs, prior, shrink=True, **more).to_frame("shrunken")


def test_a_normal_report_enters_as_its_own_estimate():
    outcome = MESEMS["gel_24w"]
    analysis = make_analysis(outcome, "normal(0.1, 0.4)")
    report = NormalReport.of(analysis, statement_about(analysis, "mcid"))
    y, s = outcome.evidence.on_analysis_scale("rate_ratio")
    assert report.y == pytest.approx(-(y - 0.1) / 0.4, abs=1e-7), "lower is better"
    assert report.e == pytest.approx(s / 0.4, abs=1e-7)
    assert report.threshold == pytest.approx(-(np.log(0.75) - 0.1) / 0.4, abs=1e-12)
    assert report.natural(report.y) == pytest.approx(np.exp(y), abs=1e-7)


def test_two_trials_results_in_closed_form():
    """Ratios of 0.75 and 0.9 under N(0, 0.4), rho 0.6 and errors correlated by 0.3: a normal posterior by plain algebra."""
    pair = outcomes((0.75, 0.55, 1.02), (0.9, 0.7, 1.16))
    frame = shrunken([(o, "benefit") for o in pair], "normal(0, 0.4)", rho=0.6, correlations=[0.3])
    y, s = np.transpose([o.evidence.on_analysis_scale("hazard_ratio") for o in pair])
    prior = 0.4**2 * np.array([[1, 0.6], [0.6, 1]])
    error = np.array([[1, 0.3], [0.3, 1]]) * np.outer(s, s)
    cov = np.linalg.inv(np.linalg.inv(prior) + np.linalg.inv(error))
    mean = cov @ np.linalg.inv(error) @ y
    sd = np.sqrt(np.diag(cov))
    assert frame["p_shrunken"].to_numpy() == pytest.approx(stats.norm.cdf(-mean / sd), abs=1e-7)
    assert frame["estimate"].to_numpy() == pytest.approx(np.exp(mean), abs=1e-7)
    assert frame["estimate_high"].to_numpy() == pytest.approx(np.exp(mean + stats.norm.ppf(0.975) * sd), abs=1e-7)
    own = 1 / (s**-2 + 0.4**-2)
    assert frame["estimate_alone_low"].to_numpy() == pytest.approx(np.exp(own * y / s**2 - stats.norm.ppf(0.975) * own**0.5), abs=1e-7)
    assert frame["borrowed"].to_numpy() == pytest.approx(1 - sd**2 / own, abs=1e-7)
    assert frame["p_all"].iloc[0] == pytest.approx(stats.multivariate_normal(mean, cov).cdf([0, 0]), abs=1e-6)
    assert frame["p_alone"].to_numpy() == pytest.approx(frame["p_exact"].to_numpy(), abs=1e-7)


@pytest.mark.parametrize(("trial", "names"), [(ESCAPE, ["mrs_90d", "mrs02_90d", "death_90d"]), (MESEMS, ["gel_24w", "sae_24w", "deaths_24w"])])
def test_the_normal_summary_against_the_likelihoods_themselves(trial, names):
    """With independent errors, the posterior of rho = 0.5 under the exact curves: outcomes are independent given c."""
    analyses = [make_analysis(trial[name], "neutral") for name in names]
    frame = shrunken([(trial[name], "benefit") for name in names], "neutral", rho=0.5, correlations=[0.0])
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    x = np.linspace(-8, 8, 1601)
    total, beyond = [], []
    for analysis in analyses:
        (curve,) = likelihood_curves(analysis)
        prior_sd = analysis.effect_prior.args[1]
        likelihood = np.exp((log_l := curve(analysis.outcome.sign * prior_sd * x)) - log_l.max())
        density = stats.norm.pdf(x, np.sqrt(0.5) * nodes[:, None], np.sqrt(0.5)) * likelihood
        total.append(density.sum(axis=1))
        beyond.append(density[:, x > 0].sum(axis=1) + density[:, x == 0].sum(axis=1) / 2)
    mass = weights @ np.prod(total, axis=0)
    for j, p in enumerate(frame["p_shrunken"]):
        others = np.prod([t for i, t in enumerate(total) if i != j], axis=0)
        assert p == pytest.approx(weights @ (beyond[j] * others) / mass, abs=0.004)
    assert frame["p_all"].iloc[0] == pytest.approx(weights @ np.prod(beyond, axis=0) / mass, abs=0.004)
    assert (frame["p_alone"] - frame["p_exact"]).abs().max() < 0.002


@pytest.mark.slow
def test_how_far_the_normal_summary_moves_a_probability_in_shipped_trials():
    """METHODS 6: by 0.005 at most under the neutral prior, of 89 outcomes; the others are proportions or folded."""
    moved = []
    for trial in shipped("trials"):
        found = [o for o in bayes.load_trial(trial).outcomes.values() if not o.rows and o.measure != "proportion"]
        for analysis in (make_analysis(outcome, "neutral") for outcome in found):
            statement = statement_about(analysis, "benefit")
            if len(likelihood_curves(analysis)[0].parts) == 1:
                report = NormalReport.of(analysis, statement)
                alone = stats.norm.cdf((report.y - report.threshold * (1 + report.e**2)) / (report.e * (1 + report.e**2) ** 0.5))
                moved.append(abs(alone - statement.probability))
    assert len(moved) == 89 and max(moved) < 0.005 and np.median(moved) < 0.0002


def test_a_result_printed_the_other_way_round_is_the_same():
    ratios = [(0.75, 0.55, 1.02), (0.9, 0.7, 1.16), (1.3, 0.8, 2.1)]
    found, turned = (shrunken([(o, "benefit") for o in outcomes(*ratios, higher=h)], correlations=[0.4]) for h in ((), (1,)))
    for column in ("p_exact", "p_alone", "p_shrunken", "borrowed", "mean_rho", "p_all", "p_none"):
        assert turned[column].to_numpy() == pytest.approx(found[column].to_numpy(), abs=1e-6), column
    assert turned["estimate"][1] == pytest.approx(1 / found["estimate"][1], rel=1e-6)
    assert turned["estimate_low"][1] == pytest.approx(1 / found["estimate_high"][1], rel=1e-6)
    assert turned["estimate_high"][0] == pytest.approx(found["estimate_high"][0], rel=1e-6)


def test_the_extremes_of_rho():
    """Nothing is borrowed at 0 with independent errors; at 1 all have one effect in units of their priors."""
    trio = [(o, "benefit") for o in outcomes((0.75, 0.55, 1.02), (0.9, 0.7, 1.16), (1.3, 0.8, 2.1))]
    none, one = (shrunken(trio, rho=rho, correlations=[0.0]) for rho in (0, "1"))
    assert none["p_shrunken"].to_numpy() == pytest.approx(none["p_alone"].to_numpy(), abs=1e-9)
    assert none["borrowed"].abs().max() < 1e-9
    assert one["estimate"].to_numpy() == pytest.approx(np.full(3, one["estimate"][0]), abs=1e-6)
    between = shrunken(trio, correlations=[0.0])
    assert ((between["borrowed"] > 0) & (between["borrowed"] < one["borrowed"])).all()


def test_effects_on_different_scales_are_compared_in_units_of_their_priors():
    """An interval states the prior on the measure's own scale: a risk difference and an odds ratio become comparable."""
    file = trial_of("odds_ratio", "lower", {"kind": "binary", "treatment": {"events": 20, "n": 69}, "control": {"events": 31, "n": 75}})
    file["outcomes"]["other"] = {**file["outcomes"]["it"], "measure": "risk_difference"}
    trial = validate(Trial, file, "example.toml")
    frame = shrunken([(trial.outcomes["it"], "benefit"), (trial.outcomes["other"], "benefit")], "neutral", rho=1, correlations=[0.0])
    units = [make_analysis(trial.outcomes[name], "neutral").effect_prior.args[1] for name in ("it", "other")]
    assert units[1] < units[0] / 3, "the scales differ"
    assert np.log(frame["estimate"][0]) / units[0] == pytest.approx(frame["estimate"][1] / units[1], abs=1e-6)


def test_the_command_says_what_is_assumed_and_gives_rows():
    names = ["mesems:gel_24w=benefit", "mesems:sae_24w=no excess", "--correlation", "0", "--correlation", "0.3"]
    plain, whole, stated, rows, refused = (
        CliRunner().invoke(joint_.command, [*names, *more])
        for more in ([], ["--shrink"], ["--shrink", "--rho", "0.5"], ["--shrink", "--json"], ["--rho", "0.5"])
    )
    assert whole.output.startswith(plain.output.rstrip()), "what is shown without the option stays as it is"
    text = " ".join(whole.output.split())
    for said in ("are exchangeable: rho", "has the prior uniform(0, 1)", "declared before", "count the same events", "are correlated by r"):
        assert said in text, said
    assert "is stated as 0.5" in " ".join(stated.output.split())
    found = json.loads(rows.output)
    assert [set(row) for row in found] == [set(ShrunkenRow.__annotations__)] * 4
    assert [(row["r"], row["outcome"]) for row in found] == [(r, f"mesems:{name}") for r in (0.0, 0.3) for name in ("gel_24w", "sae_24w")]
    assert found[0]["p_exact"] == pytest.approx(0.583, abs=5e-4) and found[1]["statement"] == "no excess"
    assert "accepted: rho together with shrink" in str(refused.exception)


def test_without_the_request_nothing_is_added():
    found = bayes.joint([(MESEMS["gel_24w"], "benefit"), (MESEMS["sae_24w"], "benefit")])
    assert found.shrunken is None and list(found.tables()) == ["together", "statements"]


@pytest.mark.parametrize(
    ("prior", "more", "said"),
    [
        ("student_t(4, 0, 0.3)", {}, r"prior student_t\(4, 0, 0.3\) for mesems:gel_24w is not normal; accepted: normal"),
        ("spike_slab(0.5, normal(0, 0.4))", {}, "mesems:sae_24w is not normal"),
        ("neutral", {"rho": 1.2}, "found 1.2; accepted: a number from 0 to 1"),
        ("neutral", {"rho": "nan"}, "found nan; accepted"),
        ("neutral", {"rho": "uniform(-0.5, 1)"}, r"found uniform\(-0.5, 1\); accepted"),
        ("neutral", {"rho": "normal(0, 1)"}, r"found normal\(0, 1\); accepted: a number from 0 to 1, uniform"),
        ("neutral", {"rho": "high"}, "cannot read 'high'|accepted: a number from 0 to 1"),
        ("neutral", {"correlations": [1.0]}, "accepted: correlations below 1 in size"),
        ("neutral", {"shrink": False, "rho": 0.5}, "accepted: rho together with shrink"),
    ],
)
def test_what_is_refused(prior, more, said):
    pair = [(MESEMS["gel_24w"], "benefit"), (MESEMS["sae_24w"], "benefit")]
    with pytest.raises(InvalidInput, match=said):
        bayes.joint(pair, prior, **{"shrink": True} | more)


def test_every_report_without_a_normal_summary_is_named():
    isis = bayes.load_trial("isis_hermes").outcomes
    pair = [(isis["mrs_2y"], "benefit"), (isis["barthel_2y"], "benefit")]
    with pytest.raises(InvalidInput, match="accepted: a report with a direction") as refused:
        bayes.joint(pair, shrink=True)
    assert len(refused.value.mistakes) == 2
    apart = [(MESEMS["gel_24w"], "benefit"), (ESCAPE["mrs_90d"], "benefit")]
    with pytest.raises(InvalidInput, match="different patients"):
        bayes.joint(apart, shrink=True)

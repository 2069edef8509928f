"""The hierarchy by NUTS: every variant against quadrature or a conjugate formula, on estimates (one cheap graph each)."""

import json
from math import sqrt

import arviz as az
import numpy as np
import pytest
from scipy import stats
from support.paths import TESTS
from support.trials import make_outcome

import bayes
from bayes.errors import InvalidInput, NotFormable
from bayes.sensitivity import examine, prior_grid
from bayes.synthesis.file import synthesis_of

pytestmark = pytest.mark.nuts

CASES = json.loads((TESTS / "reference" / "deterministic.json").read_text())["cases"]
PLAIN = {"distribution": "half_normal(0.5)", "rationale": "as the reference"}


def trials(y, se, measure="odds_ratio", **fields):
    """A synthesis of estimates, each of its own patients."""
    natural = np.exp(y) if measure == "odds_ratio" else np.asarray(y)
    outcomes = []
    for i, (estimate, s) in enumerate(zip(natural, se, strict=True)):
        evidence = {"kind": "estimate", "estimate": float(estimate), "se": float(s)}
        outcome = make_outcome(measure, "lower", evidence, patients=f"p{i}")
        outcome._id = f"t{i}"
        outcomes.append(outcome)
    return synthesis_of(outcomes, **({"heterogeneity": PLAIN} | fields))


def reference(name, **fields):
    given = CASES[name]["inputs"]
    return trials(given["y"], given["se"], **fields)


def agree(rows, parameters=("mu", "tau", "new_trial")):
    """Sampled within 4 Monte Carlo standard errors of quadrature: means, and the probability of benefit."""
    for name in parameters:
        row = rows.loc[name]
        assert abs(row["mean"] - row["exact_mean"]) <= 4 * row["mcse_mean"], name
        if not np.isnan(row["exact_p_benefit"]):
            assert abs(row["p_benefit"] - row["exact_p_benefit"]) <= 4 * row["mcse_p_benefit"], name


@pytest.mark.parametrize("tau", ["half_normal(0.5)", "half_cauchy(0.5)", "lognormal(-1.07, 0.87)"])
def test_crins_under_three_priors_of_tau(tau):
    """A flat prior of mu, as in bayesmeta: the exact columns meet the reference, and NUTS meets them."""
    fit = bayes.synthesise(reference("e-crins-OR-TurnerLN"), "normal(0, 1000)", heterogeneity=tau)
    rows = fit.summary().set_index("parameter")
    assert set(rows["status"]) == {"ok"} and rows["divergences"].max() == 0
    agree(rows, ["mu", "tau", *[name for name in rows.index if name.startswith("effect")]])
    if tau.startswith("lognormal"):
        expect = CASES["e-crins-OR-TurnerLN"]["expect"]
        assert rows.loc["mu", "exact_mean"] == pytest.approx(expect["mu_mean"], abs=2e-5)
        assert rows.loc["tau", "exact_mean"] == pytest.approx(expect["tau_mean"], abs=2e-5)
        effects = rows[rows.index.str.startswith("effect")]
        assert list(effects["exact_mean"]) == pytest.approx(expect["shrink_mean"], abs=2e-5)
        assert list(effects["exact_sd"]) == pytest.approx(expect["shrink_sd"], abs=2e-5)


@pytest.mark.parametrize("spread", [0.0, 2.0])
def test_precise_trials_at_both_ends_of_the_funnel(spread):
    """Six precise trials that agree better than chance, or not at all: no divergence, first attempt, either way."""
    y = -0.1 + spread * np.linspace(-1, 1, 6)
    fit = bayes.synthesise(trials(y, [0.03] * 6), "normal(0, 1)", heterogeneity="half_cauchy(0.5)")
    rows = fit.summary().set_index("parameter")
    assert set(rows["status"]) == {"ok"} and rows["divergences"].max() == 0
    assert fit.tree["posterior"].sizes["draw"] == 3000, "the first attempt was not enough"
    shrinkage = rows["shrinkage"].dropna()
    assert (shrinkage > 0.5).all() if spread == 0 else (shrinkage < 0.01).all()


def test_one_shared_effect():
    """tau = 0: the inverse-variance mean, and a new trial is no more uncertain than the mean."""
    given = CASES["e-homogeneous-HN0.1"]["inputs"]
    y, w = np.array(given["y"]), np.array(given["se"]) ** -2.0
    rows = bayes.synthesise(reference("e-homogeneous-HN0.1"), "normal(0, 1000)", model="common_effect").summary()
    rows = rows.set_index("parameter")
    assert "tau" not in rows.index and rows["heterogeneity"].isna().all()
    assert rows.loc["mu", "exact_mean"] == pytest.approx(w @ y / w.sum(), abs=1e-6)
    assert rows.loc["mu", "exact_sd"] == pytest.approx(w.sum() ** -0.5, abs=1e-6)
    agree(rows, ["mu", "new_trial"])
    assert rows.loc["new_trial", "sd"] == rows.loc["mu", "sd"]


def test_robust_effects_let_an_outlier_go():
    """Five trials near -0.2 and one at 1.5: Student-t effects hold the mean where the five are."""
    y, se = [-0.25, -0.2, -0.15, -0.2, -0.2, 1.5], [0.1] * 6
    robust = bayes.synthesise(trials(y, se), "normal(0, 1)", model="robust_random_effects").summary()
    robust = robust.set_index("parameter")
    assert set(robust["status"]) == {"ok"}
    agree(robust, ["mu", "tau"])
    normal = bayes.synthesise(trials(y, se), "normal(0, 1)").summary().set_index("parameter")
    assert robust.loc["mu", "exact_mean"] < normal.loc["mu", "exact_mean"] - 0.1
    assert robust.loc["tau", "exact_mean"] < normal.loc["tau", "exact_mean"]


def conjugate(x, y, s, prior_mean, prior_sd):
    """(mass of each tau, tau, mean and covariance of mu and the slope given tau) under N(prior_mean, prior_sd) of mu."""
    design, prior = np.column_stack([np.ones(len(x)), x - x.mean()]), np.diag([prior_sd**-2, 0.1**-2])
    beforehand = np.array([prior_mean * prior_sd**-2, 0.0])
    log_p, means, covariances = [], [], []
    tau = (np.arange(4000) + 0.5) * 0.001
    for t in tau:
        w = 1 / (s**2 + t**2)
        precision = design.T @ (w[:, None] * design) + prior
        mean = np.linalg.solve(precision, design.T @ (w * y) + beforehand)
        log_p.append(
            0.5 * (np.log(w).sum() - np.linalg.slogdet(precision)[1] - w @ y**2 + mean @ precision @ mean)
            + stats.halfnorm.logpdf(t, 0, 0.5)
        )
        means.append(mean)
        covariances.append(np.linalg.inv(precision))
    mass = np.exp(np.array(log_p) - max(log_p))
    return mass / mass.sum(), tau, np.array(means), np.array(covariances)


def test_meta_regression_against_its_conjugate_answer():
    """mu and the slope given tau are bivariate normal: one integral over tau gives every moment."""
    x = np.array([1.0, 2.0, 4.0, 6.0, 9.0])
    y, s = np.array([-0.6, -0.45, -0.3, -0.2, 0.2]), np.array([0.15, 0.2, 0.1, 0.25, 0.2])
    covariate = {
        "label": "hours from onset",
        "values": x.tolist(),
        "distribution": "normal(0, 0.1)",
        "rationale": "planted",
    }
    fit = bayes.synthesise(trials(y, s, covariate=covariate), "normal(0, 0.5)", model="meta_regression")
    rows = fit.summary().set_index("parameter")
    assert set(rows["status"]) == {"ok"}
    mass, tau, means, covariances = conjugate(x, y, s, 0.0, 0.5)
    for i, name in enumerate(("mu", "beta")):
        mean = mass @ means[:, i]
        sd = sqrt(mass @ (covariances[:, i, i] + (means[:, i] - mean) ** 2))
        row = rows.loc[name]
        assert abs(row["mean"] - mean) <= 4 * row["mcse_mean"]
        error = float(az.mcse(np.asarray(fit.tree["posterior"][name]), method="sd"))
        assert abs(row["sd"] - sd) <= 4 * error, "tails heavier than normal: the error of the sd is ArviZ's"
    assert abs(rows.loc["tau", "mean"] - mass @ tau) <= 4 * rows.loc["tau", "mcse_mean"]
    assert rows.loc["beta", "p_harm"] > 0.95 and np.isnan(rows.loc["beta", "mcid"])
    draws = {name: np.asarray(fit.tree["posterior"][name])[..., None] for name in ("mu", "beta", "tau")}
    expected = draws["mu"] + draws["beta"] * (x - x.mean())
    log_likelihood = stats.norm.logpdf(y, expected, np.sqrt(s**2 + draws["tau"] ** 2))
    assert np.abs(fit.tree["log_likelihood"]["report"] - log_likelihood).max() < 5e-4
    with pytest.raises(NotFormable, match="tables are not available"):
        fit.table("trials")
    grid = prior_grid(fit, 3)
    assert {"reweighted", "NUTS"} <= set(grid["method"]), "there is no likelihood curve of mu alone"
    for cell in grid.itertuples():
        mass, _, means, covariances = conjugate(x, y, s, cell.prior_mean, cell.prior_sd)
        p = mass @ stats.norm.cdf(-means[:, 0] / np.sqrt(covariances[:, 0, 0]))
        assert abs(cell.p_benefit - p) < 4 * sqrt(p * (1 - p) / 2000) + 1e-3, cell
    with pytest.raises(NotFormable, match="ask for prior_grid alone"):
        examine(fit)


def test_variants_that_do_not_exist():
    with pytest.raises(InvalidInput, match="did you mean 'common_effect'"):
        bayes.synthesise(reference("e-crins-OR-TurnerLN"), model="common_effects")
    with pytest.raises(NotFormable, match="covariate"):
        bayes.synthesise(reference("e-crins-OR-TurnerLN"), model="meta_regression")
    with pytest.raises(InvalidInput, match="3 values for 2 outcomes"):
        values = {"label": "x", "values": [1, 2, 3], "distribution": "normal(0, 1)", "rationale": "r"}
        trials([0.1, 0.2], [0.1, 0.1], covariate=values)
    with pytest.raises(InvalidInput, match="all values are equal"):
        values = {"label": "x", "values": [1, 1], "distribution": "normal(0, 1)", "rationale": "r"}
        trials([0.1, 0.2], [0.1, 0.1], covariate=values)


@pytest.fixture(scope="module")
def crins(tmp_path_factory):
    """The reference as files a user would write: six outcomes and a synthesis of them."""
    folder = tmp_path_factory.mktemp("crins")
    given = CASES["e-crins-OR-TurnerLN"]["inputs"]
    text = 'id = "crins"\ntitle = "t"\nyear = 2014\ncondition = "c"\ndesign = "d"\n'
    text += 'arms = { treatment = "a", control = "b" }\nn = { treatment = 9, control = 9 }\n'
    for i, (y, s) in enumerate(zip(given["y"], given["se"], strict=True)):
        text += f'[outcomes.t{i}]\nlabel = "l"\nmeasure = "odds_ratio"\nbenefit = "lower"\nsource = "s"\npatients = "p{i}"\n'
        text += f'evidence = {{ kind = "estimate", estimate = {np.exp(y)}, se = {s} }}\n'
    (folder / "crins.toml").write_text(text)
    names = ", ".join(f'"crins.toml:t{i}"' for i in range(len(given["y"])))
    head = 'id = "pooled"\nlabel = "Acute rejection"\nmeasure = "odds_ratio"\nbenefit = "lower"\nsearch = "a published review"\n'
    head += 'mcid = { value = 0.5, rationale = "planted" }\noutcome_class = "surgical_success"\ncomparison = "pharma_v_placebo"\n'
    (folder / "pooled.toml").write_text(head + f"outcomes = [{names}]\n")
    (folder / "set.toml").write_text(
        '[effect.neutral]\ndistribution = "normal(0, 2)"\n[effect.other]\ndistribution = "normal(0, 1)"\n'
        '[heterogeneity.turner]\nrule = "turner"\n[heterogeneity.half_cauchy]\ndistribution = "half_cauchy(0.5)"\n'
    )
    return folder


def test_regenerate_writes_what_a_synthesis_rests_on(crins, tmp_path):
    """Each prior of mu with the file's prior of tau, each prior of tau with the neutral one; words and tables beside."""
    from click.testing import CliRunner

    from bayes.cli.regenerate_ import command
    from bayes.results import store
    from bayes.results.summarising import main_key

    arguments = [str(crins / "pooled.toml"), "--priors", str(crins / "set.toml"), "--out", str(tmp_path), "--jobs", "1"]
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 0, done.output
    keys = {path.stem for path in (tmp_path / "posteriors").glob("*.nc")}
    taus = {f"pooled--random_effects.{name}--neutral" for name in ("default", "turner", "half_cauchy")}
    assert keys == taus | {"pooled--random_effects.default--other"}
    tables = json.loads((tmp_path / "syntheses" / "pooled.json").read_text())
    assert set(tables) == keys
    page = (tmp_path / "syntheses" / "pooled.md").read_text()
    assert "`pooled--random_effects.default--neutral`" in page and "a published review" in page
    assert "## One kind of evidence left out" not in page, "there is but one kind here"
    summary = (tmp_path / "summary.csv").read_text()
    posteriors = store.records(tmp_path)
    assert main_key(dict(sorted(posteriors.items(), reverse=True))) == "pooled--random_effects.default--neutral"
    assert "Turner 2015" in summary and CliRunner().invoke(command, arguments).output.count("4 current") == 1


def test_fit_prints_words_and_tables(crins):
    from click.testing import CliRunner

    from bayes.cli.fit_ import command

    arguments = [str(crins / "pooled.toml"), "--prior", "normal(0, 2)", "--heterogeneity", "half_cauchy(0.5)"]
    shown = CliRunner().invoke(command, arguments)
    assert shown.exit_code == 0, shown.output
    for text in ("new trial", "carries", "--all prints", "prediction interval", "crins:t0", "publication bias"):
        assert text in shown.output
    refused = CliRunner().invoke(command, [*arguments, "--model", "meta_regression"])
    assert refused.exit_code == 0 and "covariate" in refused.output and "skipped" in refused.output

"""An effect structure of one's own, in a file outside the package, from its registration to the notebook."""

import pytest
from click.testing import CliRunner
from support.own_likelihoods import OWN, forget_all, forgotten_afterwards  # noqa: F401

import bayes
from bayes import sensitivity
from bayes.analysis.plan import make_plan
from bayes.errors import InvalidInput
from bayes.likelihoods.fingerprint import model_files
from bayes.priors.sets import load_priors

LAPLACE = OWN / "laplace_effects.py"
pytestmark = pytest.mark.slow  # the file is imported with PyTensor


@pytest.fixture(scope="module")
def registered():
    return bayes.register(LAPLACE)


def three():
    """Three trials, one of them an outlier."""
    told = {"measure": "odds_ratio", "benefit": "lower", "mcid": 0.8}
    ratios = {"a": (0.7, 0.15), "b": (0.8, 0.2), "c": (1.9, 0.2)}
    return bayes.synthesis_of([bayes.outcome(trial=n, estimate=x, se=s, **told) for n, (x, s) in ratios.items()])


def test_it_is_known_by_its_file(registered):
    assert registered.source == LAPLACE and registered.scatter.name == "laplace_effects"
    assert LAPLACE in model_files("laplace_effects", ("reported_estimate",))
    assert any(path.stem == "random_effects" for path in model_files("laplace_effects", ("reported_estimate",)))
    with pytest.raises(InvalidInput, match="accepted: .*laplace_effects"):
        make_plan([three()], load_priors(), ["neutral"], model="cauchy_effects")


@pytest.mark.nuts
def test_it_is_fitted_integrated_examined_and_shown(registered):
    fit = bayes.fit(three(), model="laplace_effects")
    rows = {row["parameter"]: row for row in fit.rows}
    assert {row["status"] for row in fit.rows} == {"ok"}, rows["mu"]["reason"]
    assert rows["mu"]["model"] == "laplace_effects" and "laplace_effects" in fit.analysis.key
    for name in ("mu", "tau", "new_trial"):  # NUTS on the graph against the plane
        row = rows[name]
        assert abs(row["mean"] - row["exact_mean"]) <= 4 * row["mcse_mean"] + 1e-3, name
    plain = bayes.fit(three(), model="random_effects")
    assert rows["mu"]["exact_sd"] != pytest.approx(plain.rows[0]["exact_sd"], rel=1e-3)
    assert "would be expected between" in fit.text and "<table" in fit._repr_html_()
    asked = sensitivity.examine(fit, ["tipping"])
    assert str(asked) and not asked.to_frame("tipping").empty
    assert isinstance(bayes.check(three()), tuple)


@pytest.mark.nuts
def test_it_can_be_had_as_a_textbook_model(registered):
    model = bayes.pymc_model(three(), model="laplace_effects")
    assert {"mu", "tau", "e"} <= set(model.named_vars) and model.named_vars_to_dims["e"] == ("trial",)


def test_what_is_no_structure_of_a_synthesis_is_refused(tmp_path):
    text = LAPLACE.read_text()
    broken = {
        "twice.py": text.replace("-sqrt(2) * abs(e) - log(sqrt(2))", "-sqrt(2) * abs(e)"),
        "of_one.py": text.replace('takes="synthesis"', 'takes="outcome"'),
        "random_effects.py": text,
    }
    said = {"twice": "integrates to 1.414", "of_one": "of a synthesis with tau", "random_effects": "the name is taken"}
    for name, content in broken.items():
        path = tmp_path / name
        path.write_text(content.replace('name="laplace_effects"', f'name="{path.stem}"'))
        with pytest.raises(InvalidInput, match=said[path.stem]):
            bayes.register(path)


TRIAL = """
id = "{id}"
title = "t"
year = 2020
condition = "c"
design = "d"
arms = {{ treatment = "new", control = "old" }}
n = {{ treatment = 90, control = 90 }}
[outcomes.it]
label = "death"
measure = "odds_ratio"
benefit = "lower"
source = "abstract"
evidence = {{ kind = "estimate", estimate = {ratio}, se = {se} }}
"""
OWN_COUNTS = """
id = "own"
title = "t"
year = 2020
condition = "c"
design = "d"
arms = { treatment = "new", control = "old" }
n = { treatment = 30, control = 31 }
[outcomes.it]
label = "death"
measure = "odds_ratio"
benefit = "lower"
source = "abstract"
likelihood = "beta_binomial"
evidence = { kind = "binary", treatment = { events = 3, n = 30 }, control = { events = 6, n = 31 } }
"""
POOLED = """
id = "pooled"
label = "death"
measure = "odds_ratio"
benefit = "lower"
outcomes = ["a.toml:it", "b.toml:it", "c.toml:it"]
model = "laplace_effects"
mcid = { value = 0.8, rationale = "judged" }
heterogeneity = { distribution = "half_normal(0.5)", rationale = "judged" }
"""


@pytest.mark.nuts
def test_a_results_folder_needs_the_file_and_has_a_page(tmp_path):
    """From a synthesis file to its page, on the command line; a folder does not run what it holds by itself."""
    from bayes.cli import bayes as command

    for name, ratio, se in (("a", 0.7, 0.15), ("b", 0.8, 0.2), ("c", 1.9, 0.2)):
        (tmp_path / f"{name}.toml").write_text(TRIAL.format(id=name, ratio=ratio, se=se))
    (tmp_path / "pooled.toml").write_text(POOLED)
    (tmp_path / "own.toml").write_text(OWN_COUNTS)
    (tmp_path / "set.toml").write_text('[effect.neutral]\ndistribution = "normal(0, 1)"\nrationale = "r"\nsource = "s"\n')
    folder = ["--results", str(tmp_path / "results")]
    priors = ["--priors", str(tmp_path / "set.toml"), "--jobs", "1", "--quiet"]

    def ran(*words):
        return CliRunner().invoke(command, [*map(str, words)])

    forget_all()
    unknown = ran("check", tmp_path / "pooled.toml")
    assert unknown.exit_code == 2 and "laplace_effects" in unknown.output
    files = ["--model-file", LAPLACE, "--model-file", OWN / "beta_binomial.py"]
    made = ran("regenerate", tmp_path / "pooled.toml", tmp_path / "own.toml", *priors, *folder, *files)
    assert made.exit_code == 0, made.output
    assert (tmp_path / "results" / "inputs" / "models" / "laplace_effects.py").read_text() == LAPLACE.read_text()
    page = ran("report", *folder)
    assert page.exit_code == 0, page.output
    text = (tmp_path / "results" / "report" / "syntheses" / "pooled.html").read_text()
    assert "laplace_effects" in text and "P(benefit)" in text
    text = (tmp_path / "results" / "report" / "outcomes" / "own.it.html").read_text()
    assert "beta_binomial" in text and "P(benefit)" in text
    forget_all()
    refused = ran("status", *folder)
    assert refused.exit_code == 2 or isinstance(refused.exception, InvalidInput), refused.output

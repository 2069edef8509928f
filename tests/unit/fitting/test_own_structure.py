"""An effect structure of one's own, in a file outside the package, from its registration to the notebook."""

import pytest
from support.own_likelihoods import OWN, forgotten_afterwards  # noqa: F401

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
    asked = sensitivity.examine(fit, ["tipping", "influence"])
    assert str(asked) and not asked.to_frame("influence").empty
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

"""One door: signatures say what is accepted and returned, documentation lists it, and examples run."""

import ast
import doctest
import inspect
import re
import typing
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure
from support.invented_corpora import answer
from support.invented_corpora import results as corpus_of_results
from support.invented_pairs import pairs, prior_set
from support.reports import REPORTS
from support.trials import make_outcome

import bayes
from bayes import plots, report, results, sensitivity
from bayes.calibration import calibrate
from bayes.calibration.operating import operating
from bayes.corpus.summary.summarising import summarise

DOORS = (bayes, sensitivity, plots, results, report)
FUNCTIONS = {
    f"{door.__name__}.{name}": getattr(door, name)
    for door in DOORS
    for name in door.__all__
    if inspect.isfunction(getattr(door, name))
}
SAMPLED = ("bayes.arviz_tree", "bayes.fit", "bayes.fit_priors", "bayes.synthesise", "bayes.compare")
EXAMPLES = 20
QUESTIONS = [name for name in sensitivity.__all__ if name not in ("Examination", "NAMES")]
FIGURES = [name for name in plots.__all__ if name in ("forest", "prior_heatmap", "threshold_curve", "tipping_plot", "triplot")]
OF_A_CORPUS = [name for name in plots.__all__ if name.startswith("corpus_")]
OF_A_CALIBRATION = [name for name in plots.__all__ if name.startswith("calibration_")]
HERE = Path(bayes.__file__).parent / "data" / "trials"
ONE_OUTCOME = """
id = "mine"
title = "Mine"
year = 2020
condition = "stroke"
design = "invented"
arms = { treatment = "new", control = "old" }
n = { treatment = 60, control = 62 }

[outcomes.death]
label = "Death"
measure = "hazard_ratio"
benefit = "lower"
mcid = { value = 0.9, rationale = "invented" }
source = "invented"
evidence = { kind = "estimate", estimate = 0.75, ci = [0.55, 1.02] }
"""


@pytest.fixture(params=["object", "name", "path", "in memory"])
def target(request, tmp_path):
    """The four ways of naming what a verb is asked about."""
    if request.param == "object":
        return bayes.load_trial("mesems").outcomes["gel_24w"]
    if request.param == "name":
        return "mesems:gel_24w"
    if request.param == "path":
        path = tmp_path / "mine.toml"
        path.write_text(ONE_OUTCOME)
        return path
    return bayes.outcome(measure="hazard_ratio", benefit="lower", estimate=0.75, ci=(0.55, 1.02), mcid=0.9)


def returned(function) -> type:
    return typing.get_type_hints(function)["return"]


def documented(function) -> set[str]:
    """Names in the section Parameters."""
    text = inspect.getdoc(function) or ""
    found = re.search(r"Parameters\n-+\n(.*?)(?:\n\n[A-Z]\w+\n-+\n|\Z)", text, re.S)
    heads = [line for line in (found[1] if found else "").splitlines() if line and not line.startswith(" ")]
    return {name.strip().lstrip("*") for head in heads for name in head.split(" : ")[0].split(",")}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_says_what_it_takes_and_gives(name):
    function = FUNCTIONS[name]
    parameters, hints = inspect.signature(function).parameters, typing.get_type_hints(function)
    assert set(parameters) <= set(hints) and "return" in hints
    assert documented(function) == set(parameters)
    assert re.search(r"\nReturns\n-+\n", inspect.getdoc(function))


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_completion_shows_the_public_names_and_nothing_else(door):
    assert set(dir(door)) - {"__version__"} == set(door.__all__)
    assert len(set(door.__all__)) == len(door.__all__)


@pytest.mark.parametrize("door", [bayes, results], ids=lambda door: door.__name__)
def test_a_type_checker_sees_the_names_that_are_found_at_run_time(door):
    tree = ast.parse(Path(door.__file__).read_text())
    (block,) = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    seen = {}
    for line in block.body:
        for name in line.names:
            module = f"bayes.{name.name}" if line.module == "bayes" else f"{line.module}:{name.name}"
            seen[name.asname or name.name] = module
    assert seen == door._HOME and set(door.__all__) == set(seen)


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_takes_every_way_of_naming_a_target(name, target):
    verb = getattr(sensitivity, name)
    more = {"size": 3} if name == "prior_grid" else {"ask": ["tipping"]} if name == "examine" else {}
    found = verb(target, prior="neutral", prior_set="default", **more)
    assert isinstance(found, returned(verb)) and len(found.to_frame() if name == "examine" else found) >= 0
    if name == "tipping":  # the older spelling of the argument
        assert found.equals(verb(target, prior="neutral", priors="default"))


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_takes_every_way_of_naming_a_target(name, target):
    assert isinstance(getattr(plots, name)(target), Figure)


def test_check_and_resolve_take_every_way_of_naming_a_target(target):
    assert isinstance(bayes.resolve(target), bayes.Outcome)
    assert isinstance(bayes.check(target), tuple)


def test_several_outcomes_are_refused_by_name():
    for named in ("mesems", bayes.load_trial("mesems"), HERE / "mesems.toml"):
        with pytest.raises(bayes.InvalidInput, match="one outcome is needed, found 8: mesems:gel_24w"):
            bayes.resolve(named)
    with pytest.raises(bayes.InvalidInput, match="int is not an outcome; accepted: an outcome, a synthesis, a name"):
        bayes.resolve(3)


@pytest.mark.nuts
def test_fit_takes_every_way_of_naming_a_target(target):
    fit = bayes.fit(target, settings=bayes.Settings(chains=2, draws=500, tune=500))
    assert isinstance(fit, bayes.Fit) and fit.to_frame().equals(fit.to_frame("summary"))
    assert fit.analysis.settings.draws == 500
    assert fit.to_dict()["summary"] == fit.rows and str(fit).startswith("Fit")
    frame = bayes.fit_priors(target, settings=bayes.Settings(chains=2, draws=500, tune=500)).to_frame()
    assert len(frame) >= 5 and isinstance(frame, pd.DataFrame)


@pytest.mark.nuts
def test_a_synthesis_goes_through_fit_as_well():
    six = bayes.outcomes(six_ratios(), measure="hazard_ratio", benefit="lower")
    together = bayes.synthesis_of(six, label="Six trials")
    assert len(six) == 6 and len(together.members) == 6
    fit = bayes.fit(together, seed=3)
    assert isinstance(fit, bayes.SynthesisFit)
    assert fit.to_frame().drop(columns="label").equals(bayes.synthesise(six, seed=3).to_frame().drop(columns="label"))
    assert fit.to_frame("trials").shape[0] == 6
    with pytest.raises(bayes.UnknownName, match="did you mean 'trials'"):
        fit.to_frame("trial")


def six_ratios() -> pd.DataFrame:
    ratios, low, high = [0.75, 0.9, 1.1, 0.8, 0.95, 0.7], [0.55, 0.7, 0.8, 0.6, 0.7, 0.4], [1.02, 1.16, 1.51, 1.07, 1.29, 1.22]
    return pd.DataFrame({"estimate": ratios, "ci_low": low, "ci_high": high}, index=[f"trial {i}" for i in range(6)])


def test_an_argument_for_the_other_kind_of_target_is_refused():
    with pytest.raises(bayes.InvalidInput, match="`heterogeneity` applies to syntheses, but this is an outcome"):
        bayes.fit("mesems:gel_24w", heterogeneity="half_normal(0.5)")
    with pytest.raises(bayes.InvalidInput, match="`omega` applies to outcomes, but this is a synthesis"):
        bayes.fit("msc_stroke_mrs", omega=0.5)


@pytest.mark.slow
@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.nuts if n in SAMPLED else ()) for n in FUNCTIONS])
def test_examples_run(name):
    examples = doctest.DocTestFinder(recurse=False).find(FUNCTIONS[name], name, globs={})
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    report = "".join(_run(runner, example) for example in examples)
    assert not runner.summarize(verbose=False).failed, report


def _run(runner: doctest.DocTestRunner, example: doctest.DocTest) -> str:
    said: list[str] = []
    runner.run(example, out=said.append)
    return "".join(said)


def test_the_functions_that_a_new_user_meets_first_have_examples():
    with_examples = [name for name, function in FUNCTIONS.items() if ">>>" in (inspect.getdoc(function) or "")]
    assert len(with_examples) >= EXAMPLES and not any("+SKIP" in inspect.getdoc(FUNCTIONS[n]) for n in with_examples)


@pytest.mark.nuts
def test_the_verbs_of_a_results_folder_take_and_give_what_they_say(tmp_path):
    file, folder = tmp_path / "mine.toml", tmp_path / "results"
    file.write_text(ONE_OUTCOME)
    calls = {
        "regenerate": lambda: results.regenerate(folder, [file], prior_set="default", seed=3, jobs=1, force=False),
        "status": lambda: results.status(folder, prior_set=None, seed=3),
        "report": lambda: results.report(folder, jobs=1),
        "export": lambda: results.export(folder, tmp_path / "summary.csv"),
        "diff": lambda: results.diff(folder, folder),
        "bundle": lambda: results.bundle(folder, tmp_path / "all.zip", posteriors=True),
        "reproduce": lambda: results.reproduce(tmp_path / "all.zip", tmp_path / "again", jobs=1),
    }
    assert set(calls) == {name.removeprefix("bayes.results.") for name in FUNCTIONS if name.startswith("bayes.results.")}
    found = {}
    for name, call in calls.items():
        found[name] = call()
        assert isinstance(found[name], returned(FUNCTIONS[f"bayes.results.{name}"])), name
        assert str(found[name])
    assert found["regenerate"].failed == [] and found["report"].lost == {} and found["diff"].empty
    assert found["status"].stale == {} and set(found["status"].to_frame()["status"]) == {"ok"}
    assert found["reproduce"].to_dict()["disagreements"] == []
    for path in (folder / "posteriors").glob("*.nc"):
        assert isinstance(bayes.load_posterior(path), returned(bayes.load_posterior))


@pytest.mark.nuts
def test_the_figures_of_a_fit_take_and_give_what_they_say():
    settings = bayes.Settings(chains=2, draws=500, tune=500)
    counts = bayes.outcome(measure="odds_ratio", benefit="lower", treatment=(12, 60), control=(20, 61))
    figures = {
        "predictive_bars": plots.predictive_bars(bayes.fit(counts, settings=settings)),
        "stacked_bars": plots.stacked_bars("treasure:mrs_90d"),
        "survival_curves": plots.survival_curves(make_outcome(*REPORTS["digitised curve"])),
        "synthesis_forest": plots.synthesis_forest(bayes.fit(bayes.synthesis_of(bayes.outcomes(six_ratios(), measure="hazard_ratio", benefit="lower")))),
        "adverse_event_dots": plots.adverse_event_dots(adverse_events()),
        "power_curves": plots.power_curves(operating(counts, prior="neutral")),
    }
    for name, figure in figures.items():
        assert isinstance(figure, returned(getattr(plots, name))), name
        assert isinstance(plots.to_svg(figure, name, "a test"), str)
    assert {*figures, *FIGURES, *OF_A_CORPUS, *OF_A_CALIBRATION, "to_svg"} == set(plots.__all__)


def test_the_figures_of_a_corpus_take_and_give_what_they_say(tmp_path):
    rows = [answer(p, id=f"r{i}", row=i + 1, prior=prior, mean=p - 0.5) for i in range(25) for prior, p in (("vague", 0.99), ("sceptical", 0.8))]
    summary = summarise(corpus_of_results(tmp_path, rows))
    by = {"corpus_groups": "measure"}
    for name in OF_A_CORPUS:
        figure = getattr(plots, name)(summary, *([by[name]] if name in by else []))
        assert isinstance(figure, returned(getattr(plots, name))), name
        assert isinstance(plots.to_svg(figure, name, "a test"), str)


def test_the_figures_of_a_calibration_take_and_give_what_they_say():
    found = calibrate(pairs(60), prior_set({"one": "normal(0, 0.3)"}), samples=20, jobs=1)
    assert isinstance(found, returned(calibrate)) and len(OF_A_CALIBRATION) == 3
    for name in OF_A_CALIBRATION:
        figure = getattr(plots, name)(found)
        assert isinstance(figure, returned(getattr(plots, name))), name
        assert isinstance(plots.to_svg(figure, name, "a test"), str)


def adverse_events() -> pd.DataFrame:
    """The summary of a table with two terms, as the figure needs it."""
    row = {"measure": "odds_ratio", "benefit": "lower", "p_harm": 0.7, "p_benefit": 0.3, "estimate": 1.2, "estimate_low": 0.8, "estimate_high": 1.9}
    return pd.DataFrame([row | {"parameter": f"effect[Nervous system/{term}]"} for term in ("Headache", "Dizziness")])

"""What a record says in words and in rows: problems, names, numbers needed to treat, rows for a reader, rows without draws."""

from dataclasses import replace

import numpy as np
import pytest
from support.trials import make_analysis, make_estimate, make_outcome

import bayes
from bayes.analysis.plan import make_plan
from bayes.base.distributions import parse
from bayes.posterior.description import omega_of, prior_sd, record_of
from bayes.posterior.description import reported as described
from bayes.posterior.names import EFFECT, MU, ParameterName, effect_of
from bayes.posterior.not_sampled import failed_row, skipped_row
from bayes.posterior.parameter import Derived, ExactAnswer
from bayes.posterior.problems import Problem
from bayes.posterior.record import Gate, Reported
from bayes.posterior.row import empty_row
from bayes.posterior.told import told
from bayes.posterior.verdict import class_of
from bayes.priors.sets import load_priors


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Problem("divergences", 3), "3 divergences"),
        (Problem("r_hat", 1.0123, 1.01, "mu"), "R-hat 1.012 of mu above 1.01"),
        (Problem("ess_bulk", 812.4, 1000, "tau"), "bulk ESS 812 of tau below 1000"),
        (Problem("ess_tail", 812.6, 1000, "tau", row="x/y"), "x/y: tail ESS 813 of tau below 1000"),
        (Problem("quadrature", 0.51234, 0.52, "effect", "p_benefit"), "p_benefit of effect 0.5123 against 0.5200 by quadrature"),
        (Problem("tail", -1.5, -1.25, "mu", "ci_low", 0.0312), "ci_low of mu -1.5000 against -1.2500 by quadrature, beyond which 0.0312 of the draws lie"),
    ],
)
def test_a_problem_in_words(problem, words):
    assert str(problem) == words
    assert problem.divergent == (problem.check == "divergences")
    assert str(replace(problem, row=None).of_row("row")) == f"row: {words.removeprefix('x/y: ')}"


def test_a_gate_gives_each_reason_once():
    assert (Gate(1.0, 0, None).status, Gate(1.0, 0, None).reason) == ("ok", None)
    one, other = Problem("divergences", 3), Problem("divergences", 2)
    found = Gate(1.0, 5, None, (one, other, one))
    assert (found.status, found.reason) == ("failed", "3 divergences; 2 divergences")


@pytest.mark.parametrize(("written", "name"), [("mu", ParameterName("mu")), ("effect", EFFECT), ("effect[a:b]", effect_of("a:b")), ("effect[x [y]/z]", effect_of("x [y]/z"))])
def test_a_name_is_read_as_it_is_written(written, name):
    assert ParameterName.parse(written) == name and str(name) == written


@pytest.mark.parametrize("written", ["", "effect[a", "[a]", "effect[a] "])
def test_other_names_are_refused(written):
    with pytest.raises(ValueError, match="is not the name of a parameter; accepted: NAME or NAME"):
        ParameterName.parse(written)


def reported(**more):
    stated = {"mcid": 0.5, "planned": 2.0, "margin": -0.25, "rope": None, "thresholds": (2.0, 3.0)} | more
    return Reported("t", "o", "It", ("estimate",), "mean_difference", "higher", 0.0, **stated, informative=True, headline=True)


def test_thresholds_of_a_row_are_given_once():
    assert reported().given_thresholds == (0.5, 2.0, 0.0, -0.25, 3.0)
    assert replace(reported(mcid=None, planned=None, margin=None, thresholds=()), null=0.0, measure="odds_ratio").given_thresholds == (1.0,)
    assert (reported().name, replace(reported(), outcome="").name) == ("t:o", "t")
    assert (reported().sign, replace(reported(), benefit="lower").sign) == (1, -1)


def test_only_a_number_needed_to_treat_has_words():
    assert Derived("risk_difference", 0.1, 0.05, 0.2).text is None
    assert Derived("nnt", 10.0, 5.0, 20.0).text == "NNTB 10 (NNTB 5 to NNTB 20)"
    assert Derived("nnt", 10.0, 5.0, -20.0).text == "NNTB 10 (NNTB 5 to infinity to NNTH 20)"


EXACT = {"exact_mean": 1.1, "exact_sd": 1.2, "exact_median": np.log(0.8), "exact_ci_low": np.log(0.5), "exact_ci_high": np.log(1.25)}


def test_a_reader_is_given_the_numbers_by_quadrature():
    shares = ("p_benefit", "p_harm", "p_mcid", "p_severe_harm", "p_margin", "p_rope")
    exact = {f"exact_{name}": i / 10 for i, name in enumerate(shares)}
    row = empty_row() | {"measure": "rate_ratio", "estimate": 0.9, "p_benefit": 0.9, "mean": 5.0} | EXACT | exact
    found = told(row)
    assert (found["mean"], found["sd"], found["ci_low"], found["ci_high"]) == (1.1, 1.2, np.log(0.5), np.log(1.25))
    assert (found["estimate_low"], found["estimate"], found["estimate_high"]) == pytest.approx((0.5, 0.8, 1.25))
    assert [found[name] for name in shares] == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    for name in ("exact_median", "exact_ci_low", "exact_ci_high"):
        assert told(row | {name: None}) == row | {name: None}, "the draws alone"
    bare = told(row | {"estimate": None, "p_benefit": None})
    assert (bare["estimate"], bare["estimate_low"], bare["p_benefit"], bare["p_mcid"]) == (None, None, None, None)


def test_rows_without_a_posterior_say_what_was_asked_for():
    single = make_estimate()
    (skipped,) = make_plan([make_outcome("rate_ratio", "lower", {"kind": "estimate", "estimate": 0.9, "ci": [0.5, 1.5]})], load_priors("arms"), ["jeffreys"]).skipped
    shown = skipped_row(skipped)
    asked = {name: shown[name] for name in ("trial", "outcome", "parameter", "model", "evidence", "prior", "measure", "benefit", "null", "status", "key")}
    assert asked == {
        "trial": "example", "outcome": "it", "parameter": "effect", "model": "independent_arms", "evidence": "estimate", "prior": "jeffreys",
        "measure": "rate_ratio", "benefit": "lower", "null": 1.0, "status": "skipped", "key": None,
    }  # fmt: skip
    said = {"measure": "hazard_ratio", "benefit": "lower", "estimate": 0.9, "ci": [0.6, 1.35]}
    both = bayes.synthesis_of([bayes.outcome(trial=name, **said) for name in ("a", "b")])
    for target, parameter, outcome, evidence in ((single, "effect", "it", "estimate"), (both, "mu", "", None)):
        analysis = make_plan([target], load_priors(), ["neutral"]).analyses[0]
        row = failed_row(analysis, "It broke")
        assert (row["parameter"], row["outcome"], row["evidence"]) == (parameter, outcome, evidence)
        assert (row["key"], row["status"], row["reason"], row["model"]) == (analysis.key, "failed", "It broke", analysis.model)


@pytest.mark.parametrize(("probability", "verdict"), [(0.1, "improbable"), (0.1001, "uncertain"), (0.8999, "uncertain"), (0.9, "probable")])
def test_a_verdict_includes_its_limits(probability, verdict):
    assert class_of(probability) == verdict


@pytest.mark.parametrize(
    ("prior", "sd"),
    [
        ("normal(0.3, 0.5)", 0.5),
        ("uniform(-1, 2)", 3 / np.sqrt(12)),
        ("student_t(3, 1, 2)", 2 * np.sqrt(3)),
        ("student_t(2, 0, 1)", None),
        ("mixture(0.25 * normal(-1, 0.5), 0.75 * normal(1, 1))", np.sqrt(0.25 * (0.25 + 2.25) + 0.75 * (1 + 0.25))),
        ("spike_slab(0.2, normal(1, 0.5))", np.sqrt(0.8 * (0.25 + 0.04) + 0.2 * 0.64)),
    ],
)  # fmt: skip
def test_the_sd_of_a_prior_includes_its_spike_and_the_spread_of_its_components(prior, sd):
    """By the law of total variance; the spike lies at no effect."""
    found = prior_sd(parse(prior), make_estimate())
    assert found is None if sd is None else found == pytest.approx(sd)


def test_an_analysis_is_described_as_it_was_asked_for():
    outcome = make_outcome("mean_difference", "higher", {"kind": "estimate", "estimate": 1.0, "ci": [-1.0, 3.0]}, mcid={"value": 1.5, "rationale": "r"})
    found = described(make_analysis(outcome, "normal(0, 2)"))
    assert (found.trial, found.outcome, found.measure, found.benefit, found.mcid, found.margin, found.planned) == ("example", "it", "mean_difference", "higher", 1.5, None, None)
    assert omega_of(make_analysis(outcome, "normal(0, 2)")) is None


@pytest.mark.parametrize("name", [EFFECT, MU])
def test_a_record_compares_the_prior_with_the_answer_for_the_effect_or_the_mean(name):
    analysis = make_analysis(make_estimate(), "normal(0, 1)")
    for sd, kinds in ((0.9, ["outweighs"]), (0.1, []), (None, ["no_moments"])):
        record = record_of(analysis, (), Gate(None, 0, None), {name: ExactAnswer("m", sd=sd)})
        assert [remark.kind for remark in record.remarks] == kinds
        assert (record.key, record.prior.distribution, record.heterogeneity, record.likelihoods) == (analysis.key, "normal(0, 1)", None, tuple(analysis.likelihoods))

"""The design of a trial: an ICC that is not printed, bare p-values of clusters, and designs that no file passes over in silence."""

import numpy as np
import pytest
from scipy import stats
from support.noted import noted
from support.trials import make_analysis, trial_of

from bayes import load_synthesis, load_trial
from bayes.base.toml import validate
from bayes.checks import UNDOCUMENTED, check_outcome
from bayes.errors import InvalidInput
from bayes.paper.trial import Trial
from bayes.posterior.cross_check import exact_answers
from bayes.posterior.names import EFFECT
from bayes.report.dossier.disclosures import Counted, disclosures
from bayes.sensitivity import likelihood
from bayes.sensitivity.designs import ICC_PRIOR

BLING = {"kind": "binary", "treatment": {"events": 864, "n": 3474}, "control": {"events": 939, "n": 3507}}
MEANS = {"kind": "means", "treatment": {"mean": 14.8, "sd": 23.8, "n": 39}, "control": {"mean": 12.6, "sd": 13.0, "n": 35}}
BARE = {"kind": "p_value", "p": 0.03, "favours": "treatment", "n": {"treatment": 150, "control": 150}}
N = {"treatment": 4000, "control": 4000}


def of(evidence=BLING, measure="odds_ratio", design="cluster randomised", **more):
    data = trial_of(measure, "lower", evidence, **more) | {"design": design, "n": N}
    return validate(Trial, data, "example.toml").outcomes["it"]


def clusters(**more):
    rows = likelihood(of(**more), prior="normal(0, 5)")
    return rows[rows["question"].isin(["main", "clusters"])].set_index("variation")


# The size of clusters without their ICC ------------------------------------------------------------------------------


@pytest.mark.slow
def test_rows_at_several_iccs():
    """1 + 49 ICC, thousands of patients: the sd under a flat prior grows by its root, within 0.3%."""
    rows = clusters(cluster_size=50)
    assert list(rows.index) == ["binomial", *(f"ICC {i:g}: likelihood to the power 1/{1 + 49 * i:.4g}" for i in (0.01, 0.05, 0.1)), f"averaged over ICC ~ {ICC_PRIOR}"]
    for icc, sd in zip((0, 0.01, 0.05, 0.1), rows["sd"].iloc[:4], strict=True):
        assert sd == pytest.approx(rows["sd"].iloc[0] * (1 + 49 * icc) ** 0.5, rel=3e-3)


@pytest.mark.slow
def test_the_average_over_the_prior_of_the_icc_by_brute_force():
    """A scale mixture of normals: 400,000 draws of the ICC, then of the effect; sd and P(benefit) within Monte Carlo error."""
    rows = clusters(cluster_size=50, icc_prior={"distribution": "beta(2, 60)", "rationale": "pilot"})
    main, averaged = rows.iloc[0], rows.loc["averaged over ICC ~ beta(2, 60)"]
    rng = np.random.default_rng(5)
    effect = rng.normal(main["mean"], main["sd"] * np.sqrt(1 + 49 * rng.beta(2, 60, 400_000)))
    assert averaged["sd"] == pytest.approx(effect.std(), rel=0.01)
    assert averaged["mean"] == pytest.approx(main["mean"], abs=1e-3)
    assert averaged["p_benefit"] == pytest.approx((effect < 0).mean(), abs=0.005)


def test_the_default_prior_has_the_quartiles_of_adams():
    """Adams 2004, abstract: 1,039 ICCs, median 0.010, upper quartile 0.032."""
    a, b = (float(x) for x in ICC_PRIOR.removeprefix("beta(").removesuffix(")").split(","))
    assert stats.beta(a, b).ppf([0.5, 0.75]) == pytest.approx([0.010, 0.032], rel=5e-3)


def test_clusters_of_unequal_size():
    """Eldridge 2006: 1 + ((cv^2 + 1) m - 1) ICC; with m = 30, cv = 0.5 and ICC = 0.05 it is 2.825."""
    assert of(icc=0.05, cluster_size=30, cluster_size_cv=0.5).variance_factor == pytest.approx(2.825)
    assert of(icc=0.05, cluster_size=30).variance_factor == pytest.approx(2.45)


@pytest.mark.slow
def test_the_handbooks_example():
    """Cochrane Handbook 6, section 23.1.4: 63/295 v 84/330 in 21 classrooms, ICC 0.02: design effect 1.576, 40.0/187.2 v 53.3/209.4."""
    counts = {"kind": "binary", "treatment": {"events": 63, "n": 295}, "control": {"events": 84, "n": 330}}
    outcome = of(counts, icc=0.02, cluster_size=29.8)
    assert outcome.variance_factor == pytest.approx(1.576, abs=5e-4)
    rows = likelihood(outcome, prior="normal(0, 50)").set_index("question")
    effective = sum(1 / cell for cell in (40.0, 187.2 - 40.0, 53.3, 209.4 - 53.3)) ** 0.5
    assert rows.loc["clusters", "sd"] == pytest.approx(effective, rel=0.01)
    assert rows.loc["clusters", "mean"] == pytest.approx(np.log(40.0 / 147.2 / (53.3 / 156.1)), abs=0.01)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"icc": 0.01}, "icc.*requires cluster_size"),
        ({"cluster_size_cv": 0.4}, "cluster_size_cv.*requires cluster_size"),
        ({"icc_prior": {"distribution": "beta(1, 20)", "rationale": "r"}}, "icc_prior.*requires cluster_size"),
        ({"icc": 0.01, "cluster_size": 9, "design_effect": 1.2}, "duplicates icc"),
        ({"icc": 0.01, "cluster_size": 9, "icc_prior": {"distribution": "beta(1, 20)", "rationale": "r"}}, "icc_prior.*not used"),
        ({"cluster_size": 9, "icc_prior": {"distribution": "normal(0, 1)", "rationale": "r"}}, "found normal; accepted: beta"),
    ],
)
def test_statements_that_contradict_each_other_are_refused(told, said):
    with pytest.raises(InvalidInput, match=said):
        of(**told)


# A bare p-value of clusters ------------------------------------------------------------------------------------------


def test_a_standard_error_from_patients_is_widened():
    """Exact by quadrature under a flat prior: effect and sd of p = 0.03 grow by the root of the design effect."""
    flat = {}
    for design_effect in (1, 2.25):
        outcome = of(BARE, "standardised_mean_difference", design_effect=design_effect)
        flat[design_effect] = exact_answers(make_analysis(outcome, "normal(0, 50)"))[EFFECT]
        assert outcome.standard_error == pytest.approx((2 / 150) ** 0.5 * design_effect**0.5)
    assert flat[2.25].mean == pytest.approx(1.5 * flat[1].mean, rel=1e-3) and flat[2.25].sd == pytest.approx(1.5 * flat[1].sd, rel=1e-3)
    printed = of({**BARE, "se": 0.2}, "standardised_mean_difference", design_effect=2.25)
    assert printed.standard_error == pytest.approx(0.2)
    said = noted(make_analysis(of(BARE, "standardised_mean_difference", design_effect=2.25), "neutral"), None, None)
    assert any("widened for clusters" in note for note in said)


def test_a_bare_p_value_of_clusters_of_unknown_icc_has_its_rows():
    """At every ICC the row is the main reading of the design effect 1 + 49 ICC; the average lies among them."""
    rows = likelihood(of(BARE, "standardised_mean_difference", cluster_size=50), prior="normal(0, 1)").set_index("variation")
    for icc in (0.01, 0.05, 0.1):
        factor = 1 + 49 * icc
        stated = exact_answers(make_analysis(of(BARE, "standardised_mean_difference", design_effect=factor), "normal(0, 1)"))[EFFECT]
        row = rows.loc[f"ICC {icc:g}: variance times {factor:.4g}"]
        assert (row["mean"], row["sd"], row["p_benefit"]) == pytest.approx((stated.mean, stated.sd, stated.p_benefit), abs=2e-4)
    averaged = rows.loc[f"averaged over ICC ~ {ICC_PRIOR}"]
    assert rows.iloc[0]["sd"] < averaged["sd"] < row["sd"]
    said = noted(make_analysis(of(BARE, "standardised_mean_difference", cluster_size=50), "neutral"), None, None)
    assert any("in clusters of 50 whose ICC is not printed" in note for note in said)


def test_the_design_effect_of_a_bare_p_value_makes_a_posterior_stale_and_that_of_counts_does_not():
    prints = [make_analysis(of(BARE, "standardised_mean_difference", design_effect=d), "neutral").fingerprint for d in (1, 1.5, 2)]
    assert len(set(prints)) == 3
    assert len({make_analysis(of(design_effect=d), "neutral").fingerprint for d in (1, 1.5)}) == 1


@pytest.mark.nuts
def test_nuts_and_quadrature_agree_on_a_bare_p_value_of_clusters():
    from bayes.fitting.until_sound import sample_posterior
    from bayes.posterior.record import PosteriorRecord
    from bayes.posterior.rows import rows_of

    tree = sample_posterior(make_analysis(of(BARE, "standardised_mean_difference", design_effect=2.25), "normal(0, 0.5)"))
    (row,) = rows_of(PosteriorRecord.from_tree(tree))
    assert row["status"] == "ok" and abs(row["mean"] - row["exact_mean"]) <= 4 * row["mcse_mean"]


# Silence -------------------------------------------------------------------------------------------------------------

CLUSTERS = ("cluster randomised", "stepped-wedge, 12 hospitals", "open-label, ward-randomised", "cluster crossover, 19 units")
PATIENTS = ("randomised, double-blind crossover", "cross-over, three periods", "split-mouth, randomised", "within-person randomised", "n-of-1 trials")


def found(**more):
    return {(f.path, f.verdict) for f in check_outcome(of(**more))}


@pytest.mark.parametrize("design", CLUSTERS)
def test_clusters_are_not_passed_over(design):
    silent = {("design_effect", UNDOCUMENTED)}
    assert found(design=design) == found(design=design, evidence=MEANS, measure="mean_difference") == silent
    assert found(design=design, evidence=BARE, measure="standardised_mean_difference") == silent
    for stated in ({"design_effect": 1}, {"design_effect": 1.5}, {"icc": 0.02, "cluster_size": 21}, {"cluster_size": 21}):
        assert found(design=design, **stated) == set()
    own = {"kind": "estimate", "estimate": 0.91, "ci": [0.81, 1.02]}
    assert found(design=design, evidence=own) == found(design=design, evidence=BARE | {"se": 0.1}, measure="standardised_mean_difference") == set()


@pytest.mark.parametrize("design", PATIENTS)
def test_two_results_of_a_patient_are_not_passed_over(design):
    assert found(design=design) == {("evidence", UNDOCUMENTED)}
    assert found(design=design, first_period=True) == set()
    assert found(design=f"{design}; the comparison is of the first period") == set()
    paired = {"kind": "paired_counts", "treatment_only": 5, "control_only": 12}
    assert found(design=design, evidence=paired) == set()


def test_parallel_groups_are_what_they_seem():
    for design in (
        "randomised, double-blind",
        "randomised, open-label, parallel groups",
        "multicentre, stratified by centre",
        "randomised, open-label; crossover to pembrolizumab was allowed at progression",
        "randomised, placebo-controlled, cross-over after progression",
        "patients were permitted to cross over",
        "randomised, double-blind, cluster headache",
    ):
        assert found(design=design) == set(), design


def test_an_acknowledged_design_is_no_error():
    (finding,) = check_outcome(of(acknowledged=[{"finding": "design_effect", "reason": "four patients a cluster"}]))
    assert finding.acknowledged == "four patients a cluster"


@pytest.mark.slow
def test_the_shipped_trials_state_their_designs():
    from bayes.base.toml import shipped

    for name in shipped("trials"):
        for outcome in load_trial(name).outcomes.values():
            assert not any(f.verdict == UNDOCUMENTED for f in check_outcome(outcome)), outcome.name


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({}, "although clusters were randomised"),
        ({"cluster_size": 21}, "in clusters of 21 whose ICC is not printed"),
        ({"design_effect": 1.5}, "clusters multiply the variance by 1.5"),
        ({"design": "randomised crossover"}, "the same patients had both treatments"),
    ],
)
def test_every_row_says_what_it_assumed(stated, said):
    outcome = of(**stated)
    assert any(said in note for note in noted(make_analysis(outcome, "neutral"), None, None))
    told = dict(disclosures(outcome, Counted(1, 0, 1)))
    assert "independent" in told.get("clusters", told.get("design", "")) or "different patients" in told["design"]


def test_a_synthesis_names_the_members_whose_patients_it_counts_as_independent(tmp_path):
    from bayes.posterior.remarks import remarks_on

    base = 'title = "t"\nyear = 2020\ncondition = "c"\ndesign = "{design}"\narms = {{ treatment = "a", control = "b" }}\nn = {{ treatment = 100, control = 100 }}\n[outcomes.it]\nlabel = "l"\nmeasure = "odds_ratio"\nbenefit = "lower"\nsource = "s"\nevidence = {{ kind = "binary", treatment = {{ events = 20, n = 100 }}, control = {{ events = 26, n = 100 }} }}\n'
    for name, design in (("one", "cluster randomised"), ("two", "randomised"), ("three", "randomised")):
        (tmp_path / f"{name}.toml").write_text(f'id = "{name}"\n' + base.format(design=design))
    (tmp_path / "all.toml").write_text('id = "all"\nlabel = "l"\nmeasure = "odds_ratio"\nbenefit = "lower"\noutcomes = ["one.toml:it", "two.toml:it", "three.toml:it"]\nheterogeneity = { distribution = "half_normal(0.3)", rationale = "r" }\n')
    analysis = make_analysis(load_synthesis(tmp_path / "all.toml"), "neutral")
    assert any(str(remark) == "patients counted as independent in spite of the design: one:it" for remark in remarks_on(analysis, None, None))


def test_every_measure_says_what_it_compares():
    from support.trials import endpoint

    from bayes.base.measures import MEASURES
    from bayes.report.dossier.disclosures import estimand

    for measure in MEASURES:
        assert estimand(endpoint(measure))

"""Pairs of priors that an analysis goes without: a row of mu with the reason, which no reader takes for a posterior."""

import pandas as pd
import pytest
from support import corpora

from bayes.corpus.auditing import audit_corpus
from bayes.corpus.summary.summarising import summarise
from bayes.corpus.verbs import regenerate

PRIORS = """
id = "gaps"
[effect.flat]
distribution = "uniform(-2, 2)"
[effect.vague]
rule = "vague"
[effect.sceptical]
rule = "sceptical"
[effect.spike]
distribution = "spike_slab(0.5, normal(0, 0.35))"
[effect.cochrane]
rule = "cochrane"
when = "formable"
[heterogeneity.plain]
rule = "default"
[heterogeneity.turner]
rule = "turner"
"""
WORDS = {
    ("flat", "plain"): ("not a mixture of normals",),
    ("flat", "turner"): ("not a mixture of normals", "no outcome class is stated"),
    ("flat", None): ("not a mixture of normals",),
    ("vague", "turner"): ("no outcome class is stated",),
    ("sceptical", "plain"): ("no MCID is stated",),
    ("sceptical", "turner"): ("no MCID is stated", "no outcome class is stated"),
    ("sceptical", None): ("no MCID is stated",),
    ("spike", "plain"): ("spike_slab is not available",),
    ("spike", "turner"): ("spike_slab is not available", "no outcome class is stated"),
    ("spike", None): ("spike_slab is not available",),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Four analyses, the last of which has an MCID, under pairs that they mostly go without."""
    folder = tmp_path_factory.mktemp("gaps")
    frame = corpora.analyses(4)
    frame["mcid"] = (frame["analysis"] == "a3").map({True: 0.8, False: None})
    frame.to_csv(folder / "corpus.csv", index=False)
    (folder / "gaps.toml").write_text(PRIORS)
    regenerate(folder / "corpus.csv", folder / "out", prior_set=folder / "gaps.toml", jobs=1)
    return folder


@pytest.fixture(scope="module")
def found(folder):
    return pd.read_parquet(folder / "out" / "analyses.parquet")


def test_every_pair_that_an_analysis_goes_without_has_one_row_with_the_reason(found):
    skipped = found[(found["status"] == "skipped") & (found["analysis"] != "a3")]
    assert len(skipped) == 3 * len(WORDS) and set(skipped["parameter"]) == {"mu"}
    for row in skipped.itertuples():
        of_tau = row.heterogeneity if isinstance(row.heterogeneity, str) else None
        assert all(words in row.reason for words in WORDS[row.prior, of_tau]), row
    assert "`bayes fit` of a synthesis file takes it" in skipped.loc[skipped["prior"] == "flat", "reason"].iloc[0]


def test_what_is_known_without_a_posterior_is_filled_in_and_nothing_else(found):
    skipped = found[found["status"] == "skipped"].set_index(["analysis", "prior", "heterogeneity"])
    one = skipped.loc[("a1", "flat", "plain")]
    assert (one["prior_distribution"], one["heterogeneity_distribution"]) == ("uniform(-2, 2)", "half_normal(0.3)")
    assert (one["trials"], one["row"], one["label"], one["evidence"]) == (2, 2, "a1", "binary")
    assert one["key"] == "a1--random_effects.plain--flat"
    assert pd.isna(skipped.loc[("a1", "sceptical", "plain"), "prior_distribution"])
    assert pd.isna(skipped.loc[("a1", "vague", "turner"), "heterogeneity_distribution"])
    numbers = ["mean", "sd", "median", "ci_low", "ci_high", "p_benefit", "p_harm", "error", "exact_mean", "normal_mean"]
    assert skipped[numbers].isna().all(axis=None)


def test_a_prior_that_is_offered_only_where_it_can_be_formed_is_left_out_without_a_row(found):
    assert set(found["prior"]) == {"flat", "vague", "sceptical", "spike"}


def test_an_analysis_with_an_mcid_has_what_the_others_lack(found):
    own = found[(found["analysis"] == "a3") & (found["prior"] == "sceptical")]
    assert list(own["status"]) == ["ok", "ok", "ok", "skipped", "ok"], "three parameters, no turner, a common effect"
    assert list(own["parameter"]) == ["mu", "tau", "new_trial", "mu", "mu"], "in the order of the pairs"


def test_a_set_without_any_readable_pair_leaves_reasons_alone(tmp_path):
    (tmp_path / "gaps.toml").write_text(PRIORS.split("[effect.vague]")[0])
    corpora.analyses(2).to_csv(tmp_path / "corpus.csv", index=False)
    run = regenerate(tmp_path / "corpus.csv", tmp_path / "out", prior_set=tmp_path / "gaps.toml", jobs=1)
    assert run.rows == {"analyses": 2, "studies": 0, "rejected": 0}
    summary = summarise(tmp_path / "out")
    assert (summary.corpus["reference"], summary.priors[0]["n"], summary.priors[0]["skipped"]) == ("flat", 0, 2)


def test_the_summary_counts_them_apart(folder):
    summary = summarise(folder / "out")
    assert (summary.corpus["reference"], summary.corpus["heterogeneity"]) == ("vague", "plain")
    counted = {(row["prior"], row["heterogeneity"]): (row["n"], row["skipped"]) for row in summary.priors if row["parameter"] == "mu"}
    assert counted["vague", "plain"] == (4, 0) and counted["vague", "turner"] == (0, 4)
    assert counted["sceptical", "plain"] == (1, 3) and counted["flat", None] == (0, 4)
    assert {row["prior"] for row in summary.distribution} == {"vague", "sceptical"}, "no panel without a posterior"
    assert {(row["prior"], row["heterogeneity"]) for row in summary.changes if row["question"] == "prior"} == {("sceptical", "plain"), ("sceptical", None)}


def test_a_reference_and_a_prior_of_tau_without_answers_are_not_chosen(tmp_path):
    """The first prior of the set, and the default one of tau, may be skipped everywhere."""
    text = PRIORS.replace("[effect.vague]\nrule", "[effect.neutral]\nrule").replace('rule = "vague"', 'rule = "neutral"')
    text = text.replace("[heterogeneity.plain]\nrule = \"default\"\n", "") + '[heterogeneity.wide]\ndistribution = "half_normal(1)"\n'
    (tmp_path / "gaps.toml").write_text(text)
    corpora.analyses(3, counts=False).to_csv(tmp_path / "corpus.csv", index=False)
    regenerate(tmp_path / "corpus.csv", tmp_path / "out", prior_set=tmp_path / "gaps.toml", jobs=1)
    summary = summarise(tmp_path / "out")
    assert (summary.corpus["reference"], summary.corpus["heterogeneity"]) == ("neutral", "wide")


def test_the_audit_samples_none_of_them(folder, monkeypatch):
    sampled = []
    monkeypatch.setattr("bayes.corpus.auditing._compared", lambda rows, analysis: sampled.append(rows) or iter(()))
    audit_corpus([folder / "corpus.csv"], folder / "out", prior_set=folder / "gaps.toml", size=100)
    assert len(sampled) == 4 * 2 + 2, "vague for all, sceptical for one; each with plain and with a common effect"
    assert all(row["status"] == "ok" for rows in sampled for row in rows)

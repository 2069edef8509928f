"""The summary of a corpus: planted shares are counted, and quantiles are those of the numbers themselves."""

import csv
import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from scipy import stats
from support.invented_corpora import analyses, answer, results

from bayes.cli import bayes
from bayes.corpus.holdings import holdings
from bayes.corpus.summary.concluding import changes, conclusions, share_of
from bayes.corpus.summary.summarising import summarise
from bayes.corpus.summary.tallies import PROBABILITIES, Steps, Tally
from bayes.errors import InvalidInput, UnknownName

PLANTED = {  # P(benefit) under vague and under sceptical, and how many results have them
    (0.99, 0.98): 12,  # benefit stays
    (0.99, 0.90): 7,  # lost
    (0.61, 0.56): 20,  # open stays
    (0.97, 0.976): 3,  # gained
    (0.01, 0.02): 5,  # harm stays
    (0.01, 0.10): 2,  # lost
    (0.01, 0.99): 1,  # reversed
}


def planted():
    """Yield a row per result and prior."""
    row = 0
    for (vague, sceptical), times in PLANTED.items():
        for _ in range(times):
            row += 1
            for prior, p in (("vague", vague), ("sceptical", sceptical)):
                yield answer(p, id=f"r{row}", row=row, prior=prior, measure="odds_ratio" if row <= 30 else "hazard_ratio")


def only(rows, **wanted):
    """Return the one row with these values."""
    (found,) = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return found


def test_planted_changes_are_counted(tmp_path):
    found = summarise(results(tmp_path, planted()))
    n = sum(PLANTED.values())
    row = only(found.changes)
    assert (row["question"], row["prior"], row["against"]) == ("prior", "sceptical", "vague")
    assert (row["n"], row["changed"], row["lost"], row["gained"], row["reversed"]) == (n, 13, 9, 3, 1)
    interval = stats.binomtest(13, n).proportion_ci(method="wilson")
    assert (row["share"], row["low"], row["high"]) == pytest.approx((13 / n, *interval))
    assert row["difference_max"] == pytest.approx(0.98)
    moved = {(r["before"], r["after"]): r["n"] for r in found.transitions}
    assert moved == {("benefit", "benefit"): 12, ("benefit", "open"): 7, ("benefit", "harm"): 0, ("open", "benefit"): 3,
                     ("open", "open"): 20, ("open", "harm"): 0, ("harm", "benefit"): 1, ("harm", "open"): 2, ("harm", "harm"): 5}  # fmt: skip
    assert (found.corpus["subjects"], found.corpus["answers"], found.corpus["rejected"]) == (n, 2 * n, 0)


def test_shares_by_prior_and_by_group(tmp_path):
    rows = list(planted())
    found, frame = summarise(results(tmp_path, rows)), pd.DataFrame(rows)
    for prior, part in frame.groupby("prior"):
        row = only(found.priors, prior=prior)
        assert row["n"] == len(part)
        assert row["benefit_95"] == pytest.approx((part.p_benefit > 0.95).mean())
        assert row["benefit_975"] == pytest.approx((part.p_benefit > 0.975).mean())
        assert row["harm_95"] == pytest.approx((part.p_harm > 0.95).mean())
        counted = [r["n"] for r in found.distribution if r["prior"] == prior]
        assert counted == np.histogram(part.p_benefit, 40, (0, 1))[0].tolist()
    one = only(found.groups, by="measure", group="odds_ratio", prior="sceptical")
    assert (one["n"], one["compared"]) == (30, 30)
    assert one["changed"] == pytest.approx(7 / 30), "those lost; the gained and reversed ones are of hazard ratios"
    assert only(found.groups, by="measure", group="odds_ratio", prior="vague")["changed"] is None, "not compared with itself"
    assert {row["by"] for row in found.groups} == {"measure"}, "nothing else is stated"


def test_another_reference_turns_the_changes_round(tmp_path):
    row = only(summarise(results(tmp_path, planted()), reference="sceptical").changes)
    assert (row["prior"], row["lost"], row["gained"], row["reversed"]) == ("vague", 3, 9, 1)
    with pytest.raises(UnknownName, match="sceptic' is not known"):
        summarise(tmp_path, reference="sceptic")


def test_without_a_vague_prior_the_first_is_the_reference(tmp_path):
    rows = [answer(0.5, id="r1", row=1, prior=prior) for prior in ("neutral", "sceptical")]
    assert summarise(results(tmp_path, rows)).corpus["reference"] == "neutral"


def test_a_prior_with_mass_at_no_effect_can_leave_both_sides_open():
    p, harm = np.array([0.98, 0.30, 0.01, 0.975, np.nan]), np.array([0.01, 0.30, 0.985, 0.025, 0.5])
    assert conclusions(p, harm).tolist() == [0, 1, 2, 0, -1]
    assert changes(np.array([0, 1, -1]), np.array([2, -1, 0])).tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert share_of(0, 0) == (None, None, None)


def test_skipped_posteriors_are_counted_apart(tmp_path):
    rows = [answer(0.5, id="r1", row=1, prior="vague"), {**answer(0.5, id="r1", row=1, prior="sceptical"), "status": "skipped"}]
    found = summarise(results(tmp_path, rows))
    row = only(found.priors, prior="sceptical")
    assert (row["n"], row["skipped"], row["benefit_95"], row["p_benefit_50"]) == (0, 1, None, None)
    assert not found.changes


def test_results_without_a_headline_count_for_no_share(tmp_path):
    """None or all of both arms had the event: no table gives P(benefit)."""
    rows = [answer(0.99, id=f"r{i}", row=i + 1, prior="vague", headline=[None, True, False][i % 3]) for i in range(9)]
    row = only(summarise(results(tmp_path, rows)).priors)
    assert (row["n"], row["skipped"], row["benefit_975"]) == (6, 3, 1.0)


def drawn(n: int):
    """Return effects of invented results and their answers under a vague and a shrinking prior; no effect at 2 is not zero."""
    random = np.random.default_rng(1)
    z, shrink = random.normal(0, 2, n), random.beta(3, 2, n)
    for i in range(n):
        for prior, weight in (("vague", 1.0), ("sceptical", shrink[i])):
            mean, sd = 0.5 * weight * z[i], 0.5 * np.sqrt(weight)
            p = float(stats.norm.cdf(mean / sd))
            yield answer(p, id=f"r{i}", row=i + 1, prior=prior, mean=np.log(2) + mean, sd=sd, null=2.0, benefit="higher", ci_low=-1.96 * sd, ci_high=1.96 * sd)


def test_quantiles_are_those_of_the_numbers(tmp_path):
    rows = list(drawn(3000))
    found = summarise(results(tmp_path, rows))
    wide = pd.DataFrame(rows).pivot(index="row", columns="prior", values=["mean", "sd", "p_benefit"])
    away = wide["mean"] - np.log(2)
    z = away["vague"] / wide["sd"]["vague"]
    ratio = (away["sceptical"] / away["vague"])[z.abs() >= 0.5]
    row = only(found.shrinkage)
    assert (row["n"], row["tiny"]) == (len(ratio), 3000 - len(ratio))
    assert [row[f"ratio_{q}"] for q in (25, 50, 75)] == pytest.approx(ratio.quantile([0.25, 0.5, 0.75]).tolist(), abs=0.002)
    prior = only(found.priors, prior="sceptical")
    quartiles = wide["p_benefit"]["sceptical"].quantile([0.25, 0.5, 0.75]).tolist()
    assert [prior[f"p_benefit_{q}"] for q in (25, 50, 75)] == pytest.approx(quartiles, abs=0.002)
    assert prior["width_ratio"] == pytest.approx((wide["sd"]["sceptical"] / wide["sd"]["vague"]).median(), abs=0.002)
    apart = (wide["p_benefit"]["sceptical"] - wide["p_benefit"]["vague"]).abs()
    change = only(found.changes)
    assert [change[f"difference_{q}"] for q in (50, 90, 99)] == pytest.approx(apart.quantile([0.5, 0.9, 0.99]).tolist(), abs=0.002)
    assert change["difference_max"] == apart.max()
    bin_ = only(found.beside, low=1.0)
    inside = (z >= 1) & (z < 1.5)
    assert bin_["n"] == inside.sum()
    assert bin_["effect_50"] == pytest.approx((away["sceptical"] / wide["sd"]["vague"])[inside].median(), abs=0.02)


def test_row_groups_are_summed(tmp_path, monkeypatch):
    monkeypatch.setattr("bayes.corpus.parquet.ROW_GROUP", 500)
    rows = list(drawn(3000))
    whole = summarise(results(tmp_path, rows))
    assert pq.ParquetFile(tmp_path / "corpus.parquet").num_row_groups == 6
    parts = []
    for number in range(3):
        (tmp_path / str(number)).mkdir()
        parts.append(summarise(results(tmp_path / str(number), rows[2000 * number : 2000 * (number + 1)])))
    for name in ("n", "changed", "lost", "gained", "reversed"):
        assert sum(only(part.changes)[name] for part in parts) == only(whole.changes)[name], name
    assert only(whole.changes)["changed"] > 100


def pooled():
    """Yield mu of five analyses under one prior, with random and common effects; the last has one study."""
    exact, common, normal = (0.99, 0.6, 0.5, 0.02, 0.6), (0.99, 0.98, 0.02, 0.01, 0.99), (0.99, 0.98, 0.5, 0.01, None)
    for i in range(5):
        stated = {"analysis": f"a{i}", "row": i + 1, "prior": "vague", "trials": 1 if i == 4 else 3, "field": "stroke" if i < 2 else None, "year": 1999.0 + i, "outcome_class": "all-cause mortality"}
        yield answer(exact[i], heterogeneity="plain", normal_p_benefit=normal[i], **stated)
        yield answer(0.6, heterogeneity="plain", parameter="new_trial", **stated)
        yield answer(common[i], **stated)


def test_a_common_effect_and_the_normal_approximation_are_compared(tmp_path):
    studies = [{"prior": "vague", "heterogeneity": "plain", "shrinkage": w} for w in (0.2, 0.5, 0.9)]
    found = summarise(analyses(tmp_path, pooled(), studies))
    common = only(found.changes, question="common effect")
    assert (common["n"], common["changed"], common["gained"], common["lost"]) == (4, 2, 2, 0)
    assert {(r["before"], r["after"]): r["n"] for r in found.transitions if r["question"] == "common effect" and r["n"]} == {("benefit", "benefit"): 1, ("open", "benefit"): 1, ("open", "harm"): 1, ("harm", "harm"): 1}
    normal = only(found.changes, question="normal approximation")
    assert (normal["n"], normal["changed"], normal["gained"], normal["difference_max"]) == (4, 1, 1, pytest.approx(0.38))
    assert only(found.shrinkage)["studies_50"] == pytest.approx(0.5, abs=1e-4)
    assert {row["parameter"] for row in found.priors} == {"mu", "new_trial"}
    assert {row["group"]: row["n"] for row in found.groups if row["by"] == "period" and row["heterogeneity"]} == {"1995-1999": 1, "2000-2004": 4}
    assert {row["group"]: row["n"] for row in found.groups if row["by"] == "field" and row["heterogeneity"]} == {"stroke": 2}


@pytest.mark.parametrize("lacking", [("field", "year"), ("null",), ("scale", "benefit"), ("normal_p_benefit", "trials"), ("measure",)])
def test_columns_that_only_refine_may_be_missing(tmp_path, lacking):
    found = summarise(analyses(tmp_path, pooled(), without=lacking))
    assert only(found.priors, parameter="mu", heterogeneity="plain")["n"] == 5
    assert not {row["by"] for row in found.groups} & {{"year": "period"}.get(name, name) for name in lacking}


def test_what_cannot_be_summarised_is_said(tmp_path):
    with pytest.raises(InvalidInput, match="no corpus.parquet or analyses.parquet"):
        summarise(tmp_path)
    with pytest.raises(InvalidInput, match="no column p_harm"):
        summarise(results(tmp_path, planted(), without=("p_harm",)))
    with pytest.raises(InvalidInput, match="no rows"):
        summarise(results(tmp_path, []))
    analyses(tmp_path, pooled())
    with pytest.raises(InvalidInput, match="both corpus.parquet and analyses.parquet"):
        summarise(tmp_path)


def test_holdings_count_rows_rejections_and_the_audit(tmp_path):
    results(tmp_path, planted())
    assert "100 rows in corpus.parquet; 0 rows rejected; not audited" in str(holdings(tmp_path))
    rejected = [["source", "row", "id", "reason"], ["a.csv", 3, "r3", "se: two\nlines"]]
    audit = [["id", "prior", "heterogeneity", "parameter", "status"], ["a", "vague", "plain", "mu", "ok"], ["a", "vague", "plain", "tau", "failed"], ["b", "vague", "plain", "mu", "ok"]]
    for name, rows in (("corpus_rejected.csv", rejected), ("audit.csv", audit)):
        with (tmp_path / name).open("w", newline="") as stream:
            csv.writer(stream).writerows(rows)
    assert str(holdings(tmp_path)).endswith("1 row rejected; NUTS vouches for 1 of 2 posteriors sampled")
    assert summarise(tmp_path).corpus["not_vouched_for"] == 1


def test_a_tally_gives_quantiles_to_its_step():
    values = np.random.default_rng(2).beta(0.5, 0.5, 5000)
    tally = Tally(PROBABILITIES)
    tally.add(np.append(values, np.nan))
    assert tally.n == 5000 and tally.coarse(10).tolist() == np.histogram(values, 10, (0, 1))[0].tolist()
    assert [tally.quantile(q) for q in (0.1, 0.5, 0.9)] == pytest.approx(np.quantile(values, [0.1, 0.5, 0.9]), abs=1e-3)
    assert Steps(0, 1, 4).places(np.array([-5.0, 0.25, 0.75, 1.0, 7.0])).tolist() == [0, 1, 3, 3, 3]
    assert Tally(PROBABILITIES).quantile(0.5) is None


def run(*arguments):
    return CliRunner().invoke(bayes, [str(argument) for argument in arguments])


def test_the_verb_prints_tables_and_json(tmp_path):
    results(tmp_path, planted())
    shown = run("corpus", "summary", "--results", tmp_path)
    assert shown.exit_code == 0 and "26.0% (15.9% to 39.6%)" in shown.output and "too narrow" in shown.output.replace("\n", " ")
    found = json.loads(run("corpus", "summary", "--results", tmp_path, "--json", "--reference", "sceptical").output)
    assert found == summarise(tmp_path, reference="sceptical").to_dict()


def test_status_says_what_the_corpus_part_holds(tmp_path):
    results(tmp_path, planted())
    shown = run("status", "--out", tmp_path)
    assert shown.exit_code == 0 and "a corpus of results: 100 rows in corpus.parquet" in shown.output

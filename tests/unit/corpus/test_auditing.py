"""NUTS beside the quadrature of a corpus: it vouches for right answers, and finds planted wrong ones."""

import csv

import pandas as pd
import pyarrow.parquet as pq
import pytest
from support import corpora

from bayes.corpus.auditing import audit_corpus
from bayes.corpus.parquet import RESULTS, table_of
from bayes.corpus.verbs import regenerate

pytestmark = pytest.mark.slow
ONE = """
id = "one"
[effect.neutral]
rule = "neutral"
[heterogeneity.plain]
rule = "default"
"""


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    path = tmp_path_factory.mktemp("priors") / "one.toml"
    path.write_text(ONE)
    return path


@pytest.fixture(scope="module")
def finished(tmp_path_factory, one):
    """Six results with their answers."""
    folder = tmp_path_factory.mktemp("corpus")
    corpora.results(6).to_csv(folder / "corpus.csv", index=False)
    regenerate(folder / "corpus.csv", folder / "out", prior_set=one, jobs=1)
    return folder


def test_nuts_vouches_for_right_answers(finished, one):
    found = audit_corpus([finished / "corpus.csv"], finished / "out", prior_set=one, size=3)
    assert found.posteriors == 3 and not found.failed
    assert str(found) == "NUTS vouches for 3 of 3 posteriors"
    rows = list(csv.DictReader((finished / "out" / "audit.csv").open()))
    assert len(rows) == 3 and {row["status"] for row in rows} == {"ok"}
    for row in rows:
        away = abs(float(row["mean"]) - float(row["sampled_mean"]))
        assert away < 5 * float(row["mcse_mean"]) + 0.005


def test_nuts_finds_planted_wrong_answers(finished, one, tmp_path):
    """A mean and an end of the interval that are off by half a posterior SD fail the audit, and are named."""
    path = finished / "out" / "corpus.parquet"
    right = path.read_bytes()
    frame = pq.read_table(path).to_pandas()
    frame.loc[0, ["mean", "ci_high"]] += 0.5 * frame.loc[0, "sd"]
    columns = {name: frame[name].to_numpy() for name in ("mean", "sd", "ci_low", "ci_high", "median", "p_benefit")}
    texts = ("id", "source", "prior", "prior_distribution", "parameter", "status")
    columns |= {name: frame[name].tolist() for name in (*texts, "row")}
    pq.write_table(table_of(RESULTS, len(frame), columns), path)
    try:
        found = audit_corpus([finished / "corpus.csv"], finished / "out", prior_set=one, size=6)
    finally:
        path.write_bytes(right)
    assert {row.id for row in found.failed} == {frame.loc[0, "id"]}
    assert "mean of effect" in found.failed[0].reason and "not for r0" in str(found)


def test_an_audit_of_meta_analyses_compares_all_three_parameters(tmp_path, one):
    corpora.analyses(3, studies=3).to_csv(tmp_path / "corpus.csv", index=False)
    regenerate(tmp_path / "corpus.csv", tmp_path / "out", prior_set=one, jobs=1)
    found = audit_corpus([tmp_path / "corpus.csv"], tmp_path / "out", prior_set=one, size=6)
    assert not found.failed
    joined = pd.DataFrame(found.rows)
    assert set(joined.loc[joined["heterogeneity"].notna(), "parameter"]) == {"mu", "tau", "new_trial"}
    assert set(joined.loc[joined["heterogeneity"].isna(), "parameter"]) == {"mu"}


def test_a_mean_difference_needs_no_reference_sd_to_be_audited(tmp_path, one):
    """Its prior is an expression by then; the rule `neutral` of the set asked for none."""
    rows = [{"id": "a", "measure": "mean_difference", "benefit": "higher", "estimate": 5, "ci_low": 3, "ci_high": 7}]
    pd.DataFrame(rows).to_csv(tmp_path / "corpus.csv", index=False)
    (tmp_path / "wide.toml").write_text('id = "wide"\n[effect.wide]\ndistribution = "normal(0, 10)"\nrationale = "r"\nsource = "s"\n')
    regenerate(tmp_path / "corpus.csv", tmp_path / "out", prior_set=tmp_path / "wide.toml", jobs=1)
    found = audit_corpus([tmp_path / "corpus.csv"], tmp_path / "out", prior_set=tmp_path / "wide.toml", size=1)
    assert found.posteriors == 1 and not found.failed

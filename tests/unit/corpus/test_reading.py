"""A corpus as it is read: blocks, and analyses whose rows do not stand together."""

import numpy as np
import pandas as pd
import pytest
from support import corpora

from bayes.corpus.auditing import audit_corpus
from bayes.corpus.folder import merge
from bayes.corpus.reading import find_corpus, runs
from bayes.corpus.verbs import regenerate

PRIORS = """
id = "one"
[effect.wide]
distribution = "normal(0, 2)"
[heterogeneity.plain]
distribution = "half_normal(0.5)"
"""


@pytest.fixture
def priors(tmp_path):
    path = tmp_path / "one.toml"
    path.write_text(PRIORS)
    return path


def numbered(*names):
    """Return standardised mean differences, a row per name, each with its own estimate."""
    rows = [{"analysis": name, "study": f"s{i}", "measure": "standardised_mean_difference", "benefit": "higher", "estimate": 0.01 * i, "se": 0.2} for i, name in enumerate(names)]
    return pd.DataFrame(rows)


def run(frame, folder, priors, **more):
    """Regenerate a frame, and return the rows of mu with heterogeneity, and what was rejected."""
    folder.mkdir(exist_ok=True)
    frame.to_csv(folder / "corpus.csv", index=False)
    regenerate(folder / "corpus.csv", folder / "out", prior_set=priors, jobs=1, **more)
    return read(folder / "out")


def read(out):
    found = pd.read_parquet(out / "analyses.parquet")
    found = found[(found["parameter"] == "mu") & found["heterogeneity"].notna()]
    return found.set_index("analysis"), pd.read_csv(out / "corpus_rejected.csv")


def test_runs_of_equal_names():
    starts, ends = runs(np.array(["a", "a", "b", "a", None, None], dtype=object))
    assert (starts.tolist(), ends.tolist()) == ([0, 2, 3, 4], [2, 3, 4, 6])
    assert [each.tolist() for each in runs(np.array([], dtype=object))] == [[], []]


def test_rows_of_an_analysis_that_ended_before_are_rejected(tmp_path, priors):
    """Once in its block and once more after that; what stands first is computed as if the others were not there."""
    names = ["a", "a", "b", "a", "c", "c", "a", "b"]
    found, rejected = run(numbered(*names), tmp_path / "twice", priors)
    alone, nothing = run(numbered(*names).iloc[[0, 1, 2, 4, 5]], tmp_path / "once", priors)
    assert list(found.index) == ["a", "b", "c"] and list(found["row"]) == [1, 3, 5] and list(found["trials"]) == [2, 1, 2]
    for column in ("mean", "sd", "p_benefit", "ci_low"):
        assert found[column].tolist() == alone[column].tolist()
    assert found["note"].isna().all(), "no row of these analyses is lost: the later ones are not theirs"
    assert nothing.empty and list(zip(rejected["row"], rejected["id"], strict=True)) == [(4, "a"), (7, "a"), (8, "b")]
    words = "the rows of an analysis must stand together; those of this one ended at row {} of corpus.csv"
    assert list(rejected["reason"]) == [words.format(2), words.format(2), words.format(3)]


def test_a_later_part_of_another_measure_does_not_reject_the_first(tmp_path, priors):
    frame = numbered("a", "a", "b", "a")
    frame.loc[3, "measure"] = "mean_difference"
    found, rejected = run(frame, tmp_path / "mixed", priors)
    assert list(found.index) == ["a", "b"]
    assert len(rejected) == 1 and "agree in measure" not in rejected["reason"][0]


@pytest.mark.parametrize("shards", [1, 2, 3])
def test_an_analysis_is_known_again_in_a_later_block_whoever_reads_it(tmp_path, priors, monkeypatch, shards):
    """Every shard reads the whole file, so that one that did not compute the first rows knows where they were."""
    monkeypatch.setattr("bayes.corpus.reading.STUDIES_A_BLOCK", 4)
    frame = numbered(*"aaabbcccddaaeef", "b", "g", "b")
    frame.to_csv(tmp_path / "corpus.csv", index=False)
    blocks = list(find_corpus([tmp_path / "corpus.csv"]).blocks())
    assert len(blocks) >= 4 and [len(block.again) for block in blocks[:2]] == [0, 0]
    assert sum(len(block.frame) - block.once.sum() for block in blocks) == 4
    outs = [tmp_path / f"out{i}" for i in range(1, shards + 1)]
    for i, out in enumerate(outs, 1):
        regenerate(tmp_path / "corpus.csv", out, prior_set=priors, jobs=1, shard=f"{i}/{shards}")
    if shards > 1:
        merge(outs, tmp_path / "merged")
    found, rejected = read(tmp_path / "merged" if shards > 1 else outs[0])
    assert list(found.index) == list("abcdefg")
    assert list(rejected["row"]) == [11, 12, 16, 18]
    assert [reason.split("ended at ")[1] for reason in rejected["reason"]] == ["row 3 of corpus.csv"] * 2 + ["row 5 of corpus.csv"] * 2


def test_an_analysis_is_known_again_in_another_file(tmp_path, priors):
    folder = tmp_path / "folder"
    folder.mkdir()
    numbered("a", "b", "b").to_csv(folder / "1.csv", index=False)
    numbered("b", "c", "a").to_parquet(folder / "2.parquet")
    regenerate(folder, tmp_path / "out", prior_set=priors, jobs=1)
    found, rejected = read(tmp_path / "out")
    assert list(found.index) == ["a", "b", "c"] and list(found["source"]) == ["1.csv", "1.csv", "2.parquet"]
    assert list(zip(rejected["source"], rejected["row"], strict=True)) == [("2.parquet", 1), ("2.parquet", 3)]
    assert rejected["reason"].str.contains("of 1.csv").all()


def test_rows_without_an_analysis_are_missing_and_nothing_more(tmp_path, priors):
    _, rejected = run(numbered("a", None, "b", None), tmp_path / "unnamed", priors)
    assert list(rejected["reason"]) == ["analysis: missing"] * 2


def test_ids_of_results_may_be_in_several_blocks(tmp_path):
    corpora.results(5).assign(id="same").to_csv(tmp_path / "corpus.csv", index=False)
    assert all(block.once.all() for block in find_corpus([tmp_path / "corpus.csv"]).blocks())


def test_the_audit_samples_the_rows_that_were_computed(tmp_path, priors, monkeypatch):
    sampled = []
    monkeypatch.setattr("bayes.corpus.auditing._compared", lambda rows, analysis: sampled.append(analysis) or iter(()))
    run(numbered("a", "a", "b", "a"), tmp_path / "audit", priors)
    audit_corpus([tmp_path / "audit" / "corpus.csv"], tmp_path / "audit" / "out", prior_set=priors, size=10)
    assert sorted(len(analysis.likelihoods) for analysis in sampled) == [1, 1, 2, 2]

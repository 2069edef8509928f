"""A corpus from its file to Parquet: rows, reasons, interruption, shards, and the ordinary answers."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from support import corpora

import bayes
from bayes.analysis.analysis import Settings
from bayes.analysis.plan import alone
from bayes.corpus import regeneration
from bayes.corpus.folder import merge
from bayes.corpus.reading import find_corpus
from bayes.corpus.verbs import regenerate
from bayes.errors import InvalidInput
from bayes.posterior.cross_check import exact_answers
from bayes.posterior.names import EFFECT
from bayes.posterior.row import COLUMNS
from bayes.priors.sets import find_prior

SMALL = {"results": ("corpus",), "analyses": ("analyses", "studies")}
PAIRS = """
id = "two"
[effect.neutral]
rule = "neutral"
[effect.wide]
distribution = "normal(0, 2)"
[heterogeneity.plain]
rule = "default"
[heterogeneity.half_cauchy]
rule = "default"
family = "half_cauchy"
"""


@pytest.fixture
def blocks_of_ten(monkeypatch):
    monkeypatch.setattr("bayes.corpus.reading.RESULTS_A_BLOCK", 10)
    monkeypatch.setattr("bayes.corpus.reading.STUDIES_A_BLOCK", 10)


@pytest.fixture
def pairs(tmp_path):
    path = tmp_path / "two.toml"
    path.write_text(PAIRS)
    return path


def written(frame, path):
    frame.to_parquet(path) if path.suffix == ".parquet" else frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet"])
def test_a_row_per_result_and_prior_with_the_columns_of_the_summary(tmp_path, suffix):
    frame = corpora.results(12)
    path = tmp_path / f"corpus{suffix}"
    frame.to_parquet(path) if suffix == ".parquet" else frame.to_csv(path, index=False)
    run = regenerate(path, tmp_path / "out", jobs=1)
    found = pd.read_parquet(tmp_path / "out" / "corpus.parquet")
    assert list(found.columns[: len(COLUMNS)]) == list(COLUMNS)
    assert run.rows == {"corpus": len(found), "rejected": 0}
    assert not found.duplicated(["id", "prior"]).any()
    assert set(found["prior"]) == {"vague", "neutral", "sceptical", "enthusiastic", "pessimistic", "cochrane"}
    skipped = found[found["status"] == "skipped"]
    assert set(skipped["prior"]) == {"sceptical", "enthusiastic", "pessimistic"}  # no MCID in two rows of three
    assert skipped["reason"].str.contains("no MCID is stated").all()


def test_the_answers_are_those_of_the_ordinary_quadrature(tmp_path):
    """Every kind of evidence, each under every prior: closed form, exact counts, and one by one."""
    rows = [
        {"id": "ci", "measure": "hazard_ratio", "estimate": 0.75, "ci_low": 0.55, "ci_high": 1.02, "mcid": 0.9},
        {"id": "level", "measure": "odds_ratio", "estimate": 0.75, "ci_low": 0.6, "ci_high": 0.94, "level": 0.9},
        {"id": "se", "measure": "standardised_mean_difference", "estimate": -0.2, "se": 0.15},
        {"id": "p", "measure": "risk_ratio", "estimate": 0.8, "p": 0.03},
        {"id": "or", "measure": "odds_ratio", "events_t": 12, "n_t": 100, "events_c": 20, "n_c": 98, "mcid": 0.8},
        {"id": "none", "measure": "odds_ratio", "events_t": 0, "n_t": 40, "events_c": 0, "n_c": 38},
        {"id": "rr", "measure": "risk_ratio", "events_t": 2, "n_t": 100, "events_c": 9, "n_c": 98},
        {"id": "rd", "measure": "risk_difference", "events_t": 2, "n_t": 30, "events_c": 9, "n_c": 30},
        {"id": "md", "measure": "mean_difference", "mean_t": 3.1, "sd_t": 2.0, "n_t": 20, "mean_c": 4.4, "sd_c": 2.5,
         "n_c": 22},
        {"id": "rate", "measure": "rate_ratio", "events_t": 12, "exposure_t": 40.5, "events_c": 20, "exposure_c": 39.0},
        {"id": "edge", "measure": "risk_difference", "estimate": -0.9, "se": 0.3},
    ]  # fmt: skip
    path = written(pd.DataFrame(rows).assign(benefit="lower"), tmp_path / "kinds.csv")
    regenerate(path, tmp_path / "out", jobs=1)
    found = pd.read_parquet(tmp_path / "out" / "corpus.parquet").set_index(["id", "prior"])
    given = {
        "ci": {"estimate": 0.75, "ci": (0.55, 1.02), "mcid": 0.9}, "p": {"estimate": 0.8, "p": 0.03},
        "level": {"estimate": 0.75, "ci": (0.6, 0.94), "level": 0.9}, "se": {"estimate": -0.2, "se": 0.15},
        "or": {"treatment": (12, 100), "control": (20, 98), "mcid": 0.8}, "rr": {"treatment": (2, 100), "control": (9, 98)},
        "none": {"treatment": (0, 40), "control": (0, 38)}, "rd": {"treatment": (2, 30), "control": (9, 30)},
        "md": {"treatment": (3.1, 2.0, 20), "control": (4.4, 2.5, 22)}, "edge": {"estimate": -0.9, "se": 0.3},
        "rate": {"kind": "events", "treatment": {"events": 12, "exposure": 40.5},
                 "control": {"events": 20, "exposure": 39.0}},
    }  # fmt: skip


    priors, compared = bayes.load_priors(), 0
    for row in rows:
        outcome = bayes.outcome(measure=row["measure"], benefit="lower", **given[row["id"]])
        for name in ("vague", "neutral", "sceptical", "cochrane"):
            if (row["id"], name) not in found.index or found.loc[(row["id"], name), "status"] == "skipped":
                continue
            exact = exact_answers(alone(outcome, find_prior(name, priors), priors, Settings()))[EFFECT]
            ours, unit = found.loc[(row["id"], name)], exact.sd
            assert ours["mean"] == pytest.approx(exact.mean, abs=5e-4 * unit), (row["id"], name)
            assert ours["sd"] == pytest.approx(exact.sd, rel=1e-3), (row["id"], name)
            for column in ("p_benefit", "p_harm", "p_mcid", "p_rope"):
                if getattr(exact, column) is not None:
                    assert ours[column] == pytest.approx(getattr(exact, column), abs=2e-4), (row["id"], name, column)
            for column in ("ci_low", "median", "ci_high"):
                assert ours[column] == pytest.approx(getattr(exact, column), abs=2e-3 * unit), (row["id"], name, column)
            compared += 1
    assert compared >= 25
    of_cochrane = {row["id"]: (row["id"], "cochrane") in found.index for row in rows}
    assert of_cochrane["or"] and of_cochrane["rr"] and of_cochrane["rd"], "counts have a standard error as well"
    assert not of_cochrane["none"]
    assert not found.loc["none", "headline"].any() and not found.loc["none", "informative"].any()


def test_rows_that_cannot_be_used_are_listed_with_the_reason(tmp_path):
    rows = [
        {"id": "good", "measure": "odds_ratio", "benefit": "lower", "estimate": "0.8", "se": "0.2"},
        {"id": "text", "measure": "odds_ratio", "benefit": "lower", "estimate": "abc", "se": "0.2"},
        {"id": "measure", "measure": "beta", "benefit": "lower", "estimate": "0.8", "se": "0.2"},
        {"id": "benefit", "measure": "odds_ratio", "benefit": "down", "estimate": "0.8", "se": "0.2"},
        {"id": "negative", "measure": "odds_ratio", "benefit": "lower", "estimate": "-0.8", "se": "0.2"},
        {"id": "outside", "measure": "odds_ratio", "benefit": "lower", "estimate": "0.8", "ci_low": "0.9", "ci_high": "2"},
        {"id": "huge", "measure": "odds_ratio", "benefit": "lower", "estimate": "1e300", "se": "0.2"},
        {"id": "counts", "measure": "odds_ratio", "benefit": "lower", "events_t": "9", "n_t": "5", "events_c": "1", "n_c": "5"},
        {"id": "halves", "measure": "odds_ratio", "benefit": "lower", "events_t": "1.5", "n_t": "5", "events_c": "1", "n_c": "5"},
        {"id": "nothing", "measure": "odds_ratio", "benefit": "lower"},
        {"id": "threshold", "measure": "odds_ratio", "benefit": "lower", "estimate": "0.8", "se": "0.2", "mcid": "1.2"},
    ]  # fmt: skip
    run = regenerate(written(pd.DataFrame(rows), tmp_path / "bad.csv"), tmp_path / "out", jobs=1)
    rejected = pd.read_csv(tmp_path / "out" / "corpus_rejected.csv").set_index("id")
    assert run.rows["rejected"] == len(rows) - 1
    assert list(rejected["row"]) == list(range(2, len(rows) + 1))
    for name, words in {
        "text": "found 'abc'; accepted: a number", "measure": "measure: accepted", "benefit": "accepted: higher or lower",
        "negative": "a ratio above zero", "outside": "either side of the estimate", "huge": "beyond 1e+09",
        "counts": "events from 0 to n", "halves": "whole numbers", "nothing": "no evidence", "threshold": "mcid",
    }.items():  # fmt: skip
        assert words in rejected.loc[name, "reason"], name
    assert set(pd.read_parquet(tmp_path / "out" / "corpus.parquet")["id"]) == {"good"}


@pytest.mark.parametrize("kind", SMALL)
def test_shards_merged_are_the_single_run_bit_for_bit(tmp_path, kind, blocks_of_ten, pairs):
    frame = corpora.results(45) if kind == "results" else corpora.analyses(14, counts=False)
    path = written(frame, tmp_path / "corpus.csv")
    regenerate(path, tmp_path / "whole", prior_set=pairs, jobs=1)
    for i in (1, 2, 3):
        run = regenerate(path, tmp_path / f"shard{i}", prior_set=pairs, jobs=1, shard=f"{i}/3")
        assert not run.rows and not (tmp_path / f"shard{i}" / f"{SMALL[kind][0]}.parquet").exists()
    with pytest.raises(InvalidInput, match="blocks are missing"):
        merge([tmp_path / "shard1", tmp_path / "shard2"], tmp_path / "merged")
    merge([tmp_path / f"shard{i}" for i in (3, 1, 2)], tmp_path / "merged")
    for name in (*(f"{name}.parquet" for name in SMALL[kind]), "corpus_rejected.csv"):
        assert (tmp_path / "merged" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


def test_shards_of_different_runs_are_refused(tmp_path, blocks_of_ten, pairs):
    path = written(corpora.results(25), tmp_path / "corpus.csv")
    regenerate(path, tmp_path / "one", jobs=1, shard="1/2")
    regenerate(path, tmp_path / "two", prior_set=pairs, jobs=1, shard="2/2")
    with pytest.raises(InvalidInput, match="of another corpus, other priors or another version"):
        merge([tmp_path / "one", tmp_path / "two"], tmp_path / "merged")
    with pytest.raises(InvalidInput, match="holds no corpus"):
        merge([tmp_path / "nothing"], tmp_path / "merged")


def test_finished_blocks_are_not_computed_again(tmp_path, blocks_of_ten, monkeypatch):
    path = written(corpora.results(45), tmp_path / "corpus.csv")
    whole = regenerate(path, tmp_path / "out", jobs=1)
    assert (whole.blocks, whole.done, whole.current) == (5, 5, 0)
    answers = (tmp_path / "out" / "corpus.parquet").read_bytes()
    for file in (tmp_path / "out" / "corpus" / "blocks").glob("000002.*"):
        file.unlink()
    again = regenerate(path, tmp_path / "out", jobs=1)
    assert (again.done, again.current) == (1, 4)
    assert (tmp_path / "out" / "corpus.parquet").read_bytes() == answers
    assert regenerate(path, tmp_path / "out", jobs=1, force=True).done == 5
    monkeypatch.setattr(regeneration, "_code", lambda: "other sources")
    assert regenerate(path, tmp_path / "out", jobs=1).done == 5


def test_a_killed_run_goes_on_at_its_last_block(tmp_path, pairs):
    """SIGKILL in the middle; the next run computes the rest, and the answers are those of a run without it."""
    path = written(corpora.analyses(96, counts=False, studies=3), tmp_path / "corpus.csv")
    code = (
        "import bayes.corpus.reading as r; r.STUDIES_A_BLOCK = 8\n"
        "from bayes.corpus.verbs import regenerate\n"
        f"regenerate({str(path)!r}, {str(tmp_path / 'out')!r}, prior_set={str(pairs)!r}, jobs=1)"
    )
    run = subprocess.Popen([sys.executable, "-c", code])
    blocks = tmp_path / "out" / "corpus" / "blocks"
    while len(list(blocks.glob("*.rejected.parquet"))) < 3 and run.poll() is None:
        time.sleep(0.05)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    kept = len(list(blocks.glob("*.rejected.parquet")))
    assert 3 <= kept < 24 and not (tmp_path / "out" / "analyses.parquet").exists()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bayes.corpus.reading.STUDIES_A_BLOCK", 8)
        again = regenerate(path, tmp_path / "out", prior_set=pairs, jobs=1)
        regenerate(path, tmp_path / "whole", prior_set=pairs, jobs=1)
    assert again.current == kept
    for name in ("analyses.parquet", "studies.parquet"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_analyses_have_a_row_per_pair_and_parameter(tmp_path, pairs):
    frame = corpora.analyses(6)
    run = regenerate(written(frame, tmp_path / "corpus.parquet"), tmp_path / "out", prior_set=pairs, jobs=1)
    found = pd.read_parquet(tmp_path / "out" / "analyses.parquet")
    assert len(found) == 6 * 2 * (2 * 3 + 1) == run.rows["analyses"]
    joined = found[found["heterogeneity"].notna()]
    assert set(joined["parameter"]) == {"mu", "tau", "new_trial"}
    mu, new = (joined[joined["parameter"] == name].reset_index() for name in ("mu", "new_trial"))
    assert (new["ci_high"] - new["ci_low"] > mu["ci_high"] - mu["ci_low"]).all()
    assert (mu["normal_mean"].notna() & (mu["error"] < 5e-3)).all()
    studies = pd.read_parquet(tmp_path / "out" / "studies.parquet")
    assert len(studies) == len(frame) * 4
    inside = studies["shrinkage"].between(0, 1)
    assert inside.all() and (studies["year"] >= 1990).all()
    counts = pd.Series(frame.groupby("analysis").size())
    single = studies["analysis"].map(counts) == 1
    prior = {"neutral": 0.355, "wide": 2.0}
    assert studies.loc[single, "left_out_sd"].to_numpy() == pytest.approx(
        studies.loc[single, "prior"].map(prior).to_numpy(), rel=1e-3
    )  # without its only study, an analysis has the prior left


def test_an_analysis_of_two_measures_is_rejected_and_the_others_are_not(tmp_path, pairs):
    frame = corpora.analyses(4)
    frame.loc[frame.index[-1], "measure"] = "risk_ratio"
    frame.loc[0, "events_t"] = 10_000
    regenerate(written(frame, tmp_path / "corpus.csv"), tmp_path / "out", prior_set=pairs, jobs=1)
    rejected = pd.read_csv(tmp_path / "out" / "corpus_rejected.csv")
    assert set(rejected["id"]) == {"a0", "a3"}
    assert set(pd.read_parquet(tmp_path / "out" / "analyses.parquet")["analysis"]) == {"a1", "a2"}


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (["id", "measure"], "column 'benefit' is missing"),
        (["analysis", "measure", "benefit"], "column 'study' is missing"),
        (["id", "measure", "benefit", "estimate"], "no columns of evidence"),
    ],
)
def test_a_table_that_is_no_corpus_is_refused_in_words(tmp_path, columns, words):
    path = written(pd.DataFrame(columns=columns), tmp_path / "table.csv")
    with pytest.raises(InvalidInput, match=words):
        regenerate(path, tmp_path / "out", jobs=1)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (["id", "mesure", "benefit", "estimate", "se"], "column 'measure' is missing; found 'mesure'; required: id, measure, benefit"),
        (["ID", " measure", "benefit", "estimate", "se"], "column 'id' is missing; found 'ID'; required"),
        (["ID", " measure", "benefit", "estimate", "se"], "column 'measure' is missing; found ' measure'; required"),
        (["analysis", "studie", "measure", "benefit", "estimate", "se"], "column 'study' is missing; found 'studie'; required: analysis"),
        (["id", "measure", "arm", "estimate", "se"], "column 'benefit' is missing; required"),
        (["id", "measure", "benefit", "estmate", "se"], "no columns of evidence; found 'estmate'; accepted"),
        (["id", "measure", "field", "estimate", "se"], "column 'benefit' is missing; required"),
    ],
)
def test_a_misspelt_column_is_named(tmp_path, columns, words):
    """Only a column that nothing reads can be a misspelt one."""
    path = written(pd.DataFrame(columns=columns), tmp_path / "table.csv")
    with pytest.raises(InvalidInput) as caught:
        find_corpus([path])
    assert words in str(caught.value)


def test_columns_that_nothing_reads_are_named(tmp_path):
    frame = corpora.results(3).rename(columns={"mcid": "mcd"}).assign(year=2001, outcome_class="mortality", n_t=5)
    folder = tmp_path / "folder"
    folder.mkdir()
    written(frame, folder / "a.csv")
    written(frame.assign(**{"": 1, "Author, first": "x"}), folder / "b.csv")
    assert find_corpus([folder]).unread == ("mcd", "", "Author, first")
    run = regenerate(folder, tmp_path / "out", jobs=1)
    assert run.unread == ("mcd", "", "Author, first")
    assert str(run).endswith("; 0 rows rejected; columns not used: mcd, one without a name, Author, first")
    shard = regenerate(folder, tmp_path / "shard", jobs=1, shard="1/2")
    assert str(shard).endswith("joins the shards; columns not used: mcd, one without a name, Author, first")


def test_of_many_columns_that_nothing_reads_ten_are_named(tmp_path):
    frame = corpora.results(2).assign(**{f"x{i}": i for i in range(14)})
    run = regenerate(written(frame, tmp_path / "wide.parquet"), tmp_path / "out", jobs=1)
    assert len(run.unread) == 14 and str(run).endswith("x8, x9 and 4 more")


@pytest.mark.parametrize("kind", SMALL)
def test_every_column_of_either_kind_is_known(tmp_path, kind):
    frame = corpora.results(2) if kind == "results" else corpora.analyses(2)
    more = ["field", "outcome_class", "comparison", "year", "planned", "margin", "rope_low", "rope_high", "sd_ref", "level", "p"]
    assert find_corpus([written(frame.assign(**dict.fromkeys(more)), tmp_path / "all.csv")]).unread == ()
    assert "not used" not in str(regenerate(written(frame, tmp_path / "corpus.csv"), tmp_path / "out", jobs=1))


def test_a_file_that_is_something_else_is_refused(tmp_path):
    for name, content in (("a.parquet", b"not parquet"), ("b.csv.gz", b"not gzip"), ("c.csv", b"\x00\xff" * 40)):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InvalidInput):
            regenerate(tmp_path / name, tmp_path / "out", jobs=1)
    with pytest.raises(InvalidInput, match="does not exist"):
        regenerate(tmp_path / "missing.csv", tmp_path / "out", jobs=1)
    assert not (tmp_path / "out").exists()


def test_memory_holds_a_few_blocks_whatever_the_number_of_rows(tmp_path, blocks_of_ten):
    """As many blocks are read ahead as keep the processes busy, and no more."""
    path = written(corpora.results(400), tmp_path / "corpus.csv")
    corpus, ahead = find_corpus([path]), []

    def engine(function, tasks):
        for number, task in enumerate(tasks):
            ahead.append(task[0].number - number)
            yield function(task)

    regenerate(path, tmp_path / "out", engine=engine)
    assert max(ahead) == 0 and len(ahead) == 40
    assert np.all([len(block.frame) == 10 for block in corpus.blocks()])

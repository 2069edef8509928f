"""Runs on a Dask cluster: the same files as a run on one machine, whatever is killed in the middle."""

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from click.testing import CliRunner
from distributed import CancelledError, KilledWorker
from joblib import parallel_config
from support.dask_cluster import dask_cluster
from support.own_likelihoods import OWN, forgotten_afterwards  # noqa: F401

import bayes
from bayes.analysis.plan import make_plan
from bayes.analysis.targets import find_targets
from bayes.cli.regenerate_ import command
from bayes.corpus import reading
from bayes.corpus.folder import CorpusFolder, merge
from bayes.corpus.verbs import regenerate
from bayes.errors import ClusterLost, InvalidInput
from bayes.results import scheduler
from bayes.results.cluster_fits import divided, fit_on_cluster
from bayes.results.remote import Software, pack, run_packed, software
from bayes.results.scheduler import Answer, Scheduler

pytestmark = pytest.mark.slow

BLOCKS, ROWS = 30, 60
FILES = ("corpus.parquet", "corpus_rejected.csv")
PRIORS = '[effect.wide]\ndistribution = "normal(0, 1)"\nrationale = "invented"\nsource = "invented"\n'
TRIAL = """
id = "demo"
title = "A demonstration"
year = 2020
condition = "c"
design = "d"
arms = { treatment = "a", control = "b" }
n = { treatment = 69, control = 75 }
[outcomes.gel]
label = "Lesions"
measure = "rate_ratio"
benefit = "lower"
source = "abstract"
evidence = { kind = "estimate", estimate = 0.94, ci = [0.58, 1.50] }
[outcomes.sae]
label = "Serious adverse events"
measure = "odds_ratio"
benefit = "lower"
source = "abstract"
evidence = { kind = "binary", treatment = { events = 4, n = 69 }, control = { events = 9, n = 75 } }
likelihood = "beta_binomial"
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with dask_cluster(tmp_path_factory.mktemp("dask")) as found:
        yield found


@pytest.fixture(scope="module", autouse=True)
def small_blocks():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "RESULTS_A_BLOCK", ROWS)
        yield


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    """Odds ratios that are invented, one of them without a standard error."""
    random = np.random.default_rng(20260101)
    rows = BLOCKS * ROWS
    frame = pd.DataFrame(
        {"id": [f"r{i}" for i in range(rows)], "measure": "odds_ratio", "benefit": "lower",
         "estimate": np.exp(random.normal(0, 0.3, rows)).round(3), "se": random.uniform(0.05, 0.5, rows).round(3)}
    )  # fmt: skip
    frame.loc[100, "se"] = np.nan
    path = tmp_path_factory.mktemp("corpus") / "invented.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def local(corpus, tmp_path_factory) -> Path:
    """The results folder of a run in one process."""
    out = tmp_path_factory.mktemp("local")
    run = regenerate(corpus, out, jobs=1)
    assert run.blocks == run.done == BLOCKS and run.rows["rejected"] == 1
    return out


def the_same(one: Path, other: Path) -> bool:
    """Whether all files of two results folders are equal, byte for byte."""
    files = {path.relative_to(one) for path in one.rglob("[!.]*") if path.is_file()}
    assert files == {path.relative_to(other) for path in other.rglob("[!.]*") if path.is_file()}
    return all((one / file).read_bytes() == (other / file).read_bytes() for file in files)


def test_a_worker_is_killed_in_the_middle(cluster, corpus, local, tmp_path):
    before, written = cluster.worker_pids(), []

    def follower(number):
        written.append(number)
        if len(written) == 5:
            os.kill(before[0], signal.SIGKILL)

    run = regenerate(corpus, tmp_path, scheduler=cluster.address, follower=follower)
    assert run.done == BLOCKS and sorted(written) == list(range(BLOCKS))  # each once
    assert len(before) == 4 and before[0] not in cluster.worker_pids()
    assert the_same(local, tmp_path)


def test_the_scheduler_is_killed_and_another_goes_on(cluster, corpus, local, tmp_path, monkeypatch):
    monkeypatch.setattr(scheduler, "TIMEOUT", 1)
    out = tmp_path / "out"
    with dask_cluster(tmp_path, workers=2) as first:

        def follower(number):
            if len(list((out / "corpus" / "blocks").glob("*.rejected.parquet"))) == 5:
                first.kill_scheduler()

        with pytest.raises(ClusterLost, match="no longer answers"):
            regenerate(corpus, out, scheduler=first.address, follower=follower)
    finished = BLOCKS - len(CorpusFolder(out).unfinished(BLOCKS))
    assert 5 <= finished < BLOCKS and not (out / FILES[0]).exists()
    run = regenerate(corpus, out, scheduler=cluster.address)
    assert run.current == finished and run.done == BLOCKS - finished
    assert the_same(local, out)


def test_shards_on_a_cluster_and_elsewhere_merge_into_the_single_run(cluster, corpus, local, tmp_path):
    for i, where in enumerate((None, cluster.address, None), 1):
        regenerate(corpus, tmp_path / str(i), shard=f"{i}/3", jobs=1, scheduler=where)
    merge([tmp_path / str(i) for i in (3, 1, 2)], tmp_path / "merged")
    assert the_same(local, tmp_path / "merged")


@pytest.mark.parametrize("backend", ["threading", "sequential"])  # with blocks as they are done, and at the end
def test_other_backends_of_joblib_serve(backend, corpus, local, tmp_path):
    with parallel_config(backend):
        regenerate(corpus, tmp_path, jobs=2)
    assert the_same(local, tmp_path)


@pytest.mark.nuts
def test_ordinary_posteriors_with_a_likelihood_from_a_file(cluster, tmp_path):
    """The worker has not registered the file, and its draws are those of this process."""
    bayes.register(OWN / "beta_binomial.py")
    trial, priors = tmp_path / "demo.toml", tmp_path / "priors.toml"
    trial.write_text(TRIAL)
    priors.write_text(PRIORS)
    folders = {None: tmp_path / "local", cluster.address: tmp_path / "cluster"}
    for where, out in folders.items():
        run = bayes.results.regenerate(out, [trial], prior_set=priors, jobs=1, scheduler=where)
        assert [done.status for done in run.done] == ["ok", "ok"] and not run.lost
    here, there = folders.values()
    assert (here / "summary.csv").read_bytes() == (there / "summary.csv").read_bytes()
    for path in (here / "posteriors").glob("*.nc"):
        with xr.open_datatree(path) as one, xr.open_datatree(there / "posteriors" / path.name) as other:
            xr.testing.assert_identical(one["posterior"].to_dataset(), other["posterior"].to_dataset())
            xr.testing.assert_identical(one["sample_stats"].to_dataset(), other["sample_stats"].to_dataset())
    again = bayes.results.regenerate(there, [trial], prior_set=priors, scheduler=cluster.address)
    assert len(again.current) == 2 and not again.done


class Planned:
    """Stands in for a scheduler whose first task fails and which then stops answering."""

    workers = 3

    def run(self, name, function, items):
        yield Answer(next(iter(items)), None, RuntimeError("killed four times"))
        raise ClusterLost("tcp://planned: the scheduler no longer answers")


def test_what_is_lost_is_reported_posterior_by_posterior(tmp_path):
    (tmp_path / "demo.toml").write_text(TRIAL.replace('likelihood = "beta_binomial"', ""))
    analyses = make_plan(find_targets([str(tmp_path / "demo.toml")]), bayes.load_priors()).analyses
    done = list(fit_on_cluster([analyses[:3], analyses[3:]], tmp_path, Planned()))
    assert sorted(one.key for one in done) == sorted(one.key for one in analyses)
    assert {one.status for one in done} == {"error"}
    reasons = {one.reason for one in done}
    assert reasons == {
        "RuntimeError: killed four times",
        "tcp://planned: the scheduler no longer answers; run the command again",
    }


class Ended:
    """Stands in for a future: how it ended, and what asking for its result raises."""

    def __init__(self, status, error):
        self.status, self.error = status, error

    def result(self):
        raise self.error


def test_an_error_of_a_task_is_told_from_a_lost_connection():
    mine = Scheduler("tcp://planned", None, software())
    assert isinstance(mine._answer(Ended("error", ValueError("its own")), 1).error, ValueError)
    lost = mine._answer(Ended("error", KilledWorker("block-1", None, 3)), 1)
    assert str(lost.error) == "a task was lost with each of 4 workers; they may lack memory"
    with pytest.raises(ClusterLost, match="tcp://planned: the scheduler no longer answers"):
        mine._answer(Ended("cancelled", CancelledError()), 1)


@pytest.mark.parametrize(
    ("groups", "workers", "sizes"),
    [
        ([12], 4, [3, 3, 3, 3]),  # one structure, and every worker has a part
        ([10] * 10, 4, [10] * 10),  # more structures than workers: none is compiled twice
        ([7, 1], 3, [3, 3, 1, 1]),
        ([120], 1, [50, 50, 20]),
        ([2], 0, [2]),
    ],
)
def test_groups_are_divided_so_that_workers_have_work(groups, workers, sizes):
    assert [len(part) for part in divided([list(range(n)) for n in groups], workers)] == sizes


def test_a_worker_with_other_software_refuses():
    mine = software()
    other = replace(mine, versions=tuple((name, "0.1" if name == "numpy" else v) for name, v in mine.versions))
    packed = pack(len, "abc")
    assert run_packed(packed, mine, ()) == 3
    with pytest.raises(InvalidInput, match=rf"numpy {np.__version__}, here 0\.1; versions must agree"):
        run_packed(packed, other, ())


class Workers:
    """Stands in for a client: what each worker answers about itself."""

    def __init__(self, threads, answer):
        self.threads, self.answer = threads, answer

    def nthreads(self):
        return {"tcp://10.0.0.1:1": self.threads}

    def run(self, function, on_error):
        return {"tcp://10.0.0.1:1": self.answer}


@pytest.mark.parametrize(
    ("threads", "answer", "said"),
    [
        (2, None, "tcp://10.0.0.1:1: 2 threads; accepted: 1"),
        (1, Software((("numpy", "0.1"),)), "numpy 0.1, here"),
        (1, ModuleNotFoundError("No module named 'bayes'"), "lacks this version of bayes-reanalysis"),
    ],
)
def test_workers_are_checked_before_anything_is_written(threads, answer, said):
    with pytest.raises(InvalidInput, match=said):
        scheduler._check(Workers(threads, answer))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("somewhere", "found 'somewhere'; accepted: host:port"),
        ("tcp://127.0.0.1:9", "no Dask scheduler answers at 'tcp://127.0.0.1:9' within"),
    ],
)
def test_a_wrong_address_writes_nothing(address, said, corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(scheduler, "TIMEOUT", 0.5)
    for name in (str(corpus), "mesems"):
        done = CliRunner().invoke(command, [name, "--out", str(tmp_path / "out"), "--scheduler", address])
        assert isinstance(done.exception, InvalidInput) and said in str(done.exception)  # exit code 2
    assert not (tmp_path / "out").exists()


def test_without_dask_it_says_what_to_install(corpus, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InvalidInput, match=r"pip install 'bayes-reanalysis\[dask\]'"):
        regenerate(corpus, tmp_path / "out", scheduler="127.0.0.1:9")
    assert not (tmp_path / "out").exists()

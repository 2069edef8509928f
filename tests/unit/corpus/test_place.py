"""Results of a corpus on a filesystem of fsspec: the files of a folder on this machine, byte for byte."""

from pathlib import Path

import fsspec
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from bayes.cli.regenerate_ import command
from bayes.corpus import reading
from bayes.corpus.folder import merge
from bayes.corpus.place import Folder, Remote, is_remote, place_of
from bayes.corpus.verbs import regenerate
from bayes.errors import InvalidInput

BLOCKS, ROWS = 6, 20


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(reading, "RESULTS_A_BLOCK", ROWS)


@pytest.fixture
def memory():
    """A filesystem that is empty."""
    found = fsspec.filesystem("memory")
    found.store.clear()
    yield found
    found.store.clear()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    random = np.random.default_rng(20260102)
    rows = BLOCKS * ROWS
    frame = pd.DataFrame(
        {"id": [f"r{i}" for i in range(rows)], "measure": "mean_difference", "benefit": "higher",
         "estimate": random.normal(0, 1, rows).round(3), "se": random.uniform(0.1, 1, rows).round(3), "sd_ref": 2.0}
    )  # fmt: skip
    path = tmp_path_factory.mktemp("corpus") / "invented.csv"
    frame.to_csv(path, index=False)
    return path


def contents(memory, root: str) -> dict[str, bytes]:
    return {name.removeprefix(f"{root}/"): memory.cat_file(name) for name in memory.find(root)}


def of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("[!.]*") if path.is_file()}


def test_an_interrupted_run_goes_on_and_ends_with_the_files_of_a_folder(corpus, memory, tmp_path):
    regenerate(corpus, tmp_path, jobs=1)

    def follower(number):
        if number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        regenerate(corpus, "memory://bucket/out", jobs=1, follower=follower)
    memory.pipe_file("/bucket/out/corpus/blocks/000004.rejected.parquet.partial", b"half")
    assert not memory.exists("/bucket/out/corpus.parquet")
    run = regenerate(corpus, "memory://bucket/out", jobs=1)
    assert (run.current, run.done) == (3, 3)
    assert contents(memory, "/bucket/out") == of(tmp_path)
    with pytest.raises(KeyboardInterrupt):  # by force, those of before are removed
        regenerate(corpus, "memory://bucket/out", jobs=1, force=True, follower=follower)
    assert len(Remote("memory://bucket/out").names("corpus/blocks")) == 6


def test_shards_merge_from_there_and_to_there(corpus, memory, tmp_path):
    regenerate(corpus, tmp_path / "whole", jobs=1)
    shards = ["memory://shards/1", tmp_path / "2", "memory://shards/3"]
    for i, shard in enumerate(shards, 1):
        assert regenerate(corpus, shard, jobs=1, shard=f"{i}/3").done == 2
    for out in (tmp_path / "merged", "memory://merged"):
        merge(shards, out)
    assert of(tmp_path / "merged") == contents(memory, "/merged") == of(tmp_path / "whole")


def test_what_is_an_address_and_what_a_path(tmp_path):
    assert place_of("results") == Folder(Path("results").resolve()) and not is_remote(Path("s3://bucket"))
    assert isinstance(place_of("s3://bucket/results"), Remote)


def test_an_address_that_cannot_be_used_is_named(corpus):
    with pytest.raises(InvalidInput, match="Protocol not known: nowhere; accepted: a path, or an address"):
        regenerate(corpus, "nowhere://bucket/out", jobs=1)


def test_posteriors_of_trials_are_written_to_folders_only():
    done = CliRunner().invoke(command, ["mesems", "--out", "memory://bucket/out"])
    assert done.exit_code == 2 and "accepted here: a folder on this machine" in done.output

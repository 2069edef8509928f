"""Damaged results folders: every command says it in one sentence that names the file, and the next run heals it.

Oracle: the folder before it was damaged. After `regenerate` its files hold what they held, and nothing else was fitted.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
import time

import pytest
from support.results_folders import drawn, fitted, said

from bayes import load_posterior
from bayes.cli import main
from bayes.errors import InvalidInput
from bayes.results import damage, store, workers
from bayes.results.bundles import bundle
from bayes.results.posteriors import load_draws
from bayes.results.reproduction import reproduce
from bayes.results.summary_file import read_summary

pytestmark = pytest.mark.slow

NAME = "mesems:gel_24w"
NEUTRAL = "mesems.gel_24w--single_trial--neutral"
NC = f"posteriors/{NEUTRAL}.nc"
WRITTEN = ("summary.csv", "summary.json", "thresholds.csv", "derived.csv", "manifest.json")
RECORDED = ("inputs/asked.json", "inputs/plan.json")
GARBAGE = {
    "empty": b"", "cut": b'[{"trial": "mesems", "outc', "bytes": b"\xff\xfe\x00\x81" * 20, "null": b"null",
    "object": b'{"a": 1}', "empty rows": b"[{}]", "deep": b"[" * 200_000,
}  # fmt: skip


OF_ANY = ("folder", "empty", "cut", "bytes")  # the others are JSON of another shape


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return fitted(tmp_path_factory.mktemp("sound") / "results", [NAME], draws=50)


@pytest.fixture(scope="module")
def reported(sound, tmp_path_factory):
    """The same folder with its report."""
    folder = shutil.copytree(sound, tmp_path_factory.mktemp("reported") / "results")
    said("report", "--out", folder, "--quiet")
    return folder


@pytest.fixture
def folder(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "results")


@pytest.fixture(autouse=True)
def no_sampling(monkeypatch):
    """Fit by drawing from the exact normal, as the folders here were made."""
    import numpy as np

    monkeypatch.setattr(
        "bayes.fitting.until_sound.sample_posterior", lambda analysis, *_: drawn(analysis, np.random.default_rng(1), 50)
    )
    monkeypatch.setattr(workers, "engine_of_this_worker", lambda: None)


def readers(folder, tmp_path):
    """The commands that read a results folder and write nothing to it."""
    yield "status", "--out", folder
    yield "diff", folder, folder
    for suffix in (".csv", ".json", ".parquet", ".tex", ".html", ".xlsx", ".docx"):
        yield "export", tmp_path / f"e{suffix}", "--out", folder


def break_file(path, how):
    if how == "folder":
        path.unlink()
        path.mkdir()
        (path / "x").write_text("x")
    else:
        path.write_bytes(GARBAGE[how])


def test_only_what_is_not_as_the_last_run_wrote_it_is_read_to_look_for_damage(folder, monkeypatch):
    read = []
    monkeypatch.setattr(damage, "READERS", {name: lambda _, name=name: read.append(name) for name in damage.READERS})
    assert damage.set_aside_damage(folder) == {} and read == ["manifest.json"]
    with open(folder / "derived.csv", "a") as file:
        file.write("more")
    os.utime(folder / "derived.csv", ns=(0, 0))
    damage.set_aside_damage(folder)
    assert read == ["manifest.json", "derived.csv", "manifest.json"]
    (folder / "manifest.json").unlink()
    damage.set_aside_damage(folder)
    assert sorted(read[3:]) == sorted(WRITTEN[:-1])


def test_draws_are_tried_where_the_manifest_is_dated_ahead(folder, monkeypatch):
    """Nothing is older than a manifest from a clock that was ahead."""
    tried = []
    monkeypatch.setattr(store, "is_whole", lambda path: tried.append(path) or True)
    stored = store.records(folder)
    for path in store.paths(folder):
        os.utime(path, ns=(10**18, 10**18))
    assert damage.unreadable(folder, stored) == [] and not tried
    ahead = time.time_ns() + 10**17
    os.utime(folder / "manifest.json", ns=(ahead, ahead))
    assert damage.unreadable(folder, stored) == [] and tried == store.paths(folder)


@pytest.mark.parametrize(("name", "how"), [(name, how) for name in (*WRITTEN, *RECORDED, NC) for how in ("folder", *GARBAGE) if name.endswith("json") or how in OF_ANY])
def test_no_damaged_file_is_a_traceback_and_the_next_run_heals_it(sound, folder, tmp_path, name, how):
    break_file(folder / name, how)
    told = {words[0]: said(*words) for words in readers(folder, tmp_path)}
    assert all(len(text) < 20_000 for text in told.values())
    if name == "summary.json":
        for verb in ("diff", "export"):
            assert "summary.json: " in told[verb] and len(told[verb].splitlines()) == 1
    if name == "inputs/asked.json":
        assert "asked.json: not a record of inputs" in told["status"] and len(told["status"].splitlines()) == 1
    if name == NC:
        assert "1 unreadable" in told["status"] and NEUTRAL in told["status"]
    printed = said("regenerate", NAME, "--out", folder, "--jobs", 1)
    assert f"damaged: {folder / name}: set aside as {(folder / name).name}.damaged" in printed, printed
    assert (folder / f"{name}.damaged").exists()
    for file in WRITTEN[:4] if name != NC else RECORDED:
        assert (folder / file).read_bytes() == (sound / file).read_bytes()
    assert ("6 current" if name != NC else "5 current, 1 fitted") in printed
    assert "damaged:" not in said("regenerate", NAME, "--out", folder, "--jobs", 1)


REFUSED = ("summary.json", "thresholds.csv", "derived.csv", *RECORDED)


@pytest.mark.parametrize(("name", "how"), [(n, h) for n in (*WRITTEN[1:], *RECORDED, NC) for h in ("folder", "cut")])
def test_a_report_of_a_damaged_folder_is_written_or_refused(reported, tmp_path, name, how):
    folder = shutil.copytree(reported, tmp_path / "results")
    break_file(folder / name, how)
    printed = said("report", "--out", folder, "--quiet")
    if name in REFUSED or (name, how) == ("manifest.json", "cut"):
        assert name in printed and len(printed.splitlines()) == 1
    else:
        assert (folder / "report" / "index.html").is_file() and len(printed) < 20_000


def test_a_damaged_page_of_a_report_is_written_again(reported, tmp_path):
    folder = shutil.copytree(reported, tmp_path / "results")
    (page,) = (folder / "report" / "data").glob("mesems*.json")
    whole = json.loads(page.read_text())
    page.write_bytes(page.read_bytes()[:1000])
    said("report", "--out", folder, "--quiet")
    assert json.loads(page.read_text()).keys() == whole.keys()


@pytest.mark.parametrize("name", ["summary.json", "thresholds.csv", "derived.csv"])
@pytest.mark.parametrize("how", ["folder", "cut", "bytes"])
def test_the_sentence_names_the_file(folder, name, how):
    break_file(folder / name, how)
    with pytest.raises(InvalidInput, match=name) as found:
        read_summary(folder)
    assert len(str(found.value).splitlines()) == 1


def test_a_posterior_damaged_anywhere_is_sound_unreadable_or_refused(folder):
    """Every stored number is compressed with a checksum, so that a draw that is read is the draw that was written."""
    path, draw, different = folder / NC, random.Random(22), 0
    content = path.read_bytes()
    whole = load_draws(path)
    places = [draw.randrange(len(content)) for _ in range(100)]
    broken = [content[:p] + bytes([content[p] ^ 0xFF]) + content[p + 1 :] for p in places]
    for changed in (*broken, *(content[:p] for p in places[:50])):
        path.write_bytes(changed)
        store.record(path)
        for read in (load_draws, load_posterior):
            try:
                found = read(path)
            except InvalidInput as error:
                assert str(path) in str(error) and "\n" not in str(error)
            else:
                found = found if read is load_draws else found["posterior"].to_dataset()
                different += not found.equals(whole)
        assert store.is_whole(path) in (True, False)
    assert not different
    path.write_bytes(content)
    assert store.is_whole(path) and load_draws(path).equals(whole)


def test_draws_that_cannot_be_read_are_fitted_again_though_their_record_is_sound(folder):
    path = folder / NC
    content = bytearray(path.read_bytes())
    import h5py

    with h5py.File(path) as file:
        place = file["posterior/effect"].id.get_chunk_info(0).byte_offset
    content[place + 20 : place + 40] = bytes(20)
    path.write_bytes(content)
    assert store.record(path) is not None and not store.is_whole(path)
    with pytest.raises(InvalidInput, match="without it, `bayes regenerate` fits it again"):
        load_draws(path)
    assert "unreadable" in said("status", "--out", folder)
    assert "5 current, 1 fitted" in said("regenerate", NAME, "--out", folder, "--jobs", 1)
    assert store.is_whole(path) and (folder / f"{NC}.damaged").read_bytes() == bytes(content)


def test_a_file_in_place_of_a_folder_is_set_aside(folder):
    for name in ("posteriors", "inputs"):
        shutil.rmtree(folder / name)
        (folder / name).write_text("x")
    printed = said("regenerate", NAME, "--out", folder, "--jobs", 1)
    assert "inputs: set aside as inputs.damaged" in printed and "6 fitted" in printed
    assert (folder / "posteriors.damaged").read_text() == "x"


def test_a_second_damage_does_not_overwrite_the_first(folder):
    for text in ("first", "second"):
        (folder / "manifest.json").write_text(text)
        said("regenerate", NAME, "--out", folder, "--jobs", 1)
    assert (folder / "manifest.json.damaged").read_text() == "first"
    assert (folder / "manifest.json.damaged-2").read_text() == "second"


def test_a_record_of_inputs_cannot_lead_out_of_its_folder(folder):
    for name in ("../../x:y", "x" * 9_000):
        (folder / "inputs" / "asked.json").write_text(json.dumps([{"names": [name], "priors": "default", "seed": None}]))
        assert "is not the name of an input" in said("status", "--out", folder)


@pytest.mark.parametrize("words", [("regenerate", NAME, "--out"), ("diff", "results")])
def test_too_long_a_path_is_a_sentence(folder, monkeypatch, capsys, words):
    monkeypatch.chdir(folder.parent)
    monkeypatch.setattr("sys.argv", ["bayes", *words, "x" * 300])
    with pytest.raises(SystemExit) as found:
        main()
    assert found.value.code == 2 and "too long a path" in (told := capsys.readouterr().err) and len(told) < 300


READ_BY_REPRODUCE = (
    "SHA256SUMS", "inputs/asked.json", "inputs/trials/mesems.toml", "inputs/priors/default.toml", "summary.json",
    "summary.csv", "thresholds.csv", "derived.csv", "monte_carlo.json",
)  # fmt: skip


class Reached(Exception):
    """Raised in place of sampling."""


@pytest.fixture
def nothing_is_sampled(monkeypatch):
    def reached(*_, **__):
        raise Reached

    monkeypatch.setattr("bayes.results.reproduction.fit_plan", reached)


@pytest.fixture(scope="module")
def zipped(sound, tmp_path_factory):
    return bundle(sound, tmp_path_factory.mktemp("zipped") / "b.zip")


@pytest.mark.parametrize("how", ["folder", *GARBAGE])
@pytest.mark.parametrize("name", READ_BY_REPRODUCE)
def test_a_damaged_file_of_a_bundle_is_refused_with_or_without_sums(zipped, tmp_path, nothing_is_sampled, name, how):
    shutil.unpack_archive(zipped, tmp_path / "b")
    break_file(tmp_path / "b" / name, how)
    for _ in range(2):
        try:
            reproduce(tmp_path / "b", tmp_path / "out", jobs=1)
        except InvalidInput as error:
            assert name.rpartition("/")[2] in str(error) and len(str(error)) < 3000
        except Reached:  # without sums: the cells of a table that differ are numbers that do not agree
            assert name in ("summary.csv", "SHA256SUMS")
        if (tmp_path / "b" / "SHA256SUMS").is_file():
            (tmp_path / "b" / "SHA256SUMS").unlink()


def test_an_unpacked_bundle_is_gone_before_anything_is_sampled(zipped, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()

    def interrupted(plan, *_, **__):
        assert len(plan.analyses) == 6 and not list((tmp_path / "temporary").iterdir())
        raise KeyboardInterrupt

    monkeypatch.setattr("bayes.results.reproduction.fit_plan", interrupted)
    with pytest.raises(KeyboardInterrupt):
        reproduce(zipped, tmp_path / "out", jobs=1)
    assert not list((tmp_path / "temporary").iterdir())


def test_a_real_bundle_damaged_anywhere_is_refused_or_whole(zipped, tmp_path, nothing_is_sampled):
    content, draw, refused = zipped.read_bytes(), random.Random(22), 0
    broken = [content[: draw.randrange(len(content))] for _ in range(20)]
    for _ in range(60):
        changed = bytearray(content)
        changed[draw.randrange(len(changed))] ^= 0xFF
        broken.append(bytes(changed))
    for changed in broken:
        (tmp_path / "b.zip").write_bytes(changed)
        with pytest.raises((InvalidInput, Reached)) as found:
            reproduce(tmp_path / "b.zip", tmp_path / "out", jobs=1)
        refused += found.type is not Reached
    assert refused >= 70

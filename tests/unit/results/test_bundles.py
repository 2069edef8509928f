"""The bundle: everything in it, always the same bytes, software that installs, and care with zips of others."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import distribution

import pytest
from packaging.requirements import Requirement
from support.results_folders import fitted

from bayes.base import archive
from bayes.errors import InvalidInput
from bayes.results import inputs, software, store
from bayes.results.bundles import bundle
from bayes.results.posteriors import load_draws, load_posterior
from bayes.results.reproduction import reproduce

pytestmark = pytest.mark.slow

NEUTRAL = "mesems.gel_24w--single_trial--neutral"
TOP = {
    "CITATION.cff", "LICENSE", "Makefile", "README.md", "SHA256SUMS", "constraints.txt", "derived.csv", "inputs", "manifest.json",
    "monte_carlo.json", "software", "summary.csv", "summary.json", "thresholds.csv",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return fitted(tmp_path_factory.mktemp("bundle") / "results", ["mesems:gel_24w"])


@pytest.fixture(scope="module")
def unzipped(folder):
    shutil.unpack_archive(bundle(folder, folder.parent / "b.zip"), folder.parent / "unzipped")
    return folder.parent / "unzipped"


@pytest.mark.slow
def test_it_lies_in_the_results_folder_and_holds_what_is_needed(folder, unzipped):
    path = bundle(folder)
    assert path == folder / "bundle.zip" and {p.name for p in unzipped.iterdir()} == TOP
    assert {p.relative_to(unzipped / "inputs").as_posix() for p in (unzipped / "inputs").rglob("*.*")} == {
        "asked.json", "plan.json", "trials/mesems.toml", "priors/default.toml",
    }  # fmt: skip
    errors = json.loads((unzipped / "monte_carlo.json").read_text())
    assert len(errors) == 6 and errors[NEUTRAL]["effect"]["p_benefit"] == pytest.approx(0.0078, abs=0.0005)


@pytest.mark.slow
def test_the_same_folder_gives_the_same_bytes_and_the_bundle_is_not_in_itself(folder):
    first = bundle(folder, folder.parent / "one.zip").read_bytes()
    assert bundle(folder).read_bytes() == first == bundle(folder).read_bytes()


def test_what_else_a_folder_holds_goes_in_where_it_is_known(folder, tmp_path):
    more = shutil.copytree(folder, tmp_path / "more")
    for name in ("report/index.html", "report/figures/a.svg", "checklist.json", "syntheses/x.md", "private.txt"):
        (more / name).parent.mkdir(parents=True, exist_ok=True)
        (more / name).write_text("x")
    (more / "report" / ".a.1.unfinished").write_text("x")
    names = set(zipfile.ZipFile(bundle(more, posteriors=True)).namelist())
    assert {"report/index.html", "report/figures/a.svg", "checklist.json", "syntheses/x.md"} <= names
    assert f"posteriors/{NEUTRAL}.nc" in names and not {n for n in names if "unfinished" in n or "private" in n}


def test_sums_are_those_of_coreutils(unzipped):
    done = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=unzipped, capture_output=True)
    files = {p for p in unzipped.rglob("*") if p.is_file()}
    assert done.returncode == 0 and done.stdout.count(b": OK") == len(files) - 1


def test_the_readme_has_no_gap_and_the_makefile_runs_the_command(unzipped):
    text = (unzipped / "README.md").read_text()
    assert "$" not in text and "6 rows from 6 posteriors" in text and "bayes reproduce" in text
    (wheel,) = (unzipped / "software").iterdir()
    assert wheel.name in text
    shown = subprocess.run(["make", "-n", f"PYTHON={sys.executable}"], cwd=unzipped, capture_output=True, text=True)
    assert shown.returncode == 0
    for words in (f"{sys.executable} -m venv .venv", "--constraint constraints.txt", "reproduce . --out reproduced"):
        assert words in shown.stdout
    nothing = subprocess.run(["make", "NAMES=no-such-python"], cwd=unzipped, capture_output=True, text=True)
    assert nothing.returncode == 2 and "Python 3.12 or newer is needed" in nothing.stderr


def test_the_wheel_imports_alone_and_makes_itself_again(unzipped, tmp_path):
    (wheel,) = (unzipped / "software").iterdir()
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    path = os.pathsep.join([str(tmp_path / "site"), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    code = (
        "import bayes, hashlib; from bayes.results import software; print(bayes.__file__); "
        "print(len(bayes.load_trial('mesems').outcomes)); print(hashlib.sha256(software.wheel()[1]).hexdigest())"
    )
    done = subprocess.run(  # -S keeps this checkout's editable install (a .pth file) from answering in its place
        [sys.executable, "-S", "-c", code], cwd=tmp_path, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    where, outcomes, again = done.stdout.split()
    assert where.startswith(str(tmp_path / "site")) and int(outcomes) > 3
    assert again == hashlib.sha256(wheel.read_bytes()).hexdigest()


def test_the_wheel_records_every_file_with_its_sum(unzipped):
    (path,) = (unzipped / "software").iterdir()
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())
        assert {n.partition("/")[0].partition("-")[0] for n in names} == {"bayes", "bayes_reanalysis"}
        for needed in ("models/likelihoods/binomial.py", "data/trials/mesems.toml", "data/bundle/README.md", "cli/fit_.py"):
            assert f"bayes/{needed}" in names
        (record,) = (n for n in names if n.endswith("/RECORD"))
        lines = [line.rsplit(",", 2) for line in wheel.read(record).decode().splitlines()]
        assert {name for name, *_ in lines} == names
        for name, digest, size in lines:
            if name != record:
                content = wheel.read(name)
                ours = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
                assert digest == f"sha256={ours}" and int(size) == len(content)
        assert b"bayes = bayes.cli:main" in wheel.read(record.replace("RECORD", "entry_points.txt"))


def test_constraints_pin_everything_that_is_needed_and_name_no_place():
    head, *lines = software.constraints().splitlines()
    assert head.startswith("# Python 3.") and all(re.fullmatch(r"[a-z0-9-]+==[\w.+!]+", line) for line in lines)
    pins = dict(line.split("==") for line in lines)
    # h5py comes by an extra, llvmlite by way of two others; the package itself and the test tools are not among them
    assert {"pymc", "nutpie", "h5py", "llvmlite", "packaging"} <= pins.keys()
    assert not {"bayes-reanalysis", "pytest", "ruff"} & pins.keys()
    assert pins["pymc"] == distribution("pymc").version


def test_something_that_is_not_installed_is_named():
    with pytest.raises(InvalidInput, match="no-such-thing"):
        list(software.needed([Requirement("no-such-thing>=1")]))


def test_what_would_not_regenerate_itself_is_not_bundled(folder, tmp_path):
    for old in folder.glob("*.zip"):
        old.unlink()
    other = shutil.copytree(folder, tmp_path / "other")
    text = (other / "summary.json").read_text()
    (other / "summary.json").write_text(text.replace('"p_mcid": 0.', '"p_mcid": 0.9', 1))
    with pytest.raises(InvalidInput, match="its rows in the summary differ from those stored with its posterior"):
        bundle(other)
    stale = shutil.copytree(folder, tmp_path / "stale")
    trial = stale / "inputs" / "trials" / "mesems.toml"
    trial.write_text(trial.read_text().replace("0.58, 1.50", "0.59, 1.50"))
    with pytest.raises(InvalidInput, match=f"(?s){NEUTRAL}: changed: evidence.*bayes regenerate --out"):
        bundle(stale)
    lacking = shutil.copytree(folder, tmp_path / "lacking", ignore=shutil.ignore_patterns("*neutral.nc", "manifest.json"))
    with pytest.raises(InvalidInput, match="manifest.json is missing"):
        bundle(lacking)
    shutil.copy(folder / "manifest.json", lacking)
    with pytest.raises(InvalidInput, match=f"{NEUTRAL}: missing"):
        bundle(lacking)
    unasked = shutil.copytree(folder, tmp_path / "unasked")
    (unasked / inputs.FOLDER / inputs.ASKED).write_text('[{"names": [], "priors": "default", "seed": null}]')
    with pytest.raises(InvalidInput, match=f"{NEUTRAL}: not requested by asked.json"):
        bundle(unasked)
    assert not [p for f in (other, stale, lacking, unasked) for p in f.glob("*bundle*")]


def test_a_bundle_is_there_whole_or_not_at_all(tmp_path):
    path = archive.pack({"a": b"old"}, tmp_path / "b.zip")
    before = path.read_bytes()
    with pytest.raises(FileNotFoundError):
        archive.pack({"a": b"new", "b": tmp_path / "absent"}, path)
    assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["b.zip"]


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/evil", "..\\evil", "C:\\evil", "C:evil", "\\\\host\\share\\evil"]
)
def test_names_that_lead_out_of_the_folder_are_refused(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("summary.json", "[]")
        archive.writestr(name, "x")
    with pytest.raises(InvalidInput, match="outside its folder"):
        reproduce(tmp_path / "bad.zip", tmp_path / "out", jobs=1)
    assert [p.name for p in tmp_path.iterdir()] == ["bad.zip"] and not (tmp_path.parent / "evil").exists()


def test_sums_cannot_lead_out_of_the_folder_either(tmp_path):
    (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  ../evil\n")
    with pytest.raises(InvalidInput, match="line 1"):
        archive.verify(tmp_path, ())


def test_every_file_that_was_changed_lost_or_added_is_named(unzipped, tmp_path):
    copy = shutil.copytree(unzipped, tmp_path / "copy")
    (copy / "inputs" / "trials" / "mesems.toml").write_text("id = 'mesems'")
    (copy / "inputs" / "trials" / "more.toml").write_text("")
    (copy / "LICENSE").unlink()
    with pytest.raises(InvalidInput) as found:
        reproduce(copy, tmp_path / "out", jobs=1)
    said = str(found.value)
    for words in ("mesems.toml has been changed", "LICENSE is missing", "more.toml is not listed"):
        assert words in said
    assert not (tmp_path / "out").exists()


def test_what_is_no_zip_is_said(tmp_path):
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04")
    for name, said in (("cut.zip", "cannot be read as a zip"), ("absent.zip", "no such file or folder")):
        with pytest.raises(InvalidInput, match=said):
            reproduce(tmp_path / name, jobs=1)


def test_the_draws_alone_are_those_of_the_tree(folder):
    path = store.path_of(folder, NEUTRAL)
    assert load_draws(path).equals(load_posterior(path)["posterior"].to_dataset())


@pytest.mark.posix
def test_what_is_no_file_is_no_source(tmp_path, monkeypatch):
    """Editors and checkouts leave links in the folder of a package."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "one.py").write_text("1")
    (tmp_path / "folder").symlink_to(tmp_path / "inner")
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere")
    (tmp_path / ".#one.py").symlink_to(tmp_path / "nowhere")
    monkeypatch.setattr(software, "_home", lambda _: tmp_path)
    assert [*software.sources()] == ["bayes/inner/one.py", "bayes/models/inner/one.py"]

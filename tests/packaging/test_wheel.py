"""The wheel, installed outside the checkout, does the main job; nothing but `bayes` lands at the top."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from support.paths import ROOT

pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """Site-packages of a new environment that holds the wheel only, and sees this environment's dependencies after it."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True).returncode:  # an environment made by uv has no pip
        pip = ["uv", "pip"]
    build = [*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    if pip[0] == "uv":
        build = ["uv", "build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, timeout=300)
    (wheel,) = folder.glob("*.whl")
    site = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def test_nothing_but_bayes_at_the_top(installed):
    assert {p.name.partition("-")[0] for p in installed.iterdir()} == {"bayes", "bayes_reanalysis"}
    assert (installed / "bayes" / "py.typed").is_file()
    assert (installed / "bayes" / "models" / "likelihoods" / "binomial.py").is_file()
    assert (installed / "bayes" / "data" / "trials" / "mesems.toml").is_file()
    assert (installed / "bayes" / "data" / "METHODS.md").is_file()
    assert (installed / "bayes" / "report" / "own_prior" / "own_prior.js").is_file()
    assert (installed / "bayes" / "report" / "pages" / "templates" / "own_prior.html").is_file()


def test_it_does_the_main_job_there(installed, tmp_path):
    # -S keeps this checkout's editable install (a .pth file) from answering in the wheel's place
    path = os.pathsep.join([str(installed), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    environment = os.environ | {"PYTHONPATH": path}
    command = [sys.executable, "-S", "-m", "bayes"]
    where = subprocess.run(
        [sys.executable, "-S", "-c", "import bayes; print(bayes.__file__)"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert where.stdout.startswith(str(installed))
    done = subprocess.run(
        [*command, "regenerate", "mesems:gel_24w"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads((tmp_path / "results" / "summary.json").read_text())
    assert len(rows) == 6 and {row["status"] for row in rows} == {"ok"}

"""The software of a bundle runs only when it is asked for, in an environment of its own."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bayes.base import archive
from bayes.cli import main
from bayes.results import its_software

pytestmark = pytest.mark.slow

# What stands in for the software: a command that leaves a mark and ends with an exit code that nothing else has.
MODULE = """
import pathlib, sys
def main():
    pathlib.Path("mark").write_text("\\n".join([sys.prefix, *sys.argv[1:]]))
    sys.exit(7)
"""
INFO = "bayes_reanalysis-0.0.1.dist-info"
WHEEL = {
    "stand_in.py": MODULE,
    f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: bayes-reanalysis\nVersion: 0.0.1\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{INFO}/entry_points.txt": "[console_scripts]\nbayes = stand_in:main\n",
    f"{INFO}/RECORD": "",
}


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    wheel = tmp_path / "bayes_reanalysis-0.0.1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        for name, text in WHEEL.items():
            packed.writestr(name, text)
    monkeypatch.chdir(tmp_path)
    return archive.pack({f"software/{wheel.name}": wheel, "constraints.txt": b""}, tmp_path / "theirs.zip")


def command(monkeypatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["bayes", "reproduce", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_it_is_installed_apart_and_run_when_asked(bundle, monkeypatch):
    assert command(monkeypatch, bundle.name, "--use-its-software", "--jobs", "3", "--seed", "4", "--quiet") == 7
    prefix, *words = Path("mark").read_text().splitlines()
    assert Path(prefix) == Path("theirs-reproduced/.software").resolve() and Path(prefix) != Path(sys.prefix)
    out = str(Path("theirs-reproduced").absolute())
    assert words == ["reproduce", "theirs.zip", "--out", out, "--jobs", "3", "--seed", "4", "--quiet"]


def test_it_is_not_run_unasked(bundle, monkeypatch, capsys):
    assert command(monkeypatch, bundle.name) == 2 and not Path("mark").exists()
    assert "summary.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ({"software/other.whl": b""}, "2 wheels; accepted: 1"),
        ({"SHA256SUMS": b"0" * 64 + b"  constraints.txt\n"}, "constraints.txt has been changed"),
    ],
)
def test_what_is_refused_is_not_installed(bundle, monkeypatch, capsys, planted, said):
    with zipfile.ZipFile(bundle) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    if archive.SUMS in planted:
        with zipfile.ZipFile(bundle, "w") as packed:
            for name, content in (files | planted).items():
                packed.writestr(name, content)
    else:
        del files[archive.SUMS]
        archive.pack(files | planted, bundle)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("something was run"))
    assert command(monkeypatch, bundle.name, "--use-its-software") == 2
    assert said in capsys.readouterr().err and its_software.ENVIRONMENT not in {p.name for p in Path().rglob("*")}

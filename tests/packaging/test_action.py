"""What other repositories use: the hook for pre-commit, and the action that comments on a changed trial file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from support.paths import ROOT
from support.trial_file import GOOD

from bayes.cli import VERBS

ACTION = ROOT / ".github" / "actions" / "check"

def ran(*command: str, where: Path) -> str:
    found = Path(sys.executable).parent
    environment = os.environ | {"PATH": f"{found}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_the_hook_runs_a_command_that_exists():
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    program, verb = hook["entry"].split()
    assert program == "bayes" and verb in VERBS
    assert hook["types"] == ["toml"]


def test_the_action_names_scripts_that_exist_and_passes_inputs_by_the_environment():
    action = yaml.safe_load((ACTION / "action.yml").read_text())
    scripts = [step["run"] for step in action["runs"]["steps"] if "run" in step]
    assert all(name in "\n".join(scripts) for name in ("compare.sh", "comment.sh"))
    assert {path.name for path in ACTION.iterdir()} == {"action.yml", "compare.sh", "comment.sh"}
    assert not any("${{" in script for script in scripts)  # text of a pull request is never part of a command


def test_a_comment_keeps_whatever_was_said_as_text(tmp_path):
    (tmp_path / "check.txt").write_text("# not a heading\n<b>not bold</b>\n")
    said = ran("bash", str(ACTION / "comment.sh"), str(tmp_path), where=tmp_path)
    assert said == "### Trial files\n\n    # not a heading\n    <b>not bold</b>\n"
    (tmp_path / "diff.txt").write_text("1 row\n")
    assert said + "\n### Conclusions, before and after\n\n    1 row\n" == ran("bash", str(ACTION / "comment.sh"), str(tmp_path), where=tmp_path)


@pytest.mark.nuts
def test_a_changed_trial_is_fitted_before_and_after(tmp_path):
    repository, folder = tmp_path / "repository", tmp_path / "made"
    repository.mkdir()
    (repository / "demo.toml").write_text(GOOD)
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b")
    for command in (("init", "-q"), ("add", "."), ("commit", "-qm", "first")):
        ran(*git, *command, where=repository)
    compare = ("bash", str(ACTION / "compare.sh"), "HEAD", str(folder))
    assert "No trial file was changed." in ran(*compare, where=repository)
    (repository / "demo.toml").write_text(GOOD.replace("0.94", "0.60").replace("[0.58, 1.50]", "[0.44, 0.82]"))
    said = ran(*compare, where=repository)
    assert "demo" in said and "p_benefit" in said

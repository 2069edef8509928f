"""A results folder holds copies of what it was computed from, and can be read without the originals."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from bayes.analysis.plan import make_plan
from bayes.analysis.targets import find_targets
from bayes.cli.status_ import command as status
from bayes.errors import InvalidInput
from bayes.priors.sets import load_priors
from bayes.results import inputs

TRIAL = """
id = "mine"
title = "A trial"
year = 2020
condition = "stroke"
design = "randomised"
arms = { treatment = "MSC", control = "placebo" }
n = { treatment = 30, control = 31 }
[outcomes.mrs]
label = "mRS shift"
measure = "common_odds_ratio"
benefit = "higher"
source = "abstract"
evidence = { kind = "estimate", estimate = 1.2, ci = [0.7, 2.1] }
[outcomes.death]
label = "Death"
measure = "odds_ratio"
benefit = "lower"
source = "abstract"
evidence = { kind = "binary", treatment = { events = 2, n = 30 }, control = { events = 4, n = 31 } }
"""
SYNTHESIS = """
id = "both"
label = "Both"
measure = "common_odds_ratio"
benefit = "higher"
outcomes = ["treasure:mrs_90d", "sub/mine.toml:mrs"]
heterogeneity = { distribution = "half_normal(0.3)", rationale = "small" }
"""
SET = """
id = "mine_too"
[effect.neutral]
distribution = "normal(0, 0.355)"
rationale = "why not"
[effect.known]
rule = "evidence"
outcomes = [{ outcome = "sub/mine.toml:mrs", weight = 0.5 }]
[effect.joined]
rule = "map"
synthesis = 'both.toml'
without_own = true
"""


@pytest.fixture
def home(tmp_path):
    (tmp_path / "home" / "sub").mkdir(parents=True)
    for name, text in {"sub/mine": TRIAL, "both": SYNTHESIS, "mine_too": SET}.items():
        (tmp_path / "home" / f"{name}.toml").write_text(text)
    return tmp_path / "home"


def kept(home, names, priors="default", seed=None):
    inputs.keep(find_targets(names), load_priors(priors), seed, home.parent / "results")
    return home.parent / "results"


@pytest.mark.slow
def test_copies_are_read_without_the_originals_and_give_the_same_analyses(home):
    names, priors = [str(home / "sub/mine.toml"), str(home / "both.toml"), "treasure:mrs_90d"], home / "mine_too.toml"
    before = make_plan(find_targets(names), load_priors(priors))
    results = kept(home, names, priors, seed=3)
    home.rename(home.parent / "moved")

    (one,) = inputs.asked(results)
    assert one == inputs.FitRequest(("mine:mrs", "mine:death", "both", "treasure:mrs_90d"), "mine_too", 3)
    after = make_plan(inputs.targets_of(results, one), inputs.priors_of(results, one))
    assert {a.key: a.fingerprint for a in after.analyses} == {a.key: a.fingerprint for a in before.analyses}
    assert {a.prior.name for a in after.analyses} == {"neutral", "known", "joined"}


def test_asking_again_moves_a_target_and_leaves_the_others(home):
    results = kept(home, ["mesems:gel_24w", "treasure:mrs_90d"])
    kept(home, ["treasure:mrs_90d"], seed=7)
    kept(home, ["mesems:gel_24w"], home / "mine_too.toml")
    assert [(one.names, one.priors, one.seed) for one in inputs.asked(results)] == [
        (("mesems:gel_24w",), "default", None),
        (("treasure:mrs_90d",), "default", 7),
        (("mesems:gel_24w",), "mine_too", None),
    ]


def test_a_rationale_taken_out_of_a_set_is_out_of_its_copy_too(home):
    results = kept(home, ["mesems:gel_24w"], home / "mine_too.toml")
    (home / "mine_too.toml").write_text(SET.replace('rationale = "why not"', ""))
    kept(home, ["mesems:gel_24w"], home / "mine_too.toml")
    assert inputs.priors_of(results, inputs.asked(results)[-1]).effect["neutral"].rationale is None


def test_shipped_files_are_told_from_others(home):
    results = kept(home, ["mesems:gel_24w", str(home / "sub/mine.toml")])
    (one,) = inputs.asked(results)
    gel, mine, _ = inputs.targets_of(results, one)
    assert inputs.is_shipped(gel.trial) and inputs.is_shipped(inputs.priors_of(results, one))
    assert not inputs.is_shipped(mine.trial)


def test_a_folder_without_inputs_says_what_to_do(tmp_path):
    with pytest.raises(InvalidInput, match="bayes regenerate"):
        inputs.asked(tmp_path)


@pytest.mark.slow
def test_status_answers_of_what_the_folder_was_made_from(home):
    """From one's own files as they are now; where they are gone, from their copies; under the sets that were used."""
    results = kept(home, [str(home / "sub/mine.toml"), str(home / "both.toml")], home / "mine_too.toml")
    (one,) = inputs.asked(results)
    assert one.files == {
        "mine": "../home/sub/mine.toml",
        "both": "../home/both.toml",
        "mine_too": "../home/mine_too.toml",
    }
    copied, now = (inputs.plan_of(results, originals=originals) for originals in (False, True))
    fingerprints = {a.key: a.fingerprint for a in copied.analyses}
    assert {a.key: a.fingerprint for a in now.analyses} == fingerprints
    said = CliRunner().invoke(status, ["--out", str(results)]).output
    assert said.endswith(f"{results}: 0 of {len(fingerprints)} current\n")

    (home / "sub/mine.toml").write_text(TRIAL.replace("events = 4", "events = 5"))
    changed = {a.key for a in inputs.plan_of(results, originals=True).analyses if a.fingerprint != fingerprints[a.key]}
    assert changed == {key for key in fingerprints if key.startswith("mine.death")}
    home.rename(home.parent / "moved")
    gone = inputs.plan_of(results, originals=True)
    assert {a.key: a.fingerprint for a in gone.analyses} == fingerprints

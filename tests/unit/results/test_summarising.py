"""The tables of a results folder are written again when anything that they follow from has changed, and only then.

Oracle: the folder before it was changed, whose tables the next run must restore. That a table is not written is seen
from the rows never being collected. Not checked here: what the rows say.
"""

import json
import os
import shutil
import time
from dataclasses import replace

import pytest
from support.results_folders import fitted

from bayes.analysis.plan import Plan, make_plan
from bayes.analysis.targets import find_targets
from bayes.priors.sets import load_priors
from bayes.results import regenerate, summarising, workers
from bayes.results.summary_file import Summary
from bayes.results.workers import engine_of_this_worker

NAME, SYNTHESIS = "mesems:gel_24w", "msc_stroke_mrs"
TABLES = ("summary.csv", "summary.json", "thresholds.csv", "derived.csv")


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return fitted(tmp_path_factory.mktemp("sound") / "results", [NAME], draws=50)


@pytest.fixture
def folder(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "results")


@pytest.fixture
def collected(monkeypatch):
    """How often rows were collected."""
    times, of = [], Summary.of

    def counted(*arguments):
        times.append(1)
        return of(*arguments)

    monkeypatch.setattr(summarising.Summary, "of", counted)
    return times


def content(folder):
    return {name: (folder / name).read_bytes() for name in TABLES}


def test_a_run_with_nothing_to_do_collects_no_row(folder, collected):
    before = content(folder)
    for _ in range(2):
        run = regenerate(folder, [NAME])
        assert len(run.current) > 5 and not run.stale and not run.failed
    assert not collected and content(folder) == before


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("how", ["edited", "replaced by an old one", "removed"])
def test_a_table_that_was_touched_is_written_again_once(folder, collected, name, how):
    """Also where the clock of an earlier run was ahead: dates decide nothing."""
    before = content(folder)
    if how == "removed":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(before[name] + b"\n")
        date = 10**18 if how == "replaced by an old one" else time.time_ns()
        os.utime(folder / name, ns=(date, date))
    ahead = time.time_ns() + 10**17
    os.utime(folder / "manifest.json", ns=(ahead, ahead))
    for _ in range(2):
        regenerate(folder, [NAME])
    assert content(folder) == before and len(collected) == 1


def test_whatever_tables_follow_from_is_in_the_manifest(folder, collected, monkeypatch):
    """The sources, the inputs, and the rows without a posterior."""
    monkeypatch.setattr(summarising, "sources_hash", lambda: "other sources")
    (folder / "inputs" / "trials").mkdir(exist_ok=True)
    (folder / "inputs" / "trials" / "other.toml").write_text("")
    for _ in range(2):
        regenerate(folder, [NAME])
    manifest = json.loads((folder / "manifest.json").read_text())
    assert len(collected) == 1 and manifest["sources"] == "other sources"
    assert {"inputs/plan.json", "inputs/trials/other.toml"} <= manifest["inputs"].keys()
    assert not manifest["without_posterior"] and manifest["files"].keys() == set(TABLES)
    plan = make_plan(find_targets([NAME]), load_priors())
    lost = plan.analyses[0].key
    assert summarising.write_summary(plan, folder, {lost: "the worker died"}) == [lost] and len(collected) == 2
    (row,) = json.loads((folder / "manifest.json").read_text())["without_posterior"]
    assert row == ["mesems", "gel_24w", "single_trial", plan.analyses[0].prior.name, "the worker died"]


@pytest.fixture(scope="module")
def pooled(tmp_path_factory):
    """Two posteriors of a synthesis in a folder, and their plan."""
    folder, asked = tmp_path_factory.mktemp("pooled") / "results", make_plan(find_targets([SYNTHESIS]), load_priors())
    plan = Plan(tuple(a for a in asked.analyses if a.prior.name in ("vague", "neutral") and a.heterogeneity == asked.analyses[0].heterogeneity), ())
    assert len(plan.analyses) == 2
    for analysis in plan.analyses:
        assert workers.fit_and_save(analysis, folder, None, engine_of_this_worker()).status == "ok"
    return folder, plan


@pytest.mark.nuts
def test_the_words_of_a_synthesis_follow_its_posteriors(pooled, collected, monkeypatch):
    folder, plan = pooled
    written = [folder / "syntheses" / f"{SYNTHESIS}{suffix}" for suffix in (".json", ".md")]
    for _ in range(2):
        assert summarising.write_summary(plan, folder, {}) == [] and len(collected) == 1
    before = [path.read_bytes() for path in written]
    shutil.rmtree(folder / "syntheses")
    summarising.write_summary(plan, folder, {})
    assert [path.read_bytes() for path in written] == before
    # a posterior of a prior that was removed from its set keeps its row, and has no words
    first, second = plan.analyses
    fewer = Plan((second,), ())
    monkeypatch.setattr(summarising.inputs, "plan_of", lambda _: fewer)
    summarising.write_summary(fewer, folder, {})
    assert {row["key"] for row in json.loads((folder / "summary.json").read_text())} == {first.key, second.key}
    assert [*json.loads(written[0].read_text())] == [second.key]
    # nor has one of an analysis that has changed since
    changed = replace(first, settings=replace(first.settings, seed=first.settings.seed + 1))
    monkeypatch.setattr(summarising.inputs, "plan_of", lambda _: Plan((changed, second), ()))
    assert changed.key == first.key and (folder / "summary.csv").unlink() is None
    summarising.write_summary(fewer, folder, {})
    assert [*json.loads(written[0].read_text())] == [second.key]
    # the words of posteriors that are lost would be taken for those of the new analysis
    lost = dict.fromkeys((first.key, second.key), "the worker died")
    assert summarising.write_summary(plan, folder, lost) == sorted(lost)
    assert not any(path.exists() for path in written)

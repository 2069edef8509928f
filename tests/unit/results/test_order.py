"""Names in any order, and files in any order of their folder, give one plan and therefore one summary."""

import random

from support.paths import ROOT

from bayes.analysis.analysis import seed_of
from bayes.analysis.plan import make_plan
from bayes.analysis.targets import find_targets, in_order
from bayes.priors.sets import load_priors

NAMES = ["starting2", "mesems:sae_24w", "msc_stroke_mrs", "mesems:gel_24w", "cl2020"]


def planned(names: list[str]) -> list[tuple[str, int]]:
    plan = make_plan(in_order(find_targets(names)), load_priors())
    return [(analysis.key, seed_of(analysis.key, analysis.settings.seed)) for analysis in plan.analyses] + [(one.target.name, 0) for one in plan.skipped]


def test_the_order_of_names_changes_nothing():
    first = planned(NAMES)
    assert len(first) > 50 and [key for key, _ in first] != [key for key, _ in sorted(first)]
    for seed in range(3):
        assert planned(random.Random(seed).sample(NAMES, len(NAMES))) == first


def test_trials_come_first_and_outcomes_as_their_file_has_them():
    found = [target.name for target in in_order(find_targets(NAMES))]
    assert found[-1] == "msc_stroke_mrs" and found.index("cl2020:" + found[0].partition(":")[2]) == 0
    assert [name for name in found if name.startswith("mesems")] == ["mesems:gel_24w", "mesems:sae_24w"]


def test_the_order_of_a_folder_changes_nothing(tmp_path):
    text = (ROOT / "bayes" / "data" / "trials" / "mesems.toml").read_text()
    for name in "bac":
        (tmp_path / f"{name}.toml").write_text(text.replace('id = "mesems"', f'id = "{name}"', 1))
    files = [str(tmp_path / f"{name}.toml") for name in "cab"]
    assert planned([str(tmp_path)]) == planned(files) and len(planned(files)) > 100

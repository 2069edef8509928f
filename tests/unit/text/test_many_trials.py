"""A synthesis of sixty trials stays readable: on a terminal, in a forest plot, in words and in the tables of a page."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from support import dossier_parts as made
from support import dossiers, figures

import bayes
from bayes import plots
from bayes.base.naming import named
from bayes.cli.table import show
from bayes.fitting.fitted import SynthesisFit
from bayes.pooling.explained import explain
from bayes.pooling.words import sentences
from bayes.report.dossier.disclosures import Counted, disclosures
from bayes.report.pages import abridged, target_tables
from bayes.text.rows import ENDS, without_the_middle

COUNT = 60


@cache
def sixty():
    """Sixty hazard ratios of one direction, planted draws in place of sampled ones."""
    random = np.random.default_rng(60)
    y, se = random.normal(-0.4, 0.15, COUNT), random.uniform(0.05, 0.5, COUNT)
    limits = {"estimate": y, "ci_low": y - 1.96 * se, "ci_high": y + 1.96 * se}
    names = [f"t{i:02}" for i in range(COUNT)]
    frame = pd.DataFrame({"trial": names} | {name: np.exp(values).round(3) for name, values in limits.items()})
    joined = bayes.synthesis_of(bayes.outcomes(frame, measure="hazard_ratio", benefit="lower"))
    mu = random.normal(-0.4, 0.03, (2, 400))
    draws = {"mu": mu, "tau": abs(random.normal(0.15, 0.02, (2, 400))), "new_trial": mu + random.normal(0, 0.15, mu.shape)}
    effects = y + random.normal(0, 0.02, (2, 400, COUNT))
    return figures.fit_of(joined, "neutral", draws | {"effect": effects}, SynthesisFit)


def test_names_in_a_sentence_are_few():
    assert named("abc") == "a, b, c"
    assert named(map(str, range(12))).endswith("10, 11")
    assert named(map(str, range(200)), "; ") == "0; 1; 2 and 197 others"


def test_a_terminal_shows_the_lowest_and_the_highest_effects(capsys):
    rows = sixty().rows
    show(rows)
    brief = capsys.readouterr().out
    effects = {row["parameter"]: row["median"] for row in rows if row["parameter"].startswith("effect[")}
    order = sorted(effects, key=effects.get)
    shown = [name for name in order if name.removeprefix("effect[").rstrip("]") in brief]
    assert shown == order[:ENDS] + order[-ENDS:]
    assert f"The {COUNT - 2 * ENDS} trials with effects between these are left out; --all, --json or --csv" in brief
    assert "tau" in brief and "new trial" in brief
    show(rows, whole=True)
    whole = capsys.readouterr().out
    assert all(name.removeprefix("effect[").rstrip("]") in whole for name in order)


def test_every_row_is_kept_of_few_trials_and_of_a_table_of_adverse_events():
    rows = sixty().rows
    few = [row for row in rows if not row["parameter"].startswith("effect[")] + rows[-10:]
    assert without_the_middle(few) == few
    table = [row for row in rows if row["parameter"].startswith("effect[")]
    assert without_the_middle(table) == table


@pytest.mark.parametrize("width", [7.0, 4.5])
def test_a_forest_of_many_trials_is_a_thin_line_each_in_the_order_of_effects(width):
    fit = sixty()
    ax = plots.synthesis_forest(fit, width=width).axes[0]
    rows = fit.summary().set_index("parameter")
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names[:2] == ["mean effect", "new trial (prediction)"] and len(names) == COUNT + 2
    (points,) = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == COUNT]
    assert list(points) == sorted(points)
    assert list(points) == pytest.approx([rows.loc[f"effect[{fit.analysis.members[int(n[1:])].name}]", "estimate"] for n in names[2:]])
    alone, together = [c.get_segments() for c in ax.collections if isinstance(c, LineCollection) and len(c.get_segments()) == COUNT]
    assert np.ptp(alone[0][:, 0]) > np.ptp(together[0][:, 0]), "shrunken intervals are narrower here"
    assert ax.figure.get_size_inches()[1] < 0.2 * COUNT


def test_words_do_not_name_a_range_that_is_none():
    fit = sixty()
    said = " ".join(sentences(fit.analysis, explain(fit.analysis)))
    assert "Whichever trial is left out, P(benefit) is above 0.999." in said
    assert "priors of tau, P(benefit) is above 0.999; if all trials" in said
    assert "ranges from" not in said


def test_disclosures_of_many_trials_state_each_thing_once():
    found = dict(disclosures(sixty().analysis.synthesis, Counted(60, 1, 61)))
    assert found["blinding"] == "not stated: all 60"
    assert all(len(text) < 400 for text in found.values())


def test_tables_of_a_page_keep_the_trials_that_move_the_mean_most():
    dossier = dossiers.synthesis()
    names = [f"t{i:02}:os" for i in range(COUNT)]
    dossier["members"] = [{**dossier["members"][0], "name": name} for name in names]
    dossier["rows"] += [made.row("msc", "", "neutral", f"effect[{name}]", "stated") for name in names]
    assert {row["parameter"] for row in abridged.of_parameters(dossier)} == {"mu", "tau", "beta", "new_trial"}
    assert "effect[" not in target_tables.all_posteriors(dossier) and "data/" in target_tables.all_posteriors(dossier)
    moves = np.random.default_rng(1).normal(0, 1, COUNT)
    alone = [{"question": "trial left out", "variation": name, "weight": None, "mean": m} for name, m in zip(names, moves, strict=True)]
    weights = [{"question": "weight", "variation": name, "weight": w, "mean": m * (1 - w)} for name, m in zip(names, moves, strict=True) for w in (0.5, 1.0)]
    other = [{"question": "heterogeneity", "variation": "none", "weight": None, "mean": 0.0}]
    digits = [{"report": name, "low": 0.5, "high": 0.5 + abs(m)} for name, m in zip(names, moves, strict=True)]
    found = abridged.of_sensitivity(dossier, {"influence": alone + other + weights, "extraction": digits})
    most = {names[i] for i in np.argsort(-abs(moves))[: abridged.FEW]}
    assert {row["variation"] for row in found["influence"]} == most | {"none"}
    assert len(found["influence"]) == 3 * abridged.FEW + 1
    assert {row["report"] for row in found["extraction"]} == most
    few = dossiers.synthesis()
    assert abridged.of_parameters(few) == few["rows"]
    assert abridged.of_sensitivity(few, {"influence": alone})["influence"] == alone

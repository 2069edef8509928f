"""Fleiss's examples in each form of RevMan: the four readings agree with the numbers, and with the effects of RevMan.

Oracles: the numbers themselves (Fleiss 1993, as in the data sets Fleiss1993bin and Fleiss1993cont of the R package
meta), and what RevMan 5 prints for them.
"""

from math import exp

import pytest
from support import pooled_effects, reviews

from bayes.importing import read

DICH = {"EFFECT_MEASURE": "OR", "METHOD": "MH"}
CONT = {"EFFECT_MEASURE": "MD", "METHOD": "IV"}


def as_rm5(folder):
    path = folder / "review.rm5"
    care = reviews.outcome("CONT", reviews.means(), 2, reviews.CARE_ARMS, name="Length of stay", **CONT)
    path.write_text(reviews.rm5(reviews.outcome("DICH", reviews.counts(), **DICH), care))
    return path


def as_export(folder):
    heading = {"Name": "Death", "Data Type": "DIC", "Statistical Method": "MH", "Effect Measure": "OR"}
    heading |= {"Analysis Model": "Fixed", "Group Label 1": "Aspirin", "Group Label 2": "Control"}
    heading |= {"Left Graph Label": "Favours aspirin", "Right Graph Label": "Favours control"}
    zero = {"Mean 1": 0, "SD 1": 0, "Mean 2": 0, "SD 2": 0}
    rows = [
        {"Name": name, "Events 1": a, "Total 1": n1, "Events 2": c, "Total 2": n2, "Year of study": year, **zero}
        for name, year, a, n1, c, n2 in reviews.ASPIRIN
    ]
    care = heading | {"Name": "Length of stay", "Data Type": "CON", "Statistical Method": "IV", "Effect Measure": "MD"}
    columns = ("Name", "Year of study", "Mean 1", "SD 1", "Total 1", "Mean 2", "SD 2", "Total 2")
    means = [dict(zip(columns, row, strict=True)) | {"Events 1": 0, "Events 2": 0} for row in reviews.CARE]
    path = folder / "Review.csv"
    path.write_text(reviews.exported([(heading, rows), (care, means)]))
    return path


def as_package(folder):
    settings = {"Analysis group": 1, "Analysis group name": "Comparison", "Analysis model": "Fixed effect"}
    settings |= {"Experimental group label": "Aspirin", "Control group label": "Control", "Study CI": "95%"}
    first = settings | {"Analysis number": 1, "Data type": "Dichotomous", "Statistical method": "MH"}
    second = settings | {"Analysis number": 2, "Data type": "Continuous", "Statistical method": "IV"}
    second |= {"Effect measure": "Mean Difference"}
    rows = [reviews.count_row("1.1", *row) for row in reviews.ASPIRIN]
    for name, year, m1, s1, n1, m2, s2, n2 in reviews.CARE:
        own = {"Experimental mean": m1, "Experimental SD": s1, "Experimental N": n1}
        own |= {"Control mean": m2, "Control SD": s2, "Control N": n2}
        rows.append(reviews.data_row("1.2", name, year, **own))
    path = folder / "package.zip"
    reviews.package(path, rows=rows, settings=[first | {"Effect measure": "Odds Ratio"}, second])
    return path


def as_metaview(folder):
    path = folder / "REVIEW.MTV"
    path.write_text(reviews.metaview())
    return path


FORMS = [as_rm5, as_export, as_package, as_metaview]


@pytest.mark.parametrize("made", FORMS)
def test_every_form_gives_the_numbers_of_fleiss(made, tmp_path):
    answers = tmp_path / "answers.toml"
    answers.write_text('benefit = "lower"\n[records.examples_1_1]\nmeasure = "odds_ratio"\n')
    with open(answers, "a") as more:
        more.write('[records.examples_1_2]\nmeasure = "mean_difference"\n')
    found = read(made(tmp_path), answers=answers)
    outcomes = {trial.title: next(iter(trial.outcomes.values())) for trial in found.trials}
    years = {trial.title: trial.year for trial in found.trials}
    for name, year, *counts in reviews.ASPIRIN:
        t, c = outcomes[name].evidence.treatment, outcomes[name].evidence.control
        assert ([t.events, t.n, c.events, c.n], years[name]) == (counts, year)
        assert (outcomes[name].measure, outcomes[name].benefit) == ("odds_ratio", "lower")
    for name, _, *means in reviews.CARE:
        t, c = outcomes[name].evidence.treatment, outcomes[name].evidence.control
        assert [float(x) for x in (t.mean, t.sd, t.n, c.mean, c.sd, c.n)] == means
        assert outcomes[name].measure == "mean_difference"
    assert [len(one.outcomes) for one in found.syntheses] == [7, 5]


@pytest.mark.parametrize("made, models", [(as_rm5, "common_effect"), (as_metaview, "random_effects")])
def test_the_model_is_that_of_the_review_if_it_states_one(made, models, tmp_path):
    answers = tmp_path / "answers.toml"
    answers.write_text('[records.examples_1_1]\nmeasure = "odds_ratio"\n')
    assert read(made(tmp_path), answers=answers).syntheses[0].model == models


def test_the_pooled_effects_are_those_that_revman_prints_for_these_numbers(tmp_path):
    """RevMan: OR 0.89686556 [0.8405144, 0.95699471] by Mantel-Haenszel; MD -0.70938839 [-1.25848502, -0.16029176]."""
    found = read(as_rm5(tmp_path))
    outcomes = [outcome for trial in found.trials for outcome in trial.outcomes.values()]
    tables = [
        (o.evidence.treatment.events, o.evidence.treatment.n, o.evidence.control.events, o.evidence.control.n)
        for o in outcomes[:7]
    ]
    theta, error = pooled_effects.mantel_haenszel(tables, "odds_ratio")
    said = [exp(theta + q * error) for q in (0, -1.959964, 1.959964)]
    assert said == pytest.approx([0.89686556, 0.8405144, 0.95699471], abs=5e-8)
    effects = [(y, s**2) for y, s in (o.evidence.own_estimate("mean_difference") for o in outcomes[7:])]
    theta, error = pooled_effects.inverse_variance(effects)
    said = [theta + q * error for q in (0, -1.959964, 1.959964)]
    assert said == pytest.approx([-0.70938839, -1.25848502, -0.16029176], abs=5e-8)


def test_data_rows_alone_lack_what_the_settings_say(tmp_path):
    path = tmp_path / "12-data-rows.csv"
    path.write_text(reviews.sheet([reviews.count_row("1.1", *row) for row in reviews.ASPIRIN]))
    found = read(path, benefit="lower")
    assert not found.trials and set(found.ledger["status"]) == {"offered"}
    assert set(found.ledger["reason"]) == {
        "the measure of effect is not stated, and no printed effect tells it; decide `measure`"
    }


def test_packages_in_one_folder_have_settings_of_their_own(tmp_path):
    """Two packages with the same names inside: each reads the settings that are nearest to its rows."""
    (tmp_path / "both").mkdir()
    about = {"Analysis group": 1, "Analysis number": 1, "Data type": "Dichotomous", "Statistical method": "MH"}
    for name, measure in (("a", "Odds Ratio"), ("b", "Risk Ratio")):
        rows = [reviews.count_row("1.1", *row) for row in reviews.ASPIRIN]
        settings = [about | {"Effect measure": measure}]
        reviews.package(tmp_path / "both" / f"{name}.zip", rows=rows, settings=settings)
    found = read(tmp_path / "both", benefit="lower")
    assert [one.measure for one in found.syntheses] == ["odds_ratio", "risk_ratio"]

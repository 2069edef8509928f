"""A calibration as a whole: what it takes, what it refuses, its parts, and its files."""

import json

import numpy as np
import pandas as pd
import pytest
from support.invented_pairs import pairs, prior_set, small

from bayes.calibration import calibrate, read, write
from bayes.calibration.calibrated import ROWS
from bayes.calibration.tables import FactsRow
from bayes.errors import InvalidInput, UnknownName

ONE = prior_set({"one": "normal(0, 0.3)"}, {"some": "half_normal(0.2)"})


@pytest.fixture(scope="module")
def found():
    return small()


def test_the_facts_are_those_of_the_table(found):
    facts = found.facts
    assert facts.keys() == FactsRow.__annotations__.keys()
    assert (facts["pairs"], facts["groups"], facts["counts"], facts["thresholds"]) == (400, 200, 0, 400)
    assert (facts["first_year"], facts["last_year"], facts["file"]) == (1990, 2009, None)
    assert (facts["reference_prior"], facts["reference_heterogeneity"]) == ("wide", "none")
    assert str(found) == "400 pairs of 200 groups under the prior set invented"
    frame = pairs(400, 0.3, 0.3)
    assert facts["positive"] == (frame["y_later"] > 0).mean()
    assert facts["significant"] == (frame["y_later"].abs() >= 1.959963984540054 * frame["se_later"]).mean()
    assert facts["information"] == pytest.approx(((frame["se"] / frame["se_later"]) ** 2).median())


def test_every_table_has_its_columns(found):
    for name, row in ROWS.items():
        assert all(one.keys() == row.__annotations__.keys() for one in found.tables()[name]), name
    assert len(found.scores) == 4 and len(found.gains) == 3 and not found.skipped and not found.likelihoods


def test_parts_are_the_scores_of_their_own_pairs(found):
    frame = pairs(400, 0.3, 0.3, mcid=1.3)
    years = 1990 + np.arange(400) % 20
    early = frame[years <= 1999]
    chosen = prior_set({"wide": "normal(0, 3)", "narrow": "normal(0, 0.3)"}, {"half_normal": "half_normal(0.3)"})
    alone = calibrate(early, chosen, samples=50, jobs=1)
    periods = [row for row in found.splits if row["by"] == "period"]
    assert [row["part"] for row in periods] == ["to 1999"] * 4 + ["after 1999"] * 4, "the earlier period first"
    for row, score in zip(periods[:4], alone.scores, strict=True):
        assert (row["n"], row["groups"]) == (score["n"], score["groups"]) == (200, early["group"].nunique())
        for name in ("coverage_95", "coverage_50", "log_density", "median_error", "width_95", "direction_stated", "direction_seen"):
            assert row[name] == pytest.approx(score[name]), name
    fields = [row["part"] for row in found.splits if row["by"] == "field"]
    assert list(dict.fromkeys(fields)) == ["<b>lungs</b>", "cancer", "heart", "stroke"]
    assert {row["part"] for row in found.splits if row["by"] == "measure"} == {"odds_ratio"}


def test_histograms_and_curves_count_every_pair(found):
    for prior, tau in {(row["prior"], row["heterogeneity"]) for row in found.scores}:
        own = [row for row in found.pits if (row["prior"], row["heterogeneity"]) == (prior, tau)]
        assert sum(row["n"] for row in own) == 400 and sum(row["share"] for row in own) == pytest.approx(1)
    assert {row["event"] for row in found.curves} == {"direction", "mcid", "significant"}
    assert all(row["low"] <= row["stated"] <= row["high"] and row["n"] >= 5 for row in found.curves)
    for row in found.scores:
        (level,) = [r for r in found.levels if (r["prior"], r["heterogeneity"], r["level"]) == (row["prior"], row["heterogeneity"], 0.5)]
        assert level["coverage"] == row["coverage_50"]


def test_the_reference_is_checked_before_anything_is_computed(monkeypatch):
    monkeypatch.setattr("bayes.calibration.verbs.predict", lambda *_: pytest.fail("computed"))
    with pytest.raises(UnknownName, match="did you mean 'one,some'.*accepted: one,none, one,some"):
        calibrate(pairs(4), ONE, reference="one,sum")
    with pytest.raises(InvalidInput, match="no priors of effects"):
        calibrate(pairs(4), prior_set({}))


@pytest.mark.parametrize("asked", ["one,some", "one, some", " one ,some"])
def test_the_reference_is_a_pair_of_priors(asked):
    assert calibrate(pairs(8), ONE, reference=asked, samples=10, jobs=1).facts["reference_heterogeneity"] == "some"
    assert calibrate(pairs(8), ONE, reference="one", samples=10, jobs=1).facts["reference_heterogeneity"] == "none"


def test_rows_that_cannot_be_used_are_named_and_change_nothing():
    frame = pairs(40)
    more = pd.concat([frame, frame.head(3).assign(se=0.0, group="elsewhere")], ignore_index=True)
    with_field = more.assign(field=[None] * 42 + ["no such field"])
    found, clean = (calibrate(one, ONE, samples=50, jobs=1) for one in (with_field, frame))
    assert [row["row"] for row in found.rejected] == [41, 42, 43] and "standard error" in found.rejected[0]["reason"]
    assert found.scores == clean.scores and found.facts["groups"] == 20, "a group without usable rows is not resampled"
    assert str(found).endswith("3 rows could not be used")
    with pytest.raises(InvalidInput, match="no row can be used; the first: standard error"):
        calibrate(frame.assign(se=0.0), ONE, jobs=1)
    with pytest.raises(InvalidInput, match="no row can be used; it has none"):
        calibrate(frame.head(0), ONE, jobs=1)


@pytest.mark.slow
def test_processes_change_nothing():
    frame = pairs(150)
    followed = []
    one, two = (calibrate(frame, ONE, samples=20, jobs=jobs, follower=lambda done, of: followed.append((done, of))) for jobs in (1, 2))
    assert followed == [(64, 150), (128, 150), (150, 150)] * 2
    assert one.to_dict() == two.to_dict()


def test_what_is_written_is_read_back(found, tmp_path):
    assert read(tmp_path) is None
    (tmp_path / "calibration_rejected.csv").write_text("stale")
    (tmp_path / "calibration_likelihoods.csv").write_text("stale")
    files = write(found, tmp_path / "." / "")
    assert {path.name for path in files} == {path.name for path in tmp_path.iterdir()}
    assert [path.name for path in files][0] == "calibration.csv" and not (tmp_path / "calibration_rejected.csv").exists()
    assert read(tmp_path) == found
    scores = pd.read_csv(tmp_path / "calibration.csv")
    assert list(scores)[:4] == ["prior", "heterogeneity", "n", "groups"] and len(scores) == 4
    assert scores["log_density"].tolist() == pytest.approx([row["log_density"] for row in found.scores])


def test_a_file_that_is_no_calibration_is_refused(found, tmp_path):
    path = tmp_path / "calibration.json"
    write(found, tmp_path)
    tables = json.loads(path.read_text())
    for text, words in (
        ("{", "cannot be read"),
        ("[]", "not the tables of this version"),
        (json.dumps({**tables, "scores": [{"prior": "one"}]}), "not the tables of this version"),
        (json.dumps({**tables, "facts": []}), "the facts have one row"),
    ):
        path.write_text(text)
        with pytest.raises(InvalidInput, match=words):
            read(tmp_path)

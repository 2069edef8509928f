"""The review of antibiotics for sore throat: every pooled effect that its `.rm5` prints follows from the imported files.

The file is an excerpt (studies, characteristics, risk of bias, analyses) of the one in the repository IEBH/revman, MIT.
The oracle of each number is RevMan's own, read from the XML apart from the importer.
"""

import gzip
from math import exp
from xml.etree import ElementTree

import pytest
from support import pooled_effects
from support.paths import ROOT

import bayes
from bayes.importing import read, write
from bayes.importing.answers import Answers

FILE = ROOT / "tests" / "files" / "importing" / "revman" / "antibiotics-for-sore-throat.rm5.gz"
DIGITS = 1e-9  # relative: the file prints double precision


@pytest.fixture(scope="module")
def imported():
    return read(FILE)


@pytest.fixture(scope="module")
def tables(imported):
    """The tables of each analysis and subgroup, by its number, in the imported trials."""
    found = {}
    for trial in imported.trials:
        for name, outcome in trial.outcomes.items():
            t, c = outcome.evidence.treatment, outcome.evidence.control
            comparison, number, *group = name.removeprefix("analysis_").split("_")
            for key in {(comparison, number), (comparison, number, *group)}:
                found.setdefault(key, []).append((t.events, t.n, c.events, c.n))
    return found


def printed():
    """Yield the number of each analysis and subgroup, whether it is random, and its element."""
    root = ElementTree.fromstring(gzip.decompress(FILE.read_bytes()))
    for comparison in root.iter("COMPARISON"):
        for outcome in comparison.iter("DICH_OUTCOME"):
            number = (comparison.get("NO"), outcome.get("NO"))
            yield number, outcome, outcome
            for group in outcome.iter("DICH_SUBGROUP"):
                yield (*number, group.get("NO")), outcome, group


@pytest.mark.parametrize("number, outcome, element", [pytest.param(*one, id=".".join(one[0])) for one in printed()])
def test_the_pooled_effect_of_the_imported_trials_is_the_printed_one(number, outcome, element, tables):
    """DerSimonian and Laird, with Q about the Mantel-Haenszel estimate of tables corrected for empty cells."""
    assert (outcome.get("EFFECT_MEASURE"), outcome.get("METHOD"), outcome.get("RANDOM")) == ("RR", "MH", "YES")
    informing = [table for table in tables[number] if table[0] or table[2]]
    if element.get("ESTIMABLE") == "NO":
        assert not informing
        return
    effects = [pooled_effects.of_table(table, "risk_ratio") for table in informing]
    corrected = [pooled_effects.corrected(*table) for table in informing]
    centre = pooled_effects.mantel_haenszel(corrected, "risk_ratio")[0]
    tau2 = pooled_effects.dersimonian_laird(effects, centre)
    theta, error = pooled_effects.inverse_variance(effects, tau2)
    assert tau2 == pytest.approx(float(element.get("TAU2")), rel=DIGITS, abs=1e-12)
    assert exp(theta) == pytest.approx(float(element.get("EFFECT_SIZE")), rel=DIGITS)
    limits = [exp(theta + side * 1.959963984540054 * error) for side in (-1, 1)]
    assert limits == pytest.approx([float(element.get(name)) for name in ("CI_START", "CI_END")], rel=1e-7)


def test_everything_that_the_review_reports_has_a_row(imported):
    """217 rows of studies, 162 of them with an effect, 21 analyses and 22 subgroups: counted by tag in the XML."""
    root = ElementTree.fromstring(gzip.decompress(FILE.read_bytes()))
    effects = [row for row in root.iter("DICH_DATA") if row.get("ESTIMABLE") == "YES"]
    kinds = imported.ledger["kind"].value_counts()
    assert kinds["binary"] == len(list(root.iter("DICH_DATA"))) == 217
    assert kinds["estimate"] == len(effects)
    assert kinds["synthesis"] == len(list(root.iter("DICH_OUTCOME"))) + len(list(root.iter("DICH_SUBGROUP")))
    assert imported.ledger["place"].is_unique


def test_every_place_leads_to_its_number(imported):
    """The places are XPaths: each leads, in the XML itself, to the number in the file."""
    root = ElementTree.fromstring(gzip.decompress(FILE.read_bytes()))
    for trial in imported.trials[:4]:
        for outcome in trial.outcomes.values():
            for path, place in outcome.sources.items():
                element, _, attribute = place.path.rpartition("/@")
                value = float(root.find(f".{element}").get(attribute))
                stated = outcome if path.startswith("printed") else outcome.evidence
                for name in path.split("."):
                    stated = stated[int(name)] if name.isdigit() else getattr(stated, name)
                assert float(stated) == pytest.approx(value, rel=1e-5, abs=5e-9)


def test_a_study_in_several_subgroups_is_not_pooled_twice(imported):
    """Analysis 1.4 has 15 studies in 20 rows: it is offered, its three subgroups are pooled."""
    rows = imported.ledger.set_index("record").loc["antibiotics_for_sore_throat_1_4"]
    assert rows["status"].tolist() == ["offered", "imported", "imported", "imported"]
    assert "decide which of its outcomes are left out" in rows["reason"].iloc[0]
    assert [len(one.outcomes) for one in imported.syntheses if "throat_1_4_" in one.id] == [11, 6, 3]


def test_leaving_out_one_of_the_rows_of_each_study_forms_the_synthesis(tmp_path, imported):
    twice = ["chapple_1956", "dagnelie_1996", "macdonald_1951", "zwart_2000", "zwart_2003"]
    answers = tmp_path / "answers.toml"
    answers.write_text("".join(f"[records.{name}.outcomes.analysis_1_4_2]\nleave_out = true\n" for name in twice))
    found = read(FILE, answers=answers)
    (whole,) = [one for one in found.syntheses if one.id == "antibiotics_for_sore_throat_1_4"]
    assert len(whole.outcomes) == 15


def test_a_trial_says_what_the_review_says_of_it(imported):
    (bennike,) = [trial for trial in imported.trials if trial.id == "bennike_1951"]
    assert bennike.title.startswith("Penicillin therapy in acute tonsillitis")
    assert (bennike.year, bennike.design) == (1951, "Open study, quasi-randomised")
    assert bennike.arms.treatment == "Antibiotics" and bennike.outcomes["analysis_1_5"].benefit == "lower"
    assert bennike.risk_of_bias.startswith("Random sequence generation (selection bias): high; Allocation")
    assert "Blinding (performance bias and detection bias), All outcomes: high" in bennike.risk_of_bias


@pytest.mark.slow
def test_the_files_are_valid_and_consistent(tmp_path):
    write([FILE], tmp_path / "out", Answers())
    for path in (tmp_path / "out").glob("*.toml"):
        if path.name.startswith("antibiotics"):
            assert bayes.load_synthesis(path).members
        elif path.name != "answers.toml":
            for outcome in bayes.load_trial(path).outcomes.values():
                assert not bayes.check(outcome)

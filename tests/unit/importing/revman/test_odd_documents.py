"""Documents that are not what they claim, and numbers that are none: one clear sentence, or a refused row, no crash."""

import gzip
import random
import re

import pytest
from support import reviews
from support.paths import ROOT

from bayes.errors import InvalidInput
from bayes.importing import read

FILE = ROOT / "tests" / "files" / "importing" / "revman" / "antibiotics-for-sore-throat.rm5.gz"
OR = {"EFFECT_MEASURE": "OR", "METHOD": "MH"}
WHOLE = reviews.rm5(reviews.outcome("DICH", reviews.counts(), **OR))
LAUGHS = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
NESTED = "<COCHRANE_REVIEW>" + "<P>" * 200 + "</P>" * 200 + "</COCHRANE_REVIEW>"
IMPOSSIBLE = "impossible counts: below 0, or more persons with the event than persons"
SETTINGS = {"Analysis group": 1, "Analysis number": 1, "Statistical method": "MH", "Effect measure": "Odds Ratio"}


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("r.rm5", WHOLE.replace("<COCHRANE", LAUGHS + "<COCHRANE", 1), "has a document type declaration"),
        ("r.rm5", reviews.rm5(before=OUTSIDE), "has a document type declaration"),
        ("r.rm5", NESTED, "more than 100 deep"),
        ("r.rm5", WHOLE[: len(WHOLE) // 2], "is not well-formed XML"),
        ("r.rm5", f"<A>{WHOLE.partition('?>')[2]}</A>", "its root is <A>"),
        ("r.rm5", WHOLE.replace("UTF-8", "no-such-code"), "is not well-formed XML|cannot be read as XML"),
        ("r.rm5", WHOLE.replace("Death", "&nothing;"), "is not well-formed XML"),
        ("r.mtv", "METAVIEW:Empty\nSTART DATA\nEND DATA\n", "holds no analysis"),
        ("1-overall-estimates-and-settings.csv", reviews.sheet([SETTINGS]), "holds no results of studies"),
        ("r.csv", reviews.exported([]), "no row states a data type"),
    ],
)
def test_a_document_that_is_not_what_it_claims_is_one_clear_sentence(name, content, said, tmp_path):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(InvalidInput, match=said) as caught:
        read(path)
    assert len(caught.value.mistakes) == 1


def test_entities_are_not_even_defined_in_another_encoding(tmp_path):
    path = tmp_path / "r.rm5"
    text = WHOLE.replace("UTF-8", "UTF-16").replace("<COCHRANE", LAUGHS + "<COCHRANE", 1)
    path.write_bytes(text.encode("utf-16"))
    with pytest.raises(InvalidInput, match="has a document type declaration"):
        read(path)


def test_a_review_in_utf_16_reads_like_any_other(tmp_path):
    path = tmp_path / "r.rm5"
    path.write_bytes(WHOLE.replace("UTF-8", "UTF-16").encode("utf-16"))
    assert len(read(path).trials) == 7


@pytest.mark.parametrize(
    "row, reason",
    [
        ({"EVENTS_1": "60", "TOTAL_1": "50"}, IMPOSSIBLE),
        ({"EVENTS_1": ""}, "numbers are missing: events_1"),
        ({"EVENTS_1": "NaN"}, "numbers are missing: events_1"),
        ({"EVENTS_1": "1E400"}, "numbers are missing: events_1"),
        ({"EVENTS_1": "five"}, "numbers are missing: events_1"),
        ({"TOTAL_2": "0"}, "numbers are missing: n_2"),
        ({"EVENTS_1": "-3"}, IMPOSSIBLE),
        ({"EVENTS_1": "2.5"}, "counts are not whole numbers"),
    ],
)
def test_a_row_without_possible_numbers_is_refused_with_the_reason(row, reason, tmp_path):
    whole = {"EVENTS_1": "5", "TOTAL_1": "50", "EVENTS_2": "6", "TOTAL_2": "50"}
    path = tmp_path / "r.rm5"
    path.write_text(reviews.rm5(reviews.outcome("DICH", [("CDP", whole | row)], **OR)))
    found = read(path)
    assert found.ledger["status"][0] == "refused" and found.ledger["reason"][0] == reason
    assert not found.trials and not found.syntheses


@pytest.mark.parametrize("row", [{"SD_1": "0.0"}, {"TOTAL_1": "1"}, {"SD_2": ""}])
def test_means_without_a_standard_deviation_are_refused(row, tmp_path):
    path = tmp_path / "r.rm5"
    own = reviews.means()[0][1] | row
    path.write_text(reviews.rm5(reviews.outcome("CONT", [("Davis", own)], EFFECT_MEASURE="MD")))
    assert read(path).ledger["reason"][0].startswith("a standard deviation is 0 or missing")


def test_studies_of_one_name_have_files_of_their_own(tmp_path):
    path = tmp_path / "r.rm5"
    studies = [("CDP", 1976), ("\N{GREEK SMALL LETTER ALPHA}", 1977), ("\N{GREEK SMALL LETTER BETA}", "19xx")]
    rows = [(name, reviews.counts()[0][1]) for name, _ in studies] + [("unknown", reviews.counts()[1][1])]
    path.write_text(reviews.rm5(reviews.outcome("DICH", rows, **OR), studies=studies))
    found = read(path)
    assert [trial.id for trial in found.trials] == ["cdp", "result", "result_2", "std_unknown"]
    assert [trial.year for trial in found.trials] == [1976, 1977, "not stated", "not stated"]


ODD = ("", "0", "-1", "NaN", "1e999", "12,5", "<0.001", "\u00a0", "x" * 400, "99999999999999999999", "0.5", "\u2212 3")


def mutated(text, chance):
    """Return XML in which some attributes are gone or have an odd value, and some elements another name."""

    def attribute(found):
        if chance.random() > 0.02:
            return found[0]
        return "" if chance.random() < 0.4 else f' {found[1]}="{chance.choice(ODD).replace("<", "&lt;")}"'

    text = re.sub(r' ([A-Z_0-9]+)="[^"]*"', attribute, text)
    for tag in chance.sample(["NAME", "GROUP_LABEL_1", "GRAPH_LABEL_1", "DICH_DATA", "STUDY", "TITLE", "YR"], 2):
        text = re.sub(rf"(</?){tag}\b", r"\1OTHER", text)
    return text


@pytest.mark.parametrize("seed", [pytest.param(seed, marks=[] if seed < 2 else pytest.mark.slow) for seed in range(5)])
def test_mutated_reviews_give_rows_and_no_crash(seed, tmp_path):
    chance = random.Random(seed)
    path = tmp_path / "r.rm5"
    path.write_text(mutated(gzip.decompress(FILE.read_bytes()).decode(), chance))
    found = read(path, benefit="lower")
    assert len(found.ledger) > 20 and not found.ledger["reason"][found.ledger["status"] == "refused"].eq("").any()


@pytest.mark.parametrize("seed", range(4))
def test_mutated_sheets_give_rows_and_no_crash(seed, tmp_path):
    chance = random.Random(seed)
    rows = [
        {name: chance.choice(ODD) if chance.random() < 0.15 else cell for name, cell in reviews.count_row("1.1", *row).items()}
        for row in reviews.ASPIRIN
    ]
    path = tmp_path / "1-data-rows.csv"
    path.write_text(reviews.sheet(rows))
    answers = tmp_path / "answers.toml"
    answers.write_text('benefit = "lower"\nmeasure = "odds_ratio"\n')
    assert len(read(path, answers=answers).ledger) >= 7

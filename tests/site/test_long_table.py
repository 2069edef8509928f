"""The page of a table of adverse events with more terms than a reader can take in: those that matter, and a file of all."""

import csv
import re

import pytest
from support.pages import problems
from support.trials import make_outcome

from bayes.report import write
from bayes.report.dossier.stored import Stored
from bayes.report.dossier.terms import MOST, chosen, terms
from bayes.results import regenerate
from bayes.results.summary_file import Summary

RAISED, LOWERED, FREQUENT = ("System 0/Raised", 40, 9), ("System 1/Lowered", 8, 41), ("System 2/Frequent", 150, 149)
USUAL = [(1, 0), (0, 1), (1, 1), (2, 1), (0, 2)]  # of most terms of a registry
COUNTS = dict([(name, (t, c)) for name, t, c in (RAISED, LOWERED, FREQUENT)] + [(f"System {i % 6}/Term {i}", USUAL[i % 5]) for i in range(51)])  # fmt: skip
PRIORS = """id = "two"
[effect.neutral]
rule = "neutral"
rationale = "Each row alone."
[hierarchy.berry]
rationale = "All rows jointly."
"""


def test_the_rule():
    names = [f"t{i}" for i in range(9)]
    assert chosen(["t7"], names, names[::-1], most=4) == ["t7", "t0", "t8", "t1"]
    assert chosen(names[::-1], names, names, most=3) == ["t8", "t7", "t6"], "flagged terms first, as many as have room"
    assert chosen([], names, names) == names


def test_a_short_table_is_shown_whole(tmp_path):
    rows = [{"soc": "s", "term": f"t{i}", "treatment": {"persons": 1}, "control": {"persons": 0}} for i in range(MOST)]
    target = make_outcome("odds_ratio", "lower", {"kind": "adverse_events", "n": {"treatment": 9, "control": 9}, "rows": rows})
    assert terms(Stored(tmp_path, target, None, None, (), Summary([], [], [])), {"main": None, "rows": []}) is None


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report of 54 invented terms, each row alone and jointly."""
    folder = tmp_path_factory.mktemp("long")
    places = {}
    rows = []
    for i, (name, (t, c)) in enumerate(COUNTS.items()):
        soc, term = name.split("/")
        rows.append(f'{{ soc = "{soc}", term = "{term}", treatment = {{ persons = {t} }}, control = {{ persons = {c} }} }}')
        places |= {f"rows.{i}.{arm}.persons": f'{{ path = "events[{i}].{arm}" }}' for arm in ("treatment", "control")}
    said = "\n".join(f'"{path}" = {place}' for path, place in places.items())
    (folder / "invented.toml").write_text(f"""id = "invented"
title = "An invented trial"
year = 2026
condition = "none"
design = "simulated"
arms = {{ treatment = "drug", control = "placebo" }}
n = {{ treatment = 1000, control = 1000 }}
[outcomes.ae]
label = "Adverse events"
measure = "odds_ratio"
benefit = "lower"
source = "simulated"
[outcomes.ae.evidence]
kind = "adverse_events"
n = {{ treatment = 1000, control = 1000 }}
rows = [{", ".join(rows)}]
[outcomes.ae.sources]
{said}
""")
    (folder / "two.toml").write_text(PRIORS)
    run = regenerate(folder / "results", [folder / "invented.toml"], prior_set=folder / "two.toml", jobs=1)
    assert not run.failed and len(run.done) == 2
    assert not write(folder / "results").lost
    return folder / "results" / "report"


@pytest.mark.nuts
def test_the_page_is_small_and_shows_the_terms_that_matter(report):
    page = report / "outcomes" / "invented.ae.html"
    text = page.read_text(encoding="utf-8")
    assert page.stat().st_size < 300_000
    for name, *_ in (RAISED, LOWERED, FREQUENT):
        assert text.count(f"<td>{name}<") >= 4, "alone and jointly, in short and with every probability"
        assert name.split("/")[1] in text[text.index('<figure id="dots">') : text.index("</svg>")]
    left_out = [name for name in COUNTS if f"<td>{name}<" not in text]
    assert len(left_out) == len(COUNTS) - MOST
    assert f"{len(left_out)} further terms: in <a href=\"../data/invented.ae.terms.csv\">" in text
    assert f"by body system: {MOST} of {len(COUNTS)} terms" in text
    assert all(f">{name.split('/')[1]}<" not in text for name in left_out), "neither in the figure nor as printed"
    assert len(re.findall(r"<td>events\[\d+\]\.treatment", text)) == MOST


@pytest.mark.nuts
def test_the_page_is_right_in_a_browser(report, browser):
    assert problems(browser, report, [report / "outcomes" / "invented.ae.html"]) == []


@pytest.mark.nuts
def test_the_file_beside_the_page_has_every_term(report):
    with open(report / "data" / "invented.ae.terms.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with open(report / "data" / "invented.ae.csv", encoding="utf-8", newline="") as file:
        known = {(row["parameter"], row["prior"]): row for row in csv.DictReader(file)}
    names = [f"{row['system']}/{row['term']}" for row in rows]
    assert len(rows) == 2 * len(COUNTS) and list(dict.fromkeys(names)) == list(COUNTS)
    assert sum(row["on_page"] == "yes" for row in rows) == 2 * MOST
    for i, (name, row) in enumerate(zip(names, rows, strict=True)):
        assert (int(row["treatment"]), int(row["control"])) == COUNTS[name] and row["treatment_n"] == "1000"
        assert row["control_place"] == f"events[{i // 2}].control"
        own = known[f"effect[{name}]", row["prior"]]
        exact = own["exact_p_harm"] or own["p_harm"]
        assert float(row["p_harm"]) == pytest.approx(float(exact), abs=1e-12)
    flagged = {name for name, row in zip(names, rows, strict=True) if row["flagged"]}
    assert RAISED[0] in flagged and LOWERED[0] not in flagged


@pytest.mark.nuts
def test_the_report_keeps_the_file_when_it_is_written_again(report):
    write(report.parent)
    assert (report / "data" / "invented.ae.terms.csv").is_file()

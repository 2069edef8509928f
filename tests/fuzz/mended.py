"""Inputs that broke the rule, as small as they could be made, with what each of them did before it was mended."""

from __future__ import annotations

import json
from typing import NamedTuple

from support import registry_records, reviews

HUGE = "0x" + "f" * 5000  # a whole number of 6,000 digits, which Python reads but does not write
TRIAL = """title = "A trial"
condition = "x"
design = "randomised"
arms = {{ treatment = "a", control = "b" }}
{}
[outcomes.gel]
label = "Lesions"
measure = "rate_ratio"
benefit = "lower"
source = "abstract"
evidence = {{ kind = "estimate", estimate = 0.94, ci = [0.58, {}] }}
{}
"""
WHOLE = 'id = "it"\nyear = 2020\nn = { treatment = 20, control = 20 }'
SYNTHESIS = 'id = "spare"\nlabel = "x"\nmeasure = "odds_ratio"\nbenefit = "lower"\noutcomes = ["one.toml:death", "{}"]\n'
CLASS = '{"title": "a", "categories": [{"measurements": [{"groupId": "OG000", "value": "x"}, {"groupId": "OG001", "value": "y"}]}]}'
RESULTS = "id,measure,benefit,estimate,se{}\nr1,hazard_ratio,lower,0.85,0.2{}\n"


class Mended(NamedTuple):
    """An input that broke the rule."""

    door: str
    did: str
    name: str
    content: str | bytes


def _record(**measure: object) -> str:
    return json.dumps(registry_records.study(registry_records.measure(**measure)))


def _many_rows(rows: int) -> str:
    lines = reviews.metaview().split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("0 01 01"))
    return "\n".join([*lines[:at], *[lines[at]] * rows, *lines[at:]])


MENDED = (
    Mended("trial", "decimal.Overflow", "it.toml", TRIAL.format("", "1e999999999", "")),
    Mended("trial", "decimal.Overflow of a whole number", "it.toml", TRIAL.format("n = { treatment = 1e999999999, control = 2 }", "1.5", "")),
    Mended("trial", "ValueError: 4300 digits, in the id", "it.toml", TRIAL.format(f"id = {HUGE}", "1.5", "")),
    Mended("answers of an import", "ValueError: 4300 digits, in a suggestion", "answers.toml", f"measure = {HUGE}\n"),
    Mended("trial", "OverflowError of a percentage", "it.toml", TRIAL.format("", "9" * 400, "").replace("ci =", 'printed_as = "percent_reduction", ci =')),
    Mended("trial", "a message of 13 kB", "it.toml", TRIAL.format("\n".join(f"strange_{i} = 1" for i in range(60)), "1.5", "")),
    Mended("trial", "2 s for the slips of a long line", "it.toml", TRIAL.format(f"year = {'1.1' * 10_000}", "1.5", "")),
    Mended("prior set", "U+2028 in a message", "it.toml", '["\\u2028".cochrane]\nrationale = 1\n'),
    Mended("check", "U+001B on the terminal", "it.toml", TRIAL.format(WHOLE, "1.9", 'acknowledged = [{ finding = "evidence.estimate", reason = "\\u001b[2J" }]')),
    Mended("synthesis", "OSError: File name too long", "spare.toml", SYNTHESIS.format("s" * 300 + ":death")),
    Mended("import of ctgov", "decimal.Overflow", "r.json", _record(classes={"": (("5.1", "1e999999999"), ("4.0", "2.2"))})),
    Mended("import of ctgov", "UnicodeEncodeError in the ledger", "r.json", _record(title="\udcff")),
    Mended("import of ctgov", "more than a minute for ten thousand classes", "r.json",
           _record(classes={"": (("x", "2.0"), ("4.0", "2.2"))}).replace('"classes": [', '"classes": [' + 4000 * f"{CLASS}, ")),
    Mended("import of ctgov", "a title that no trial file may have", "r.json", _record().replace("A trial", "x" * 25_000)),
    Mended("import of revman", "2 s for the ids of rows with one name", "r.mtv", _many_rows(4000)),
    Mended("import of table", "2 s for a cell of digits", "t.csv", f"study,events.treat,n.treat,events.control,n.control\nA,5,{'9' * 5000},9,48\n"),
    Mended("import of table", "2 s for an estimate of digits", "t.csv", f"study,OR,p\nA,{'9' * 10_000},0.3\n"),
    Mended("joint statements", "2 s for ten thousand statements", "joint", "\0".join(["mesems:gel_24w=benefit"] * 10_000)),
    Mended("expert's statement", "UnicodeEncodeError on the terminal", "expert", b"A\xff = 5% 0.5, 95% 1.2"),
    Mended("corpus", "csv.Error", "corpus.csv", "id,mea\rsure,benefit\n"),
    Mended("corpus", "2 s for forty thousand columns", "corpus.csv", RESULTS.format(",x" * 40_000, "," * 40_000)),
)  # fmt: skip

"""Reviews in the forms of RevMan, written here from numbers: `.rm5`, the CSV that it exports, data packages, MetaView.

The numbers are those of Fleiss 1993 (Stat Methods Med Res 2:121-45): deaths after myocardial infarction in seven trials
of aspirin, and means in five trials of mental health treatment, as in the data sets Fleiss1993bin and Fleiss1993cont of
the R package meta.
"""

import csv
import io
import zipfile
from math import exp, log, sqrt
from xml.sax.saxutils import quoteattr

from bayes.importing import read

ASPIRIN = (
    ("MRC-1", 1974, 49, 615, 67, 624),
    ("CDP", 1976, 44, 758, 64, 771),
    ("MRC-2", 1979, 102, 832, 126, 850),
    ("GASP", 1979, 32, 317, 38, 309),
    ("PARIS", 1980, 85, 810, 52, 406),
    ("AMIS", 1980, 246, 2267, 219, 2257),
    ("ISIS-2", 1988, 1570, 8587, 1720, 8600),
)
CARE = (
    ("Davis", 1973, 5.0, 4.7, 13, 6.5, 3.8, 13),
    ("Florell", 1971, 4.9, 1.71, 30, 6.1, 2.3, 50),
    ("Gruen", 1975, 22.5, 3.44, 35, 24.9, 10.65, 35),
    ("Hart", 1975, 12.5, 1.47, 20, 12.3, 1.66, 20),
    ("Wilson", 1977, 6.5, 0.76, 8, 7.38, 1.41, 8),
)
OR = {"EFFECT_MEASURE": "OR", "METHOD": "MH"}
ASPIRIN_ARMS, CARE_ARMS = ("Aspirin", "Control"), ("Mental Health Treatment", "Control")


def counts(rows=ASPIRIN):
    """Return rows of counts as attributes of `.rm5`, by study."""
    return [
        (name, {"EVENTS_1": a, "TOTAL_1": n1, "EVENTS_2": c, "TOTAL_2": n2, "O_E": "0.0", "VAR": "0.0"})
        for name, _, a, n1, c, n2 in rows
    ]


def means(rows=CARE):
    """Return rows of means as attributes of `.rm5`, by study."""
    names = ("MEAN_1", "SD_1", "TOTAL_1", "MEAN_2", "SD_2", "TOTAL_2")
    return [(name, dict(zip(names, values, strict=True))) for name, _, *values in rows]


def outcome(kind, rows, number=1, groups=("Aspirin", "Control"), graph=None, name="Death", subgroups=(), **attributes):
    """Return an outcome of `.rm5`, with rows of (study, attributes) of its own or in subgroups of (name, rows)."""
    own = {"ID": f"CMP-001.{number:02}", "NO": number, "CI_STUDY": "95", "RANDOM": "NO", "TOTALS": "YES", **attributes}
    left, right = graph or (f"Favours {groups[0].lower()}", f"Favours {groups[1].lower()}")
    labels = {"GROUP_LABEL_1": groups[0], "GROUP_LABEL_2": groups[1], "GRAPH_LABEL_1": left, "GRAPH_LABEL_2": right}
    parts = [f"<{kind}_OUTCOME{_written(own)}>", f"<NAME>{name}</NAME>"]
    parts += [f"<{tag}>{text}</{tag}>" for tag, text in labels.items()]
    parts += _rows(kind, rows)
    for i, (label, inside) in enumerate(subgroups, 1):
        parts.append(f"<{kind}_SUBGROUP{_written({'ID': f'{own["ID"]}.{i:02}', 'NO': i})}><NAME>{label}</NAME>")
        parts += [*_rows(kind, inside), f"</{kind}_SUBGROUP>"]
    return "\n".join([*parts, f"</{kind}_OUTCOME>"])


def _rows(kind, rows):
    return [f"<{kind}_DATA{_written({'STUDY_ID': f'STD-{name}', 'ESTIMABLE': 'YES', **row})}/>" for name, row in rows]


def _written(attributes):
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in attributes.items())


def rm5(*outcomes, studies=(*ASPIRIN, *CARE), title="A review", before="", judged=""):
    """Return a `.rm5` document with one comparison."""
    listed = "".join(f'<STUDY ID="STD-{name}" NAME="{name}" YEAR="{year}"/>' for name, year, *_ in studies)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
{before}<COCHRANE_REVIEW REVMAN_VERSION="5">
<COVER_SHEET><TITLE>{title}</TITLE></COVER_SHEET>
<STUDIES_AND_REFERENCES><STUDIES><INCLUDED_STUDIES>{listed}</INCLUDED_STUDIES></STUDIES></STUDIES_AND_REFERENCES>
<QUALITY_ITEMS>{judged}</QUALITY_ITEMS>
<ANALYSES_AND_DATA><COMPARISON ID="CMP-001" NO="1"><NAME>Comparison</NAME>
{"".join(outcomes)}
</COMPARISON></ANALYSES_AND_DATA>
</COCHRANE_REVIEW>
"""


def sheet(rows):
    """Return rows, mappings of columns to cells, as CSV with a byte order mark."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(rows)
    return "\ufeff" + text.getvalue()


def data_row(analysis, study, year, **cells):
    """Return a row of a data package, filled with 0 where nothing is stated."""
    filled = ("GIV Mean", "GIV SE", "Experimental mean", "Experimental SD", "Experimental cases", "Experimental N")
    filled += ("Control mean", "Control SD", "Control cases", "Control N", "O-E", "Variance", "Mean", "CI start")
    group, number = analysis.split(".")
    first = {"Analysis group": group, "Analysis number": number, "Analysis name": "Death", "Subgroup": ""}
    first |= {"Applicability": "SUBGROUP_AND_OVERALL", "Study": study, "Study year": year}
    return first | dict.fromkeys((*filled, "CI end"), 0) | {"Footnotes": ""} | cells


def count_row(analysis, study, year, a, n1, c, n2, **cells):
    """Return a row of counts of a data package."""
    own = {"Experimental cases": a, "Experimental N": n1, "Control cases": c, "Control N": n2}
    return data_row(analysis, study, year, **own, **cells)


def package(path, name="12", **parts):
    """Write a data package: zip in zip, with the parts by their names (`rows`, `settings`, `groups`, `bias`)."""
    ends = {"rows": "data-rows", "settings": "overall-estimates-and-settings", "groups": "subgroup-estimates"}
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        for part, rows in parts.items():
            folder = f"{name}-{'study' if part == 'bias' else 'analysis'}-data"
            archive.writestr(f"{folder}/{name}-{ends.get(part, 'risk-of-bias')}.csv", sheet(rows))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"review/{name}-article.pdf", "%PDF-1.7")
        archive.writestr(f"review/{name}-files/{name}-data.zip", inner.getvalue())


def exported(analyses):
    """Return the CSV that RevMan 5 exports, of (heading row, rows) per analysis."""
    rows = [{"Comparison Number": 1, "Outcome Number": 0, "Subgroup Number": 0, "Name": "Comparison"}]
    for i, (heading, inside) in enumerate(analyses, 1):
        numbered = {"Comparison Number": 1, "Outcome Number": i, "Subgroup Number": 0}
        rows += [numbered | heading, *(numbered | row for row in inside)]
    return sheet(rows)


def metaview():
    """Return both examples as MetaView: lines of fixed width."""
    lines = [f"{'METAVIEW:Examples':249}", "START DATA", "3 01 01 Examples"]
    for number, kind, label, arms in ((1, "D", "Aspirin v control", ASPIRIN_ARMS), (2, "C", "Care", CARE_ARMS)):
        heading = f"2 {kind} 01 {number:02} Y 4 2 2 3 Y 01 {label:107} {'Favours ' + arms[0]:.20} "
        heading = f"{heading:154}{'Favours ' + arms[1]:20.20} {arms[0]:20.20} {arms[1]:20.20}"
        lines.append(heading)
        rows = ASPIRIN if kind == "D" else CARE
        for name, year, *values in rows:
            if kind == "D":
                a, n1, c, n2 = values
                m1 = s1 = m2 = s2 = 0.0
            else:
                m1, s1, n1, m2, s2, n2 = values
                a = c = 0
            own = f"{a:6} {n1:6} {m1:9.2f} {s1:9.2f} {c:6} {n2:6} {m2:9.2f} {s2:9.2f} {0:9.2f} {0:9.2f}    0 D"
            lines.append(f"0 01 {number:02} 00 {name:20} {year}  {own}")
    return "\n".join([*lines, "STUDIES:  12", "END DATA"]) + "\n"


def imported(folder, *outcomes, judged="", answers=None, **options):
    """What a review of these outcomes becomes; `answers` is the text of an answers file."""
    path = folder / "review.rm5"
    path.write_text(rm5(*outcomes, judged=judged))
    if answers is not None:
        options["answers"] = folder / "answers.toml"
        options["answers"].write_text(answers)
    return read(path, **options)


def first(found):
    """The first outcome of the first trial."""
    return next(iter(found.trials[0].outcomes.values()))


def effect(measure, a, n1, c, n2):
    """Return an effect of counts with its 95% interval, in closed form, as attributes of `.rm5`."""
    if measure == "RD":
        y, s = a / n1 - c / n2, sqrt(a * (n1 - a) / n1**3 + c * (n2 - c) / n2**3)
        values = (y, y - 1.959963984540054 * s, y + 1.959963984540054 * s)
    else:
        y = log(a * n2 / (c * n1)) if measure == "RR" else log(a * (n2 - c) / (c * (n1 - a)))
        v = 1 / a + 1 / c + (-1 / n1 - 1 / n2 if measure == "RR" else 1 / (n1 - a) + 1 / (n2 - c))
        values = tuple(exp(y + q * sqrt(v)) for q in (0, -1.959963984540054, 1.959963984540054))
    return dict(zip(("Mean", "CI start", "CI end"), (f"{value:.6f}" for value in values), strict=True))

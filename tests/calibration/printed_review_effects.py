"""Which printed effects of binary outcomes in reviews are recomputed from their counts, and why the others are not.

    python tests/calibration/printed_review_effects.py FILE

FILE is a CSV, plain or gzip, with a row per study of an analysis: review, Analysis.group, Analysis.number, kind
("binary" for counts), Experimental.cases, Experimental.N, Control.cases, Control.N, and an effect with its standard
error, y and se: the log odds ratio, with 1/2 added to every cell if one is empty.

Rows of counts may hold a standard error in GIV.SE as well, that of the analysis's own measure, which is not named. It is
often left over from counts that were corrected later; how many are those of the counts is told beside the answer.
"""

import csv
import gzip
import sys
from collections import Counter, defaultdict
from decimal import Decimal

from bayes.importing.revman import measures
from bayes.importing.revman.review import Number, Row

COLUMNS = {
    "events_1": "Experimental.cases", "n_1": "Experimental.N", "events_2": "Control.cases", "n_2": "Control.N"
}  # fmt: skip
CANDIDATES = [(measure, swapped) for swapped in (False, True) for measure in (*measures.OF_DATA["dichotomous"], measures.PETO)]
CLOSE = 1e-6  # relative, of numbers stored in double precision


def main(path):
    rows = list(read(path))
    print(f"{len(rows):,} rows of counts in {len({key for key, *_ in rows}):,} analyses")
    told("effects (y and se) as log odds ratios", Counter(why_not_effect(row, line) for _, row, line in rows))
    told("standard errors in GIV.SE, by the measure that fits most of their analysis", Counter(of_errors(rows)))


def read(path):
    """Yield the analysis, the row and the line of every row of counts."""
    with gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else open(path, encoding="utf-8") as file:
        for i, line in enumerate(csv.DictReader(file), 2):
            if line["kind"] == "binary":
                numbers = {name: Number(Decimal(line[column]), f"row {i}") for name, column in COLUMNS.items()}
                analysis = (line["review"], line["Analysis.group"], line["Analysis.number"])
                yield analysis, Row(line["Study"], f"row {i}", numbers), line


def number(cell):
    try:
        found = float(cell)
    except ValueError:
        return None
    return found if found == found else None


def close(one, other):
    return abs(one - other) <= CLOSE * max(abs(one), abs(other), 1e-3)


def why_not_effect(row, line):
    """Return why y and se are not recomputed from the counts; empty if they are."""
    y, se = number(line["y"]), number(line["se"])
    if y is None or se is None:
        return "no effect is printed"
    effect = measures.of_counts(row, "odds_ratio")
    if effect is None:
        return "no or all events in both arms: no effect can be recomputed"
    return "" if close(effect[0], y) and close(effect[1], se) else "other numbers"


def of_errors(rows):
    """Yield for every printed standard error why it is not that of its analysis's measure; empty if it is."""
    analyses = defaultdict(list)
    for key, row, line in rows:
        if number(line["GIV.SE"]):
            analyses[key].append((row, number(line["GIV.SE"])))
    for printed in analyses.values():
        reproduced = {way: [agrees(row, error, way) for row, error in printed] for way in CANDIDATES}
        best = max(CANDIDATES, key=lambda way: sum(reproduced[way]))
        for (row, error), right in zip(printed, reproduced[best], strict=True):
            yield "" if right else why_not_error(row, error, best)


def agrees(row, error, way):
    effect = measures.of_counts(row, *way)
    return effect is not None and close(effect[1], error)


def why_not_error(row, error, best):
    others = [measure for measure, swapped in CANDIDATES if not swapped and agrees(row, error, (measure, False))]
    if others:
        return f"that of another measure ({others[0]}) than the rest of the analysis ({best[0]})"
    counts = [float(row.numbers[name].value) for name in COLUMNS]
    return "those of other counts" + (", now with an empty cell" if min(counts[0], counts[2]) == 0 else "")


def told(what, counted):
    expected = sum(n for reason, n in counted.items() if reason != "no effect is printed")
    print(f"\n{what}: {counted['']:,} of {expected:,} recomputed ({counted[''] / expected:.2%})")
    for reason, n in counted.most_common():
        if reason:
            print(f"  {n:6,}  {reason}")


if __name__ == "__main__":
    main(sys.argv[1])

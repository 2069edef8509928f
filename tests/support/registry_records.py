"""Records of ClinicalTrials.gov for tests: excerpts of real ones, and small made ones."""

import json
import re

from bayes.importing.answers import Answers
from bayes.importing.building import checked
from bayes.importing.ctgov.reader import record_of
from bayes.importing.ctgov.record import Node
from support.paths import ROOT

EXCERPTS = ROOT / "tests" / "files" / "importing" / "ctgov"
MEASURES = "resultsSection.outcomeMeasuresModule.outcomeMeasures"


def excerpt(name):
    """Return an excerpt of a real record."""
    return json.loads((EXCERPTS / f"{name}.json").read_text(), parse_float=str, parse_int=str)


def imported(record, **decided):
    """Return what a record became, and its trial; `answers` or single decisions."""
    answers = decided.pop("answers", None) or Answers(**decided)
    return checked(record_of(Node(record), "the document", answers))


def rows(record):
    """Return status, reason and outcome of each result by its place in the outcome measures."""
    return {one.place.removeprefix(MEASURES): (one.status, one.reason, one.outcome) for one in record.results}


def value_at(record, path):
    """Return what stands at a JSON path."""
    for key in re.findall(r"[^.\[\]]+", path):
        record = record[int(key)] if isinstance(record, list) else record[key]
    return record


def group(number, title):
    return {"id": f"OG00{number}", "title": title}


def measure(title="Score", parameter="MEAN", dispersion="Standard Deviation", unit="points", classes=None, analyses=(), n=(50, 48), titles=("Drug", "Placebo"), **more):
    """Return an outcome measure; `classes` maps the title of a class to its values, a text or (value, spread) per group."""
    return {
        "type": "PRIMARY",
        "title": title,
        "paramType": parameter,
        "dispersionType": dispersion,
        "unitOfMeasure": unit,
        "timeFrame": "week 12",
        "groups": [group(i, one) for i, one in enumerate(titles)],
        "denoms": [{"units": "Participants", "counts": [{"groupId": f"OG00{i}", "value": str(one)} for i, one in enumerate(n)]}],
        "classes": [{"title": name, "categories": [{"measurements": cells(values)}]} for name, values in (classes or {"": (("5.1", "2.0"), ("4.0", "2.2"))}).items()],
        "analyses": list(analyses),
        **more,
    }  # fmt: skip


def cells(values):
    found = []
    for i, value in enumerate(values):
        parts = value if isinstance(value, tuple) else (value,)
        cell = {"groupId": f"OG00{i}", "value": parts[0]}
        cell |= {"spread": parts[1]} if len(parts) == 2 else {}
        cell |= {"lowerLimit": parts[1], "upperLimit": parts[2]} if len(parts) == 3 else {}
        found.append(cell)
    return found


def analysis(parameter="Mean Difference (Final Values)", value="1.1", low="0.25", high="1.95", **more):
    """Return an analysis of the first two groups."""
    return {
        "groupIds": ["OG000", "OG001"],
        "nonInferiorityType": "SUPERIORITY",
        "paramType": parameter,
        "paramValue": value,
        "ciPctValue": "95",
        "ciNumSides": "TWO_SIDED",
        "ciLowerLimit": low,
        "ciUpperLimit": high,
        **more,
    }


ARMS = (("Drug", "EXPERIMENTAL"), ("Placebo", "PLACEBO_COMPARATOR"))


def study(*measures, arms=ARMS, allocation="RANDOMIZED", model="PARALLEL", number="NCT00000001", **description):
    """Return a record of these outcome measures."""
    return {
        "protocolSection": {
            "identificationModule": {"nctId": number, "briefTitle": "A trial"},
            "descriptionModule": description,
            "designModule": {"designInfo": {"allocation": allocation, "interventionModel": model}},
            "armsInterventionsModule": {"armGroups": [{"label": label, "type": kind} for label, kind in arms]},
        },
        "resultsSection": {"outcomeMeasuresModule": {"outcomeMeasures": list(measures)}},
    }

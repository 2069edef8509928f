"""Tables that are not of comparisons between two arms, and the words for what they are."""

from __future__ import annotations

from bayes.importing.table.headers import Table
from bayes.importing.table.reports import Report
from bayes.importing.table.written_cells import is_missing, looks_numeric

CORRELATION = "correlations are not effects of a randomised comparison"
DIAGNOSTIC = "diagnostic accuracy (TP, FP, FN, TN) is not an effect of a randomised comparison"
NETWORK = "a network: more than two treatments; accepted: one comparison of two arms a study"
TURNED = "the two treatments change places between rows; accepted: the same treatment first in every row"
DOSE = "dose-response: several doses a study; accepted: one comparison of two arms a study"
ONE_ARM = "one arm a study: no comparison"
PHYLOGENETIC = "effects of species, related by their phylogeny: not effects of a randomised comparison"
NO_VARIANCE = "the variances are missing: yi without vi or sei (TE without seTE)"
UNKNOWN = "no result in columns with known names; decide `columns`"

CORRELATIONS = ("ri", "cor", "corr", "correlation", "correlations", "pearsonr", "zr", "fisherz", "r")
ACCURACY = ({"tp", "fp", "fn", "tn"}, {"tp", "np", "tn", "nn"}, {"sensitivity", "specificity"}, {"sens", "spec"})
PAIRS = (("treatment1", "treatment2"), ("treat1", "treat2"), ("trt1", "trt2"), ("t1", "t2"), ("arm1", "arm2"))
DOSES = ("dose", "doses", "doselevel", "concentration")
NESTED = ("district", "cluster", "paper", "article", "publication", "laboratory", "lab", "experimentgroup")
SPECIES = ("species", "phylogeny", "phylo", "speciesid", "taxon")
SINGLE = ("ni", "n", "total", "samplesize", "size", "same", "flips")
EVENTS = ("xi", "x", "events", "event", "cases", "r", "deaths", "death", "responders", "same")


def wide_network(table: Table) -> str | tuple[str, str] | None:
    """Return why a table that names two treatments a row is a network, or their names if there are but two."""
    for first, second in PAIRS:
        one, other = table.find([first]), table.find([second])
        if one is None or other is None:
            continue
        pairs = set(zip(table.texts(one), table.texts(other), strict=True))
        if all(looks_numeric(text) or is_missing(text) for pair in pairs for text in pair):
            continue  # times, or numbers of patients
        names = {text for pair in pairs for text in pair if not is_missing(text)}
        third = table.find([f"{first[:-1]}3"])
        if len(names) > 2 or third is not None:
            return NETWORK
        return next(iter(pairs)) if len(pairs) == 1 else TURNED
    return None


def certainly_not(table: Table) -> str | None:
    """Return what a table is, if its columns say that it is of no comparison whatever else they hold."""
    known = set(table.squashed)
    if any(names <= known for names in ACCURACY):
        return DIAGNOSTIC
    if not known.isdisjoint(SPECIES):
        return PHYLOGENETIC
    return None


def nested(table: Table, reports: list[Report]) -> str | None:
    """Return why the rows are not independent, if a column says that several of them belong together."""
    if not any(report.family in ("log", "estimate") for report in reports):
        return None
    for name in NESTED:
        column = table.find([name])
        if column is not None and len(set(table.texts(column))) < len(table.rows):
            called = table.columns[column]
            return f"a multilevel table: several effects of one {called.lower()}, which are not independent"
    return None


def without_comparison(table: Table) -> str:
    """Return what a table is in whose columns no report was found."""
    known = set(table.squashed)
    sizes = [name for name in SINGLE if name in known]
    if known & set(DOSES) and known & set(EVENTS):
        return DOSE
    correlated = [name for name in CORRELATIONS if name in known]
    if correlated and (correlated != ["r"] or known & {"ni", "n", "samplesize"}):
        return CORRELATION
    if known & {"yi", "te"}:
        return NO_VARIANCE
    means = [name for name in known if name.startswith("mean") or name in ("mi", "m")]
    if sizes and (known & set(EVENTS) or means):
        return ONE_ARM
    return UNKNOWN

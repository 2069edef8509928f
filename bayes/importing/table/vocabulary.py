"""The names of columns: those of metafor, of meta, of this package's corpora, and those that people use.

Names are compared in lower case and without anything but letters and digits: `event.e` is "evente", `n1i` is "n1i".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, get_args

from bayes.base.measures import MEASURES, Measure

Family = Literal["counts", "rates", "means", "log_rank", "estimate", "log"]
FAMILIES: tuple[Family, ...] = get_args(Family)
Names = Mapping[str, str]  # the name of the column of each field

# Column names of a whole report, which mean what they say only together: `Se` beside `Me` is a standard deviation.
_SCHEMES: tuple[tuple[Family, str, str], ...] = (
    ("counts", "group", "events_t=ai nonevents_t=bi events_c=ci nonevents_c=di"),
    ("counts", "group", "events_t=ai n_t=n1i events_c=ci n_c=n2i"),
    ("counts", "treated", "events_t=tpos nonevents_t=tneg events_c=cpos nonevents_c=cneg"),
    ("counts", "treated", "events_t=tdeath nonevents_t=tnodeath events_c=cdeath nonevents_c=cnodeath"),
    ("rates", "group", "events_t=x1i time_t=t1i events_c=x2i time_c=t2i"),
    ("means", "group", "mean_t=m1i sd_t=sd1i n_t=n1i mean_c=m2i sd_c=sd2i n_c=n2i"),
    ("rates", "experimental", "events_t=evente time_t=timee events_c=eventc time_c=timec"),
    ("counts", "experimental", "events_t=evente n_t=ne events_c=eventc n_c=nc"),
    ("counts", "experimental", "events_t=ee n_t=ne events_c=ec n_c=nc"),
    ("means", "experimental", "mean_t=meane sd_t=sde n_t=ne mean_c=meanc sd_c=sdc n_c=nc"),
    ("means", "experimental", "mean_t=me sd_t=se n_t=ne mean_c=mc sd_c=sc n_c=nc"),
    ("rates", "treated", "events_t=eventst time_t=timet events_c=eventsc time_c=timec"),
    ("rates", "treated", "events_t=eventst time_t=exposuret events_c=eventsc time_c=exposurec"),
    ("counts", "treated", "events_t=eventst n_t=nt events_c=eventsc n_c=nc"),
    ("counts", "treated", "events_t=xt n_t=nt events_c=xc n_c=nc"),
    ("counts", "treated", "events_t=xti n_t=nti events_c=xci n_c=nci"),
    ("means", "treated", "mean_t=meant sd_t=sdt n_t=nt mean_c=meanc sd_c=sdc n_c=nc"),
    ("means", "treated", "mean_t=meant se_t=set n_t=nt mean_c=meanc se_c=sec n_c=nc"),
    ("means", "treated", "mean_t=mt sd_t=sdt n_t=nt mean_c=mc sd_c=sdc n_c=nc"),
)
SCHEMES: tuple[tuple[Family, str, Names], ...] = tuple(
    (family, convention, dict(pair.split("=") for pair in names.split())) for family, convention, names in _SCHEMES
)
SIZES = (("n1i", "n2i"), ("ne", "nc"), ("nt", "nc"), ("ntreat", "ncontrol"), ("ntreatment", "ncontrol"), ("nti", "nci"))
FIELDS = {
    "counts": ("events_t", "n_t", "nonevents_t", "events_c", "n_c", "nonevents_c"),
    "rates": ("events_t", "time_t", "n_t", "events_c", "time_c", "n_c"),
    "means": ("mean_t", "sd_t", "se_t", "n_t", "mean_c", "sd_c", "se_c", "n_c"),
    "log_rank": ("o_minus_e", "variance", "n_t", "n_c"),
    "estimate": ("estimate", "ci_low", "ci_high", "ci", "se", "p", "n_t", "n_c"),
    "log": ("yi", "vi", "sei", "yi_low", "yi_high", "n_t", "n_c"),
}
NEEDED: dict[Family, tuple[tuple[str, ...], ...]] = {  # one of each
    "counts": (("events_t",), ("events_c",), ("n_t", "nonevents_t"), ("n_c", "nonevents_c")),
    "rates": (("events_t",), ("events_c",), ("time_t",), ("time_c",)),
    "means": (("mean_t",), ("mean_c",), ("sd_t", "se_t"), ("sd_c", "se_c"), ("n_t",), ("n_c",)),
    "log_rank": (("o_minus_e",), ("variance",)),
    "estimate": (("estimate",),),
    "log": (("yi",), ("vi", "sei", "yi_low")),
}
GROUPS = {
    "group": ("group 1 of the table", "group 2 of the table"),
    "experimental": ("experimental arm", "control arm"),
    "treated": ("treatment arm", "control arm"),
    "stated": ("treatment arm", "control arm"),
}

# Columns that describe a study.
ABOUT: dict[str, tuple[str, ...]] = {
    "study": (
        *("study", "studylabel", "studlab", "slab", "trial", "trialname", "studyname", "studyid", "trialid", "source"),
        *("reference", "citation", "acronym", "authoryear"),
    ),
    "author": ("author", "authors", "firstauthor"),
    "number": ("id", "no", "nr", "number", "trialno", "studyno"),
    "year": ("year", "pubyear", "publicationyear", "yearofpublication", "yr"),
    "outcome": ("outcome", "outcomes", "endpoint", "outcomename", "outcomelabel", "analysis"),
    "timepoint": ("timepoint", "followup", "visit"),
    "measure": ("measure", "effectmeasure", "summarymeasure", "sm"),
    "scale": ("scale", "instrument", "measure"),
    "benefit": ("benefit", "betterif", "direction"),
    "treatment": ("treatment", "intervention", "experimental", "armt", "treatmentarm", "treatmentname"),
    "control": ("control", "comparator", "comparison", "controlarm", "armc", "controlname", "controltype"),
    "sd_ref": ("sdref", "referencesd"),
    "level": ("level", "cilevel", "conflevel"),
}
MAPPED = tuple(dict.fromkeys([*(name for names in FIELDS.values() for name in names), *ABOUT]))

MEASURE_WORDS: dict[str, Measure] = {
    **{name.replace("_", ""): name for name in MEASURES},
    "or": "odds_ratio", "oddsratio": "odds_ratio", "rr": "risk_ratio", "relativerisk": "risk_ratio",
    "hr": "hazard_ratio", "irr": "rate_ratio", "incidencerateratio": "rate_ratio", "rateratio": "rate_ratio",
    "rd": "risk_difference", "ard": "risk_difference", "md": "mean_difference", "wmd": "mean_difference",
    "smd": "standardised_mean_difference", "standardizedmeandifference": "standardised_mean_difference",
    "hedgesg": "standardised_mean_difference", "hedgessg": "standardised_mean_difference",
    "stddiffinmeans": "standardised_mean_difference", "differenceinmeans": "mean_difference",
    "cohensd": "standardised_mean_difference", "rom": "mean_ratio",
}  # fmt: skip
UNCERTAIN = frozenset({"rr"})  # a risk ratio to metafor and meta, and elsewhere a rate ratio as well
ESTIMATES = ("estimate", "est", "effect", "effectsize", "effectestimate", "pointestimate", "es")
LOG_ESTIMATES = ("yi", "te", "logeffect", "logestimate")
LOW = ("low", "lower", "lcl", "lci", "lb", "ll", "lowerlimit", "lowerbound", "lo")
HIGH = ("high", "upp", "upper", "ucl", "uci", "ub", "ul", "upperlimit", "upperbound", "hi")
LIMITS = ("ci", "confidenceinterval", "interval")
ERRORS = ("se", "stderr", "standarderror", "sei", "sete", "selog", "seln")
OBSERVED = ("ominuse", "ome", "oe", "observedminusexpected", "omine")
VARIANCES = ("vi", "var", "variance", "varte", "varlog", "varln", "v")
P_VALUES = ("p", "pval", "pvalue", "pvalues")


def squashed(name: str) -> str:
    """Return a name in lower case, without anything but letters, digits."""
    return re.sub(r"[^a-z0-9]+", "", name.lower())


def without_measure(name: str) -> str:
    """Return a squashed name without the measure, the level and "ci" in it: "low" for `lowHR` and for `lower 95% CI`.

    The words by which the rest is known contain neither.
    """
    rest = re.sub(r"(?:90|95|99)(?:pct|percent)?", "", name)
    bare = rest.removeprefix("ci").removesuffix("ci") if rest not in ("ci", "lci", "uci") else rest
    for word in sorted(MEASURE_WORDS, key=len, reverse=True):
        for cut in (bare.removesuffix(word), bare.removeprefix(word)):
            if cut and cut != bare and cut in (*LOW, *HIGH, *LIMITS, *ERRORS, *VARIANCES, *P_VALUES):
                return cut
    return bare or rest


def stated_measure(name: str) -> str:
    """Return the squashed word for the effect in a name: "or" for `OR (95% CI)`, "estimate" for `Estimate [95% CI]`."""
    return re.sub(r"(?:80|90|95|99)?ci$", "", squashed(name)) or squashed(name)


def log_measure(name: str) -> Measure | None:
    """Return the measure whose logarithm a column holds: `logOR`, `lnHR`; None if its name does not say so."""
    found = re.fullmatch(r"(?:log|ln)(\w+)", name)
    return MEASURE_WORDS.get(found[1]) if found else None

"""log L(theta) of every kind of report, everything else summed over a dense grid of its prior: a room a kind."""

from math import log

import numpy as np
from scipy import stats

from support.brute_force import events, means, ordinal, persons, statements

RATIOS = ("odds_ratio", "common_odds_ratio", "risk_ratio", "rate_ratio", "hazard_ratio", "mean_ratio")


def log_likelihood(measure, benefit, evidence, theta):
    """log L at an array of effects on the analysis scale, up to a constant."""
    return KINDS[evidence["kind"]](measure, benefit, evidence, np.asarray(theta, float))


def estimate_of(measure, evidence):
    """(y, s, df)."""
    scaled = log if measure in RATIOS else float
    y, df = scaled(float(evidence["estimate"])), evidence.get("df")
    law = stats.norm() if df is None else stats.t(float(df))
    if "ci" in evidence:
        low, high = (scaled(float(x)) for x in evidence["ci"])
        s = (high - low) / (2 * law.ppf((1 + float(evidence.get("level", 0.95))) / 2))
    elif "se" in evidence:
        s = float(evidence["se"])
    else:
        s = abs(y) / law.isf(float(evidence["p"]) / 2)
    return (-y if evidence.get("compares") == "control_vs_treatment" else y), s, df


def _estimate(measure, benefit, evidence, theta):
    y, s, df = estimate_of(measure, evidence)
    return stats.norm.logpdf(theta, y, s) if df is None else stats.t.logpdf(theta, float(df), y, s)


def _proportion(measure, benefit, evidence, theta):
    return stats.binom.logpmf(evidence["events"], evidence["n"], theta)


KINDS = {
    "binary": persons.log_likelihood,
    "events": events.log_likelihood,
    "ordinal": ordinal.log_likelihood,
    "ordinal_cut": ordinal.log_likelihood,
    "means": means.log_likelihood,
    "estimate": _estimate,
    "p_value": statements.log_likelihood,
    "significance": statements.log_likelihood,
    "proportion": _proportion,
}

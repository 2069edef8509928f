"""Printed estimates, p-values and statements about significance."""

from __future__ import annotations

from typing import Any

import numpy as np
from calibration.sbc.simulated import Random, Report
from scipy import stats

LEAST = 1e-14  # a p-value below this is not printed: none of the designs comes near it


def estimate(random: Random, effect: float, se: float, log: bool = True) -> Report:
    """Draw an estimate with a known standard error on the analysis scale."""
    y = random.normal(effect, se)
    return Report({"kind": "estimate", "estimate": float(np.exp(y) if log else y), "se": se})


def estimate_t(random: Random, effect: float, se: float, df: int) -> Report:
    """Draw an estimate whose error, in standard errors, is Student-t."""
    y = effect + se * random.standard_t(df)
    return Report({"kind": "estimate", "estimate": float(np.exp(y)), "se": se, "df": df})


def _printed(statistic: float, p: float, form: str, about: dict[str, Any], known: dict[str, float]) -> Report | None:
    """Return what a paper prints of a test: "p", "folded p" without the direction, "statement", "folded statement"."""
    if p < LEAST:
        return None
    favours = "unknown" if form.startswith("folded") else "treatment" if statistic > 0 else "control"
    kind = {"kind": "p_value", "p": p} if form.endswith("p") else {"kind": "significance", "significant": p < 0.05, "alpha": 0.05}
    return Report(kind | {"favours": favours} | about, known)


def z_test(random: Random, effect: float, se: float, form: str) -> Report | None:
    """Draw a normal test statistic; higher effects are better."""
    z = random.normal(effect / se, 1)
    return _printed(z, float(2 * stats.norm.sf(abs(z))), form, {"se": se}, {})


def t_test(random: Random, effect: float, n: tuple[int, int], form: str) -> Report | None:
    """Draw Student's t of a standardised difference, which is noncentral: its standard deviation is that of the sample."""
    df = sum(n) - 2
    ratio = float(np.sqrt(random.chisquare(df) / df))
    t = random.normal(effect / np.sqrt(1 / n[0] + 1 / n[1]), 1) / ratio
    about = {"n": {"treatment": n[0], "control": n[1]}}
    return _printed(t, float(2 * stats.t.sf(abs(t), df)), form, about, {"sd_ratio": ratio})


def t_test_with_error(random: Random, effect: float, se: float, df: int, form: str) -> Report | None:
    """Draw a t statistic whose standard error is printed, with its degrees of freedom: Student-t about effect / se."""
    ratio = float(np.sqrt(random.chisquare(df) / df))
    t = effect / se + random.standard_normal() / ratio
    return _printed(t, float(2 * stats.t.sf(abs(t), df)), form, {"se": se, "df": df}, {"sd_ratio": ratio})

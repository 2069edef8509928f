"""The printed p-value of an interaction, compared with Cochran's test of the effects of the subgroups."""

from __future__ import annotations

from decimal import Decimal

from scipy.special import chdtri

from bayes.base.numbers import significant
from bayes.checks.finding import NOT_CHECKABLE, Finding
from bayes.synthesis.file import Synthesis
from bayes.synthesis.subgroups import interaction

NEAR = 0.5  # square roots of chi-squared by which two tests of one interaction commonly differ


def check_subgroups(synthesis: Synthesis) -> list[Finding]:
    """Return a finding where the printed p-value of an interaction is not that of the subgroups' effects.

    A paper's test may come from a model with covariates or of other patients, so that a disagreement is never called an
    error. The two agree if the square roots of their chi-squared statistics differ by less than `NEAR`; a bound agrees
    if the effects keep it, or miss it by as little.
    """
    groups = synthesis.subgroups
    if groups is None or groups.p_interaction is None or (test := interaction(synthesis.members)) is None:
        return []
    printed, implied = groups.p_interaction, float(chdtri(test.df, test.p)) ** 0.5
    stated = float(chdtri(test.df, float(printed if isinstance(printed, Decimal) else Decimal(printed[1:])))) ** 0.5
    off = implied - stated
    if isinstance(printed, str):  # "<0.001" wants a statistic of at least the stated one, ">0.2" of at most
        off = min(off, 0.0) if printed[0] == "<" else max(off, 0.0)
    if abs(off) < NEAR:
        return []
    text = (
        f"the effects of the subgroups give p = {significant(test.p, 2)} for interaction (chi-squared "
        f"{significant(test.q, 3)} on {test.df} df): the printed p-value is of another model or other patients, or a "
        "number is wrong"
    )
    where = ("subgroups.p_interaction", NOT_CHECKABLE, str(printed), significant(test.p, 2))
    return [Finding(synthesis.id, "subgroups", *where, None, text)]

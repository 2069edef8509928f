"""Cochran's test of one common effect: of an interaction, where the reports are of subgroups of one trial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, chdtri

from bayes.base.numbers import significant
from bayes.base.written_numbers import unbounded
from bayes.checks.finding import NOT_CHECKABLE, Finding
from bayes.paper.trial import Outcome
from bayes.synthesis.file import Synthesis
from bayes.synthesis.same_patients import normal_summary, why_not_normal

NEAR = 0.5  # square roots of chi-squared by which two tests of one interaction commonly differ


@dataclass(frozen=True)
class Cochran:
    """Cochran's test of whether reports estimate one effect: of an interaction, where they are of subgroups."""

    q: float
    df: int
    p: float


def cochran(estimates: Sequence[tuple[float, float]]) -> Cochran:
    """Test whether estimates have one effect in common (Cochran 1954, Biometrics 10:101-29).

    Parameters
    ----------
    estimates : sequence of (float, float)
        At least two effects with their standard errors, on the analysis scale.
    """
    y, s = np.array(estimates).T
    weight, df = s**-2, len(estimates) - 1
    q = float(weight @ (y - weight @ y / weight.sum()) ** 2)
    return Cochran(q, df, float(chdtrc(df, q)))


def interaction(members: Sequence[Outcome]) -> Cochran | None:
    """Return the test of interaction of subgroups; None unless every report can be summarised by its estimate."""
    if len(members) < 2 or any(why_not_normal(member) for member in members):
        return None
    return cochran([normal_summary(member) for member in members])


def check_subgroups(synthesis: Synthesis) -> list[Finding]:
    """Return a finding where the printed p-value of an interaction is not that of the subgroups' effects.

    A paper's test may come from a model with covariates or of other patients, so that a disagreement is never called an
    error. The two agree if the square roots of their chi-squared statistics differ by less than `NEAR`; a bound agrees
    if the effects keep it, or miss it by as little.
    """
    groups = synthesis.subgroups
    if groups is None or groups.p_interaction is None or (test := interaction(synthesis.members)) is None:
        return []
    printed = groups.p_interaction
    off = test.q**0.5 - float(chdtri(test.df, float(unbounded(printed)))) ** 0.5
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

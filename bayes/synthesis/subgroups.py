"""The subgroups of one trial, whose effects a synthesis shrinks towards one another, and the test of interaction.

Subgroup effects are exchangeable, theta_g ~ Normal(mu, tau), with a stated prior of tau (Dixon and Simon 1991,
Biometrics 47:871-81; Jones et al. 2011, Clin Trials 8:129-43).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from bayes.base.closed import Closed
from bayes.base.written_numbers import PValue
from bayes.paper.trial import Outcome


class Subgroups(Closed):
    """What divides the patients of a trial, and the p-value of the interaction as printed.

    Attributes
    ----------
    by : str
        What the subgroups differ by, in words, such as "age".
    p_interaction : Decimal or str, optional
        The p-value of the paper's own test of interaction, or a bound.
    source : str, optional
        Where it is printed.
    """

    by: str
    p_interaction: PValue | None = None
    source: str | None = None


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
    """Return the test of interaction of subgroups; None unless every report implies its estimate in closed form."""
    own = [o.evidence.own_estimate(o.measure) if o.has_estimate else None for o in members]
    known = [found for found in own if found is not None]
    return cochran(known) if len(known) == len(own) > 1 else None

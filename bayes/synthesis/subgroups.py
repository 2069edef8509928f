"""The subgroups of one trial, whose effects a synthesis shrinks towards one another.

Subgroup effects are exchangeable, theta_g ~ Normal(mu, tau), with a stated prior of tau (Dixon and Simon 1991,
Biometrics 47:871-81; Jones et al. 2011, Clin Trials 8:129-43).
"""

from __future__ import annotations

from bayes.base.closed import Closed
from bayes.base.written_numbers import PValue


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

"""Trials whose effects follow a Laplace distribution about their mean: outliers are shrunk less than normal ones.

    theta_i = mu + tau e_i,   e_i ~ Laplace(0, 1 / sqrt(2)), of variance one

Known: nothing beyond the reports and the priors. Estimated: mu, tau and every theta_i. Assumes exchangeable effects.
"""

from math import log, sqrt

from bayes.likelihoods.formulas import EACH_REPORT, PRIORS_OF_MEAN_AND_TAU
from bayes.likelihoods.structure_card import MU, TAU, TRIAL_EFFECTS, StructureCard

CARD = StructureCard(
    name="laplace_effects",
    takes="synthesis",
    title="exchangeable Laplace effects",
    parameters=(MU, TAU, TRIAL_EFFECTS),
    formula=(r"\theta_i = \mu + \tau e_i, \quad e_i \sim \text{Laplace}", PRIORS_OF_MEAN_AND_TAU, EACH_REPORT),
    words="The true effects of the trials were assumed to be exchangeable, with a Laplace distribution about a mean mu.",
    has_tau=True,
)


def log_density(e):
    """The log density of a Laplace distribution with variance one; e : (trial,)."""
    return -sqrt(2) * abs(e) - log(sqrt(2))

"""Sensitivity analyses: how far a conclusion depends on each choice, one function each and all together in `examine`.

    from bayes import sensitivity
    outcome = bayes.load_trial("mesems").outcomes["gel_24w"]
    sensitivity.tipping(outcome)            # a DataFrame: the prior beliefs at which the conclusion changes
    print(sensitivity.examine(outcome).text)

Every function accepts what `bayes.resolve` accepts (an outcome, a synthesis, a name, a path) or a fit, and takes
`prior` and `prior_set` as `bayes.fit` does. Results come from quadrature of the likelihood curve, not from sampling, so
that another prior costs only one sum (METHODS 6).
"""

from bayes.sensitivity.absolute_effects import baseline_risk
from bayes.sensitivity.alternative_likelihoods import likelihood
from bayes.sensitivity.analysis_of_credibility import reverse_bayes
from bayes.sensitivity.bayesian_fragility import fragility
from bayes.sensitivity.examination import NAMES, Examination, examine, verdicts
from bayes.sensitivity.grid_of_priors import prior_grid
from bayes.sensitivity.powerscale import power_scaling
from bayes.sensitivity.printed_digits import extraction
from bayes.sensitivity.prior_data_conflict import conflict
from bayes.sensitivity.prior_effective_size import prior_weight
from bayes.sensitivity.priors_side_by_side import named_priors
from bayes.sensitivity.tipping_points import tipping
from bayes.sensitivity.trial_influence import influence

__all__ = [
    "Examination",
    "NAMES",
    "baseline_risk",
    "conflict",
    "examine",
    "extraction",
    "fragility",
    "influence",
    "likelihood",
    "named_priors",
    "power_scaling",
    "prior_grid",
    "prior_weight",
    "reverse_bayes",
    "tipping",
    "verdicts",
]


def __dir__() -> list[str]:
    return __all__

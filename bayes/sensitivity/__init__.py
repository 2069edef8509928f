"""Sensitivity: every way in which a conclusion could lean on a choice, each a verb, all together in `examine`.

    from bayes import sensitivity
    outcome = bayes.load_trial("mesems").outcomes["gel_24w"]
    sensitivity.tipping(outcome)            # a DataFrame: what would have to be believed beforehand
    print(sensitivity.examine(outcome).text)

Every verb takes an outcome, a synthesis or a name of one (`trial:outcome`), and `prior` and `priors` as `bayes.fit`. It
answers by quadrature of the likelihood curve, not by sampling: a prior costs a sum, not a fit.
"""

from bayes.sensitivity.baseline_risk import baseline_risk
from bayes.sensitivity.conflict import conflict
from bayes.sensitivity.examination import NAMES, Examination, examine
from bayes.sensitivity.extraction import extraction
from bayes.sensitivity.fragility import fragility
from bayes.sensitivity.influence import influence
from bayes.sensitivity.likelihood import likelihood
from bayes.sensitivity.named_priors import named_priors
from bayes.sensitivity.power_scaling import power_scaling
from bayes.sensitivity.prior_grid import prior_grid
from bayes.sensitivity.prior_weight import prior_weight
from bayes.sensitivity.reverse_bayes import reverse_bayes
from bayes.sensitivity.tipping import tipping
from bayes.sensitivity.verdicts import verdicts

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

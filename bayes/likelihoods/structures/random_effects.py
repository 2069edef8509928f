"""The card of `random_effects`: trials with exchangeable, normally distributed effects."""

from __future__ import annotations

from bayes.likelihoods.formulas import EACH_REPORT, EXCHANGEABLE, PRIORS_OF_MEAN_AND_TAU
from bayes.likelihoods.structure_card import MU, TAU, TRIAL_EFFECTS, StructureCard
from bayes.synthesis.models import MODELS

CARD = StructureCard(
    name="random_effects",
    file_name="random_effects",
    takes="synthesis",
    title=MODELS["random_effects"],
    parameters=(MU, TAU, TRIAL_EFFECTS),
    formula=(rf"{EXCHANGEABLE}\operatorname{{Normal}}(0, 1)", PRIORS_OF_MEAN_AND_TAU, EACH_REPORT),
    words="The true effects of the trials were assumed to be exchangeable and normally distributed about a mean mu "
    "with standard deviation tau.",
    has_tau=True,
)

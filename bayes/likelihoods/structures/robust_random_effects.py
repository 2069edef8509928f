"""The card of `robust_random_effects`: trials whose effects are exchangeable with heavy tails."""

from __future__ import annotations

from bayes.likelihoods.formulas import EACH_REPORT, EXCHANGEABLE, PRIORS_OF_MEAN_AND_TAU
from bayes.likelihoods.structure_card import MU, TAU, TRIAL_EFFECTS, StructureCard
from bayes.synthesis.models import MODELS

CARD = StructureCard(
    name="robust_random_effects",
    file_name="random_effects",
    takes="synthesis",
    title=MODELS["robust_random_effects"],
    parameters=(MU, TAU, TRIAL_EFFECTS),
    formula=(rf"{EXCHANGEABLE}\text{{Student-}}t_{{\nu}}", PRIORS_OF_MEAN_AND_TAU, EACH_REPORT),
    words="The true effects of the trials were assumed to be exchangeable, with a Student-t distribution about a mean "
    "mu with scale tau, so that one trial may differ greatly from the others.",
    has_tau=True,
    has_nu=True,
)

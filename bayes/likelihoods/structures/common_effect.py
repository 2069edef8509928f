"""The card of `common_effect`: trials that share one effect."""

from __future__ import annotations

from bayes.likelihoods.formulas import EACH_REPORT
from bayes.likelihoods.structure_card import MU, TRIAL_EFFECTS, StructureCard
from bayes.synthesis.models import MODELS

CARD = StructureCard(
    name="common_effect",
    file_name="random_effects",
    takes="synthesis",
    title=MODELS["common_effect"],
    parameters=(MU, TRIAL_EFFECTS),
    formula=(r"\theta_i = \mu, \quad \mu \sim \text{prior}", EACH_REPORT),
    words="All trials were assumed to share one true effect.",
)

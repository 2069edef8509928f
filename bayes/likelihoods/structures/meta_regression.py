"""The card of `meta_regression`: trials whose effects lie about a line in a covariate."""

from __future__ import annotations

from bayes.likelihoods.formulas import EACH_REPORT
from bayes.likelihoods.structure_card import MU, TAU, TRIAL_EFFECTS, EffectParameter, StructureCard
from bayes.synthesis.models import MODELS

CARD = StructureCard(
    name="meta_regression",
    file_name="random_effects",
    takes="synthesis",
    title=MODELS["meta_regression"],
    parameters=(
        MU,
        TAU,
        EffectParameter("beta", "change of the effect per unit of the covariate", "analysis scale"),
        TRIAL_EFFECTS,
    ),
    formula=(
        r"\theta_i = \mu + \beta (x_i - \bar{x}) + \tau e_i, \quad e_i \sim \operatorname{Normal}(0, 1)",
        r"\mu \sim \text{prior}, \quad \beta \sim \text{prior of the slope}, \quad "
        r"\tau \sim \text{prior of the heterogeneity}",
        EACH_REPORT,
    ),
    words="The true effects of the trials were assumed to be normally distributed about a regression line in one "
    "covariate, with standard deviation tau; mu is the effect at the reference value of the covariate, and beta is its "
    "change per unit.",
    has_tau=True,
    has_covariate=True,
)

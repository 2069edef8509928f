"""The card of `independent_arms`: two arms with separate priors, from which the effect follows."""

from __future__ import annotations

from bayes.likelihoods.structure_card import EffectParameter, StructureCard

CARD = StructureCard(
    name="independent_arms",
    file_name="independent_arms",
    takes="outcome",
    title="two arms with independent priors",
    parameters=(
        EffectParameter("treatment", "risk or rate of the treatment arm", "natural scale"),
        EffectParameter("control", "risk or rate of the control arm", "natural scale"),
    ),
    formula=(
        r"p_{\text{arm}} \sim \operatorname{Beta}(a_{\text{arm}}, b_{\text{arm}}), \quad "
        r"x_{\text{arm}} \sim \operatorname{Binomial}(n_{\text{arm}}, p_{\text{arm}})",
        r"\lambda_{\text{arm}} \sim \operatorname{Gamma}(a_{\text{arm}}, b_{\text{arm}}), \quad "
        r"T_{\text{arm}} \sim \operatorname{Poisson}(E_{\text{arm}} \lambda_{\text{arm}})",
    ),
    words="The two arms had independent priors, and the effect was derived from both arms.",
)

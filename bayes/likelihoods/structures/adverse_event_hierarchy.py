"""The card of `adverse_event_hierarchy`: a table of terms within body systems."""

from __future__ import annotations

from bayes.likelihoods.structure_card import EffectParameter, StructureCard

CARD = StructureCard(
    name="adverse_event_hierarchy",
    file_name="adverse_event_hierarchy",
    takes="table",
    title="terms within body systems, effects that may be exactly zero",
    parameters=(
        EffectParameter("gamma", "baseline of each row, midway between the arms", "log odds or log rate"),
        EffectParameter("theta", "effect of each row if it is not zero", "analysis scale"),
        EffectParameter("pi", "probability in each body system that an effect is zero", "probability"),
    ),
    formula=(
        r"\eta_{\text{arm},bj} = \gamma_{bj} \pm \tfrac{1}{2} \theta_{bj}",
        r"\gamma_{bj} \sim \operatorname{Normal}(\mu_{\gamma b}, \sigma_{\gamma b}^2)",
        r"\theta_{bj} = 0 \text{ with probability } \pi_b, \text{ else } "
        r"\sim \operatorname{Normal}(\mu_{\theta b}, \sigma_{\theta b}^2)",
        r"\mu_{\gamma b} \sim \operatorname{Normal}(\mu_{\gamma 0}, \tau_\gamma^2), \quad "
        r"\mu_{\theta b} \sim \operatorname{Normal}(\mu_{\theta 0}, \tau_\theta^2)",
    ),
    words="Each row of the table had its own effect. Under hierarchical priors, the effects of rows were assumed to be "
    "exchangeable within body systems, and body systems within the table [@Berry2004]; under the other priors, each "
    "row was analysed separately.",
)

"""The LaTeX lines that several likelihoods share."""

from __future__ import annotations

ARMS = r"\pm \tfrac{1}{2}\theta"
BINOMIAL = r"x_{\text{arm}} \sim \operatorname{Binomial}(n_{\text{arm}}, p_{\text{arm}})"
ORDERED = (
    r"\operatorname{logit} P(Y \le k \mid \text{arm}) = \alpha_k \pm \tfrac{1}{2} d\,\theta, \quad k = 1, \dots, K-1",
    r"\text{counts}_{\text{arm}} \sim \operatorname{Multinomial}(n_{\text{arm}}, \text{cells})",
)
PARTIAL = (
    r"\operatorname{logit} P(Y \le k \mid \text{arm}) = \alpha_k \pm \tfrac{1}{2} d\,(\theta + \gamma g_k)",
    ORDERED[1],
)
RATE = rf"\log \lambda_{{\text{{arm}}}} = a {ARMS}"
MEAN_COUNT = rf"\log \mu_{{\text{{arm}}}} = a {ARMS}"
PERSONS = r"(T, m)_{\text{arm}}\text{: total events, and persons with at least one, of } n \text{ persons}"
DIRECTIONS = r"\text{direction unknown: the sum over } \delta \text{ and } -\delta"
EXCHANGEABLE = r"\theta_i = \mu + \tau e_i, \quad e_i \sim "
PRIORS_OF_MEAN_AND_TAU = r"\mu \sim \text{prior}, \quad \tau \sim \text{prior of the heterogeneity}"
EACH_REPORT = r"\text{data}_i \sim \text{likelihood}_i(\theta_i)"

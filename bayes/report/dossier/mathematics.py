"""The mathematics of every model for a page: LaTeX lines, and the nuisance parameters with their priors.

The model files state the same in words; a test ensures that each of them is included here and renders.
"""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass
from pathlib import Path

from bayes.analysis.analysis import Analysis
from bayes.likelihoods.fingerprint import model_files
from bayes.priors.nuisance import Nuisance, Stated
from bayes.priors.sets import PriorSet

ARMS = r"\pm \tfrac{1}{2}\theta"
CONVENTION = "a convention of this package, stated in its model file"


@dataclass(frozen=True)
class Beside:
    """A nuisance parameter: its name, its prior (a field of `Nuisance`, or fixed here) and the rationale."""

    name: str
    prior: str
    why: str
    fixed: bool = False

    def distribution(self, nuisance: Nuisance) -> str:
        """Return the prior as text."""
        return self.prior if self.fixed else str(getattr(nuisance, self.prior))


@dataclass(frozen=True)
class Mathematics:
    """The LaTeX lines of a model file, and the nuisance parameters that it adds."""

    lines: tuple[str, ...]
    beside: tuple[Beside, ...] = ()


LOG_ODDS = Beside("mid_log_odds (a)", "binary", "log odds of the risk midway between the arms; any risk is possible")
LOG_RATE = Beside(
    "mid_log_rate (a)",
    "events",
    "log mean count per average participant follow-up (without n: per exposure of one event), midway between the arms",
)
SIZE = Beside(
    "log size (log k)",
    "dispersion",
    "variation between persons: the size of the negative binomial lies between 0.14 and 7.1 with probability 95%",
)
CUTPOINTS = Beside(
    "cutpoints (alpha)",
    "category shares midway between the arms ~ dirichlet(1 / (0.8 + 0.35 max(K, 3)) per level)",
    "the default of Harrell's rmsb, which favours no particular shape of the distribution",
    fixed=True,
)
DEPARTURE = Beside("departure (gamma)", "departure", "small departures from proportional odds are most likely")
MIDPOINT = Beside(
    "midpoint (m)",
    "normal(pooled mean, 10 S)",
    "flat over the range of the data; S is the pooled SD",
    fixed=True,
)
SIGMAS = Beside(
    "sd of each arm (sigma)",
    "half_student_t(3, 2.5 S)",
    "flat over the range of the data, separately in each arm",
    fixed=True,
)
SD_RATIO = Beside(
    "sd_ratio (u)", "u^2 ~ chi-square(nu) / nu", "sampling theory: the sample SD divided by the true SD", fixed=True
)
ORDERED = (
    r"\operatorname{logit} P(Y \le k \mid \text{arm}) = \alpha_k \pm \tfrac{1}{2} d\,\theta, \quad k = 1, \dots, K-1",
    r"\text{counts}_{\text{arm}} \sim \operatorname{Multinomial}(n_{\text{arm}}, \text{cells})",
)
PARTIAL = (
    r"\operatorname{logit} P(Y \le k \mid \text{arm}) = \alpha_k \pm \tfrac{1}{2} d\,(\theta + \gamma g_k)",
    ORDERED[1],
)
RATE = rf"\log \lambda_{{\text{{arm}}}} = a {ARMS}"
PERSONS = r"(T, m)_{\text{arm}}\text{: total events, and persons with at least one, of } n \text{ persons}"

LIKELIHOODS = {
    "proportional_odds": Mathematics(ORDERED, (CUTPOINTS,)),
    "partial_odds_worst": Mathematics((*PARTIAL, r"g_k = 1 \text{ at the last cut, else } 0"), (CUTPOINTS, DEPARTURE)),
    "partial_odds_linear": Mathematics((*PARTIAL, r"g_k = \frac{2 (k - 1)}{K - 2} - 1"), (CUTPOINTS, DEPARTURE)),
    "binomial": Mathematics(
        (
            r"x_{\text{arm}} \sim \operatorname{Binomial}(n_{\text{arm}}, p_{\text{arm}})",
            rf"\operatorname{{logit}} p_{{\text{{arm}}}} = a {ARMS}",
        ),
        (LOG_ODDS,),
    ),
    "binomial_risk_ratio": Mathematics(
        (
            r"x_{\text{arm}} \sim \operatorname{Binomial}(n_{\text{arm}}, p_{\text{arm}})",
            rf"\log p_{{\text{{arm}}}} = a {ARMS}, \quad a < -\tfrac{{1}}{{2}}|\theta|",
        ),
        (Beside("mid_log_risk (a)", "binary", "truncated to risks below one, and normalised given the effect"),),
    ),
    "binomial_risk_difference": Mathematics(
        (
            r"x_{\text{arm}} \sim \operatorname{Binomial}(n_{\text{arm}}, p_{\text{arm}})",
            rf"p_{{\text{{arm}}}} = m {ARMS}",
        ),
        (
            Beside(
                "mid_risk (m)",
                "uniform(|theta| / 2, 1 - |theta| / 2)",
                "all risks compatible with the difference are equally likely",
                fixed=True,
            ),
        ),
    ),
    "events_poisson": Mathematics(
        (r"T_{\text{arm}} \sim \operatorname{Poisson}(E_{\text{arm}} \lambda_{\text{arm}})", RATE), (LOG_RATE,)
    ),
    "events_negative_binomial": Mathematics(
        (
            r"T_{\text{arm}} \sim \operatorname{NegativeBinomial}(\text{mean } E_{\text{arm}} \lambda_{\text{arm}},"
            r"\ \text{size } n_{\text{arm}} k)",
            RATE,
        ),
        (LOG_RATE, SIZE),
    ),
    "events_in_persons": Mathematics(
        (
            PERSONS,
            r"P(T, m) = \binom{n}{m}\, p^{n k} (1 - p)^T f(T, m; k), \quad p = \frac{k}{k + \mu}",
            r"f(T, m; k) = [x^T] \left((1 - x)^{-k} - 1\right)^m",
            rf"\log \mu_{{\text{{arm}}}} = a {ARMS} + \log \frac{{E_{{\text{{arm}}}}}}{{n_{{\text{{arm}}}}}}",
        ),
        (LOG_RATE, SIZE),
    ),
    "events_zero_inflated": Mathematics(
        (
            PERSONS,
            r"\text{count} = 0 \text{ with probability } w, \text{ else } "
            r"\operatorname{Poisson}\left(\frac{\mu}{1 - w}\right)",
            rf"\log \mu_{{\text{{arm}}}} = a {ARMS}",
        ),
        (LOG_RATE, Beside("never (w)", "never", "any share of persons may be free of events, in either arm")),
    ),
    "events_lognormal": Mathematics(
        (
            PERSONS,
            r"\text{count} \sim \operatorname{Poisson}(\mu\, e^{\sigma e - \sigma^2 / 2}), \quad "
            r"e \sim \operatorname{Normal}(0, 1)",
            rf"\log \mu_{{\text{{arm}}}} = a {ARMS}",
        ),
        (LOG_RATE, Beside("log spread (log sigma)", "spread", "variation of the log rates between persons")),
    ),
    "means": Mathematics(
        (
            r"\bar{y}_{\text{arm}} \sim \operatorname{Normal}\left(m \pm \tfrac{1}{2} h, "
            r"\frac{\sigma_{\text{arm}}}{\sqrt{n_{\text{arm}}}}\right)",
            r"\frac{(n_{\text{arm}} - 1) s_{\text{arm}}^2}{\sigma_{\text{arm}}^2} \sim \chi^2_{n_{\text{arm}} - 1}",
            r"h = \theta \text{ (mean difference), or } \theta \sqrt{\tfrac{1}{2} (\sigma_1^2 + \sigma_0^2)} "
            r"\text{ (standardised)}",
        ),
        (MIDPOINT, SIGMAS),
    ),
    "reported_estimate": Mathematics((r"y \sim \operatorname{Normal}(\theta, s)",)),
    "reported_estimate_t": Mathematics((r"\frac{y - \theta}{s} \sim \text{Student-}t_{\nu}",)),
    "reported_p": Mathematics(
        (
            r"z \sim \operatorname{Normal}(\delta, 1), \quad \delta = \frac{\sigma \theta}{s}, \quad \sigma = \pm 1",
            r"p \text{ printed: the density of } z \text{ at } z(p); \quad "
            r"\text{not significant: } P(0 < z < z_{\alpha})",
            r"\text{direction unknown: the sum over } \delta \text{ and } -\delta",
        )
    ),
    "reported_p_small_sample": Mathematics(
        (
            r"t = \frac{z}{u} \sim \text{noncentral } t_{\nu}(\delta), \quad \nu = n - 2, \quad "
            r"\delta = \frac{\sigma \theta}{s}, \quad s = \sqrt{\frac{1}{n_1} + \frac{1}{n_0}}",
            r"\text{with } s \text{ printed and } \nu \text{ stated: } t = \delta + \frac{z}{u} \sim "
            r"\text{Student-}t_{\nu} \text{ about } \delta",
            r"\text{direction unknown: the sum over } \delta \text{ and } -\delta",
        ),
        (SD_RATIO,),
    ),
    "single_proportion": Mathematics((r"x \sim \operatorname{Binomial}(n, \theta)",)),
}
STRUCTURES = {
    "single_trial": (r"\theta \sim \text{prior of the effect}",),
    "random_effects": (
        r"\theta_i = \mu + \tau e_i, \quad e_i \sim \operatorname{Normal}(0, 1)",
        r"\mu \sim \text{prior}, \quad \tau \sim \text{prior of the heterogeneity}",
        r"\text{data}_i \sim \text{likelihood}_i(\theta_i)",
    ),
    "common_effect": (
        r"\theta_i = \mu, \quad \mu \sim \text{prior}",
        r"\text{data}_i \sim \text{likelihood}_i(\theta_i)",
    ),
    "robust_random_effects": (
        r"\theta_i = \mu + \tau e_i, \quad e_i \sim \text{Student-}t_{\nu}",
        r"\mu \sim \text{prior}, \quad \tau \sim \text{prior of the heterogeneity}",
        r"\text{data}_i \sim \text{likelihood}_i(\theta_i)",
    ),
    "meta_regression": (
        r"\theta_i = \mu + \beta (x_i - \bar{x}) + \tau e_i, \quad e_i \sim \operatorname{Normal}(0, 1)",
        r"\mu \sim \text{prior}, \quad \beta \sim \text{prior of the slope}, \quad "
        r"\tau \sim \text{prior of the heterogeneity}",
        r"\text{data}_i \sim \text{likelihood}_i(\theta_i)",
    ),
    "independent_arms": (
        r"p_{\text{arm}} \sim \operatorname{Beta}(a_{\text{arm}}, b_{\text{arm}}), \quad "
        r"x_{\text{arm}} \sim \operatorname{Binomial}(n_{\text{arm}}, p_{\text{arm}})",
        r"\lambda_{\text{arm}} \sim \operatorname{Gamma}(a_{\text{arm}}, b_{\text{arm}}), \quad "
        r"T_{\text{arm}} \sim \operatorname{Poisson}(E_{\text{arm}} \lambda_{\text{arm}})",
    ),
    "adverse_event_hierarchy": (
        r"\eta_{\text{arm},bj} = \gamma_{bj} \pm \tfrac{1}{2} \theta_{bj}",
        r"\gamma_{bj} \sim \operatorname{Normal}(\mu_{\gamma b}, \sigma_{\gamma b}^2)",
        r"\theta_{bj} = 0 \text{ with probability } \pi_b, \text{ else } "
        r"\sim \operatorname{Normal}(\mu_{\theta b}, \sigma_{\theta b}^2)",
        r"\mu_{\gamma b} \sim \operatorname{Normal}(\mu_{\gamma 0}, \tau_\gamma^2), \quad "
        r"\mu_{\theta b} \sim \operatorname{Normal}(\mu_{\theta 0}, \tau_\theta^2)",
    ),
}


def formulas(analysis: Analysis) -> list[str]:
    """Return LaTeX lines: the structure first, then each likelihood it uses.

    The plus sign applies to the treatment arm. In an ordinal model d is +1 if a higher effect is good, otherwise -1.
    """
    lines = list(STRUCTURES[analysis.model])
    for name in dict.fromkeys(analysis.likelihoods):
        lines += [line for line in LIKELIHOODS[name].lines if line not in lines]
    return lines


def beside(analysis: Analysis) -> list[Beside]:
    """Return the nuisance parameters, which are estimated alongside the effect."""
    found = [b for name in dict.fromkeys(analysis.likelihoods) for b in LIKELIHOODS[name].beside]
    return list(dict.fromkeys(found))


def sources(analysis: Analysis) -> dict[str, tuple[str, str]]:
    """Return the docstring and the SHA-256 digest of every model file used, by path."""
    found = {}
    for path in model_files("random_effects" if analysis.joined_by else analysis.model, analysis.likelihoods):
        text = Path(path).read_text(encoding="utf-8")
        said = ast.get_docstring(ast.parse(text)) or ""
        found[named(Path(path))] = (said, hashlib.sha256(text.encode()).hexdigest())
    return found


def named(path: Path) -> str:
    """Return the path of a model file in the source tree, models/..., wherever it is installed."""
    inside = path.parts[len(path.parts) - 2 :] if path.parent.name == "likelihoods" else path.parts[-1:]
    return "/".join(("models", *inside))


def stated(priors: PriorSet, name: str) -> Stated | None:
    """Return the prior, with its rationale, that a set states for a field of `Nuisance`; None if it states none."""
    found: Stated | None = getattr(priors.baseline if name in type(priors.baseline).model_fields else priors, name)
    return found

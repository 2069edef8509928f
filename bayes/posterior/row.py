"""The summary row: its columns in order, each with its meaning (METHODS 15). `bayes list columns` prints them.

The module has no heavy imports, because `status` reads rows as well.
"""

from __future__ import annotations

from typing import Annotated, TypedDict, get_type_hints

CI_PROB = 0.95
SCHEMA = 2  # version of the columns: increased when a column is added, never for a new row or value

Text = str | None
Number = float | None


class SummaryRow(TypedDict):
    """One parameter of one posterior; None where a value is missing or does not apply.

    "Analysis scale" is the logarithm for ratios; "natural scale" is that of the measure itself. The columns from
    `trial` to `note` are never renamed or dropped.
    """

    trial: Annotated[str, "id of the trial, or of the synthesis"]
    outcome: Annotated[str, "id of the outcome; empty for a synthesis"]
    parameter: Annotated[str, "effect; in a synthesis mu, tau, beta, new_trial or effect[trial:outcome]; in a table "
                              "of adverse events effect[class/term]"]  # fmt: skip
    model: Annotated[str, "effect structure"]
    evidence: Annotated[Text, "kind or kinds of report"]
    prior: Annotated[str, "name of the prior of the effect, or of mu"]
    prior_distribution: Annotated[Text, "that prior as an expression, on the analysis scale"]
    heterogeneity: Annotated[Text, "name of the prior of tau"]
    heterogeneity_distribution: Annotated[Text, "that prior as an expression, on the analysis scale"]
    measure: Annotated[str, "measure of effect"]
    scale: Annotated[Text, "analysis scale: log or identity"]
    benefit: Annotated[Text, "direction of the effect that is good for the patient: higher or lower"]
    mean: Annotated[Number, "posterior mean, analysis scale; missing where it does not exist"]
    sd: Annotated[Number, "posterior standard deviation, analysis scale; missing where it does not exist"]
    median: Annotated[Number, "posterior median, analysis scale"]
    ci_low: Annotated[Number, "lower limit of the equal-tailed credible interval, analysis scale"]
    ci_high: Annotated[Number, "upper limit of the equal-tailed credible interval, analysis scale"]
    ci_prob: Annotated[Number, "probability of the credible interval"]
    estimate: Annotated[Number, "posterior median, natural scale"]
    estimate_low: Annotated[Number, "lower limit of the credible interval, natural scale"]
    estimate_high: Annotated[Number, "upper limit of the credible interval, natural scale"]
    p_benefit: Annotated[Number, "P(effect strictly beyond no effect, on the side of benefit)"]
    p_harm: Annotated[Number, "P(effect strictly beyond no effect, on the side of harm)"]
    mcid: Annotated[Number, "minimal clinically important difference, natural scale"]
    p_mcid: Annotated[Number, "P(effect at least as good as the MCID)"]
    rope_low: Annotated[Number, "lower limit of the region of practical equivalence, natural scale"]
    rope_high: Annotated[Number, "upper limit of the region of practical equivalence, natural scale"]
    p_rope: Annotated[Number, "P(effect within the region of practical equivalence)"]
    p_beyond: Annotated[Text, "P(effect at least as good) by threshold, as JSON; thresholds.csv has a row for each"]
    mcse_p_benefit: Annotated[Number, "Monte Carlo standard error of p_benefit"]
    r_hat: Annotated[Number, "largest R-hat of the posterior"]
    ess_bulk: Annotated[Number, "bulk effective sample size of the parameter"]
    ess_tail: Annotated[Number, "tail effective sample size of the parameter"]
    divergences: Annotated[int | None, "divergent transitions after warm-up"]
    exact_p_benefit: Annotated[Number, "p_benefit by quadrature"]
    exact_mean: Annotated[Number, "mean by quadrature"]
    exact_method: Annotated[Text, "how the exact_ columns were found"]
    status: Annotated[str, "ok, failed (did not pass the convergence checks) or skipped (prior cannot be formed)"]
    reason: Annotated[Text, "why it failed or was skipped"]
    note: Annotated[Text, "what a reader must know"]
    key: Annotated[Text, "name of the posterior and of its file: trial.outcome--model--prior"]
    label: Annotated[str, "what was measured, in words"]
    likelihood: Annotated[Text, "likelihood or likelihoods"]
    prior_basis: Annotated[Text, "how a rule formed the prior"]
    heterogeneity_basis: Annotated[Text, "how a rule formed the prior of tau"]
    planned: Annotated[Number, "effect for which the trial was powered, natural scale"]
    margin: Annotated[Number, "non-inferiority or equivalence margin, natural scale"]
    p_margin: Annotated[Number, "P(effect no worse than the margin)"]
    selection_omega: Annotated[Number, "omega of a stated selection: P(published), not significant to significant"]
    shrinkage: Annotated[Number, "of an effect in a synthesis: weight of the mean in it, rather than of its report"]
    p_favours_treatment: Annotated[Number, "of a report that does not say which arm it favours: P(treatment)"]
    null: Annotated[Number, "no effect, natural scale; for a proportion its goal"]
    p_severe_harm: Annotated[Number, "P(effect at least as bad as the MCID is good)"]
    mcse_p_harm: Annotated[Number, "Monte Carlo standard error of p_harm"]
    mcse_p_mcid: Annotated[Number, "Monte Carlo standard error of p_mcid"]
    mcse_p_severe_harm: Annotated[Number, "Monte Carlo standard error of p_severe_harm"]
    mcse_p_margin: Annotated[Number, "Monte Carlo standard error of p_margin"]
    mcse_p_rope: Annotated[Number, "Monte Carlo standard error of p_rope"]
    exact_p_harm: Annotated[Number, "p_harm by quadrature"]
    exact_p_mcid: Annotated[Number, "p_mcid by quadrature"]
    exact_p_severe_harm: Annotated[Number, "p_severe_harm by quadrature"]
    exact_p_margin: Annotated[Number, "p_margin by quadrature"]
    exact_ci_low: Annotated[Number, "ci_low by quadrature"]
    exact_ci_high: Annotated[Number, "ci_high by quadrature"]
    mcse_mean: Annotated[Number, "Monte Carlo standard error of the mean"]
    exact_sd: Annotated[Number, "sd by quadrature"]
    p_null: Annotated[Number, "P(exactly no effect), where the prior gives it mass"]
    bf_01: Annotated[Number, "Bayes factor of no effect against the rest of that prior"]
    derived: Annotated[Text, "absolute risks, rates, utilities and numbers needed to treat, as JSON; derived.csv has a "
                             "row for each"]  # fmt: skip
    informative: Annotated[bool | None, "whether the data inform the effect"]
    headline: Annotated[bool | None, "false where none or all of the patients in both arms had the event: no text, "
                                     "table or figure then gives P(benefit)"]  # fmt: skip
    p_by_construction: Annotated[Number, "P(benefit) where the report and the prior settle it, whatever the numbers"]
    exact_median: Annotated[Number, "median by quadrature"]
    exact_p_rope: Annotated[Number, "p_rope by quadrature"]


class LongRow(TypedDict):
    """What identifies a row of a long table."""

    trial: Annotated[str, "id of the trial, or of the synthesis"]
    outcome: Annotated[str, "id of the outcome; empty for a synthesis"]
    model: Annotated[str, "effect structure"]
    prior: Annotated[str, "name of the prior"]
    key: Annotated[str, "name of the posterior, as in the summary"]
    parameter: Annotated[str, "name of the parameter, as in the summary"]


class ThresholdRow(LongRow):
    """One threshold of one parameter, a row of thresholds.csv."""

    threshold: Annotated[float, "natural scale"]
    probability: Annotated[float, "P(effect at least as good as the threshold)"]


class DerivedRow(LongRow):
    """One quantity derived from one effect, a row of derived.csv."""

    quantity: Annotated[str, "such as risk_treatment, rate_difference or nnt"]
    median: Annotated[Number, "posterior median; a number needed to treat may be missing (no difference)"]
    low: Annotated[Number, "lower limit of the 95% credible interval; missing where it is infinite"]
    high: Annotated[Number, "upper limit of the 95% credible interval; missing where it is infinite"]


COLUMNS = tuple(SummaryRow.__annotations__)


def meanings(row: type) -> dict[str, str]:
    """Return the meaning of each column of a row type, in order."""
    hints = get_type_hints(row, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items()}


def empty_row() -> SummaryRow:
    """Return a row with every column, all missing."""
    return dict.fromkeys(COLUMNS)  # type: ignore[return-value]  # filled by the caller, who knows what it describes

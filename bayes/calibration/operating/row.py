"""The rows of operating.csv: one number each, with the design, the rule and the priors that it belongs to.

The module has no heavy imports, because the report reads rows as well.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict, get_args

FILE = "operating.csv"

Text = str | None
Number = float | None
Characteristic = Literal[
    "p_success", "bias", "mse", "coverage", "type_i_error", "type_i_error_sup", "assurance", "p_false",
    "bayesian_type_i_error", "p_false_given_success",
]  # fmt: skip
CHARACTERISTICS: tuple[Characteristic, ...] = get_args(Characteristic)


class OperatingRow(TypedDict):
    """One operating characteristic of a decision rule; None where a value is missing or does not apply."""

    trial: Annotated[str, "id of the trial"]
    outcome: Annotated[str, "id of the outcome"]
    measure: Annotated[str, "measure of effect"]
    benefit: Annotated[str, "direction of the effect that is good for the patient: higher or lower"]
    evidence: Annotated[str, "kind of report that is repeated"]
    likelihood: Annotated[str, "likelihood that reads it"]
    rule: Annotated[str, "success criterion: conditions on posterior probabilities"]
    claim: Annotated[str, "what success asserts: benefit, harm or equivalence"]
    prior: Annotated[str, "name of the analysis prior, under which posteriors are computed"]
    prior_distribution: Annotated[Text, "that prior as an expression, on the analysis scale"]
    characteristic: Annotated[Characteristic, "p_success, bias, mse, coverage (each at a true effect); type_i_error "
                              "(success where the claim is just false), type_i_error_sup (the largest over all effects "
                              "at which it is false); assurance, p_false, bayesian_type_i_error, p_false_given_success "
                              "(averaged over a design prior)"]  # fmt: skip
    effect: Annotated[Number, "true effect, natural scale; missing where averaged over a design prior"]
    marks: Annotated[Text, "what the true effect is: null, mcid, planned; missing for another one"]
    design_prior: Annotated[Text, "name of the prior from which the true effect is drawn"]
    design_prior_distribution: Annotated[Text, "that prior as an expression, on the analysis scale"]
    value: Annotated[Number, "probability; bias (posterior mean minus truth) and mse are on the analysis scale"]
    mcse: Annotated[Number, "Monte Carlo standard error of a simulated value"]
    method: Annotated[str, "how it was computed: exactly, or from how many simulated reports"]
    baseline: Annotated[Text, "what is assumed of the control arm"]
    fingerprint: Annotated[str, "hash of the report and its thresholds; a row of another version is out of date"]
    status: Annotated[str, "ok, or skipped (the prior cannot be formed or does not serve here)"]
    reason: Annotated[Text, "why it was skipped"]


COLUMNS = tuple(OperatingRow.__annotations__)

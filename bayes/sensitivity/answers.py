"""The questions of a sensitivity analysis, and the tables that answer them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from bayes.base.tables import Rows
from bayes.sensitivity.absolute_effects import BaselineRiskRow, baseline_risk_rows
from bayes.sensitivity.alternative_likelihoods import LikelihoodRow, likelihood_rows
from bayes.sensitivity.analysis_of_credibility import reverse_bayes_rows
from bayes.sensitivity.bayesian_fragility import FragilityRow, fragility_rows
from bayes.sensitivity.grid_of_priors import PriorGridRow, prior_grid_rows
from bayes.sensitivity.powerscale import PowerScalingRow, power_scaling_rows
from bayes.sensitivity.printed_digits import ExtractionRow, extraction_rows
from bayes.sensitivity.prior_data_conflict import ConflictRow, conflict_rows
from bayes.sensitivity.prior_effective_size import PriorWeightRow, prior_weight_rows
from bayes.sensitivity.priors_side_by_side import NamedPriorRow, named_priors_rows
from bayes.sensitivity.quantities import ReverseBayesRow
from bayes.sensitivity.subject import Subject
from bayes.sensitivity.tipping_points import tipping_rows
from bayes.sensitivity.tipping_row import TippingRow
from bayes.sensitivity.trial_influence import InfluenceRow, influence_rows


class Answers(TypedDict, total=False):
    """The table of each question that was asked, by its name."""

    named_priors: list[NamedPriorRow]
    prior_grid: list[PriorGridRow]
    tipping: list[TippingRow]
    fragility: list[FragilityRow]
    reverse_bayes: list[ReverseBayesRow]
    power_scaling: list[PowerScalingRow]
    conflict: list[ConflictRow]
    prior_weight: list[PriorWeightRow]
    likelihood: list[LikelihoodRow]
    extraction: list[ExtractionRow]
    influence: list[InfluenceRow]
    baseline_risk: list[BaselineRiskRow]


QUESTIONS: dict[str, Callable[[Subject], Rows]] = {
    "named_priors": named_priors_rows,
    "prior_grid": prior_grid_rows,
    "tipping": tipping_rows,
    "fragility": fragility_rows,
    "reverse_bayes": reverse_bayes_rows,
    "power_scaling": power_scaling_rows,
    "conflict": conflict_rows,
    "prior_weight": prior_weight_rows,
    "likelihood": likelihood_rows,
    "extraction": extraction_rows,
    "influence": influence_rows,
    "baseline_risk": baseline_risk_rows,
}

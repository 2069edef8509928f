"""Commented skeletons of a trial file, with one outcome per evidence kind, and of a synthesis file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bayes.base.toml import ID_PATTERN
from bayes.errors import InvalidInput
from bayes.paper.evidence.cards import CARDS, kind_card

HEAD = """# A published trial. Every number below is a placeholder: replace it with what the paper prints, digit for
# digit (1.50, not 1.5: the rounding is inferred from the digits), and delete the outcomes that the paper lacks.
id = "{id}"                                     # must equal the file name
title = "Title of the paper"
year = 2026
condition = "who was treated, for what"
design = "randomised, double-blind, parallel-group"
arms = {{ treatment = "the new treatment", control = "placebo" }}
n = {{ treatment = 40, control = 40 }}
# registration = "NCT..."
# doi = "10..."
# field = "Stroke"                              # Cochrane field, for the field prior
# More than two arms: name each comparison, and add contrast = "high_dose" to its outcomes.
# [contrasts.high_dose]
# treatment = "high dose"
# control = "placebo"
# n = {{ treatment = 40, control = 40 }}
"""
SYNTHESIS = """# Several trials in one hierarchical model: theta_i ~ Normal(mu, tau). Replace the outcomes with yours.
id = "{id}"                                     # must equal the file name
label = "What was compared, in whom, by which outcome"
measure = "common_odds_ratio"                   # of every outcome below
benefit = "higher"
outcomes = ["treasure:mrs_90d", "starting2:mrs_90d"]  # trial:outcome, or "my_trial.toml:outcome" in the same folder
# mcid = {{ value = 1.2, rationale = "..." }}
# field = "Stroke"                              # Cochrane field, for priors from field tables
# outcome_class = "general_physical_health"     # with comparison: for the heterogeneity rules turner and rhodes
# comparison = "pharma_v_placebo"
heterogeneity = {{ distribution = "half_normal(0.3)", rationale = "plain default on log scales; why here?" }}
search = "how the trials were found"
# model = "random_effects"                      # or common_effect, robust_random_effects, meta_regression
# The same patients may be used only once, unless the correlation of their results is stated:
# correlations = [{{ outcomes = ["trial:six_months", "trial:two_years"], r = 0.6, rationale = "..." }}]
# correlations = [{{ outcomes = ["trial:low_dose", "trial:high_dose"], shared_control = true }}]
# A meta-regression requires one value of the covariate per outcome, in the same order:
# covariate = {{ label = "hours from onset", values = [24, 70], distribution = "normal(0, 0.05)", rationale = "..." }}
notes = "How the trials differ, and which were excluded and why."
"""
KINDS = tuple(CARDS)


def trial_skeleton(name: str, kinds: Sequence[str]) -> str:
    """Write the text of a trial file, which is valid as it is.

    Parameters
    ----------
    name : str
        Id of the trial.
    kinds : sequence of str
        Evidence kinds from `KINDS`, one outcome for each; repeated kinds are ignored.

    Returns
    -------
    str
        TOML with comments.

    Raises
    ------
    InvalidInput
        If `name` is not a valid id.
    """
    _refuse_no_id(name)
    return HEAD.format(id=name) + "".join(_outcome(kind) for kind in dict.fromkeys(kinds))


def synthesis_skeleton(name: str) -> str:
    """Write the text of a synthesis file, which is valid as it is.

    Parameters
    ----------
    name : str
        Id of the synthesis.

    Returns
    -------
    str
        TOML with comments.

    Raises
    ------
    InvalidInput
        If `name` is not a valid id.
    """
    _refuse_no_id(name)
    return SYNTHESIS.format(id=name)


def _refuse_no_id(name: str) -> None:
    if not re.match(ID_PATTERN, name) or len(name) > 100:
        said = "not a valid id; accepted: letters, digits, _ and single -, starting with a letter or a digit"
        raise InvalidInput(name, [said])


def _outcome(kind: str) -> str:
    example = kind_card(kind).example
    return f'''
[outcomes.{kind}_example]
label = "What was measured, and when: {example.what}"
measure = "{example.measure}"
benefit = "{example.benefit}"  # the direction of effect that is good for the patient
source = "Table 2"                              # where it is printed
# mcid = {{ value = ..., rationale = "..." }}     # minimal clinically important difference, on the measure's own scale
# margin = {{ value = ..., source = "..." }}      # non-inferiority margin: how much worse is acceptable
# role = "primary"                              # or secondary, safety, part
# adjusted = false
# printed = {{ p = 0.62, source = "Table 2" }}    # a further report of the same comparison: checked, but not used

[outcomes.{kind}_example.evidence]
kind = "{kind}"
{example.lines}
'''

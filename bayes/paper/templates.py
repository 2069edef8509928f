"""Commented skeletons of a trial file, with one outcome per evidence kind, and of a synthesis file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bayes.base.toml import ID_PATTERN
from bayes.errors import InvalidInput

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

# for each evidence kind: what the paper prints, the measure and the evidence
OUTCOMES: dict[str, tuple[str, str, str]] = {
    "ordinal": (
        "the whole distribution of an ordinal scale",
        "common_odds_ratio",
        """categories = ["0", "1", "2", "3", "4", "5", "6"]  # best first; merged cells such as "5-6" are accepted
treatment = [4, 6, 8, 7, 8, 4, 3]               # or percentages, with unit = "percent" and n per arm
control = [3, 5, 7, 7, 9, 5, 4]""",
    ),
    "ordinal_cut": (
        "one or several dichotomies of an ordinal scale",
        "common_odds_ratio",
        """categories = ["0", "1", "2", "3", "4", "5", "6"]  # best first
cuts = [{ at_most = "2", treatment = { events = 18, n = 40 }, control = { events = 15, n = 40 } }]""",
    ),
    "binary": (
        "persons with an event",
        "odds_ratio",
        """treatment = { events = 18, n = 40 }             # or { percent = 45.0, n = 40 }
control = { events = 15, n = 40 }""",
    ),
    "events": (
        "numbers of events",
        "rate_ratio",
        """treatment = { events = 30, persons = 16, n = 40 }  # persons: with an event; exposure: total person-time
control = { events = 38, persons = 18, n = 40 }    # n may be omitted if exposure is given; counts are then Poisson""",
    ),
    "means": (
        "mean and standard deviation per arm",
        "mean_difference",
        """treatment = { mean = 14.8, sd = 12.1, n = 40 }
control = { mean = 12.6, sd = 13.0, n = 40 }""",
    ),
    "estimate": (
        "an effect with its interval",
        "hazard_ratio",
        """estimate = 0.93
ci = [0.58, 1.50]                               # or se (on the analysis scale: log for ratios), or p
# ci = ["<0.6", 1.50]                           # a bound; ["none", 1.50] is one-sided, with a one-sided level
level = 0.95
p = 0.76                                        # repeats the same result: checked, but not used a second time""",
    ),
    "p_value": (
        "a p-value alone",
        "standardised_mean_difference",
        """p = 0.73                                        # or "<0.001"
favours = "unknown"                             # or "treatment", "control": which arm did better
test = "t"
n = { treatment = 40, control = 40 }""",
    ),
    "significance": (
        "a statement about significance alone",
        "standardised_mean_difference",
        """significant = false
alpha = 0.05
favours = "unknown"
n = { treatment = 40, control = 40 }""",
    ),
    "proportion": (
        "one arm against a goal",
        "proportion",
        """events = 16
n = 20
goal = 0.70""",
    ),
    "adverse_events": (
        "a table of adverse events",
        "odds_ratio",
        """n = { treatment = 40, control = 40 }
rows = [
  { soc = "Infections and infestations", term = "Pneumonia", treatment = { persons = 3 }, control = { persons = 5 } },
  { soc = "Nervous system disorders", term = "Headache", treatment = { persons = 6 }, control = { persons = 4 } },
]""",
    ),
}
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
# A meta-regression requires one value of the covariate per outcome, in the same order:
# covariate = {{ label = "hours from onset", values = [24, 70], distribution = "normal(0, 0.05)", rationale = "..." }}
notes = "How the trials differ, and which were excluded and why."
"""
KINDS = tuple(OUTCOMES)
LOWER_IS_BETTER = ("events", "estimate", "adverse_events")


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
    what, measure, evidence = OUTCOMES[kind]
    return f'''
[outcomes.{kind}_example]
label = "What was measured, and when: {what}"
measure = "{measure}"
benefit = "{"lower" if kind in LOWER_IS_BETTER else "higher"}"  # the direction of effect that is good for the patient
source = "Table 2"                              # where it is printed
# mcid = {{ value = ..., rationale = "..." }}     # minimal clinically important difference, on the measure's own scale
# margin = {{ value = ..., source = "..." }}      # non-inferiority margin: how much worse is acceptable
# role = "primary"                              # or secondary, safety, part
# adjusted = false
# printed = {{ p = 0.62, source = "Table 2" }}    # a further report of the same comparison: checked, but not used

[outcomes.{kind}_example.evidence]
kind = "{kind}"
{evidence}
'''

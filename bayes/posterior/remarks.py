"""The notes that a reader needs with a sound row: sentences, each with the rule that makes it true."""

from __future__ import annotations

from math import log

from bayes.analysis.analysis import Analysis
from bayes.base.distributions import Distribution
from bayes.base.measures import upper_bound_without_events
from bayes.base.numbers import significant
from bayes.checks.proportionality import proportionality
from bayes.likelihoods.contract import default_likelihood
from bayes.paper.evidence.arms import ARMS
from bayes.paper.trial import Outcome
from bayes.priors.arm_pairs import ArmPair
from bayes.priors.hierarchy import Hierarchy
from bayes.priors.scale_guard import certain_side
from bayes.synthesis.adjustment import Adjustment
from bayes.synthesis.file import Synthesis

DISPERSION = "dispersion from the prior: event totals alone do not identify it"
POISSON = "Poisson: assumes that persons do not differ in their rates"
WITHOUT_PERSONS = (
    "Poisson: the number of persons is not printed, so over-dispersion can be neither estimated nor assumed; where "
    "persons differ in their rates, the interval is too narrow"
)


def notes(analysis: Analysis, prior_sd: float | None, posterior_sd: float | None) -> list[str]:
    """Return the notes on one posterior, most important first.

    Parameters
    ----------
    analysis : Analysis
    prior_sd, posterior_sd : float or None
        Standard deviations of the effect before and after the data, on the analysis scale; None where they do not
        exist.

    Returns
    -------
    list of str
        Sentences without a full stop.
    """
    found = []
    target = analysis.target
    if isinstance(target, Synthesis):
        found += _of_synthesis(analysis)
    else:
        found += _of_outcome(target)
        symmetric = analysis.formed.distribution.symmetric_about(target.null)
        if _folded(target):
            said = "P(benefit) is 0.50 by construction: neither the report nor the prior says which arm is favoured"
            found.append(
                said if symmetric else "the report does not say which arm it favours; both directions are considered"
            )
        found += _of_model(analysis)
        if target.measure == "proportion" and str(analysis.formed.distribution) == "beta(1, 1)":
            share = 1 - target.null if target.sign > 0 else target.null
            found.append(f"before any data this prior gives P(benefit) = {share:.2f}")
    found += _one_sided(analysis)
    if prior_sd is not None and posterior_sd is not None and posterior_sd**2 > 0.5 * prior_sd**2:
        found.append(
            "this prior outweighs the trial" if not isinstance(target, Synthesis) else "this prior outweighs the trials"
        )
    if prior_sd is not None and posterior_sd is None:
        found.append("mean and sd of the posterior do not exist")
    return found


def _one_sided(analysis: Analysis) -> list[str]:
    """Return a note on a prior without mass on one side of no effect, which settles P(benefit) whatever the data."""
    prior, target = analysis.formed.distribution, analysis.target
    if not isinstance(prior, Distribution) or not (side := certain_side(prior, target.null)):
        return []
    of = " of the mean" if isinstance(target, Synthesis) else ""
    good = side == target.sign
    lacking = "harm" if good else "benefit"
    return [f"P(benefit){of} is {int(good)} by construction: this prior has no mass on the side of {lacking}"]


def _of_model(analysis: Analysis) -> list[str]:
    """Return notes on an unusual likelihood, baseline or selection in the analysis of one outcome."""
    target, found = analysis.target, []
    prior = analysis.formed.distribution
    if isinstance(prior, Hierarchy):
        found += _of_hierarchy(analysis)
    if isinstance(prior, ArmPair):
        found.append("the arms have independent priors, which imply the prior of the effect")
    elif (name := analysis.likelihoods[0]) != default_likelihood(target):
        found.append(f"likelihood {name} instead of {default_likelihood(target)}")
    if (prior.baseline if isinstance(prior, Hierarchy) else analysis.nuisance.at) == "control":
        found.append("the baseline prior applies to the control arm: swapping the arms would not invert the answer")
    if target.selection is not None:
        omega = analysis.omegas[0]
        what = "no selection" if omega == 1 else "selective reporting"
        said = f"a non-significant result is taken to be {omega:g} times as likely to be published as a significant one"
        found.append(f"{what}: {said}")
    return found


def _of_hierarchy(analysis: Analysis) -> list[str]:
    """Return notes on what joins a table of adverse events and how little of it the data may decide."""
    evidence, (likelihood,) = analysis.target.evidence, analysis.likelihoods
    found = ["hierarchy: terms borrow strength from their body system, body systems from the table"]
    if alone := sum(evidence.systems.count(b) == 1 for b in set(evidence.systems)):
        found.append(f"{alone} body system{'' if alone == 1 else 's'} with 1 term: the hierarchy's own priors dominate")
    elif (systems := len(evidence.body_systems)) <= 5:
        found.append(f"{systems} body system{'' if systems == 1 else 's'}: the prior of their differences dominates")
    if likelihood == "events_poisson":
        found.append(POISSON)
    elif likelihood == "events_negative_binomial":
        found.append(DISPERSION)
    if empty := [name for name, row in analysis.target.rows if row.evidence.no_event]:
        found.append(f"no event in either arm, so the result is borrowed from other rows: {', '.join(empty)}")
    return found


def _folded(outcome: Outcome) -> bool:
    return getattr(outcome.evidence, "favours", None) == "unknown"


def _of_synthesis(analysis: Analysis) -> list[str]:
    members = analysis.target.members
    found = []
    if len(members) <= 5 and analysis.heterogeneity is not None:
        found.append(f"{len(members)} trials: the prior of tau dominates its posterior")
    if analysis.model == "common_effect":
        found.append("all trials are taken to share one effect: heterogeneity is zero by assumption")
    found += [f"{reason}; not shown with the others" for reason in analysis.not_formed]
    if all(_folded(m) for m in members) and analysis.formed.distribution.symmetric_about(0.0):
        found.append("P(benefit) is 0.50 by construction: no report says which arm it favours; read |mu| and tau only")
    for together in analysis.target.together.values():
        names = ", ".join(o.name for o in together.results)
        said = f"results of the same patients have one effect each, and their weighted mean is the trial's: {names}"
        if together.negative:
            said += f"; under one effect {', '.join(together.negative)} would have a negative weight"
        found.append(said)
    if text := Adjustment.of(analysis.target.measure, members).text:
        found.append(text)
    second_hand = [m.name for m in members if m.source_level in ("secondary", "derived")]
    as_treated = [m.name for m in members if m.analysis_set == "as_treated"]
    found += [f"from secondary or derived sources: {', '.join(second_hand)}"] if second_hand else []
    found += [f"arms as treated, not as randomised: {', '.join(as_treated)}"] if as_treated else []
    return found


def _of_outcome(outcome: Outcome) -> list[str]:
    evidence = outcome.evidence
    found = []
    if outcome.no_event:
        found.append(_no_event(outcome))
    elif outcome.everybody:
        found.append(_everybody(outcome))
    elif (
        evidence.kind == "events" and evidence.dispersion == "negative_binomial" and evidence.treatment.persons is None
    ):
        found.append(DISPERSION)
    elif evidence.kind == "events" and evidence.dispersion == "poisson":
        found.append(WITHOUT_PERSONS if evidence.treatment.n is None else POISSON)
    if evidence.kind in ("ordinal", "ordinal_cut") and (test := proportionality(evidence)) and test.gross:
        found.append(test.text)
    if not outcome.reported:
        found.append("measured but not reported: taken as not significant (Copas 2019)")
    if getattr(evidence, "in_residual_units", False):
        found.append("in residual standard deviations of a model: not to be pooled with raw units unless rho is stated")
    found += _of_percentages(outcome)
    if outcome.counted_as_independent:
        found.append(
            "patients counted as independent, although clusters multiply the variance by "
            f"{significant(outcome.variance_factor)}; see bayes sensitivity"
        )
    if outcome.analysis_set == "as_treated":
        found.append("arms as treated, not as randomised")
    if outcome.source_level in ("secondary", "derived", "registry"):
        found.append(
            {"secondary": "from a secondary source", "derived": "derived", "registry": "from a registry"}[
                outcome.source_level
            ]
        )
    return found


def _of_percentages(outcome: Outcome) -> list[str]:
    """Return a note where a printed percentage allows more than one count."""
    if outcome.evidence.kind != "binary":
        return []
    arms = [(arm, getattr(outcome.evidence, arm)) for arm in ARMS]
    open_ = [f"{name} {a.possible[0]} to {a.possible[-1]}" for name, a in arms if len(a.possible) > 1]
    return [f"counts from rounded percentages; also possible: {', '.join(open_)}"] if open_ else []


def _no_event(outcome: Outcome) -> str:
    """Return the note on no events (METHODS 8): no headline, and the bound that the absence of events gives."""
    evidence = outcome.evidence
    sizes = (evidence.treatment.n, evidence.control.n)
    if None in sizes:  # rates over exposure alone
        sizes = (evidence.treatment.exposure, evidence.control.exposure)
    shown = (*sizes, sum(sizes))
    if evidence.kind == "binary":
        bounds = ", ".join(f"{100 * upper_bound_without_events(n):.1f}% (0/{n})" for n in shown)
        what = "a risk"
    else:
        per = "participant" if evidence.treatment.n is not None else evidence.per or "unit of exposure"
        bounds = ", ".join(f"{significant(-log(0.05) / float(n))} per {per} (0 in {n})" for n in shown)
        what = "a rate"
    return f"no event in either arm: {_informs(outcome)}. Compatible with {what} up to {bounds}, 95% one-sided"


def _everybody(outcome: Outcome) -> str:
    """Return the note on events in every person of both arms, the mirror image of no events."""
    sizes = (outcome.evidence.treatment.n, outcome.evidence.control.n)
    shown = (*sizes, sum(sizes))
    bounds = ", ".join(f"{100 * (1 - upper_bound_without_events(n)):.1f}% ({n}/{n})" for n in shown)
    said = "every patient in both arms had the event"
    return f"{said}: {_informs(outcome)}. Compatible with a risk down to {bounds}, 95% one-sided"


def _informs(outcome: Outcome) -> str:
    if outcome.is_informative:
        return "the data bound both risks and their difference, but do not say which arm is better"
    return "the comparison is not informed by the data"

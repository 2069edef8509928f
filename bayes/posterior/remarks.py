"""The remarks that a reader needs with a sound posterior, each with the rule that makes it true."""

from __future__ import annotations

from collections.abc import Sequence

from bayes.analysis.analysis import Analysis
from bayes.base.distributions import Distribution
from bayes.base.naming import named
from bayes.checks.curves import proportional_hazards
from bayes.checks.proportionality import Proportionality, proportionality
from bayes.likelihoods.choice import default_likelihood
from bayes.likelihoods.registry import card_of
from bayes.paper.evidence import (
    CensoredCounts,
    DigitisedCurve,
    Estimate,
    Medians,
    MedianSurvival,
    PairedCounts,
    PairedMeans,
    Survival,
    of_kind,
)
from bayes.paper.evidence.adverse_events import AdverseEvents
from bayes.paper.evidence.arms import ARMS
from bayes.paper.evidence.counts import Binary, Events
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut
from bayes.paper.evidence.paired import WithinDifference
from bayes.paper.evidence.posteriors import is_posterior
from bayes.paper.stated_design import error_factor, not_allowed_for
from bayes.paper.trial import Outcome
from bayes.posterior.remark import Remark, Value
from bayes.priors.arm_pairs import ArmPair
from bayes.priors.hierarchy import Hierarchy
from bayes.priors.scale_guard import certain_side
from bayes.synthesis.adjustment import Adjustment
from bayes.synthesis.file import Synthesis

OPEN = Remark("open_by_construction")
NAMED = 10  # rows without an event that a remark names
OUTWEIGHS = "outweighs"  # the kind of the remark on a prior that is worth more than the data


def remarks_on(analysis: Analysis, prior_sd: float | None, posterior_sd: float | None) -> tuple[Remark, ...]:
    """Return the remarks on one posterior, most important first.

    Parameters
    ----------
    analysis : Analysis
    prior_sd, posterior_sd : float or None
        Standard deviations of the effect before and after the data, on the analysis scale; None where they do not
        exist.

    Returns
    -------
    tuple of Remark
    """
    target = analysis.target
    found = _of_synthesis(analysis, target) if isinstance(target, Synthesis) else _of_single(analysis, target)
    names = [name for name in dict.fromkeys(analysis.likelihoods) if not card_of(name).independent]
    if names := names + ([analysis.model] if analysis.structure_card.source else []):
        found.append(Remark("not_independent", (", ".join(names),)))
    found += _one_sided(analysis)
    if prior_sd is not None and posterior_sd is not None and posterior_sd**2 > 0.5 * prior_sd**2:
        found.append(Remark(OUTWEIGHS, (isinstance(target, Synthesis),)))
    if prior_sd is not None and posterior_sd is None:
        found.append(Remark("no_moments"))
    return tuple(found)


def _of_single(analysis: Analysis, target: Outcome) -> list[Remark]:
    prior = analysis.formed.distribution
    found = _of_outcome(target)
    if _folded(target):
        found.append(OPEN if prior.symmetric_about(target.null) else Remark("both_directions"))
    found += _of_model(analysis, target)
    if target.measure == "proportion" and str(prior) == "beta(1, 1)":
        found.append(Remark("prior_before_data", (1 - target.null if target.sign > 0 else target.null,)))
    return found


def _one_sided(analysis: Analysis) -> list[Remark]:
    """Return a remark on a prior without mass on one side of no effect, which settles P(benefit) whatever the data."""
    prior, target = analysis.formed.distribution, analysis.target
    if not isinstance(prior, Distribution) or not (side := certain_side(prior, target.null)):
        return []
    return [Remark("one_sided", (isinstance(target, Synthesis), side == target.sign))]


def _of_model(analysis: Analysis, target: Outcome) -> list[Remark]:
    """Return remarks on an unusual likelihood, baseline or selection in the analysis of one outcome."""
    found, at = [], analysis.nuisance.at
    match analysis.formed.distribution:
        case Hierarchy() as hierarchy:
            found += _of_hierarchy(analysis, target)
            at = hierarchy.baseline
        case ArmPair():
            found.append(Remark("arms_apart"))
    if analysis.likelihoods and (name := analysis.likelihoods[0]) != default_likelihood(target):
        found.append(Remark("other_likelihood", (name, default_likelihood(target))))
    if at == "control":
        found.append(Remark("baseline_of_control"))
    if target.selection is not None:
        found.append(Remark("selection", (analysis.omegas[0],)))
    return found


def _of_hierarchy(analysis: Analysis, target: Outcome) -> list[Remark]:
    """Return remarks on what joins a table of adverse events and how little of it the data may decide."""
    evidence, (likelihood,) = of_kind(target.evidence, AdverseEvents), analysis.likelihoods
    found = [Remark("hierarchy")]
    if alone := sum(evidence.systems.count(b) == 1 for b in set(evidence.systems)):
        found.append(Remark("single_terms", (alone,)))
    elif (systems := len(evidence.body_systems)) <= 5:
        found.append(Remark("few_systems", (systems,)))
    if evidence.listed_above is not None:
        found.append(Remark("listed_above", (f"{evidence.listed_above:f}",)))
    if card_of(likelihood).has("events") and not card_of(likelihood).has("dispersion"):
        found.append(Remark("poisson"))
    elif card_of(likelihood).has("dispersion"):
        found.append(Remark("dispersion"))
    if empty := [name for name, row in target.rows if row.no_event]:
        found.append(Remark("borrowed_rows", (_some(empty),)))
    return found


def _some(names: Sequence[str]) -> str:
    """Return names as a list, of which only the first stand in words: every row of a table carries the remark."""
    more = len(names) - NAMED
    return ", ".join(names) if more <= 1 else f"{', '.join(names[:NAMED])} and {more} others"


def _folded(outcome: Outcome) -> bool:
    return getattr(outcome.evidence, "favours", None) == "unknown"


def _of_synthesis(analysis: Analysis, target: Synthesis) -> list[Remark]:
    members = target.members
    found = []
    if len(members) <= 5 and analysis.heterogeneity is not None:
        found.append(Remark("few_trials", (len(members),)))
    if analysis.model == "common_effect":
        found.append(Remark("common_effect"))
    found += [Remark("not_formed", (reason,)) for reason in analysis.not_formed]
    if all(_folded(m) for m in members) and analysis.formed.distribution.symmetric_about(0.0):
        found.append(Remark("nothing_directed"))
    for together in target.together.values():
        names = ", ".join(o.name for o in together.results)
        found.append(Remark("same_patients", (names, ", ".join(together.negative) or None)))
    if text := Adjustment.of(target.measure, members).text:
        found.append(Remark("adjustment", (text,)))
    if second_hand := [m.name for m in members if m.source_level in ("secondary", "derived")]:
        found.append(Remark("second_hand", (named(second_hand),)))
    widened = {o.name for t in target.together.values() for o in t.results if o.variance_factor is not None}
    ignored = [m for m in target.named if not_allowed_for(m) or (m.counted_as_independent and m.name not in widened)]
    if ignored:
        found.append(Remark("members_independent", (named(m.name for m in ignored),)))
    medians = [(m.name, m.evidence) for m in members if isinstance(m.evidence, Medians)]
    of_logs = [name for name, report in medians if report.relation(target.measure) == "difference_of_logs"]
    if of_logs and len(of_logs) < len(members):
        found.append(Remark("medians_with_means", (named(of_logs),)))
    if as_treated := [m.name for m in members if m.analysis_set == "as_treated"]:
        found.append(Remark("members_as_treated", (named(as_treated),)))
    return found


def _of_outcome(outcome: Outcome) -> list[Remark]:
    found = _of_numbers(outcome)
    if not outcome.reported:
        found.append(Remark("not_reported"))
    if outcome.evidence.in_residual_units:
        found.append(Remark("residual_units"))
    found += _of_percentages(outcome)
    found += _of_design(outcome)
    if outcome.analysis_set == "as_treated":
        found.append(Remark("as_treated"))
    if outcome.source_level in ("secondary", "derived", "registry"):
        found.append(Remark(f"from_{outcome.source_level}"))
    return found


def _of_design(outcome: Outcome) -> list[Remark]:
    """Return remarks on clusters and periods, and on what the reading ignores of them."""
    if (ignored := not_allowed_for(outcome)) is not None:
        return [Remark("design_ignored", (ignored,))]
    if error_factor(outcome) > 1:
        return [Remark("error_of_clusters", (outcome.variance_factor,))]
    if not outcome.counted_as_independent:
        return []
    if outcome.icc_is_open:
        return [Remark("clusters_open", (f"{outcome.cluster_size}",))]
    return [Remark("clusters", (outcome.variance_factor,))]


def _of_numbers(outcome: Outcome) -> list[Remark]:
    """Return remarks on empty cells, on what the counts do not say, and on odds that are not proportional."""
    match outcome.evidence:
        case Binary() | Events() if outcome.no_event:
            return [_no_event(outcome, outcome.evidence)]
        case Binary() as evidence if outcome.everybody:
            sizes = (evidence.treatment.n, evidence.control.n)
            return [Remark("all_had_the_event", (outcome.is_informative, *sizes))]
        case CensoredCounts(treatment=t, control=c):
            return [Remark("censored", (f"{t.said} v {c.said}",))]
        case Events(dispersion="poisson") as evidence:
            return [Remark("poisson_without_persons" if evidence.treatment.n is None else "poisson")]
        case Events() as evidence if evidence.treatment.persons is None:
            return [Remark("dispersion")]
        case Estimate(prior=str() as prior):
            return [Remark("prior_undone", (prior,))]
        case Estimate(gives_width=True) if is_posterior(outcome):
            return [Remark("posterior_as_data")]
        case Medians(family=None) as medians if medians.relation(outcome.measure) != "same_scale":
            taken, instead = ("log-normal", "normal")[:: 1 if medians.log_normal(outcome.measure) else -1]
            return [Remark("family", (taken, instead))]
        case Estimate(error_is_bound=True, p=p):
            return [Remark("largest_error", (str(p),))]
        case PairedMeans(error_is_bound=True, difference=WithinDifference(p=p)):
            return [Remark("largest_error", (str(p),))]
        case PairedMeans(assumes_correlation=True, correlation=r):
            return [Remark("assumed_correlation", (f"{r}",))]
        case PairedCounts(discordant=pairs):
            return [Remark("discordant", (pairs,))]
        case Survival(time=time) if outcome.measure == "hazard_ratio":
            return [Remark("proportional_hazards", (time,))]
        case MedianSurvival() if outcome.measure == "hazard_ratio":
            return [Remark("exponential")]
        case DigitisedCurve() as evidence:
            return _of_curves(evidence, outcome.measure)
        case Ordinal() | OrdinalCut() as evidence if (test := proportionality(evidence)) and test.gross:
            return [_not_proportional(test)]
    return []


def _of_curves(evidence: DigitisedCurve, measure: str) -> list[Remark]:
    """Return that patients were reconstructed and, of a hazard ratio, whether it is unlikely to be constant."""
    found = [Remark("reconstructed")]
    if measure == "hazard_ratio" and (test := proportional_hazards(evidence)) is not None and test.doubtful:
        found.append(Remark("hazards_not_proportional", (test.early, test.middle, evidence.unit, test.late, test.p)))
    return found


def _not_proportional(test: Proportionality) -> Remark:
    (low_at, low), (high_at, high) = (pick(test.cuts, key=lambda cut: cut[1]) for pick in (min, max))
    return Remark("not_proportional", (low, low_at, high, high_at, test.statistic, test.df, test.p))


def _no_event(outcome: Outcome, evidence: Binary | Events) -> Remark:
    treatment, control = evidence.treatment, evidence.control
    sizes: tuple[Value, ...]
    if treatment.n is not None and control.n is not None:
        per, sizes = "participant", (treatment.n, control.n)
    else:  # rates over exposure alone
        per = getattr(evidence, "per", None) or "unit of exposure"
        sizes = tuple(float(getattr(arm, "exposure", None) or 0) for arm in (treatment, control))
    return Remark("no_event", (isinstance(evidence, Binary), outcome.is_informative, per, *sizes))


def _of_percentages(outcome: Outcome) -> list[Remark]:
    """Return a remark where a printed percentage allows more than one count."""
    if not isinstance(outcome.evidence, Binary):
        return []
    arms = [(arm, getattr(outcome.evidence, arm)) for arm in ARMS]
    open_ = [f"{name} {a.possible[0]} to {a.possible[-1]}" for name, a in arms if len(a.possible) > 1]
    return [Remark("rounded_percentages", (", ".join(open_),))] if open_ else []

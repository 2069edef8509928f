"""A remark: a fact that a reader needs with a posterior, as its kind and its values, and the words for each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log

from bayes.base.measures import upper_bound_without_events
from bayes.base.numbers import significant

Value = str | bool | int | float | None


@dataclass(frozen=True, slots=True)
class Remark:
    """A fact that a reader needs with a posterior.

    Attributes
    ----------
    kind : str
        A key of `WORDS`.
    values : tuple
        The arguments of its words.
    """

    kind: str
    values: tuple[Value, ...] = ()

    @property
    def p_by_construction(self) -> float | None:
        """P(benefit) where this remark says that the report and the prior settle it; else None."""
        match self.kind, self.values:
            case ("open_by_construction" | "nothing_directed", _):
                return 0.5
            case ("one_sided", (_, good)):
                return float(bool(good))
        return None

    def __str__(self) -> str:
        """Return the remark in words, without a full stop."""
        return WORDS[self.kind](*self.values)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _one_sided(synthesis: bool, good: bool) -> str:
    of, lacking = " of the mean" if synthesis else "", "harm" if good else "benefit"
    return f"P(benefit){of} is {int(good)} by construction: this prior has no mass on the side of {lacking}"


def _selection(omega: float) -> str:
    what = "no selection" if omega == 1 else "selective reporting"
    said = f"a non-significant result is taken to be {omega:g} times as likely to be published as a significant one"
    return f"{what}: {said}"


def _no_event(persons: bool, informative: bool, per: str, *sizes: int | float) -> str:
    """Return the note on no events (METHODS 8): no headline, and the bound that the absence of events gives."""
    shown = (*sizes, sum(sizes))
    if persons:
        bounds = ", ".join(f"{100 * upper_bound_without_events(int(n)):.1f}% (0/{n:g})" for n in shown)
        what = "a risk"
    else:
        bounds = ", ".join(f"{significant(-log(0.05) / n)} per {per} (0 in {n:.12g})" for n in shown)
        what = "a rate"
    return f"no event in either arm: {_informs(informative)}. Compatible with {what} up to {bounds}, 95% one-sided"


def _all_had_the_event(informative: bool, *sizes: int) -> str:
    """Return the note on events in every person of both arms, the mirror image of no events."""
    shown = (*sizes, sum(sizes))
    bounds = ", ".join(f"{100 * (1 - upper_bound_without_events(n)):.1f}% ({n}/{n})" for n in shown)
    said = "every patient in both arms had the event"
    return f"{said}: {_informs(informative)}. Compatible with a risk down to {bounds}, 95% one-sided"


def _informs(informative: bool) -> str:
    if informative:
        return "the data bound both risks and their difference, but do not say which arm is better"
    return "the comparison is not informed by the data"


def _same_patients(names: str, negative: str | None) -> str:
    said = f"results of the same patients have one effect each, and their weighted mean is the trial's: {names}"
    return said if negative is None else f"{said}; under one effect {negative} would have a negative weight"


IGNORED = {
    "clusters": "patients counted as independent, although clusters were randomised: no design effect is stated",
    "same patients": "arms read as different patients, although the same patients had both treatments",
}
WORDS: dict[str, Callable[..., str]] = {
    # the report
    "no_event": _no_event,
    "all_had_the_event": _all_had_the_event,
    "dispersion": lambda: "dispersion from the prior: event totals alone do not identify it",
    "poisson": lambda: "Poisson: assumes that persons do not differ in their rates",
    "poisson_without_persons": lambda: (
        "Poisson: the number of persons is not printed, so over-dispersion can be neither estimated nor assumed; where "
        "persons differ in their rates, the interval is too narrow"
    ),
    "not_proportional": lambda low, low_at, high, high_at, statistic, df, p: (
        f"odds are not proportional: the odds ratio of a better outcome ranges from {significant(low)} (cut after "
        f"{low_at}) to {significant(high)} (cut after {high_at}); likelihood ratio {significant(statistic)} on {df} "
        f"df, p = {significant(p, 2)}. A common odds ratio averages over these and describes none of them"
    ),
    "family": lambda taken, instead: (
        f"the printed numbers are skewed for {instead} observations and are read as {taken} ones"
    ),
    "largest_error": lambda p: f"only p {p} is printed: the standard error is the largest that it allows",
    "assumed_correlation": lambda r: (
        f"the precision rests on a stated correlation of {r} between the results of a patient; see bayes sensitivity"
    ),
    "censored": lambda bounds: (
        f"counts within bounds, {bounds}: every count that they allow is considered; see bayes sensitivity"
    ),
    "discordant": lambda pairs: (
        f"an odds ratio within a patient, from {_count(pairs, 'patient')} with the event under one treatment only"
    ),
    "prior_undone": lambda prior: (
        "the paper's own prior was flat: its posterior is its likelihood"
        if prior == "flat"
        else f"the paper's own prior, {prior}, is undone: the likelihood is that of its data"
    ),
    "posterior_as_data": lambda: (
        "a credible interval read as if it were a likelihood: the paper's own prior counts as data; state it as "
        "`prior`, and it is undone"
    ),
    "proportional_hazards": lambda time: f"from survival at {time}: assumes proportional hazards until then",
    "exponential": lambda: "from medians: assumes exponential times to the event",
    "reconstructed": lambda: (
        "patients reconstructed from digitised curves (Guyot 2012), compared without strata, covariates or clusters; "
        "the interval does not allow for errors of reading"
    ),
    "hazards_not_proportional": lambda early, middle, unit, late, p: (
        f"hazards are not proportional (p = {significant(p, 2)}): the hazard ratio is {significant(early)} up to "
        f"{significant(middle)} {unit} and {significant(late)} after that; see bayes sensitivity"
    ),
    "not_reported": lambda: "measured but not reported: taken as not significant (Copas 2019)",
    "residual_units": lambda: (
        "in residual standard deviations of a model: not to be pooled with raw units unless rho is stated"
    ),
    "rounded_percentages": lambda counts: f"counts from rounded percentages; also possible: {counts}",
    "clusters": lambda factor: (
        f"patients counted as independent, although clusters multiply the variance by {significant(factor)}; see "
        "bayes sensitivity"
    ),
    "clusters_open": lambda size: (
        f"patients counted as independent, although in clusters of {size} whose ICC is not printed; see bayes "
        "sensitivity"
    ),
    "error_of_clusters": lambda factor: (
        f"the standard error from numbers of patients is widened for clusters, which multiply the variance by "
        f"{significant(factor)}"
    ),
    "design_ignored": lambda what: IGNORED[what],
    "as_treated": lambda: "arms as treated, not as randomised",
    "from_secondary": lambda: "from a secondary source, not from the paper itself",
    "from_derived": lambda: "derived from other printed numbers, not printed itself",
    "from_registry": lambda: "from a registry entry, not from a paper",
    # the model
    "open_by_construction": lambda: (
        "P(benefit) is 0.50 by construction: neither the report nor the prior says which arm is favoured"
    ),
    "both_directions": lambda: "the report does not say which arm it favours; both directions are considered",
    "arms_apart": lambda: "the arms have independent priors, which imply the prior of the effect",
    "other_likelihood": lambda name, usual: f"likelihood {name} instead of {usual}",
    "not_independent": lambda names: (
        f"the quadrature integrates the model file of {names} itself: its agreement with NUTS tests the sampler, not "
        "the model"
    ),
    "baseline_of_control": lambda: (
        "the baseline prior applies to the control arm: swapping the arms would not invert the answer"
    ),
    "selection": _selection,
    "prior_before_data": lambda share: f"before any data this prior gives P(benefit) = {share:.2f}",
    "one_sided": _one_sided,
    "outweighs": lambda synthesis: f"this prior outweighs the trial{'s' if synthesis else ''}",
    "no_moments": lambda: "mean and sd of the posterior do not exist",
    # a table of adverse events
    "hierarchy": lambda: "hierarchy: terms borrow strength from their body system, body systems from the table",
    "listed_above": lambda percent: (
        f"events in at most {percent}% of every arm are not listed, so that a row just above may be there by chance in "
        "one arm"
    ),
    "single_terms": lambda n: f"{_count(n, 'body system')} with 1 term: the hierarchy's own priors dominate",
    "few_systems": lambda n: f"{_count(n, 'body system')}: the prior of their differences dominates",
    "borrowed_rows": lambda names: f"no event in either arm, so the result is borrowed from other rows: {names}",
    # a synthesis
    "few_trials": lambda n: f"{n} trials: the prior of tau dominates its posterior",
    "common_effect": lambda: "all trials are taken to share one effect: heterogeneity is zero by assumption",
    "not_formed": lambda reason: f"{reason}; not shown with the others",
    "nothing_directed": lambda: (
        "P(benefit) is 0.50 by construction: no report says which arm it favours; read |mu| and tau only"
    ),
    "same_patients": _same_patients,
    "adjustment": lambda text: text,
    "second_hand": lambda names: f"from secondary or derived sources: {names}",
    "members_independent": lambda names: f"patients counted as independent in spite of the design: {names}",
    "medians_with_means": lambda names: (
        f"differences of medians of log-normal observations, pooled with differences of means: {names}"
    ),
    "members_as_treated": lambda names: f"arms as treated, not as randomised: {names}",
}

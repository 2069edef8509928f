"""A check for standard errors of the mean printed as standard deviations, the most common slip in tables of means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import log, sqrt

from bayes.base import measures
from bayes.base.numbers import significant
from bayes.checks.finding import NOT_CHECKABLE
from bayes.checks.ledger import Ledger
from bayes.checks.printed_effects import PrintedEffect
from bayes.paper.evidence import Means, of_kind
from bayes.paper.trial import Outcome

NEAR = 0.3  # log ratio below which a printed standard error agrees with the slip
FAR = log(2)  # log ratio above which it disagrees with the table as printed


def check_errors(ledger: Ledger, outcome: Outcome, entries: Iterable[PrintedEffect]) -> None:
    """Note SDs that look like standard errors, judging by the standard error of the printed difference.

    It is taken from an interval, a standard error or a p-value, or else from `sd_ref`, the known SD of the scale.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    outcome : Outcome
        An outcome with evidence of kind `means`.
    entries : iterable of Entry
        The printed results.
    """
    evidence = of_kind(outcome.evidence, Means)
    if not all(arm.sd_is_printed for arm in (evidence.treatment, evidence.control)):
        return
    t, c = evidence.treatment, evidence.control
    as_sd = evidence.standard_error("mean_difference")
    as_error = sqrt(float(t.sd) ** 2 + float(c.sd) ** 2)
    ledger.checks += 1
    for what, error in _printed_errors(outcome, evidence, entries):
        if abs(log(error / as_error)) < NEAR and log(error / as_sd) > FAR:
            sds = " and ".join(significant(float(arm.sd) * sqrt(arm.n), 4) for arm in (t, c))
            text = (
                f"printed SDs {t.sd} and {c.sd}, which look like standard errors of the means, judging by {what}; "
                f"the SDs would then be {sds}"
            )
            ledger.note("evidence.treatment.sd", NOT_CHECKABLE, t.sd, sds, None, text)
            return


def _printed_errors(outcome: Outcome, evidence: Means, entries: Iterable[PrintedEffect]) -> Iterator[tuple[str, float]]:
    """Yield the standard errors of the difference, in units of the means, implied by other printed numbers."""
    gap, as_sd = evidence.own_estimate("mean_difference")
    for entry in entries:
        result, df, p = entry.result, entry.df, entry.exact_p
        plain = entry.measure == "mean_difference"
        low, high = map(float, result.numbers or (0, 0))
        if plain and low < high:
            yield f"the printed interval {low:g} to {high:g}", measures.se_from_ci(low, high, float(result.level), df)
        if plain and result.se is not None:
            yield f"the printed standard error {result.se}", float(result.se)
        if gap and p is not None and p < 1:
            yield f"the printed p = {p}", measures.se_from_p(gap, float(p), df)
    if outcome.sd_ref is not None:
        yield f"sd_ref = {outcome.sd_ref}", as_sd * float(outcome.sd_ref) / evidence.pooled_sd

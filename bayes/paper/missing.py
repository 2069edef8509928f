"""Patients without an outcome, who are not in the evidence, and what may be believed about them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bayes.base.closed import Closed, check
from bayes.base.distributions import Distribution, parse
from bayes.base.expressions import ExpressionError
from bayes.base.written_numbers import Count, Printed
from bayes.errors import Mistake
from bayes.paper.evidence import Binary, Means, OrdinalTable
from bayes.paper.evidence.arms import by_arm

if TYPE_CHECKING:
    from bayes.paper.trial import Outcome, Trial

ACCEPTED = "normal(mean, sd), or interval(low, high) of the odds ratio (for means, of the difference in SDs)"


class PriorOfArms(Closed):
    """The prior of the departure in each arm, as expressions."""

    treatment: str
    control: str


class Missing(Closed):
    """The number of patients per arm without an outcome, and the prior of their departure from those with one.

    The departure is the log odds ratio of the event, or of what a common odds ratio counts, in patients without against
    patients with an outcome (IMOR); for means it is the difference of their means in standard deviations (IMDOM).

    Attributes
    ----------
    treatment, control : int
        Patients without an outcome.
    prior : str or PriorOfArms, optional
        Prior of the departure in both arms, or in each of them.
    correlation : Decimal
        Correlation of the departures of both arms.
    rationale : str, optional
        The reason for the prior; required if it is stated.
    source : str, optional
        Where the numbers are printed, if not with the outcome.
    """

    treatment: Count
    control: Count
    prior: str | PriorOfArms | None = None
    correlation: Annotated[Printed, Field(ge=-1, le=1)] = Decimal(0)
    rationale: str | None = None
    source: str | None = None

    @check
    def _says_something(self) -> Iterator[Mistake]:
        if not self.treatment and not self.control:
            yield Mistake("treatment", "no patient of either arm is missing; omit `missing`")

    @check
    def _prior_is_reasoned(self) -> Iterator[Mistake]:
        for path, text in self.stated:
            if (problem := _problem(text)) is not None:
                yield Mistake(path, problem)
        if self.prior is not None and self.rationale is None:
            yield Mistake("rationale", "missing; a stated prior requires the reason for it")

    @property
    def stated(self) -> tuple[tuple[str, str], ...]:
        """The path and the expression of each stated prior, the treatment's first; empty if none is stated."""
        if isinstance(self.prior, PriorOfArms):
            return tuple((f"prior.{arm}", text) for arm, text in by_arm(self.prior).items())
        return () if self.prior is None else (("prior", self.prior),)

    @property
    def total(self) -> int:
        return self.treatment + self.control

    def departures(self, odds: bool) -> tuple[tuple[float, float], tuple[float, float]] | None:
        """Return the mean and the standard deviation of the departure in the treatment and in the control arm.

        Parameters
        ----------
        odds : bool
            Whether the departure is a log odds ratio, whose intervals are stated as odds ratios.

        Returns
        -------
        tuple of (mean, sd), or None
            None if no prior is stated.
        """
        found = [_normal(text, odds).args for _, text in self.stated]
        if not found:
            return None
        (mean1, sd1), (mean0, sd0) = found[0], found[-1]
        return (mean1, sd1), (mean0, sd0)


def _normal(text: str, odds: bool) -> Distribution:
    measure = "odds_ratio" if odds else "standardised_mean_difference"
    return parse(text, of_effect=True).of_effect(measure)


def _problem(text: str) -> str | None:
    """Return what is wrong with the prior of a departure, or None."""
    try:
        found = parse(text, of_effect=True)
    except ExpressionError as error:
        return str(error)
    return None if found.name in ("normal", "interval") else f"found {found}; accepted: {ACCEPTED}"


def missing_in_vain(outcome: Outcome) -> Iterator[Mistake]:
    """Find patients without an outcome beside evidence for which they cannot be modelled, or which contains them.

    Parameters
    ----------
    outcome : Outcome

    Yields
    ------
    Mistake
    """
    missing, evidence = outcome.missing, outcome.evidence
    if missing is None:
        return
    if not isinstance(evidence, Binary | Means | OrdinalTable):
        said = f"not available for {evidence.kind!r} evidence; supported kinds: binary, means, ordinal, ordinal_cut"
        yield Mistake("missing", said)
        return
    if outcome.observed is not None:
        said = "contradicts observed: counts that contain imputed patients leave none without an outcome; state one"
        yield Mistake("missing", said)
    odds = not isinstance(evidence, Means)
    for path, text in missing.stated:
        try:
            _normal(text, odds)
        except ExpressionError as error:
            yield Mistake(f"missing.{path}", str(error))


def more_than_randomised(trial: Trial) -> Iterator[Mistake]:
    """Find outcomes with more patients, with and without an outcome, than an arm of the trial had.

    Parameters
    ----------
    trial : Trial

    Yields
    ------
    Mistake
    """
    for name, outcome in trial.outcomes.items():
        contrast = trial.contrasts.get(outcome.contrast) if outcome.contrast is not None else None
        randomised = trial.n if contrast is None else contrast.n
        sizes = outcome.evidence.sizes
        if outcome.missing is None or randomised is None or sizes is None or outcome.patients is not None:
            continue
        for arm, lost in by_arm(outcome.missing).items():
            seen, most = by_arm(sizes)[arm], by_arm(randomised)[arm]
            if seen + lost > most:
                said = f"{lost} without and {seen} with an outcome exceed the {most} patients randomised to this arm"
                yield Mistake(f"outcomes.{name}.missing.{arm}", f"{said}; accepted: at most {max(most - seen, 0)}")

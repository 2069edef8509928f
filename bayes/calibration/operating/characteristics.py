"""`operating`: how often a decision rule succeeds if the same trial were repeated, under each analysis prior."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bayes.analysis.plan import formed_prior
from bayes.analysis.targets import Target, resolve
from bayes.base.distributions import Distribution
from bayes.base.tables import Rows, Tabular
from bayes.calibration.operating.baseline import OBSERVED, Baseline
from bayes.calibration.operating.choice import check_offered, design_of
from bayes.calibration.operating.grid import default_effects, marked, natural, stated_effects, usual_width
from bayes.calibration.operating.layout import in_words
from bayes.calibration.operating.posteriors import Thresholds
from bayes.calibration.operating.row import COLUMNS, Characteristic, OperatingRow
from bayes.calibration.operating.rule import Rule, parse_rule
from bayes.calibration.operating.simulated import Simulation
from bayes.calibration.operating.store import fingerprint
from bayes.calibration.operating.study import AnalysisPrior, Design, Estimate, Question, Study
from bayes.calibration.operating.truths import Truths, false_effects, least_false
from bayes.errors import InvalidInput, NotFormable
from bayes.likelihoods.choice import likelihood_of
from bayes.paper.trial import Outcome
from bayes.priors.arm_pairs import ArmPair
from bayes.priors.sets import PriorSet, SomePriorSet, as_set, find_prior
from bayes.quadrature import curve

RULE = "p_benefit > 0.95"
DESIGN = ("sceptical", "enthusiastic")
"""Design priors by default, beside each analysis prior itself."""
SIMULATIONS, SEED = 1000, 20260101
OWN = "the analysis prior"
NO_EFFECT_OF_ITS_OWN = "a prior of both arms states no distribution of the effect alone, from which it could be drawn"


@dataclass(frozen=True)
class Skipped:
    """A prior that cannot be used, with the reason."""

    name: str
    reason: str


def operating(
    target: Target,
    rule: str | Rule = RULE,
    *,
    prior: str | Sequence[str] | None = None,
    prior_set: SomePriorSet = "default",
    design: str | Sequence[str] | None = None,
    effects: Sequence[float] | None = None,
    baseline: str | float = OBSERVED,
    likelihood: str | None = None,
    simulations: int = SIMULATIONS,
    seed: int | None = None,
) -> Operating:
    """Compute the operating characteristics of a decision rule for a trial like the one reported.

    The trial has the sizes, the precision and the likelihood of the report; its result is drawn afresh at every true
    effect. Priors are those formed for the report itself.

    Parameters
    ----------
    target : Outcome, Trial, str or path
        An outcome, or what names one.
    rule : str or Rule
        Such as "p_benefit > 0.95 and p_mcid > 0.5".
    prior : str or sequence of str, optional
        Analysis priors: names or expressions; by default all of the set that can be formed.
    prior_set : str, path or PriorSet
    design : str or sequence of str, optional
        Design priors, from which the true effect is drawn: names or expressions; by default the sceptical and the
        enthusiastic prior. The analysis prior itself is always one.
    effects : sequence of float, optional
        True effects, on the measure's own scale; by default from some harm to a large benefit. No effect, the MCID and
        the planned effect are always among them.
    baseline : str or float
        The control arm of counts: "observed", "averaged" over its prior, or a risk or rate.
    likelihood : str, optional
    simulations : int
        Reports drawn where they cannot be enumerated.
    seed : int, optional
        Of these draws.

    Returns
    -------
    Operating

    Raises
    ------
    InvalidInput
        If the rule cannot be read, the target is a synthesis, or such a report is not covered.
    NotFormable
        If a threshold of the rule is not stated, or all analysis priors cannot be formed.
    """
    outcome = resolve(target)
    if not isinstance(outcome, Outcome):
        raise InvalidInput(outcome.name, ["operating characteristics are those of one trial; accepted: an outcome"])
    if outcome.omega != 1:
        raise InvalidInput(outcome.name, ["its selection is stated, which a repeated trial does not have; accepted: an "
                                          "outcome without `selection`"])  # fmt: skip
    if simulations < 2:
        raise InvalidInput("simulations", [f"found {simulations}; accepted: 2 or more"])
    read = rule if isinstance(rule, Rule) else parse_rule(rule)
    thresholds, priors = Thresholds.of(outcome), as_set(prior_set)
    read.check(thresholds, outcome.name)
    name = likelihood_of(outcome, likelihood)
    check_offered(outcome, name)
    width = usual_width(outcome) or curve(outcome, priors.nuisance, name).width
    asked = [prior] if isinstance(prior, str) else list(prior or [])
    drawn = [design] if isinstance(design, str) else list(DESIGN if design is None else design)
    control = Baseline.read(baseline)
    chosen = Simulation(simulations, SEED if seed is None else seed)
    at = stated_effects(outcome, effects) if effects else default_effects(outcome, thresholds, width, _any(outcome))
    repeated = design_of(outcome, name, priors.nuisance, control, tuple(at), chosen)
    low, high = repeated.truths.possible
    possible = tuple(e for e in at if low < e < high)
    analysis, skipped = _formed(outcome, asked or list(priors.named), priors, quietly=not asked)
    usable, unusable = _usable(analysis, repeated)
    if not usable:
        raise NotFormable(f"{outcome.name}: " + "; ".join(f"{s.name}: {s.reason}" for s in [*skipped, *unusable]))
    designs, not_drawn = _formed(outcome, drawn, priors, quietly=False)
    question = Question(read, thresholds, possible)
    studies = repeated.studies(usable, question)
    head: dict[str, str | None] = {
        "trial": outcome.trial.id,
        "outcome": outcome.id,
        "measure": outcome.measure,
        "benefit": outcome.benefit,
        "evidence": outcome.evidence.kind,
        "likelihood": name,
        "rule": str(read),
        "claim": read.claim,
        "method": repeated.how,
        "baseline": repeated.baseline or None,
        "fingerprint": fingerprint(outcome),
    }
    found = _Found(outcome, question, repeated, head)
    rows = [row for key, study in studies.items() for row in found.of_prior(key, usable[key], study, designs)]
    rows += [found.skipped(one, as_design=False) for one in [*skipped, *unusable]]
    rows += [found.skipped(one, as_design=True) for one in not_drawn]
    return Operating(outcome, read, tuple(rows))


def _any(outcome: Outcome) -> tuple[float, float]:
    bounds = {"proportion": (0.0, 1.0), "risk_difference": (-1.0, 1.0)}
    return bounds.get(outcome.measure, (-np.inf, np.inf))


def _formed(
    outcome: Outcome, names: Sequence[str], priors: PriorSet, quietly: bool
) -> tuple[dict[str, AnalysisPrior], list[Skipped]]:
    """Form priors for an outcome; a prior of the set that is left out where it cannot be formed has no row."""
    found: dict[str, AnalysisPrior] = {}
    skipped = []
    for name in names:
        named = find_prior(name, priors)
        try:
            distribution = formed_prior(named, outcome, priors).distribution
        except NotFormable as reason:
            if not (quietly and named.prior.when == "formable"):
                skipped.append(Skipped(name, str(reason)))
            continue
        if isinstance(distribution, Distribution | ArmPair):
            found[named.name] = distribution
        elif not quietly:
            skipped.append(Skipped(name, "a prior of a table of adverse events does not serve a single effect"))
    return found, skipped


def _usable(priors: dict[str, AnalysisPrior], design: Design) -> tuple[dict[str, AnalysisPrior], list[Skipped]]:
    """Return the analysis priors under which a design can be studied, and the others."""
    usable = {name: prior for name, prior in priors.items() if isinstance(prior, Distribution) or design.takes_pairs}
    why = "priors of both arms serve counts of persons with an event in two arms only"
    return usable, [Skipped(name, why) for name in priors if name not in usable]


@dataclass(frozen=True)
class _Found:
    """What all rows of one run share."""

    outcome: Outcome
    question: Question
    design: Design
    head: dict[str, str | None]

    def row(
        self,
        prior: str,
        distribution: object,
        characteristic: Characteristic,
        estimate: Estimate | None,
        effect: float | None = None,
        design: tuple[str, str] | None = None,
    ) -> OperatingRow:
        """Return one row."""
        row: OperatingRow = dict.fromkeys(COLUMNS)  # type: ignore[assignment]  # filled below
        row.update(self.head)  # type: ignore[typeddict-item]  # its keys are columns
        row["prior"], row["prior_distribution"] = prior, str(distribution)
        row["characteristic"], row["status"] = characteristic, "ok"
        if estimate is not None:
            row["value"], row["mcse"] = estimate.value, estimate.mcse
        if effect is not None:
            row["effect"] = natural(effect, self.outcome)
            row["marks"] = marked(self.outcome).get(effect)
        if design is not None:
            row["design_prior"], row["design_prior_distribution"] = design
        return row

    def skipped(self, one: Skipped, as_design: bool) -> OperatingRow:
        """Return the row of a prior that was skipped."""
        row = self.row("" if as_design else one.name, "", "assurance" if as_design else "p_success", None)
        row["prior_distribution"], row["status"], row["reason"] = None, "skipped", one.reason
        if as_design:
            row["design_prior"] = one.name
        return row

    def of_prior(
        self, name: str, prior: AnalysisPrior, study: Study, designs: dict[str, AnalysisPrior]
    ) -> Iterator[OperatingRow]:
        """Yield all rows of one analysis prior: at every true effect, at the worst ones, and averaged."""
        effects = self.question.effects
        for effect, found in zip(effects, study.success(np.array(effects)), strict=True):
            yield self.row(name, prior, "p_success", found, effect)
        for effect in effects:
            accuracy = study.accuracy(effect)
            if accuracy.bias is not None and accuracy.mse is not None:
                yield self.row(name, prior, "bias", accuracy.bias, effect)
                yield self.row(name, prior, "mse", accuracy.mse, effect)
            yield self.row(name, prior, "coverage", accuracy.coverage, effect)
        claim, thresholds = self.question.rule.claim, self.question.thresholds
        edges = np.array(least_false(thresholds, claim))
        yield self._worst(name, prior, study, "type_i_error", edges)
        yield self._worst(
            name, prior, study, "type_i_error_sup", false_effects(self.design, thresholds, claim, effects)
        )
        for other, drawn in {OWN: prior, **designs}.items():
            if isinstance(drawn, Distribution):
                yield from self._averaged(name, prior, study, other, drawn)
                continue
            row = self.row(name, prior, "assurance", None, design=(other, str(drawn)))
            row["status"], row["reason"] = "skipped", NO_EFFECT_OF_ITS_OWN
            yield row

    def _worst(
        self, name: str, prior: AnalysisPrior, study: Study, what: Characteristic, at: np.ndarray
    ) -> OperatingRow:
        found = study.success(at)
        worst = max(range(len(found)), key=lambda i: found[i].value)
        return self.row(name, prior, what, found[worst], float(at[worst]))

    def _averaged(
        self, name: str, prior: AnalysisPrior, study: Study, other: str, drawn: Distribution
    ) -> Iterator[OperatingRow]:
        """Yield what is averaged over one design prior."""
        truths = Truths.of(drawn, self.design, self.question.thresholds, self.question.rule.claim)
        theta, weight, false = truths.theta, truths.weight, truths.false * truths.weight
        label = other, str(drawn)
        yield self.row(name, prior, "assurance", study.averaged(theta, weight), design=label)
        yield self.row(name, prior, "p_false", Estimate(truths.p_false), design=label)
        if truths.p_false > 0:
            wrong = study.averaged(theta, false / truths.p_false)
            yield self.row(name, prior, "bayesian_type_i_error", wrong, design=label)
        if (share := study.share(theta, false, weight)) is not None:
            yield self.row(name, prior, "p_false_given_success", share, design=label)


@dataclass(frozen=True, repr=False)
class Operating(Tabular):
    """The operating characteristics of one rule for one outcome.

    Attributes
    ----------
    outcome : Outcome
    rule : Rule
    found : tuple of OperatingRow
    """

    outcome: Outcome
    rule: Rule
    found: tuple[OperatingRow, ...]

    @property
    def rows(self) -> list[OperatingRow]:
        """Rows as plain dictionaries, missing values None."""
        return list(self.found)

    def tables(self) -> dict[str, Rows]:
        """Return the rows, one characteristic each."""
        return {"operating": self.rows}

    @property
    def text(self) -> str:
        """What was computed, in sentences."""
        return "\n".join(in_words(self.rows))

    def __repr__(self) -> str:
        """Describe the result in words; `to_frame()` has the numbers."""
        return self.text

    __str__ = __repr__

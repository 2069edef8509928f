"""The disclosures that accompany every posterior (METHODS 10), from the fields of its file; else "not stated"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bayes.base.naming import MANY, named
from bayes.base.numbers import significant
from bayes.paper.annotations import NOT_STATED
from bayes.paper.stated_design import error_factor, not_allowed_for
from bayes.paper.trial import Outcome
from bayes.posterior.remark import IGNORED
from bayes.synthesis.adjustment import Adjustment, adjusted
from bayes.synthesis.file import Synthesis
from bayes.text.files import analysis_set, source_level
from bayes.text.printed import Fact

RELATIVE = {
    "common_odds_ratio": "the odds of a {better} category",
    "odds_ratio": "the odds of the event",
    "risk_ratio": "the risk of the event",
    "rate_ratio": "the rate of events",
    "hazard_ratio": "the hazard of the event",
    "mean_ratio": "the mean",
    "win_ratio": "the pairs of patients won",
    "win_odds": "the pairs of patients won, with half of those tied,",
}
ABSOLUTE = {
    "risk_difference": "the risk of the event",
    "rate_difference": "the rate of events",
    "mean_difference": "the mean, in its own units",
    "standardised_mean_difference": "the mean, in standard deviations",
}


@dataclass(frozen=True)
class Counted:
    """The numbers of outcomes, syntheses and posteriors computed together, without adjustment for multiplicity.

    `corpus` says in words how many results or meta-analyses of a corpus the folder holds, and `calibration` on how many
    pairs of trials; empty if none.
    """

    outcomes: int
    syntheses: int
    posteriors: int
    corpus: str = ""
    calibration: str = ""

    @property
    def trials(self) -> bool:
        """True if there is anything besides a corpus and a calibration."""
        return self.outcomes + self.syntheses > 0

    @property
    def beside(self) -> str:
        """The corpus and the calibration in words; empty if there is neither."""
        return " and ".join(filter(None, (self.corpus, self.calibration)))

    def __str__(self) -> str:
        if not self.trials and self.beside:
            return f"{self.beside}, each under several priors, without adjustment for their number"
        outcomes = f"{self.outcomes} outcome{'' if self.outcomes == 1 else 's'}"
        syntheses = f"{self.syntheses} synthes{'is' if self.syntheses == 1 else 'es'}"
        return (
            f"{outcomes} and {syntheses} under several priors, {self.posteriors} posteriors in all, without adjustment "
            f"for their number{f'; beside {self.beside}' if self.beside else ''}"
        )


def disclosures(target: Outcome | Synthesis, counted: Counted) -> list[Fact]:
    """Return the disclosures as pairs of name and text, in the order of a page."""
    head = [
        ("prespecified", "no: a post hoc reanalysis under priors declared in a file"),
        ("multiplicity", str(counted)),
        ("estimand", estimand(target)),
    ]
    return head + (_of_synthesis(target) if isinstance(target, Synthesis) else _of_outcome(target))


def estimand(target: Outcome | Synthesis) -> str:
    """Return in words what the effect compares; the patients and the handling of events are disclosed separately."""
    if target.measure == "proportion":
        return "the proportion of patients, against its goal"
    better = "better" if target.benefit == "higher" else "worse"
    what = RELATIVE.get(target.measure) or ABSOLUTE[target.measure]
    how = "times" if target.measure in RELATIVE else "minus"
    words = what.format(better=better)
    said = f"{words} under treatment, as a ratio to control" if how == "times" else f"{words}: treatment minus control"
    if isinstance(target, Outcome):
        return f"{said}; {target.label}" + (f", at {target.timepoint}" if target.timepoint else "")
    return f"{said}; the mean over exchangeable trials (mu)"


def _of_outcome(outcome: Outcome) -> list[Fact]:
    trial = outcome.trial
    role = outcome.role
    return [
        ("primary outcome", NOT_STATED if role is None else "yes" if role == "primary" else f"no: {role}"),
        ("analysis set", analysis_set(outcome)),
        ("missing data", _missing(outcome)),
        ("adjusted", {True: "yes", False: "no", None: NOT_STATED}[outcome.adjusted]),
        *((("design", said),) if (said := _ignored(outcome)) else ()),
        *((("clusters", said),) if (said := _clusters(outcome)) else ()),
        ("blinding", trial.blinding or NOT_STATED),
        ("risk of bias", trial.risk_of_bias or NOT_STATED),
        ("source level", source_level(outcome)),
        ("registration", trial.registration or NOT_STATED),
    ]


def _ignored(outcome: Outcome) -> str:
    ignored = not_allowed_for(outcome)
    return "" if ignored is None else f"{outcome.trial.design}: {IGNORED[ignored]}"


def _clusters(outcome: Outcome) -> str:
    """Return what is stated of clusters and how the main analysis treats it; empty without a statement."""
    if outcome.icc_is_open:
        return (
            f"clusters of {outcome.cluster_size} patients, whose correlation is not stated: the main analysis treats "
            "patients as independent"
        )
    if (factor := outcome.variance_factor) is None:
        return ""
    said = f"a design effect of {significant(factor)}"
    if error_factor(outcome) > 1:
        return f"{said}, by whose root the standard error from numbers of patients is multiplied"
    if outcome.counted_as_independent:
        return f"{said}, which the main analysis does not apply: it treats patients as independent"
    return f"{said}, which the published result is assumed to have taken into account"


def _missing(outcome: Outcome) -> str:
    if (lost := outcome.missing) is not None:
        return (
            f"{lost.treatment} treated and {lost.control} control patients without an outcome: missing at random in "
            "the main analysis; see the sensitivity analyses"
        )
    seen, all_of = outcome.observed, outcome.trial.n
    if seen is None or all_of is None:
        return NOT_STATED
    return (
        f"imputed: {seen.treatment} of {all_of.treatment} and {seen.control} of {all_of.control} patients were observed"
    )


def _adjusted(synthesis: Synthesis) -> str:
    """Return the adjustment of each report, and whether the synthesis therefore combines different quantities."""
    told = _each((m.name, adjusted(m)) for m in synthesis.named)
    text = Adjustment.of(synthesis.measure, synthesis.members).text
    return f"{told}; {text.partition(' (')[0]}" if text else told


def _each(stated: Iterable[tuple[str, str]]) -> str:
    """Return what is stated of each trial or result; of many, each statement once with those of which it is made."""
    every = list(dict.fromkeys(stated))
    if len(every) <= MANY:
        return "; ".join(f"{name}: {text}" for name, text in every)
    together: dict[str, list[str]] = {}
    for name, text in every:
        together.setdefault(text, []).append(name)
    if len(together) == 1:
        return f"{every[0][1]}: all {len(every)}"
    return named((f"{text}: {named(names)}" for text, names in together.items()), "; ")


def _of_synthesis(synthesis: Synthesis) -> list[Fact]:
    members, own = synthesis.members, synthesis.named
    few = "too few to assess publication bias" if len(members) < 10 else "not examined"
    trials = {m.trial.id: m.trial for m in own}.values()
    products = _each((t.id, f"{t.arms.treatment} v {t.arms.control}, {t.condition}") for t in trials)
    levels = sorted({source_level(m) for m in own})
    blinding = _each((t.id, t.blinding or NOT_STATED) for t in trials)
    bias = _each((t.id, t.risk_of_bias or NOT_STATED) for t in trials)
    return [
        ("search", synthesis.search or NOT_STATED),
        ("publication bias", f"{len(members)} trials: {few}"),
        ("clinical heterogeneity", products or NOT_STATED),
        ("analysis set", _each((m.name, analysis_set(m)) for m in own)),
        ("adjusted", _adjusted(synthesis)),
        ("missing data", _each((m.name, _missing(m)) for m in own)),
        ("blinding", blinding or NOT_STATED),
        ("risk of bias", bias or NOT_STATED),
        ("source level", ", ".join(levels)),
    ]

"""Analysis = an outcome (or a synthesis) x a model x a prior: its key, its fingerprint, and plans of many."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bayes import rules, selection
from bayes.arm_priors import ArmPair
from bayes.distributions import Distribution, parse, short_hash
from bayes.errors import BayesError, InvalidInput, NotFormable
from bayes.guard import heterogeneity_problem
from bayes.hierarchy_prior import Hierarchy
from bayes.model import default_likelihood, likelihood_of, source_hash
from bayes.nuisance import Nuisance
from bayes.priors import NamedPrior, PriorSet, find_prior, resolve
from bayes.synthesis import Synthesis
from bayes.trial import Outcome

ATTEMPTS = (1, 4, 16)  # multiples of the draws, tried in turn until the gate is passed


@dataclass(frozen=True)
class Settings:
    """How posteriors are sampled. `draws` is per chain, before any resampling."""

    chains: int = 4
    draws: int = 3000
    tune: int = 1000
    target_accept: float = 0.8
    seed: int = 20260101

    def for_model(self, model: str) -> Settings:
        """A hierarchy starts at a higher acceptance: its funnel is narrow where tau is near zero."""
        return replace(self, target_accept=0.95) if model in ("random_effects", "adverse_event_hierarchy") else self


@dataclass(frozen=True)
class NamedHeterogeneity:
    """The prior of tau under the name it has in keys and tables."""

    name: str
    distribution: Distribution


@dataclass(frozen=True)
class Analysis:
    """Everything one posterior depends on. Immutable; equal analyses have equal fingerprints.

    `omegas` holds, per report, how likely a result that is not significant was to be printed (1: no selection).
    """

    target: Outcome | Synthesis
    prior: NamedPrior
    formed: rules.Formed
    nuisance: Nuisance
    likelihoods: tuple[str, ...]
    omegas: tuple[float, ...]
    settings: Settings
    heterogeneity: NamedHeterogeneity | None = None
    thresholds: tuple[float, ...] = field(default=(), compare=False)

    @property
    def model(self) -> str:
        """The effect structure."""
        return _structure(self.target, self.formed)

    @property
    def members(self) -> tuple[Outcome, ...]:
        """The reports it rests on."""
        return self.target.members if isinstance(self.target, Synthesis) else (self.target,)

    @property
    def rows(self) -> tuple[tuple[str, Analysis], ...]:
        """(name, analysis of its own) of every row of a table fitted row by row; () for anything else."""
        if self.model in ("random_effects", "adverse_event_hierarchy"):
            return ()
        return tuple((name, replace(self, target=outcome)) for name, outcome in self.target.rows)

    @property
    def key(self) -> str:
        """File name of the posterior: `trial.outcome--model--prior` (CONTRACT 4)."""
        if self.heterogeneity is not None:
            return f"{self.target.id}--{self.model}.{self.heterogeneity.name}--{self.prior.key}"
        model = ".".join((self.model, *self._apart))
        return f"{self.target.trial.id}.{self.target.id}--{model}--{self.prior.key}"

    @property
    def _apart(self) -> tuple[str, ...]:
        """What sets it apart from the main analysis of its outcome: another likelihood, another omega."""
        stated = self.target.selection
        usual = 1.0 if stated is None else float(stated.omega)
        likelihood = [n for n in self.likelihoods if n != default_likelihood(self.target)]
        return (*likelihood, *(f"omega_{omega:g}" for omega in self.omegas if omega != usual))

    @property
    def structure(self) -> tuple:
        """What decides which graph must be compiled, as far as it is known without importing the models."""
        prior = self.formed.distribution
        if isinstance(prior, Hierarchy):
            return self.model, self.likelihoods, prior.families, self.target.evidence.systems
        parts = [prior] if not isinstance(prior, ArmPair) else prior.arms
        supports = tuple(sorted({d.support for p in parts for _, d in p.components}, key=str))
        bounded = self.target.measure in ("risk_difference", "proportion")
        return self.model, self.likelihoods, bounded, supports, any(m.selection for m in self.members)

    @property
    def parts(self) -> dict[str, str]:
        """What a posterior depends on, by name, each as a short hash: shows what changed when one is stale."""
        joined = self.heterogeneity
        content = {
            "evidence": [[m.name, _relevant(m), m.evidence.model_dump(mode="json")] for m in self.members],
            "outcome": _relevant(self.target),
            "prior": [self.prior.name, str(self.formed.distribution), self.formed.basis],
            "heterogeneity": joined and [joined.name, str(joined.distribution)],
            "selection": [[m.selection and [str(m.selection.alpha), m.selection.sides], o] for m, o in self._selected],
            "baselines": {name: str(getattr(self.nuisance, name)) for name in self.nuisance.__dataclass_fields__},
            "settings": asdict(self.settings),
            "models": source_hash(self.model, self.likelihoods),
        }
        return {name: _digest(value)[:16] for name, value in content.items()}

    @property
    def _selected(self) -> list[tuple[Outcome, float]]:
        return list(zip(self.members, self.omegas, strict=True))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of evidence, thresholds, priors, settings and the source of the models used."""
        return _digest(self.parts)


@dataclass(frozen=True)
class Skipped:
    """An outcome x prior that cannot be analysed, and why: a row of its own, never a guess."""

    target: Outcome | Synthesis
    prior: NamedPrior
    reason: str
    heterogeneity: NamedHeterogeneity | None = None


@dataclass(frozen=True)
class Plan:
    """All analyses asked for, in a fixed order, and those that cannot be done."""

    analyses: tuple[Analysis, ...]
    skipped: tuple[Skipped, ...]


def seed_of(key: str, seed: int, *more: object) -> int:
    """A 63-bit seed that depends on the key of a posterior and the user's seed, and on nothing else."""
    text = "/".join(str(part) for part in (seed, key, *more))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def make_plan(
    targets: Iterable[Outcome | Synthesis],
    priors: PriorSet,
    names: Sequence[str] | None = None,
    settings: Settings | None = None,
    heterogeneity: str | None = None,
    thresholds: Sequence[float] = (),
    likelihood: str | None = None,
    omega: float | None = None,
) -> Plan:
    """Cross targets with priors.

    Parameters
    ----------
    names : sequence of str, optional
        Priors by name, rule or expression; all of the set by default (effects, arms, hierarchies).
    heterogeneity : str, optional
        For syntheses: a name of the set's heterogeneity priors, or an expression; the file's own by default.
    thresholds : sequence of float
        Further thresholds for `p_beyond`, on the measure's own scale.
    likelihood : str, optional
        For outcomes: another likelihood than the file's or the default one.
    omega : float, optional
        For outcomes that state a selection: this omega alone; by default the file's first, then 1, 0.5, 0.1 and 0.

    Raises
    ------
    InvalidInput
        Listing every prior that is unknown, or on the wrong scale for some target, and unknown likelihoods.
    """
    wanted = [find_prior(name, priors) for name in (list(priors.named) if names is None else names)]
    analyses: list[Analysis] = []
    skipped: list[Skipped] = []
    mistakes: list[str] = []
    for target in targets:
        for prior in wanted:
            optional = names is None and prior.prior.when == "formable"
            try:
                main = _analysis(target, prior, priors, settings or Settings(), heterogeneity, likelihood)
                main = replace(main, thresholds=tuple(thresholds))
                analyses += _selections(main, omega)
            except NotFormable as reason:
                skipped += [] if optional else [Skipped(target, prior, str(reason))]
            except InvalidInput as error:
                mistakes += str(error).splitlines()
    if mistakes:
        raise InvalidInput("priors", list(dict.fromkeys(mistakes)))
    return Plan(tuple(analyses), tuple(skipped))


def _selections(main: Analysis, omega: float | None) -> list[Analysis]:
    """The analysis under each omega to be shown, the file's own first; itself alone without a stated selection."""
    stated = None if isinstance(main.target, Synthesis) else main.target.selection
    if stated is None or main.model == "independent_arms":
        return [main]
    shown = [omega] if omega is not None else [*main.omegas, *selection.OMEGAS]
    possible = [o for o in dict.fromkeys(shown) if o > 0 or selection.is_significant(main.target)]
    if not possible:
        raise NotFormable("omega = 0 says that only significant results are printed, and this one is not significant")
    return [replace(main, omegas=(o,)) for o in possible]


def _analysis(target, prior: NamedPrior, priors: PriorSet, settings: Settings, heterogeneity, likelihood) -> Analysis:
    single = isinstance(target, Outcome)
    if not single and target.measure == "proportion":
        raise NotFormable("a synthesis of single-arm proportions is not supported")
    joined = None if single else named_heterogeneity(target, priors, heterogeneity)
    members = (target,) if single else target.members
    formed = resolve(prior, target)
    arms = isinstance(formed.distribution, ArmPair)
    analysis = Analysis(
        target=target,
        prior=prior,
        formed=formed,
        nuisance=priors.nuisance,
        likelihoods=() if arms else tuple(likelihood_of(m, likelihood if single else None) for m in members),
        omegas=tuple(1.0 if m.selection is None else float(m.selection.omega) for m in members),
        settings=settings.for_model(_structure(target, formed)),
        heterogeneity=joined,
    )
    if problem := _cannot_be_formed(analysis):
        raise NotFormable(problem)
    return analysis


def _structure(target: Outcome | Synthesis, formed: rules.Formed) -> str:
    """The effect structure: it follows from what is fitted and from the kind of prior."""
    if isinstance(target, Synthesis):
        return "random_effects"
    of_kind = {ArmPair: "independent_arms", Hierarchy: "adverse_event_hierarchy"}
    return of_kind.get(type(formed.distribution), "single_trial")


def _cannot_be_formed(analysis: Analysis) -> str | None:
    """Why models and priors that are sound alone do not go together, or None."""
    names = set(analysis.likelihoods)
    if analysis.heterogeneity is not None and "binomial_risk_difference" in names:
        return "counts cannot be joined on the risk-difference scale: use odds_ratio or risk_ratio"
    if analysis.heterogeneity is not None and analysis.formed.distribution.spike:
        return "spike_slab is not available for the mean of a synthesis"
    midway = {"binomial_risk_ratio", "binomial_risk_difference", "partial_odds_worst", "partial_odds_linear"}
    if analysis.nuisance.at == "control" and names & midway:
        return f'baseline.at = "control" is not available for {", ".join(sorted(names & midway))}'
    return None


def named_heterogeneity(synthesis: Synthesis, priors: PriorSet, wanted: str | None) -> NamedHeterogeneity:
    """The prior of tau: the one asked for, else the file's own ("stated"), else the default of the scale."""
    if wanted is None:
        if synthesis.heterogeneity is not None:
            return _checked(
                "stated", synthesis.heterogeneity.distribution, f"{synthesis.id}: heterogeneity.distribution"
            )
        return NamedHeterogeneity("default", rules.default_heterogeneity(synthesis).distribution)
    if wanted in priors.heterogeneity:
        return NamedHeterogeneity(wanted, priors.heterogeneity[wanted].parsed)
    named = _checked(wanted, wanted, "heterogeneity")
    return NamedHeterogeneity(short_hash(str(named.distribution)), named.distribution)


def _checked(name: str, expression: str, where: str) -> NamedHeterogeneity:
    try:
        distribution = parse(expression)
    except BayesError as error:
        raise InvalidInput(where, [str(error)]) from None
    if problem := heterogeneity_problem(distribution):
        raise InvalidInput(where, [problem])
    return NamedHeterogeneity(name, distribution)


def _digest(content: Any) -> str:
    """SHA-256 of canonical JSON."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _relevant(endpoint: Outcome | Synthesis) -> dict[str, Any]:
    """What of an endpoint can change a number in its rows; labels and notes cannot."""
    dumped = endpoint.model_dump(mode="json", include={"measure", "benefit", "rope", "sd_ref", "informative"})
    thresholds = {name: str(stated.value) for name in ("mcid", "planned") if (stated := getattr(endpoint, name))}
    return dumped | thresholds

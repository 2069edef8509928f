"""Analysis = an outcome (or a synthesis) x a model x a prior: its key, its fingerprint, and plans of many."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bayes import rules
from bayes.distributions import Distribution, parse, short_hash
from bayes.errors import BayesError, InvalidInput, NotFormable
from bayes.model import default_likelihood, source_hash
from bayes.priors import NamedPrior, Nuisance, PriorSet, find_prior, heterogeneity_problem, resolve
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
        return Settings(**(asdict(self) | {"target_accept": 0.95})) if model == "random_effects" else self


@dataclass(frozen=True)
class NamedHeterogeneity:
    """The prior of tau under the name it has in keys and tables."""

    name: str
    distribution: Distribution


@dataclass(frozen=True)
class Analysis:
    """Everything one posterior depends on. Immutable; equal analyses have equal fingerprints."""

    target: Outcome | Synthesis
    prior: NamedPrior
    formed: rules.Formed
    nuisance: Nuisance
    likelihoods: tuple[str, ...]
    settings: Settings
    heterogeneity: NamedHeterogeneity | None = None
    thresholds: tuple[float, ...] = field(default=(), compare=False)

    @property
    def model(self) -> str:
        """The effect structure."""
        return "random_effects" if isinstance(self.target, Synthesis) else "single_trial"

    @property
    def key(self) -> str:
        """File name of the posterior: `trial.outcome--model--prior` (CONTRACT 4)."""
        if self.heterogeneity is not None:
            return f"{self.target.id}--{self.model}.{self.heterogeneity.name}--{self.prior.key}"
        return f"{self.target.trial.id}.{self.target.id}--{self.model}--{self.prior.key}"

    @property
    def structure(self) -> tuple:
        """What decides which graph must be compiled, as far as it is known without importing the models."""
        supports = tuple(sorted({d.support for _, d in self.formed.distribution.components}, key=str))
        return self.model, self.likelihoods, self.target.measure in ("risk_difference", "proportion"), supports

    @property
    def parts(self) -> dict[str, str]:
        """What a posterior depends on, by name, each as a short hash: shows what changed when one is stale."""
        members = self.target.members if isinstance(self.target, Synthesis) else (self.target,)
        joined = self.heterogeneity
        content = {
            "evidence": [[m.name, _relevant(m), m.evidence.model_dump(mode="json")] for m in members],
            "outcome": _relevant(self.target),
            "prior": [self.prior.name, str(self.formed.distribution), self.formed.basis],
            "heterogeneity": joined and [joined.name, str(joined.distribution)],
            "baselines": {name: str(getattr(self.nuisance, name)) for name in self.nuisance.__dataclass_fields__},
            "settings": asdict(self.settings),
            "models": source_hash(self.model, self.likelihoods),
        }
        return {name: _digest(value)[:16] for name, value in content.items()}

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
) -> Plan:
    """Cross targets with priors.

    Parameters
    ----------
    names : sequence of str, optional
        Priors by name, rule or expression; all effect priors of the set by default.
    heterogeneity : str, optional
        For syntheses: a name of the set's heterogeneity priors, or an expression; the file's own by default.
    thresholds : sequence of float
        Further thresholds for `p_beyond`, on the measure's own scale.

    Raises
    ------
    InvalidInput
        Listing every prior that is unknown, or on the wrong scale for some target.
    """
    wanted = [find_prior(name, priors) for name in (priors.effect if names is None else names)]
    analyses: list[Analysis] = []
    skipped: list[Skipped] = []
    mistakes: list[str] = []
    for target in targets:
        for prior in wanted:
            optional = names is None and prior.prior.when == "formable"
            try:
                analyses.append(
                    _analysis(target, prior, priors, settings or Settings(), heterogeneity, tuple(thresholds))
                )
            except NotFormable as reason:
                skipped += [] if optional else [Skipped(target, prior, str(reason))]
            except InvalidInput as error:
                mistakes += str(error).splitlines()
    if mistakes:
        raise InvalidInput("priors", mistakes)
    return Plan(tuple(analyses), tuple(skipped))


def _analysis(target, prior: NamedPrior, priors: PriorSet, settings: Settings, heterogeneity, thresholds) -> Analysis:
    if isinstance(target, Synthesis) and target.measure == "proportion":
        raise NotFormable("a synthesis of single-arm proportions is not supported")
    joined = named_heterogeneity(target, priors, heterogeneity) if isinstance(target, Synthesis) else None
    members = target.members if isinstance(target, Synthesis) else (target,)
    analysis = Analysis(
        target=target,
        prior=prior,
        formed=resolve(prior, target),
        nuisance=priors.nuisance,
        likelihoods=tuple(default_likelihood(member) for member in members),
        settings=settings.for_model("single_trial" if joined is None else "random_effects"),
        heterogeneity=joined,
        thresholds=thresholds,
    )
    if "binomial_risk_difference" in analysis.likelihoods and joined is not None:
        raise NotFormable("counts cannot be joined on the risk-difference scale: use odds_ratio or risk_ratio")
    if joined is not None and analysis.formed.distribution.spike:
        raise NotFormable("spike_slab is not available for the mean of a synthesis")
    return analysis


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

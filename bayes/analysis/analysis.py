"""Analysis = an outcome (or a synthesis) x a model x a prior: its key and its fingerprint."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bayes.likelihoods.contract import default_likelihood
from bayes.likelihoods.fingerprint import source_hash
from bayes.paper.trial import Outcome
from bayes.priors import effect_rules
from bayes.priors.arm_pairs import ArmPair
from bayes.priors.hierarchy import Hierarchy
from bayes.priors.nuisance import Nuisance
from bayes.priors.sets import NamedPrior
from bayes.priors.tau import NamedHeterogeneity
from bayes.synthesis.file import Synthesis

ATTEMPTS = (1, 4, 16)  # multiples of the draws, tried in turn until the gate is passed


@dataclass(frozen=True)
class Settings:
    """How posteriors are sampled. `draws` is per chain, before any resampling."""

    chains: int = 4
    draws: int = 3000
    tune: int = 1000
    target_accept: float = 0.8
    seed: int = 20260101

    def for_hierarchy(self) -> Settings:
        """A hierarchy starts at a higher acceptance: a spread may be near zero."""
        return replace(self, target_accept=0.95)


@dataclass(frozen=True)
class Analysis:
    """Everything one posterior depends on. Immutable; equal analyses have equal fingerprints.

    `omegas` holds, per report, how likely a result that is not significant was to be printed (1: no selection).
    `other_heterogeneity` are the set's priors of tau that a synthesis is shown under beside its own; `not_formed` says
    which of them cannot be formed for it, and why.
    """

    target: Outcome | Synthesis
    prior: NamedPrior
    formed: effect_rules.Formed
    nuisance: Nuisance
    likelihoods: tuple[str, ...]
    omegas: tuple[float, ...]
    settings: Settings
    heterogeneity: NamedHeterogeneity | None = None
    joined_by: str | None = None
    other_heterogeneity: tuple[NamedHeterogeneity, ...] = ()
    not_formed: tuple[str, ...] = ()
    thresholds: tuple[float, ...] = field(default=(), compare=False)

    @property
    def model(self) -> str:
        """The effect structure: of a synthesis one of `synthesis.MODELS`, else it follows from the kind of prior."""
        return self.joined_by or structure_of(self.formed)

    @property
    def members(self) -> tuple[Outcome, ...]:
        """The reports it rests on."""
        return self.target.members if isinstance(self.target, Synthesis) else (self.target,)

    @property
    def rows(self) -> tuple[tuple[str, Analysis], ...]:
        """(name, analysis of its own) of every row of a table fitted row by row; () for anything else."""
        if self.joined_by or self.model == "adverse_event_hierarchy":
            return ()
        return tuple((name, replace(self, target=outcome)) for name, outcome in self.target.rows)

    @property
    def key(self) -> str:
        """File name of the posterior: `trial.outcome--model--prior` (METHODS 15)."""
        if isinstance(self.target, Synthesis):
            joined = [self.model, *([self.heterogeneity.name] if self.heterogeneity else [])]
            return f"{self.target.id}--{'.'.join(joined)}--{self.prior.key}"
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
            "heterogeneity": [
                *([h.name, str(h.distribution), h.basis] for h in (joined, *self.other_heterogeneity) if h),
                *self.not_formed,
            ],
            "selection": [[m.selection and [str(m.selection.alpha), m.selection.sides], o] for m, o in self._selected],
            "baselines": {name: str(getattr(self.nuisance, name)) for name in self.nuisance.__dataclass_fields__},
            "settings": asdict(self.settings),
            "models": source_hash("random_effects" if self.joined_by else self.model, self.likelihoods),
        }
        if self.joined_by:
            content["adjusted"] = [[m.name, m.adjusted] for m in self.members]
        if self.joined_by in ("meta_regression", "robust_random_effects"):
            content["joined"] = self.target.model_dump(mode="json", include={"covariate", "nu"})
        return {name: _digest(value)[:16] for name, value in content.items()}

    @property
    def _selected(self) -> list[tuple[Outcome, float]]:
        return list(zip(self.members, self.omegas, strict=True))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of evidence, thresholds, priors, settings and the source of the models used."""
        return _digest(self.parts)


def structure_of(formed: effect_rules.Formed) -> str:
    """The effect structure of an outcome: it follows from the kind of prior."""
    of_kind = {ArmPair: "independent_arms", Hierarchy: "adverse_event_hierarchy"}
    return of_kind.get(type(formed.distribution), "single_trial")


def seed_of(key: str, seed: int, *more: object) -> int:
    """A 63-bit seed that depends on the key of a posterior and the user's seed, and on nothing else."""
    text = "/".join(str(part) for part in (seed, key, *more))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def _digest(content: Any) -> str:
    """SHA-256 of canonical JSON."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _relevant(endpoint: Outcome | Synthesis) -> dict[str, Any]:
    """What of an endpoint can change a number in its rows; labels and notes cannot."""
    dumped = endpoint.model_dump(mode="json", include={"measure", "benefit", "rope", "sd_ref", "informative"})
    thresholds = {
        name: str(stated.value) for name in ("mcid", "planned", "margin") if (stated := getattr(endpoint, name))
    }
    return dumped | thresholds

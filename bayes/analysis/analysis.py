"""An analysis: an outcome (or a synthesis) x an effect structure x a prior, with its key and its fingerprint."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from bayes.base.distributions import Distribution
from bayes.likelihoods.choice import default_likelihood
from bayes.likelihoods.effect_structures import structure_card
from bayes.likelihoods.fingerprint import source_hash
from bayes.likelihoods.structure_card import StructureCard
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.adverse_events import AdverseEvents
from bayes.paper.stated_design import error_factor
from bayes.paper.trial import Outcome
from bayes.priors import effect_rules
from bayes.priors.arm_pairs import ArmPair
from bayes.priors.hierarchy import Hierarchy
from bayes.priors.nuisance import Nuisance
from bayes.priors.sets import NamedPrior
from bayes.priors.tau import NamedHeterogeneity
from bayes.synthesis.file import Synthesis

ATTEMPTS = (1, 4, 16)  # multiples of the draws, tried in turn until the convergence checks pass


@dataclass(frozen=True)
class Settings:
    """The sampler settings.

    Attributes
    ----------
    chains : int
    draws, tune : int
        Draws and warm-up steps per chain, before any resampling. nutpie adapts from gradients and by default takes 400
        steps for it.
    target_accept : float
        Acceptance rate that NUTS adapts to.
    seed : int
    """

    chains: int = 4
    draws: int = 3000
    tune: int = 400
    target_accept: float = 0.8
    seed: int = 20260101

    @classmethod
    def seeded(cls, settings: Settings | None = None, seed: int | None = None) -> Settings:
        """Return the settings, the usual ones by default, with another seed if one is given."""
        chosen = settings or cls()
        return chosen if seed is None else replace(chosen, seed=seed)

    def for_hierarchy(self) -> Settings:
        """Return the settings of a hierarchy, with a higher acceptance rate because a spread may be near zero."""
        return replace(self, target_accept=0.95)


@dataclass(frozen=True)
class Analysis:
    """Everything that one posterior depends on; it is immutable, and equal analyses have equal fingerprints.

    Attributes
    ----------
    target : Outcome or Synthesis
    prior : NamedPrior
    formed : FormedPrior
        The prior formed for the target, on the analysis scale, and the basis of its numbers.
    nuisance : Nuisance
        Priors of baselines and shape parameters.
    likelihoods : tuple of str
        One per report; empty for independent arms.
    omegas : tuple of float
        How likely a non-significant result is to be published, relative to a significant one, per report (1: no
        selection).
    settings : Settings
    heterogeneity : NamedHeterogeneity or None
        Prior of tau in a synthesis; None if all trials share one effect.
    joined_by : str or None
        The effect structure of a synthesis, one of `synthesis.MODELS`; None for a single outcome.
    other_heterogeneity : tuple of NamedHeterogeneity
        Further priors of tau in the prior set, under which a synthesis is also shown.
    not_formed : tuple of str
        Priors of tau that cannot be formed for the synthesis, with the reasons.
    thresholds : tuple of float
        Further thresholds for `p_beyond`, on the measure's own scale; no part of the fingerprint.
    """

    target: Outcome | Synthesis
    prior: NamedPrior
    formed: effect_rules.FormedPrior
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
        """The effect structure: for a synthesis one of `synthesis.MODELS`, else determined by the type of the prior."""
        return self.joined_by or structure_of(self.formed)

    @property
    def structure_card(self) -> StructureCard:
        """The card of the effect structure."""
        return structure_card(self.model)

    @property
    def members(self) -> tuple[Outcome, ...]:
        """The reports that the analysis rests on."""
        return self.target.members if isinstance(self.target, Synthesis) else (self.target,)

    @property
    def outcome(self) -> Outcome:
        """The target of an analysis that is known to be of one outcome; a TypeError for a synthesis."""
        if isinstance(self.target, Synthesis):
            raise TypeError(f"{self.key} is a synthesis, not an outcome")
        return self.target

    @property
    def synthesis(self) -> Synthesis:
        """The target of an analysis that is known to be a synthesis; a TypeError for an outcome."""
        if not isinstance(self.target, Synthesis):
            raise TypeError(f"{self.key} is an outcome, not a synthesis")
        return self.target

    @property
    def effect_prior(self) -> Distribution:
        """The prior of the effect or of mu, where there is one; a TypeError for a pair of arms and a hierarchy."""
        if not isinstance(self.formed.distribution, Distribution):
            raise TypeError(f"{self.key} has no prior of the effect")
        return self.formed.distribution

    @property
    def rows(self) -> tuple[tuple[str, Analysis], ...]:
        """(name, analysis) of each row of a table fitted row by row; empty for any other analysis."""
        if isinstance(self.target, Synthesis) or self.structure_card.takes != "outcome":
            return ()
        return tuple((name, replace(self, target=outcome)) for name, outcome in self.target.rows)

    @cached_property
    def key(self) -> str:
        """The file name of the posterior: `trial.outcome--model--prior` (METHODS 15)."""
        if isinstance(self.target, Synthesis):
            joined = [self.model, *([self.heterogeneity.name] if self.heterogeneity else [])]
            return f"{self.target.id}--{'.'.join(joined)}--{self.prior.key}"
        model = ".".join((self.model, *self._apart(self.target)))
        return f"{self.target.trial.id}.{self.target.id}--{model}--{self.prior.key}"

    def _apart(self, target: Outcome) -> tuple[str, ...]:
        """Return the parts of the key that differ from the main analysis: another likelihood, another omega."""
        stated = target.selection
        usual = 1.0 if stated is None else float(stated.omega)
        likelihood = [n for n in self.likelihoods if n != default_likelihood(target)]
        return (*likelihood, *(f"omega_{omega:g}" for omega in self.omegas if omega != usual))

    @property
    def structure(self) -> tuple[object, ...]:
        """The properties that decide which graph to compile, as far as they are known without importing the models."""
        prior = self.formed.distribution
        if isinstance(prior, Hierarchy) and isinstance(self.target, Outcome):
            table = of_kind(self.target.evidence, AdverseEvents)
            return self.model, self.likelihoods, prior.families, table.systems
        parts = prior.arms if isinstance(prior, ArmPair) else (prior,)
        components = [d for part in parts if isinstance(part, Distribution) for _, d in part.components]
        supports = tuple(sorted({d.support for d in components}, key=str))
        bounded = self.target.measure in ("risk_difference", "proportion")
        return self.model, self.likelihoods, bounded, supports, any(m.selection for m in self.members)

    @property
    def parts(self) -> dict[str, str]:
        """Short hashes, by name, of everything the posterior depends on; they show what changed when it is stale."""
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
            "models": source_hash(self.structure_card.file_name, self.likelihoods),
        }
        if self.joined_by:
            content["adjusted"] = [[m.name, m.adjusted] for m in self.members]
        if self.structure_card.has_covariate or self.structure_card.has_nu:
            content["joined"] = self.target.model_dump(mode="json", include={"covariate", "nu"})
        return {name: _digest(value)[:16] for name, value in content.items()}

    @property
    def _selected(self) -> list[tuple[Outcome, float]]:
        return list(zip(self.members, self.omegas, strict=True))

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of evidence, thresholds, priors, settings and the source of the models used."""
        return _digest(self.parts)


def structure_of(formed: effect_rules.FormedPrior) -> str:
    """Return the effect structure of an outcome, which follows from the type of its prior."""
    of_kind = {ArmPair: "independent_arms", Hierarchy: "adverse_event_hierarchy"}
    return of_kind.get(type(formed.distribution), "single_trial")


def seed_of(key: str, seed: int, *more: object) -> int:
    """Return a 63-bit seed that depends only on the key of a posterior, the user's seed and further parts.

    Parameters
    ----------
    key : str
        As `Analysis.key`.
    seed : int
        The user's seed.
    *more
        Further parts, for example the position of a piece.
    """
    text = "/".join(str(part) for part in (seed, key, *more))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def _digest(content: Any) -> str:
    """Return the SHA-256 of canonical JSON."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _relevant(endpoint: Outcome | Synthesis) -> dict[str, Any]:
    """Return the fields of an endpoint that can change a number in its rows; labels and notes cannot."""
    dumped = endpoint.model_dump(mode="json", include={"measure", "benefit", "rope", "sd_ref", "informative"})
    thresholds = {
        name: str(stated.value) for name in ("mcid", "planned", "margin") if (stated := getattr(endpoint, name))
    }
    widened = error_factor(endpoint) if isinstance(endpoint, Outcome) else 1.0
    return dumped | thresholds | ({} if widened == 1 else {"error_factor": widened})

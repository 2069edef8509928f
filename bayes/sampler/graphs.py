"""The graphs and their data: the part of an analysis that is compiled once, and the part replaced at every refit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes import quadrature
from bayes.analysis.analysis import Analysis
from bayes.base.distributions import Distribution
from bayes.likelihoods.contract import Likelihood, effect_support, load, structure_module
from bayes.likelihoods.structure_card import StructureCard
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.adverse_events import AdverseEvents
from bayes.paper.evidence.arms import ARMS
from bayes.paper.trial import Outcome
from bayes.priors.arm_pairs import ArmPair
from bayes.priors.hierarchy import Hierarchy
from bayes.synthesis.file import Synthesis

if TYPE_CHECKING:
    import pymc as pm

    from bayes.models.structures.random_effects import Belief, Block, LogDensity

Numbers = dict[str, NDArray[np.float64]]
COMPONENTS = ("log_weight", "family", "p1", "p2", "p3")  # the columns of `models.priors.table`


@dataclass(frozen=True)
class Graph:
    """A graph with the numbers of one refit.

    Attributes
    ----------
    identity : tuple
        Equal identities share a compiled graph.
    make : callable
        Builds the PyMC model.
    data : dict of ndarray
        The numbers that enter it, by the names of its `pm.Data`.
    priors : tuple of str
        What the names of its tables of prior components begin with; their length may change between refits.
    """

    identity: tuple[object, ...]
    make: Callable[[], pm.Model]
    data: Numbers
    priors: tuple[str, ...] = field(default=())

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """The arrays that form each table of prior components."""
        of_prior = {f"{name}table": tuple(f"{name}{column}" for column in COMPONENTS) for name in self.priors}
        return {table: names for table, names in of_prior.items() if names[0] in self.data}


def graph_of(analysis: Analysis, piece: quadrature.UnimodalComponent, curves: Sequence[quadrature.Curve]) -> Graph:
    """Return the graph of an analysis and the data of this refit.

    Parameters
    ----------
    analysis : Analysis
    piece : UnimodalComponent
    curves : sequence of Curve
        For a synthesis: location and width of each report, which place the sampler.

    Returns
    -------
    Graph
    """
    target = analysis.target
    if isinstance(target, Synthesis):
        return _random_effects(analysis, target, piece, curves)
    match piece.prior:
        case ArmPair() as pair:
            return _independent_arms(target, pair)
        case Hierarchy() as hierarchy:
            return _adverse_event_hierarchy(analysis, target, hierarchy)
        case prior:
            return _single_trial(analysis, target, prior, piece.direction)


def _single_trial(analysis: Analysis, outcome: Outcome, effect: Distribution | None, direction: str) -> Graph:
    from bayes.models.structures import single_trial

    name = analysis.likelihoods[0]
    likelihood = load(name)
    data = _floats({k: np.asarray(v)[None] for k, v in _report(analysis, 0, outcome.selection is not None).items()})
    data |= _one_direction(data, direction)
    support, prior = _prior_data(outcome, effect)

    def make() -> pm.Model:
        return single_trial.build(likelihood, data, prior, support)

    named = {f"prior_{k}": v for k, v in prior.items()}
    return Graph(("single_trial", name, support), make, data | named, ("prior_",))


def _report(analysis: Analysis, i: int, selected: bool) -> Mapping[str, ArrayLike]:
    """Return the numbers of one report and, where a report of its block states a selection, of its own."""
    from bayes.models.shared import selection

    outcome, likelihood, omega = analysis.members[i], load(analysis.likelihoods[i]), analysis.omegas[i]
    of_trial = outcome.trial.id, outcome.trial.n
    key = (likelihood, *of_trial, outcome.model_dump_json(), analysis.nuisance, omega if selected else None)
    if key not in _prepared:
        prepared = likelihood.prepare(outcome, analysis.nuisance)
        _prepared[key] = prepared | (selection.row(outcome, omega) if selected else {})
    return _prepared[key]


_prepared: dict[tuple[object, ...], Mapping[str, ArrayLike]] = {}  # of this process: priors of the effect share reports


def _independent_arms(outcome: Outcome, pair: ArmPair) -> Graph:
    from bayes.models.shared import priors
    from bayes.models.structures import independent_arms

    support = "interval" if pair.family == "beta" else "positive"
    bounds = {"low": np.array(0.0), "high": np.array(1.0)} if support == "interval" else {}
    beliefs: dict[str, Numbers] = {
        arm: _floats({**priors.table(prior, support), **bounds}) for arm, prior in zip(ARMS, pair.formed, strict=True)
    }
    data = _floats(independent_arms.prepare(outcome))

    def make() -> pm.Model:
        return independent_arms.build(pair.family, data, beliefs)

    named = {f"prior_{arm}_{k}": v for arm, belief in beliefs.items() for k, v in belief.items()}
    of_arms = tuple(f"prior_{arm}_" for arm in ARMS)
    return Graph(("independent_arms", pair.family), make, data | named, of_arms)


def _adverse_event_hierarchy(analysis: Analysis, outcome: Outcome, hierarchy: Hierarchy) -> Graph:
    from bayes.models.structures import adverse_event_hierarchy

    (likelihood,), systems = analysis.likelihoods, of_kind(outcome.evidence, AdverseEvents).systems
    beliefs: dict[str, tuple[str, Sequence[float]]] = {r: (d.name, d.args) for r, d in hierarchy.roles.items()}
    rows = [row for _, row in outcome.rows]
    data = _floats(
        adverse_event_hierarchy.prepare(rows, likelihood, hierarchy.baseline_offset, analysis.nuisance.dispersion)
    )

    def make() -> pm.Model:
        return adverse_event_hierarchy.build(likelihood, systems, data, beliefs)

    named = {f"prior_{role}_{i}": np.array(x) for role, (_, args) in beliefs.items() for i, x in enumerate(args)}
    identity = ("adverse_event_hierarchy", likelihood, systems, hierarchy.families)
    return Graph(identity, make, data | _floats(named))


def _one_direction(data: Numbers, direction: str) -> Numbers:
    """Return weights that keep only one direction of a folded report."""
    if direction == "all":
        return {}
    from bayes.models.shared.bare_test import NEVER

    ruled_out = {"up": "log_weight_down", "down": "log_weight_up"}[direction]
    return {ruled_out: np.full_like(data[ruled_out], NEVER)}


def _random_effects(
    analysis: Analysis,
    target: Synthesis,
    piece: quadrature.UnimodalComponent,
    curves: Sequence[quadrature.Curve],
) -> Graph:
    from bayes.models.structures import random_effects

    blocks = list(_blocks(analysis))
    data = {f"{b.likelihood.__name__.rpartition('.')[2]}::{k}": v for b in blocks for k, v in b.data.items()}
    where: Numbers = {}
    beliefs = {"mu": _belief(target, analysis.effect_prior)}
    if analysis.heterogeneity is not None:
        where = {"centre": np.array([c.centre for c in curves]), "width": np.array([c.width for c in curves])}
        beliefs["tau"] = _heterogeneity(analysis.heterogeneity.distribution, _unit(target))
    if analysis.structure_card.has_covariate and target.covariate is not None:
        where["covariate"] = np.array(target.covariate.centred)
        beliefs["beta"] = _belief(target, target.covariate.parsed)
    card = analysis.structure_card
    if card.has_nu:
        where["nu"] = np.array(float(target.nu))

    def make() -> pm.Model:
        return random_effects.build(blocks, where, **beliefs, log_density=density_of(card))

    named = {f"{name}_prior_{k}": v for name, belief in beliefs.items() for k, v in belief.numbers.items()}
    supports = tuple((name, belief.support) for name, belief in beliefs.items())
    parts = tuple((b.likelihood.__name__, b.positions) for b in blocks)
    of_priors = tuple(f"{name}_prior_" for name in beliefs)
    return Graph((analysis.model, parts, supports), make, _floats(data | where | named), of_priors)


def density_of(card: StructureCard) -> LogDensity:
    """Return the log density of effects about mu in units of tau, in a PyMC graph."""
    from bayes.models.structures import random_effects

    if card.source is not None:
        own = structure_module(card)
        return lambda e, known: own.log_density(e)
    return random_effects.student_t if card.has_nu else random_effects.normal


def _blocks(analysis: Analysis) -> Iterator[Block]:
    """Yield the trials of each likelihood, with their data stacked along the trial axis."""
    from bayes.models.structures import random_effects

    positions: dict[str, list[int]] = {}
    for i, name in enumerate(analysis.likelihoods):
        positions.setdefault(name, []).append(i)
    for name, where in positions.items():
        selected = any(analysis.members[i].selection for i in where)
        rows = [_report(analysis, i, selected) for i in where]
        likelihood = load(name)
        stacked = {k: _stack([np.asarray(row[k], dtype=float) for row in rows], k, likelihood) for k in rows[0]}
        yield random_effects.Block(likelihood, stacked, tuple(where))


def _stack(arrays: Sequence[NDArray[np.float64]], name: str, likelihood: Likelihood) -> NDArray[np.float64]:
    """Stack one row per trial; scales with fewer categories are padded as their likelihood states."""
    if len({array.shape for array in arrays}) == 1:
        return np.stack(arrays)
    longest = max(len(array) for array in arrays)
    rows = np.full((len(arrays), longest), likelihood.FILL.get(name, 0.0))
    for row, array in zip(rows, arrays, strict=True):
        row[: len(array)] = array
    return rows


def _belief(target: Synthesis, prior: Distribution) -> Belief:
    from bayes.models.structures import random_effects

    support, numbers = _prior_data(target, prior)
    return random_effects.Belief(support, numbers)


def _heterogeneity(tau: Distribution, unit: float) -> Belief:
    """Return the prior of tau; the sampler starts at 0.3 units of effect."""
    from bayes.models.shared import priors
    from bayes.models.structures import random_effects

    if tau.name == "uniform":
        bounds = {"low": tau.args[0], "high": tau.args[1]}
        return random_effects.Belief("interval", _floats({**priors.table(tau, "interval"), **bounds}))
    return random_effects.Belief("positive", _floats({**priors.table(tau, "positive"), "unit": 0.3 * unit}))


def _prior_data(target: Outcome | Synthesis, prior: Distribution | None) -> tuple[str, Numbers]:
    """Return support and numbers of an effect prior; None is the spike, a point at the null."""
    from bayes.models.shared import priors

    if prior is None:
        return "point", _floats({"value": target.null})
    low, high = prior.support
    if effect_support(target.measure) == "interval":
        floor = 0.0 if target.measure == "proportion" else -1.0
        low, high = max(low, floor), min(high, 1.0)
    unit = {"unit": _unit(target)}
    if np.isinf(low) and np.isinf(high):
        return "real", _floats({**priors.table(prior, "real"), **unit})
    if np.isinf(high):
        return "positive", _floats({**priors.table(prior, "positive"), **unit})
    return "interval", _floats({**priors.table(prior, "interval"), "low": low, "high": high})


def _unit(target: Outcome | Synthesis) -> float:
    """Return the rough size of an effect on the analysis scale: one, or a standard error for a mean difference."""
    if target.measure != "mean_difference":
        return 1.0
    members = target.members if isinstance(target, Synthesis) else (target,)
    sizes = [m.standard_error for m in members if m.standard_error is not None]
    return float(np.mean(sizes)) if sizes else 1.0


def _floats(data: Mapping[str, ArrayLike]) -> Numbers:
    return {name: np.array(value, dtype=float) for name, value in data.items()}

"""The draws of a posterior under names for the reader, and how its pieces become one sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from bayes.analysis.analysis import Analysis
from bayes.base import measures
from bayes.likelihoods.contract import load
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.adverse_events import AdverseEvents
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut, whole_shares
from bayes.priors.hierarchy import Hierarchy
from bayes.quadrature import Curve
from bayes.quadrature.scatter import scatter_of

Raw = dict[str, NDArray[np.float64]]  # draws under the names of the graph, each (chain, draw, ...)
Shown = (
    tuple[tuple[str, ...], NDArray[np.float64]]
    | tuple[tuple[str, ...], NDArray[np.float64], Mapping[str, Sequence[str]]]
)
"""A quantity for the reader: its dimensions beyond (chain, draw), its draws and, if it has any, its coordinates."""
TRIAL_DIM, ROW_DIM, SYSTEM_DIM = "trial", "row", "body_system"


@dataclass(frozen=True)
class Sample:
    """The draws of one unimodal piece of a posterior, or of all its pieces, under the names of the graph.

    Attributes
    ----------
    raw : dict of ndarray, shape (chain, draw, ...)
    stats : dict of ndarray, shape (chain, draw)
        Statistics of the sampler under the names of ArviZ; empty where nothing was sampled.
    weight : float
        Exact posterior probability of the piece.
    is_spike : bool
    log_likelihood : ndarray, shape (chain, draw, report), or None
        Log likelihood of the report at each draw, given all parameters; in a synthesis the effect of each report is
        integrated out.
    """

    raw: Raw
    stats: Raw
    weight: float
    is_spike: bool = False
    log_likelihood: NDArray[np.float64] | None = None

    @property
    def divergences(self) -> int:
        return int(self.stats["diverging"].sum()) if "diverging" in self.stats else 0

    @property
    def length(self) -> int:
        """Draws per chain."""
        return int(next(iter(self.raw.values())).shape[1])


def describe(analysis: Analysis, raw: Raw, seed: int, curves: Sequence[Curve] = ()) -> xr.Dataset:
    """Return the draws under names for the reader.

    Parameters
    ----------
    analysis : Analysis
    raw : dict of ndarray, shape (chain, draw, ...)
        The draws under the names of the graph.
    seed : int
        For the draws of a new trial and of exact zeros.
    curves : sequence of Curve
        For a synthesis: the curve of each report, whose standard error gives the shrinkage of its effect.

    Returns
    -------
    Dataset
        The effect on the analysis scale, and under the measure's name on its own scale where this differs.
    """
    with np.errstate(invalid="ignore"):  # risks that are 1 in both arms to the last digit have no odds ratio
        if analysis.joined_by is not None:
            return _synthesis(analysis, raw, seed, curves)
        described = {"single_trial": _outcome, "independent_arms": _arms, "adverse_event_hierarchy": _hierarchy}
        return described[analysis.model](analysis, raw, seed)


def _arms(analysis: Analysis, raw: Raw, seed: int) -> xr.Dataset:
    """Return the draws of two independent arms: both parameters, the effect they imply, and derived quantities."""
    from bayes.models.structures import independent_arms

    outcome = analysis.outcome
    raw = {name: values[:, :, 0] for name, values in raw.items()}
    effect = independent_arms.effect(raw["treatment"], raw["control"], outcome.measure)
    shown: dict[str, Shown] = {"effect": ((), effect)}
    if measures.is_log(outcome.measure):
        shown[outcome.measure] = ((), np.exp(effect))
    return _dataset(shown | independent_arms.derived(raw, outcome))


def _hierarchy(analysis: Analysis, raw: Raw, seed: int) -> xr.Dataset:
    """Return the draws of a table of adverse events: every row's effect with its exact zeros, and the hierarchy."""
    from bayes.models.structures import adverse_event_hierarchy

    outcome, hierarchy = analysis.outcome, analysis.formed.distribution
    if not isinstance(hierarchy, Hierarchy):
        raise TypeError(f"{analysis.key} has no hierarchy of priors")
    names, rows = zip(*outcome.rows, strict=True)
    effect = adverse_event_hierarchy.effects(raw["theta"], raw.get("p_null"), seed)
    coords = {ROW_DIM: list(names), SYSTEM_DIM: list(of_kind(outcome.evidence, AdverseEvents).body_systems)}
    shown: dict[str, Shown] = {"effect": ((ROW_DIM,), effect, coords)}
    shown[outcome.measure] = ((ROW_DIM,), np.exp(effect))
    return _dataset(shown | adverse_event_hierarchy.derived(effect, raw, rows, hierarchy.baseline_offset))


def _outcome(analysis: Analysis, raw: Raw, seed: int) -> xr.Dataset:
    """Return the draws of a single trial: the effect, on both scales, and derived quantities."""
    outcome = analysis.outcome
    raw = {name: values[:, :, 0] for name, values in raw.items()}
    effect = raw["effect"]
    shown: dict[str, Shown] = {"effect": ((), effect)}
    if measures.is_log(outcome.measure):
        shown[outcome.measure] = ((), np.exp(effect))
    return _dataset(shown | load(analysis.likelihoods[0]).derived(effect, raw, outcome))


def _synthesis(analysis: Analysis, raw: Raw, seed: int, curves: Sequence[Curve]) -> xr.Dataset:
    """Return the draws of a synthesis: mu, tau, every trial's effect, a new trial, and each trial's own parameters.

    `shrinkage` is s^2 / (s^2 + tau^2) per trial, with s the standard error of its report: the weight that its effect
    gives to the mean rather than to the report. It is missing where a report does not determine an estimate.
    """
    synthesis = analysis.synthesis
    members = [m.name for m in synthesis.members]
    mu = raw["mu"]
    shown: dict[str, Shown] = {name: ((), raw[name]) for name in ("mu", "tau", "beta") if name in raw}
    new = mu
    if "tau" in raw:
        random = np.random.default_rng(seed)
        new = mu + raw["tau"] * scatter_of(analysis.structure_card, synthesis).draw(random, mu.shape)
        s = np.array([np.nan if curve.estimate is None else curve.estimate.standard_error for curve in curves])
        shown["shrinkage"] = ((TRIAL_DIM,), s**2 / (s**2 + raw["tau"][..., None] ** 2))
    shown["effect"] = ((TRIAL_DIM,), raw["theta"], {TRIAL_DIM: members})
    shown["new_trial"] = ((), new)
    if measures.is_log(synthesis.measure):
        shown[synthesis.measure] = ((), np.exp(mu))
    counted: dict[str, int] = {}
    for i, (name, member) in enumerate(zip(analysis.likelihoods, synthesis.members, strict=True)):
        row = counted.get(name, 0)
        counted[name] = row + 1
        own = {k.removeprefix(f"{name}::"): v[:, :, row] for k, v in raw.items() if k.startswith(f"{name}::")}
        table = isinstance(member.evidence, Ordinal | OrdinalCut)
        for label, (dims, values, *coords) in load(name).derived(raw["theta"][:, :, i], own, member).items():
            if table and not dims:  # keep a table's cutpoints and categories, from which the rest follows
                continue
            renamed = tuple(f"{d}[{member.name}]" for d in dims)
            moved = {f"{d}[{member.name}]": c for d, c in (coords[0] if coords else {}).items()}
            shown[f"{label}[{member.name}]"] = (renamed, values, moved)
    return _dataset(shown)


def _dataset(shown: Mapping[str, Shown]) -> xr.Dataset:
    """Return a dataset with dimensions chain, draw, ... from `{name: (dims, values[, coords])}`."""
    some = next(iter(shown.values()))[1]
    coords: dict[str, ArrayLike] = {"chain": np.arange(some.shape[0]), "draw": np.arange(some.shape[1])}
    variables = {}
    for name, one in shown.items():
        variables[name] = (("chain", "draw", *one[0]), np.asarray(one[1]))
        if len(one) == 3:
            coords |= {dim: list(names) for dim, names in one[2].items()}
    return xr.Dataset(variables, coords)


def combine(samples: Sequence[Sample], length: int) -> Sample:
    """Combine weighted pieces into one sample, in which each chain takes its exact share of draws from every piece.

    The draws of all pieces are spread evenly and those of each piece keep their order, so that autocorrelation, R-hat
    and effective sample size stay meaningful.

    Parameters
    ----------
    samples : sequence of Sample
        The pieces, with weights that sum to one, and at least their share of draws.
    length : int
        Draws a chain of all pieces together.
    """
    if len(samples) == 1:
        return samples[0]
    counts = whole_shares([s.weight for s in samples], length)
    position = np.concatenate([(np.arange(n) + 0.5) / n for n in counts if n])
    order = np.argsort(position, kind="stable")
    used = [(s, n) for s, n in zip(samples, counts, strict=True) if n]

    def join(pieces: Sequence[Raw]) -> Raw:
        common = [name for name in pieces[0] if all(name in piece for piece in pieces)]
        parts = {name: [piece[name][:, :n] for piece, (_, n) in zip(pieces, used, strict=True)] for name in common}
        return {name: np.concatenate(arrays, axis=1)[:, order] for name, arrays in parts.items()}

    log_l = join([{} if s.log_likelihood is None else {"report": s.log_likelihood} for s, _ in used]).get("report")
    raw, stats = join([s.raw for s, _ in used]), join([s.stats for s, _ in used])
    return replace(samples[0], raw=raw, stats=stats, weight=1.0, is_spike=False, log_likelihood=log_l)


def thin(sample: Sample, step: int) -> Sample:
    """Keep every `step`-th draw, so that a long run is stored at the length of a short one.

    Parameters
    ----------
    sample : Sample
    step : int
    """
    if step == 1:
        return sample

    def every(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values[:, step - 1 :: step].copy()  # a view would keep the long run in memory

    def kept(arrays: Raw) -> Raw:
        return {name: every(values) for name, values in arrays.items()}

    log_l = None if sample.log_likelihood is None else every(sample.log_likelihood)
    return replace(sample, raw=kept(sample.raw), stats=kept(sample.stats), log_likelihood=log_l)


@dataclass(frozen=True)
class Order:
    """The order in which one of several independent quantities takes the draws of the posterior that they share.

    The chains change places in a circle and each begins at another draw, so that every quantity keeps its distribution
    and its autocorrelation, while draws of two quantities at the same place are of different transitions.

    Attributes
    ----------
    place : int
        Of the quantity among those that share the draws; the first has them as they were drawn.
    count : int
        The number of quantities that share them.
    """

    place: int
    count: int

    def of[Kind: np.generic](self, values: NDArray[Kind]) -> NDArray[Kind]:
        """Return draws in this order; values : (chain, draw, ...)."""
        chains, length = values.shape[:2]
        lap, chain = divmod(self.place, chains)
        laps = -(-self.count // chains)
        return np.roll(values, (chain, lap * length // laps), axis=(0, 1)) if self.place else values


def tabulate(names: Sequence[str], rows: Sequence[xr.Dataset], orders: Sequence[Order]) -> xr.Dataset:
    """Combine the draws of every row of a table along a dimension `row`.

    Parameters
    ----------
    names : sequence of str
        Of the rows.
    rows : sequence of Dataset
        As `describe` returns them; rows with the same numbers may have one in common.
    orders : sequence of Order
        That of the draws of each row.
    """
    first = rows[0]
    variables = {}
    for name, like in first.data_vars.items():
        chains, length, *more = like.shape
        joined = np.empty((chains, length, len(rows), *more), like.dtype)
        for i, (row, order) in enumerate(zip(rows, orders, strict=True)):
            joined[:, :, i] = order.of(np.asarray(row[name]))
        variables[name] = (("chain", "draw", ROW_DIM, *like.dims[2:]), joined)
    return xr.Dataset(variables, {**first.coords, ROW_DIM: [*names]})

"""Draws under names for the reader: what one piece of a posterior gives, and how pieces become one sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from bayes.analysis.analysis import Analysis
from bayes.base import measures
from bayes.likelihoods.contract import load
from bayes.paper.evidence.ordinal import whole_shares
from bayes.quadrature import Curve

TRIAL_DIM, ROW_DIM, SYSTEM_DIM = "trial", "row", "body_system"


@dataclass(frozen=True)
class Sample:
    """Draws of one unimodal piece of a posterior, under names for the reader, and the piece's exact weight.

    `log_likelihood` is that of the report at each draw, shape (chain, draw, 1), nuisance parameters included.
    """

    posterior: xr.Dataset
    stats: xr.Dataset
    weight: float
    is_spike: bool = False
    log_likelihood: np.ndarray | None = None

    @property
    def divergences(self) -> int:
        return int(self.stats["diverging"].sum()) if "diverging" in self.stats else 0


def describe(analysis: Analysis, raw: dict[str, np.ndarray], seed: int, curves: Sequence[Curve] = ()) -> xr.Dataset:
    """Draws under names for the reader.

    Parameters
    ----------
    curves : sequence of Curve
        Of a synthesis: how wide each report is, for the shrinkage of its effect.
    """
    if analysis.joined_by is not None:
        return _synthesis(analysis, raw, seed, curves)
    described = {"single_trial": _outcome, "independent_arms": _arms, "adverse_event_hierarchy": _hierarchy}
    return described[analysis.model](analysis, raw, seed)


def _arms(analysis: Analysis, raw: dict[str, np.ndarray], seed: int) -> xr.Dataset:
    """Draws of two independent arms: both parameters, the effect they imply, and what follows from them."""
    from bayes.models.structures import independent_arms

    outcome = analysis.target
    raw = {name: values[:, :, 0] for name, values in raw.items()}
    effect = independent_arms.effect(raw["treatment"], raw["control"], outcome.measure)
    shown: dict[str, tuple] = {"effect": ((), effect)}
    if measures.is_log(outcome.measure):
        shown[outcome.measure] = ((), np.exp(effect))
    return _dataset(shown | independent_arms.readable(raw, outcome))


def _hierarchy(analysis: Analysis, raw: dict[str, np.ndarray], seed: int) -> xr.Dataset:
    """Draws of a table of adverse events: every row's effect with its exact zeros, and the hierarchy above them."""
    from bayes.models.structures import adverse_event_hierarchy

    outcome, lean = analysis.target, analysis.formed.distribution.lean
    names, rows = zip(*outcome.rows, strict=True)
    effect = adverse_event_hierarchy.effects(raw["theta"], raw.get("p_null"), seed)
    coords = {ROW_DIM: list(names), SYSTEM_DIM: list(outcome.evidence.body_systems)}
    shown: dict[str, tuple] = {"effect": ((ROW_DIM,), effect, coords)}
    shown[outcome.measure] = ((ROW_DIM,), np.exp(effect))
    return _dataset(shown | adverse_event_hierarchy.readable(effect, raw, rows, lean))


def _outcome(analysis: Analysis, raw: dict[str, np.ndarray], seed: int) -> xr.Dataset:
    """Draws of a single trial under names for the reader: effect, its natural scale, and what follows from them."""
    outcome = analysis.target
    raw = {name: values[:, :, 0] for name, values in raw.items()}
    effect = raw["effect"]
    shown: dict[str, tuple] = {"effect": ((), effect)}
    if measures.is_log(outcome.measure):
        shown[outcome.measure] = ((), np.exp(effect))
    return _dataset(shown | load(analysis.likelihoods[0]).readable(effect, raw, outcome))


def _synthesis(analysis: Analysis, raw: dict[str, np.ndarray], seed: int, curves: Sequence[Curve]) -> xr.Dataset:
    """Draws of a synthesis: mu, tau, every trial's effect, a new trial, and each trial's own parameters.

    `shrinkage` is s^2 / (s^2 + tau^2) per trial, the weight that its effect gives to the mean rather than to its own
    report of standard error s; missing where a report determines no estimate.
    """
    synthesis = analysis.target
    members = [m.name for m in synthesis.members]
    mu = raw["mu"]
    shown: dict[str, tuple] = {name: ((), raw[name]) for name in ("mu", "tau", "beta") if name in raw}
    new = mu
    if "tau" in raw:
        random = np.random.default_rng(seed)
        robust = analysis.model == "robust_random_effects"
        e = random.standard_t(float(synthesis.nu), mu.shape) if robust else random.standard_normal(mu.shape)
        new = mu + raw["tau"] * e
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
        table = member.evidence.kind in ("ordinal", "ordinal_cut")
        for label, (dims, values, *coords) in load(name).readable(raw["theta"][:, :, i], own, member).items():
            if table and not dims:  # of a table its cutpoints and categories, from which the rest follows
                continue
            renamed = tuple(f"{d}[{member.name}]" for d in dims)
            moved = {f"{d}[{member.name}]": c for d, c in (coords[0] if coords else {}).items()}
            shown[f"{label}[{member.name}]"] = (renamed, values, moved)
    return _dataset(shown)


def _dataset(shown: dict[str, tuple]) -> xr.Dataset:
    """A dataset with dimensions chain, draw, ... from `{name: (dims, values[, coords])}`."""
    some = next(iter(shown.values()))[1]
    coords: dict[str, Any] = {"chain": np.arange(some.shape[0]), "draw": np.arange(some.shape[1])}
    variables = {}
    for name, (dims, values, *own) in shown.items():
        variables[name] = (("chain", "draw", *dims), np.asarray(values))
        coords |= own[0] if own else {}
    return xr.Dataset(variables, coords)


def combine(samples: Sequence[Sample]) -> Sample:
    """One sample from weighted pieces: each chain takes from every piece its exact share of draws, evenly spread.

    Draws of a piece keep their order, so that autocorrelation, R-hat and ESS mean what they say.
    """
    if len(samples) == 1:
        return samples[0]
    draws = min(s.posterior.sizes["draw"] for s in samples)
    counts = whole_shares([s.weight for s in samples], draws)
    position = np.concatenate([(np.arange(n) + 0.5) / n for n in counts if n])
    order = np.argsort(position, kind="stable")
    used = [(s, n) for s, n in zip(samples, counts, strict=True) if n]

    def join(datasets: list[xr.Dataset]) -> xr.Dataset:
        common = [v for v in datasets[0].data_vars if all(v in d for d in datasets)]
        parts = [d[common].isel(draw=slice(0, n)) for d, (_, n) in zip(datasets, used, strict=True)]
        return xr.concat(parts, dim="draw").isel(draw=order).assign_coords(draw=np.arange(draws))

    posterior = join([s.posterior for s, _ in used])
    moving = [s.stats for s, _ in used if len(s.stats)]
    stats = join([s.stats for s, _ in used]) if len(moving) == len(used) else xr.Dataset()
    log_l = None
    if all(s.log_likelihood is not None for s, _ in used):
        log_l = np.concatenate([s.log_likelihood[:, :n] for s, n in used], axis=1)[:, order]
    return replace(samples[0], posterior=posterior, stats=stats, weight=1.0, is_spike=False, log_likelihood=log_l)


def thin(sample: Sample, step: int) -> Sample:
    """Every `step`-th draw: a long run kept at the length of a short one."""
    if step == 1:
        return sample
    kept = slice(step - 1, None, step)
    count = sample.posterior.sizes["draw"] // step
    shorter = [
        d.isel(draw=kept).assign_coords(draw=np.arange(count)) if "draw" in d.sizes else d
        for d in (sample.posterior, sample.stats)
    ]
    log_l = None if sample.log_likelihood is None else sample.log_likelihood[:, kept]
    return replace(sample, posterior=shorter[0], stats=shorter[1], log_likelihood=log_l)


def tabulate(names: Sequence[str], samples: Sequence[Sample]) -> Sample:
    """One sample of a table: the draws of every row, side by side along a dimension `row`."""
    posterior = xr.concat([s.posterior for s in samples], dim=ROW_DIM).assign_coords({ROW_DIM: list(names)})
    diverging = [s.stats["diverging"] for s in samples if "diverging" in s.stats]
    stats = xr.Dataset({"diverging": sum(d.astype(int) for d in diverging)}) if diverging else xr.Dataset()
    return Sample(posterior.transpose("chain", "draw", ROW_DIM, ...), stats, 1.0)

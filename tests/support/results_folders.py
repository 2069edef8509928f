"""Results folders written by hand: rows with every column, some of them planted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from click.testing import CliRunner

from bayes.cli import bayes as command
from bayes.errors import BayesError
from bayes.posterior.row import empty_row

SOUND = {
    "trial": "demo", "outcome": "gel", "parameter": "effect", "model": "single_trial", "evidence": "estimate",
    "prior": "neutral", "prior_distribution": "normal(0, 0.355)", "measure": "rate_ratio", "scale": "log",
    "benefit": "lower", "mean": -0.05, "sd": 0.2, "median": -0.05, "ci_low": -0.442, "ci_high": 0.342, "ci_prob": 0.95,
    "estimate": 0.95, "estimate_low": 0.643, "estimate_high": 1.408, "p_benefit": 0.6, "p_harm": 0.4, "mcid": 0.75,
    "p_mcid": 0.11, "p_beyond": '{"0.75": 0.11, "1": 0.6}', "mcse_p_benefit": 0.004, "r_hat": 1.0, "ess_bulk": 10000.0,
    "ess_tail": 8000.0, "divergences": 0, "status": "ok", "key": "demo.gel--single_trial--neutral", "label": "Lesions",
    "likelihood": "reported_estimate", "mcse_mean": 0.002, "informative": True,
}  # fmt: skip


def row(**planted) -> dict:
    """A sound row of an outcome, with what is planted in it; the key follows the prior."""
    prior = planted.get("prior", "neutral")
    return empty_row() | SOUND | {"key": f"demo.gel--single_trial--{prior}"} | planted


def skipped(prior: str = "cochrane") -> dict:
    """The row of a prior that could not be formed."""
    named = {
        name: SOUND[name]
        for name in ("trial", "outcome", "parameter", "model", "evidence", "measure", "benefit", "label")
    }
    return empty_row() | named | {"prior": prior, "status": "skipped", "reason": "no standard error"}


def results(folder: Path, *rows: dict) -> Path:
    """A results folder with these rows."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "summary.json").write_text(json.dumps(list(rows)))
    return folder


def fitted(folder: Path, names: list[str], draws: int = 1000, seed: int = 1, asked_seed: int | None = None) -> Path:
    """A results folder as `bayes regenerate` would write it, of effects drawn from a normal with the exact moments.

    Everything in it is current, so that nothing is sampled by a run that asks for the same.
    """
    from bayes.analysis.analysis import Settings
    from bayes.analysis.plan import make_plan
    from bayes.analysis.targets import find_targets
    from bayes.priors.sets import load_priors
    from bayes.results import inputs, store, stored_plan
    from bayes.results.summarising import write_summary

    targets, priors = find_targets(names), load_priors()
    inputs.keep(targets, priors, asked_seed, folder)
    plan = make_plan(targets, priors, settings=Settings() if asked_seed is None else Settings(seed=asked_seed))
    random = np.random.default_rng(seed)
    stored_plan.keep(plan, priors, folder)
    for analysis in plan.analyses:
        store.save(drawn(analysis, random, draws), folder, analysis.key)
    write_summary(plan, folder, {})
    return folder


def drawn(analysis, random: np.random.Generator, draws: int):
    """The tree of one outcome's posterior with independent normal draws in place of sampled ones."""
    import xarray as xr

    from bayes.posterior import cross_check
    from bayes.posterior.names import EFFECT

    exact = cross_check.exact_answers(analysis)[EFFECT]
    effect = random.normal(exact.mean, exact.sd, (4, draws))
    posterior = xr.Dataset({"effect": (("chain", "draw"), effect), "rate_ratio": (("chain", "draw"), np.exp(effect))})
    return tree_of(analysis, posterior)


def tree_of(analysis, posterior, answers=None):
    """The tree of a posterior with these draws, which has passed the gate: nothing is sampled or checked."""
    from dataclasses import replace

    from bayes.pooling.explained import explain
    from bayes.posterior import cross_check, description, gate, measured
    from bayes.posterior.record import Gate, Provenance, versions
    from bayes.posterior.trees import to_tree

    answers = cross_check.exact_answers(analysis) if answers is None else answers
    shown = {str(name): values for name, values in measured.parameters(posterior)}
    table, reported = gate.diagnostics(shown), description.reported(analysis)
    missing = cross_check.missing_moments(analysis, answers)
    flags = description.flags_of(analysis)
    parameters = measured.measure(posterior, reported, table, answers, missing, flags)
    r_hat = None if table is None else measured.finite(table["r_hat"].max())
    record = description.record_of(analysis, parameters, Gate(r_hat, 0, None), answers)
    provenance = Provenance(
        analysis.fingerprint, analysis.parts, versions(), posterior.sizes["draw"], 1, 0.8, seconds=0.1
    )
    record = replace(record, provenance=provenance, explanation=explain(analysis))
    return to_tree(posterior, {}, None, record)


def said(*words) -> str:
    """What a command prints or is refused with; anything but the package's errors is raised."""
    done = CliRunner().invoke(command, [str(word) for word in words])
    if done.exception is None or isinstance(done.exception, SystemExit):
        return done.output
    if isinstance(done.exception, BayesError):
        return str(done.exception)
    raise done.exception

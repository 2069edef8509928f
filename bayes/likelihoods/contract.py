"""The contract for a file in `models/likelihoods`, and its loader.

A likelihood is a module with `KINDS` and five functions (see `Likelihood`). Names and sources are read by path, so
that listing models, or checking which posteriors are stale, never imports PyMC.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bayes.errors import UnknownName
from bayes.paper.trial import Outcome

if TYPE_CHECKING:
    import numpy as np

    from bayes.base.arrays import FloatArray
    from bayes.models.shared.signatures import Tensor
    from bayes.priors.nuisance import Nuisance

PACKAGE = "bayes.models"


class Likelihood(Protocol):
    """The contents of every file in `models/likelihoods`.

    Each file opens with its mathematics: what is known, what is estimated and what is assumed.
    """

    __name__: str
    KINDS: tuple[str, ...]
    """The evidence kinds that the likelihood can read, as a literal tuple."""

    FILL: dict[str, float]
    """Padding of shorter arrays by name, zero if not named; needed only where array lengths vary between trials."""

    def prepare(self, outcome: Outcome, nuisance: Any) -> dict[str, np.ndarray]:
        """Return the numbers of one trial, without the trial axis, under the same names for every outcome."""

    def log_likelihood(self, theta: Any, data: dict[str, Any]) -> Any:
        """Declare nuisance parameters and return the log likelihood of each trial.

        Parameters
        ----------
        theta : tensor, shape (trial,)
            Effect on the analysis scale.
        data : dict
            As `prepare` returns it, with a leading trial axis.

        Returns
        -------
        tensor, shape (trial,)
        """

    def derived(self, effect: np.ndarray, draws: dict[str, np.ndarray], outcome: Outcome) -> dict[str, tuple]:
        """Return named quantities for the reader as `{name: (dims, values[, coords])}`.

        Parameters
        ----------
        effect : ndarray, shape (chain, draw)
            Draws of the effect on the analysis scale.
        draws : dict of ndarray, shape (chain, draw, ...)
            Draws of the likelihood's own parameters.
        outcome : Outcome

        Returns
        -------
        dict
            `dims` are those beyond (chain, draw).
        """

    def observe(self, effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
        """Add the nuisance parameters and the observed variables of one trial to the current PyMC model.

        Parameters
        ----------
        effect : Tensor, shape ()
            On the analysis scale.
        outcome : Outcome
        nuisance : Nuisance
        of : str
            The ending of names, which says whose they are.
        """

    def recovered(
        self, stored: Mapping[str, FloatArray], outcome: Outcome, nuisance: Nuisance
    ) -> Mapping[str, FloatArray]:
        """Return the parameters of `observe` that a stored posterior does not have under their own names.

        Parameters
        ----------
        stored : mapping of ndarray, shape (chain, draw, ...)
            As `derived` names them, with `effect`.
        outcome : Outcome
        nuisance : Nuisance

        Returns
        -------
        mapping of ndarray, shape (chain, draw, ...)
        """


def default_likelihood(outcome: Outcome) -> str:
    """Return the name of the likelihood that reads a reported outcome by default."""
    evidence, measure = outcome.evidence, outcome.measure
    match evidence.kind:
        case "adverse_events":
            return default_likelihood(outcome.rows[0][1])
        case "ordinal" | "ordinal_cut":
            return "proportional_odds"
        case "binary":
            return {"odds_ratio": "binomial", "risk_ratio": "binomial_risk_ratio"}.get(
                measure, "binomial_risk_difference"
            )
        case "events" if evidence.dispersion == "poisson":
            return "events_poisson"
        case "events":
            return "events_negative_binomial" if evidence.treatment.persons is None else "events_in_persons"
        case "means":
            return "means"
        case "estimate":
            return "reported_estimate" if evidence.df is None else "reported_estimate_t"
        case "proportion":
            return "single_proportion"
    return "reported_p" if evidence.statistic(measure).df is None else "reported_p_small_sample"


def alternatives(outcome: Outcome) -> tuple[str, ...]:
    """Return all likelihoods that can read a reported outcome.

    Parameters
    ----------
    outcome : Outcome

    Returns
    -------
    tuple of str
        Names of files in `models/likelihoods`, the default first.
    """
    if outcome.rows:
        return alternatives(outcome.rows[0][1])
    evidence, default = outcome.evidence, default_likelihood(outcome)
    found = (default,)
    if evidence.kind in ("ordinal", "ordinal_cut") and len(evidence.observed) > 2:
        found += ("partial_odds_worst", "partial_odds_linear")
    elif evidence.kind == "events" and evidence.treatment.persons is not None:
        found += ("events_in_persons", "events_lognormal", "events_zero_inflated", "events_poisson")
    elif evidence.kind == "events" and evidence.treatment.n is not None:
        found += ("events_negative_binomial", "events_poisson")
    elif default == "reported_p_small_sample":
        found += ("reported_p",)
    return tuple(dict.fromkeys(found))


def likelihood_of(outcome: Outcome, wanted: str | None = None) -> str:
    """Return the name of the likelihood to use: the requested one, else the file's own, else the default.

    Parameters
    ----------
    outcome : Outcome
    wanted : str, optional
        The requested likelihood.

    Raises
    ------
    UnknownName
        If the likelihood cannot read this outcome.
    """
    name = wanted or outcome.likelihood or default_likelihood(outcome)
    if name not in (known := alternatives(outcome)):
        raise UnknownName(f"likelihood of {outcome.name}", name, known)
    return name


def effect_support(outcome_measure: str) -> str:
    """Return the support of the effect of a measure: "real" or "interval"."""
    return "interval" if outcome_measure in ("risk_difference", "proportion") else "real"


def load(name: str) -> Any:
    """Import a likelihood, and with it PyMC.

    Raises
    ------
    UnknownName
        If the name is not in the catalogue.
    """
    known = catalogue()
    if name not in known:
        raise UnknownName("model", name, known)
    return importlib.import_module(f"{PACKAGE}.likelihoods.{name}")


@dataclass(frozen=True)
class Entry:
    """A likelihood as listed: its evidence kinds and the first line of its file."""

    kinds: tuple[str, ...]
    title: str


@cache
def catalogue() -> dict[str, Entry]:
    """Return every likelihood by name, read from the sources without importing them."""
    entries = {}
    for path in sorted((models_folder() / "likelihoods").glob("*.py")):
        if path.stem == "__init__":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        kinds = next(
            ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "KINDS"
        )
        entries[path.stem] = Entry(kinds, (ast.get_docstring(tree) or "").splitlines()[0])
    return entries


def models_folder() -> Path:
    """Return the folder of the model files, located without importing them."""
    return Path(find_spec(PACKAGE).origin).parent

"""The contract for a model file of a likelihood, and its loader."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, cast

from bayes.likelihoods.registry import card_of
from bayes.likelihoods.sources import PACKAGE
from bayes.likelihoods.structure_card import StructureCard
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

if TYPE_CHECKING:
    from bayes.base.arrays import FloatArray
    from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor

OUTSIDE = "own_likelihoods"  # the prefix of the module name of a file from outside the package


class Likelihood(Protocol):
    """The contents of every file in `models/likelihoods`, and of a file that `bayes.register` takes.

    Each file opens with its mathematics: what is known, what is estimated and what is assumed. Its card, which says
    which reports it reads, is a file of the same name in `bayes/likelihoods/cards`. A registered file may leave out
    `observe` and `recovered`, without which `bayes.pymc_model` has no textbook form of it.
    """

    __name__: str
    FILL: dict[str, float]
    """Padding of shorter arrays by name, zero if not named; needed only where array lengths vary between trials."""

    def prepare(self, outcome: Outcome, nuisance: Nuisance) -> Row:
        """Return the numbers of one trial, without the trial axis, under the same names for every outcome."""

    def log_likelihood(self, theta: Tensor, data: Report) -> Tensor:
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

    def derived(self, effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
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


def effect_support(outcome_measure: str) -> str:
    """Return the support of the effect of a measure: "real" or "interval"."""
    return "interval" if outcome_measure in ("risk_difference", "proportion") else "real"


class EffectStructure(Protocol):
    """The contents of a file with an effect structure of your own: exchangeable effects theta = mu + tau e."""

    def log_density(self, e: Tensor) -> Tensor:
        """Return the log density of e, which has mean zero.

        Parameters
        ----------
        e : Tensor, shape (trial,)
            Effects in units of tau from their mean.

        Returns
        -------
        Tensor, shape (trial,)
        """


def structure_module(card: StructureCard) -> EffectStructure:
    """Return the file of a registered effect structure, as it was imported."""
    return cast(EffectStructure, sys.modules[f"{OUTSIDE}.{card.name}"])


def load(name: str) -> Likelihood:
    """Import the model file of a likelihood, and with it PyMC.

    Raises
    ------
    UnknownName
        If no likelihood of this name is shipped or registered.
    """
    if card_of(name).source is not None:
        return cast(Likelihood, sys.modules[f"{OUTSIDE}.{name}"])  # a module: its functions are not known to checkers
    return cast(Likelihood, importlib.import_module(f"{PACKAGE}.likelihoods.{name}"))

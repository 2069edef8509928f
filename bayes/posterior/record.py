"""The record stored with each posterior: what was reported and believed, what the draws and quadrature say, and whether
the posterior passed the gate.

A record holds numbers and names, no sentences: rows (`rows`), long tables (`long_tables`) and the words of notes
(`remarks`) are views of it, made when they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, ClassVar

from pydantic import ConfigDict, TypeAdapter

from bayes.analysis.analysis import Settings
from bayes.base import measures
from bayes.posterior.explanation import Explanation
from bayes.posterior.parameter import Parameter
from bayes.posterior.problems import Problem
from bayes.posterior.remark import Remark

if TYPE_CHECKING:
    import xarray as xr

ATTRIBUTE = "bayes"  # the attribute of a stored tree that holds its record, as JSON
PACKAGES = ("bayes-reanalysis", "pymc", "nutpie", "arviz", "numpy", "scipy", "xarray")


@dataclass(frozen=True, slots=True)
class Reported:
    """What was reported, and the thresholds that matter.

    Attributes
    ----------
    trial, outcome : str
        Ids; for a synthesis its own id, and an empty outcome.
    label : str
    evidence : tuple of str
        The kinds of evidence, each once.
    measure : str
    benefit : {"higher", "lower"}
    null : float
        No effect, on the analysis scale.
    mcid, planned, margin : float, optional
        On the natural scale.
    rope : (float, float), optional
        Region of practical equivalence, on the natural scale.
    thresholds : tuple of float
        Further thresholds that were asked for, on the natural scale.
    informative, headline : bool
        Whether the data inform the effect; whether P(benefit) may be a headline.
    """

    trial: str
    outcome: str
    label: str
    evidence: tuple[str, ...]
    measure: str
    benefit: str
    null: float
    mcid: float | None
    planned: float | None
    margin: float | None
    rope: tuple[float, float] | None
    thresholds: tuple[float, ...]
    informative: bool
    headline: bool

    @property
    def name(self) -> str:
        """The name on the command line: `trial:outcome`, or the id of a synthesis."""
        return f"{self.trial}:{self.outcome}" if self.outcome else self.trial

    @property
    def sign(self) -> int:
        """+1 if a higher effect is good for the patient, -1 if a lower effect is."""
        return 1 if self.benefit == "higher" else -1

    @property
    def given_thresholds(self) -> tuple[float, ...]:
        """The thresholds of which every row gives the probability, on the natural scale, each once."""
        none = float(measures.to_natural(self.null, self.measure))
        stated = (self.mcid, self.planned, none, self.margin, *self.thresholds)
        return tuple(dict.fromkeys(threshold for threshold in stated if threshold is not None))


@dataclass(frozen=True, slots=True)
class Believed:
    """A prior as it was used: its name, its expression on the analysis scale, and how a rule formed it."""

    name: str
    distribution: str
    basis: str | None


@dataclass(frozen=True, slots=True)
class Gate:
    """The convergence checks: what was found, and the reasons to reject the posterior.

    Attributes
    ----------
    r_hat : float or None
        The largest of all parameters; None if nothing varies.
    divergences : int
    e_bfmi : float or None
        The smallest energy Bayesian fraction of missing information of any chain; None without a sampler.
    problems : tuple of Problem
    """

    r_hat: float | None
    divergences: int
    e_bfmi: float | None
    problems: tuple[Problem, ...] = ()

    @property
    def status(self) -> str:
        """ "ok" or "failed"."""
        return "failed" if self.problems else "ok"

    @property
    def reason(self) -> str | None:
        """The problems in words; None if there are none."""
        return "; ".join(dict.fromkeys(map(str, self.problems))) or None


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a posterior came about.

    Attributes
    ----------
    fingerprint : str
        SHA-256 of everything the posterior depends on.
    parts : dict of str
        Short hashes by name, which tell what has changed when it is stale.
    versions : dict of str
        Installed versions by package.
    draws : int
        Per chain, as stored.
    pieces : int
        Unimodal components that were sampled one by one.
    target_accept : float
        Acceptance rate that the sampler finally adapted to.
    seconds : float
    """

    fingerprint: str
    parts: dict[str, str]
    versions: dict[str, str]
    draws: int
    pieces: int
    target_accept: float
    seconds: float


@dataclass(frozen=True, slots=True)
class PosteriorRecord:
    """Everything that the rows, the report and the check of currency of a posterior need.

    Attributes
    ----------
    key : str
    reported : Reported
    model : str
        The effect structure.
    likelihoods : tuple of str
        Each once; empty for independent arms.
    omega : float or None
        The omega of a stated selection.
    prior : Believed
    heterogeneity : Believed or None
    settings : Settings
    parameters : tuple of Parameter
        Empty for a table whose rows were fitted one by one.
    gate : Gate
    remarks : tuple of Remark
    provenance : Provenance or None
        None for a row of a table, which has that of the table.
    explanation : Explanation or None
        The tables of a synthesis.
    alone : tuple of (str, PosteriorRecord)
        The rows of a table fitted one by one, by name.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(ser_json_inf_nan="strings")

    key: str
    reported: Reported
    model: str
    likelihoods: tuple[str, ...]
    omega: float | None
    prior: Believed
    heterogeneity: Believed | None
    settings: Settings
    parameters: tuple[Parameter, ...]
    gate: Gate
    remarks: tuple[Remark, ...]
    provenance: Provenance | None = None
    explanation: Explanation | None = None
    alone: tuple[tuple[str, PosteriorRecord], ...] = field(default=())

    def to_json(self) -> str:
        """Return the record as JSON."""
        return _adapter().dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> PosteriorRecord:
        """Read a record.

        Raises
        ------
        ValueError
            If the text is not a record of this version.
        """
        return _adapter().validate_json(text)

    @classmethod
    def from_tree(cls, tree: xr.DataTree) -> PosteriorRecord:
        """Return the record that a tree carries."""
        return cls.from_json(tree.attrs[ATTRIBUTE])


@cache
def _adapter() -> TypeAdapter[PosteriorRecord]:
    return TypeAdapter(PosteriorRecord)


@cache
def versions() -> dict[str, str]:
    """Return the installed versions of the packages that a posterior depends on."""
    return {name: version(name) for name in PACKAGES}

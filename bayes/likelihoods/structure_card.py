"""The card of an effect structure: everything that the package knows about it beyond its model file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bayes.likelihoods.sources import model_file

if TYPE_CHECKING:
    from bayes.quadrature.scatter import Scatter

type Target = Literal["outcome", "table", "synthesis"]


@dataclass(frozen=True, slots=True)
class EffectParameter:
    """A parameter of an effect structure.

    Attributes
    ----------
    name : str
        As the model file declares it.
    meaning : str
    scale : str
    """

    name: str
    meaning: str
    scale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureCard:
    """An effect structure: what it takes, what it estimates and how it is described.

    Attributes
    ----------
    name : str
    file_name : str
        Its file in `models/structures`, which several structures may share; empty until one from outside is registered.
    takes : {"outcome", "table", "synthesis"}
        One outcome, a table of adverse events as a whole, or several trials.
    title : str
        A noun phrase for lists.
    parameters : tuple of EffectParameter
    formula : tuple of str
        LaTeX lines for a page.
    words : str
        A sentence for the methods section.
    has_tau, has_covariate, has_nu : bool
        Whether effects differ between trials with standard deviation tau, lie about a line in a covariate, and are
        Student-t with nu degrees of freedom.
    scatter : Scatter, optional
        How effects scatter about mu, for a structure from outside the package; it follows from the file's density.
    source : Path, optional
        Its file, if it is not one of the package.
    """

    name: str
    file_name: str = ""
    takes: Target
    title: str
    parameters: tuple[EffectParameter, ...]
    formula: tuple[str, ...]
    words: str
    has_tau: bool = False
    has_covariate: bool = False
    has_nu: bool = False
    scatter: Scatter | None = None
    source: Path | None = None

    @property
    def file(self) -> Path:
        """Its model file."""
        return self.source or model_file(f"structures.{self.file_name}")


EFFECT = EffectParameter("effect", "effect of the treatment", "analysis scale")
MU = EffectParameter("mu", "mean of the effects", "analysis scale")
TAU = EffectParameter("tau", "standard deviation of the effects between trials", "analysis scale")
TRIAL_EFFECTS = EffectParameter("theta", "effect in each trial", "analysis scale")

"""The card of a likelihood: everything that the package knows about it beyond its model file."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bayes.base.closed import Closed
from bayes.likelihoods.parameter import Parameter
from bayes.likelihoods.sources import model_file
from bayes.paper.evidence import BY_KIND
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

if TYPE_CHECKING:
    from bayes.quadrature.likelihood_curve import Curve

type CurveFunction = Callable[[Outcome, Nuisance, Curve | None], Curve]

LAST = 100  # the place of a card that does not say where it is offered


def always(outcome: Outcome) -> bool:
    """Return True: the likelihood reads every report of its evidence kinds."""
    return True


def never(outcome: Outcome) -> bool:
    """Return False: no file asks for this likelihood by what it states."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelihoodCard:
    """A likelihood: what it reads, what it estimates, how it is integrated and how it is described.

    Attributes
    ----------
    name : str
        The name of its file, for shipped likelihoods in `models/likelihoods`.
    evidence : tuple of type
        The classes of evidence that it reads, with their subclasses.
    condition : callable
        Whether it reads an outcome with such evidence.
    order : int
        Its place among the likelihoods that read an outcome; the first is the default.
    preferred : callable
        Whether an outcome asks for it by what it states, so that it precedes all others.
    parameters : tuple of Parameter
        What it estimates besides the effect.
    curve : str or callable, optional
        log L(theta) with these parameters integrated out: "module:function" for a shipped likelihood. A card from
        outside the package may leave it out; it is then computed from the model file.
    formula : tuple of str
        LaTeX lines for a page.
    words : str
        A noun phrase for the methods section, after "The report was modelled with".
    predicts : bool
        Whether the printed numbers can be predicted from its draws, which then have the names and the distribution that
        the package's own likelihoods of that evidence have.
    mixture : str, optional
        The mixture over persons, in words, under which a total has no closed-form distribution.
    reads_persons : bool
        Whether the printed number of persons with an event is informative about its parameters.
    baseline : {"movable", "midpoint", "none"}
        Whether its baseline can be moved to the control arm or is that of both arms together; "none" without one.
    not_in_synthesis : str, optional
        Why it cannot be joined with other reports.
    independent : bool
        Whether its curve is derived apart from its model file, so that comparing the two tests the model; `register`
        says no where it integrates the file itself.
    textbook : bool
        Whether its file has `observe` and `recovered`, from which `bayes.pymc_model` writes its textbook form; for a
        file from outside, `register` finds out.
    source : Path, optional
        Its file, if it is not one of the package.
    """

    name: str
    evidence: tuple[type[Closed], ...]
    formula: tuple[str, ...]
    words: str
    parameters: tuple[Parameter, ...] = ()
    curve: str | CurveFunction | None = None
    condition: Callable[[Outcome], bool] = always
    preferred: Callable[[Outcome], bool] = never
    order: int = LAST
    predicts: bool = False
    mixture: str | None = None
    reads_persons: bool = False
    baseline: Literal["movable", "midpoint", "none"] = "none"
    not_in_synthesis: str | None = None
    independent: bool = True
    textbook: bool = True
    source: Path | None = None

    def reads(self, outcome: Outcome) -> bool:
        """Return whether the likelihood can read an outcome."""
        return isinstance(outcome.evidence, self.evidence) and self.condition(outcome)

    def has(self, prior: str) -> bool:
        """Return whether one of its parameters has a prior of the prior set, a field of `Nuisance`."""
        return any(parameter.prior == prior for parameter in self.parameters)

    def free_parameters(self, outcome: Outcome) -> int:
        """Return how many parameters it estimates from an outcome, the effect included."""
        evidence = outcome.evidence
        cuts = len(evidence.observed) - 1 if isinstance(evidence, Ordinal | OrdinalCut) else 1
        return 1 + sum(len(p.names) * (cuts if p.per_cut else 1) for p in self.parameters)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The evidence kinds that it reads, by name."""
        return tuple(name for name, kind in BY_KIND.items() if issubclass(kind, self.evidence))

    @property
    def file(self) -> Path:
        """Its model file."""
        return self.source or model_file(f"likelihoods.{self.name}")

    @property
    def title(self) -> str:
        """The first line of its model file, which is read without being imported."""
        text = ast.get_docstring(ast.parse(self.file.read_text(encoding="utf-8"))) or self.name
        return text.splitlines()[0]

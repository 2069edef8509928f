"""The plan of a results folder as it was carried out: every analysis with its priors as formed, in `inputs/plan.json`.

A report shows these analyses and plans nothing again; a check of currency and a reproduction do plan again, because
they ask what the running software would make of the inputs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from bayes.analysis.analysis import Analysis, Settings
from bayes.analysis.plan import Plan
from bayes.base.writing import write_text
from bayes.errors import InvalidInput
from bayes.paper.trial import Outcome
from bayes.priors.effect_rules import FormedPrior
from bayes.priors.nuisance import Nuisance
from bayes.priors.sets import PriorSet, find_prior
from bayes.priors.tau import NamedHeterogeneity
from bayes.results import inputs
from bayes.synthesis.file import Synthesis

PLAN = "plan.json"


@dataclass(frozen=True, slots=True)
class Planned:
    """An analysis with names in place of its target and its prior, which the copies in `inputs/` define.

    Attributes
    ----------
    key, target, priors, prior : str
        The key of the posterior, the name of the target, the id of the prior set and the name of the prior in it.
    formed, nuisance, likelihoods, omegas, settings, heterogeneity, joined_by, other_heterogeneity, not_formed
        As in `Analysis`.
    """

    key: str
    target: str
    priors: str
    prior: str
    formed: FormedPrior
    nuisance: Nuisance
    likelihoods: tuple[str, ...]
    omegas: tuple[float, ...]
    settings: Settings
    heterogeneity: NamedHeterogeneity | None
    joined_by: str | None
    other_heterogeneity: tuple[NamedHeterogeneity, ...]
    not_formed: tuple[str, ...]

    @classmethod
    def of(cls, analysis: Analysis, priors: PriorSet) -> Planned:
        return cls(
            analysis.key,
            analysis.target.name,
            priors.id,
            analysis.prior.name,
            analysis.formed,
            analysis.nuisance,
            analysis.likelihoods,
            analysis.omegas,
            analysis.settings,
            analysis.heterogeneity,
            analysis.joined_by,
            analysis.other_heterogeneity,
            analysis.not_formed,
        )

    def analysis(self, target: Outcome | Synthesis, priors: PriorSet) -> Analysis:
        """Return the analysis, given its target and the set that names its prior."""
        return Analysis(
            target=target,
            prior=find_prior(self.prior, priors),
            formed=self.formed,
            nuisance=self.nuisance,
            likelihoods=self.likelihoods,
            omegas=self.omegas,
            settings=self.settings,
            heterogeneity=self.heterogeneity,
            joined_by=self.joined_by,
            other_heterogeneity=self.other_heterogeneity,
            not_formed=self.not_formed,
        )


def keep(plan: Plan, priors: PriorSet, folder: Path) -> None:
    """Record the plan of a run; it replaces what was planned before for the same targets under the same set.

    Parameters
    ----------
    plan : Plan
    priors : PriorSet
        The set that its priors come from.
    folder : Path
        The results folder.
    """
    again = {one.target.name for one in plan.analyses} | {one.target.name for one in plan.skipped}
    before = read(folder) if (folder / inputs.FOLDER / PLAN).is_file() else ()
    kept = [one for one in before if one.priors != priors.id or one.target not in again]
    now = [Planned.of(analysis, priors) for analysis in plan.analyses]
    text = _adapter().dump_json(tuple(kept + now), indent=1).decode()
    write_text(folder / inputs.FOLDER / PLAN, text + "\n")


def analyses_of(planned: Iterable[Planned], target: Outcome | Synthesis, priors: PriorSet) -> tuple[Analysis, ...]:
    """Return the analyses of a target that were planned under a set, in order.

    Parameters
    ----------
    planned : iterable of Planned
        As `read` returns them.
    target : Outcome or Synthesis
    priors : PriorSet
    """
    asked = priors.id, target.name
    mine = [one for one in planned if (one.priors, one.target) == asked]
    return tuple(one.analysis(target, priors) for one in mine)


def read(folder: Path) -> tuple[Planned, ...]:
    """Return the plan of a results folder.

    Raises
    ------
    InvalidInput
        If the folder has no plan, or one of another version.
    """
    path = folder / inputs.FOLDER / PLAN
    try:
        return _adapter().validate_json(path.read_bytes())
    except (OSError, ValidationError):
        problem = "no plan that this version can read; `bayes regenerate --out` with the same names writes it"
        raise InvalidInput(str(path), [problem]) from None


@cache
def _adapter() -> TypeAdapter[tuple[Planned, ...]]:
    return TypeAdapter(tuple[Planned, ...])

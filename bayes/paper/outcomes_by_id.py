"""The outcomes of a trial by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayes.errors import UnknownName

if TYPE_CHECKING:
    from bayes.paper.trial import Outcome


class Outcomes(dict[str, "Outcome"]):
    """Outcomes by their ids; a missing id raises an `UnknownName`, which suggests the nearest id."""

    def __missing__(self, name: str) -> Outcome:
        trial = next(iter(self.values())).trial
        raise UnknownName(f"outcome of {trial.id}", name, self)

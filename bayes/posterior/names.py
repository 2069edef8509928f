"""The names of parameters in a summary: one parser and one printer for "mu", "tau" and "effect[mesems:gel_24w]"."""

from __future__ import annotations

import re
from dataclasses import dataclass

WRITTEN = re.compile(r"(?P<quantity>[^\[\]]+)(\[(?P<of>.*)\])?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ParameterName:
    """The name of a parameter.

    Attributes
    ----------
    quantity : str
        "effect" for an outcome; "mu", "tau", "beta" and "new_trial" in a synthesis.
    of : str, optional
        The trial or the row of a table that the effect belongs to.
    """

    quantity: str
    of: str | None = None

    def __str__(self) -> str:
        """Return the name as the summary writes it."""
        return self.quantity if self.of is None else f"{self.quantity}[{self.of}]"

    @classmethod
    def parse(cls, written: str) -> ParameterName:
        """Read a name as the summary writes it.

        Raises
        ------
        ValueError
            If the text is not a name, or a name followed by square brackets.
        """
        found = WRITTEN.fullmatch(written)
        if found is None:
            raise ValueError(f"{written!r} is not the name of a parameter; accepted: NAME or NAME[OF]")
        return cls(found["quantity"], found["of"])


EFFECT, MU, TAU, BETA, NEW_TRIAL = map(ParameterName, ("effect", "mu", "tau", "beta", "new_trial"))


def effect_of(name: str) -> ParameterName:
    """Return the name of the effect of one trial in a synthesis, or of one row of a table."""
    return ParameterName("effect", name)

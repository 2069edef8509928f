"""The control arm of a design: its rate as observed, as stated, or averaged over the prior of the analysis."""

from __future__ import annotations

from dataclasses import dataclass

from bayes.base.numbers import significant
from bayes.errors import InvalidInput

OBSERVED, AVERAGED = "observed", "averaged"


@dataclass(frozen=True)
class Baseline:
    """What a user says about the control arm.

    Attributes
    ----------
    value : float or None
        A stated risk or rate.
    averaged : bool
        Whether it is averaged over the prior of the baseline with which the analysis is done.
    """

    value: float | None = None
    averaged: bool = False

    @classmethod
    def read(cls, said: str | float) -> Baseline:
        """Read "observed", "averaged" or a number.

        Raises
        ------
        InvalidInput
            If it is none of these.
        """
        if said == OBSERVED:
            return cls()
        if said == AVERAGED:
            return cls(averaged=True)
        try:
            value = float(said)
        except ValueError:
            value = -1.0
        if value <= 0:
            raise InvalidInput(
                "baseline",
                [f"found {said!r}; accepted: observed, averaged, or a risk or rate of the control arm above 0"],
            )
        return cls(value)

    def words(self, value: float, seen: bool, what: str) -> str:
        """Return a phrase on the rate used: "control risk 0.20 as observed"."""
        source = "as stated" if self.value is not None else "as observed"
        half = "" if seen or self.value is not None else ", with half an event added"
        return f"{what} {significant(value)} {source}{half}"

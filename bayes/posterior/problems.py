"""The reasons to reject a posterior, in numbers; their words are made when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Check = Literal["divergences", "r_hat", "ess_bulk", "ess_tail", "quadrature", "tail"]


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason to reject a posterior.

    Attributes
    ----------
    check : str
        The check that failed.
    found : float
        The number of divergences, R-hat, the effective sample size, or the number from the draws.
    accepted : float
        The limit that R-hat or the effective sample size misses, or the number by quadrature; 0 divergences.
    parameter : str, optional
        The parameter concerned; none for divergences.
    quantity : str, optional
        Which number of the parameter disagrees with quadrature.
    beyond : float, optional
        The share of the draws beyond the exact limit of a credible interval.
    row : str, optional
        The row of a table that was fitted alone.
    """

    check: Check
    found: float
    accepted: float = 0.0
    parameter: str | None = None
    quantity: str | None = None
    beyond: float | None = None
    row: str | None = None

    @property
    def divergent(self) -> bool:
        """True if smaller steps are needed, rather than only more draws."""
        return self.check == "divergences"

    def of_row(self, row: str) -> Problem:
        """Return the same problem as one of a table's rows."""
        return replace(self, row=row)

    def __str__(self) -> str:
        """Return the problem in words."""
        return f"{self.row}: {self._words}" if self.row else self._words

    @property
    def _words(self) -> str:
        match self.check:
            case "divergences":
                return f"{self.found:.0f} divergences"
            case "r_hat":
                return f"R-hat {self.found:.3f} of {self.parameter} above {self.accepted}"
            case "ess_bulk" | "ess_tail":
                which = self.check.removeprefix("ess_")
                return f"{which} ESS {self.found:.0f} of {self.parameter} below {self.accepted:.0f}"
            case "quadrature":
                return self._against_quadrature
            case "tail":
                return f"{self._against_quadrature}, beyond which {self.beyond:.4f} of the draws lie"

    @property
    def _against_quadrature(self) -> str:
        return f"{self.quantity} of {self.parameter} {self.found:.4f} against {self.accepted:.4f} by quadrature"

"""What a simulator returns, and the small things that all of them need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Random = np.random.Generator
ARMS = ("treatment", "control")
SIDES = (0.5, -0.5)  # shares of the effect by which the arms lie from their midpoint


@dataclass(frozen=True)
class Report:
    """A report drawn from known parameters.

    Attributes
    ----------
    evidence : dict
        As a trial file states it.
    known : dict of float
        The true nuisance parameters by the names that a posterior gives them; "cutpoint[2]" is an entry of a vector.
    """

    evidence: dict[str, Any]
    known: dict[str, float] = field(default_factory=dict)


Simulator = Callable[..., Report | None]
"""(random, effect, **settings) -> a report, or None where the data are not of the kind that the design asks for.

With None the whole truth is drawn again: a rank stays uniform given any event that depends on the data alone.
"""


def by_arm(**columns: Any) -> dict[str, dict[str, Any]]:
    """Return the numbers of both arms, treatment first in every column, as a trial file states them."""
    return {arm: {name: column[i] for name, column in columns.items()} for i, arm in enumerate(ARMS)}

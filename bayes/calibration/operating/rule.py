"""Decision rules: `p_benefit > 0.95 and p_mcid > 0.5`, clauses about posterior probabilities joined by "and"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bayes.base.arrays import FloatArray
from bayes.base.numbers import significant
from bayes.calibration.operating.posteriors import Posteriors, Thresholds
from bayes.errors import InvalidInput, NotFormable, did_you_mean

Quantity = Literal["p_benefit", "p_mcid", "p_harm", "p_rope"]
Claim = Literal["benefit", "harm", "equivalence"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
GRAMMAR = (
    "accepted: p_benefit, p_mcid, p_harm or p_rope, then > or <, then a number between 0 and 1; clauses joined by and"
)
CLAUSE = re.compile(r"\s*([A-Za-z_]\w*)\s*(>=|<=|>|<|=+)\s*([^\s<>=]+)\s*")
# what a clause asserts where it holds; "p_rope <" asserts neither a direction nor equivalence
ASSERTS: dict[tuple[Quantity, str], Claim] = {
    ("p_benefit", ">"): "benefit",
    ("p_mcid", ">"): "benefit",
    ("p_harm", "<"): "benefit",
    ("p_harm", ">"): "harm",
    ("p_benefit", "<"): "harm",
    ("p_mcid", "<"): "harm",
    ("p_rope", ">"): "equivalence",
}
FIRST: tuple[Claim, ...] = ("benefit", "harm", "equivalence")  # of several assertions, the one that counts


@dataclass(frozen=True)
class Clause:
    """One condition on a posterior probability.

    Attributes
    ----------
    quantity : str
        One of `QUANTITIES`.
    above : bool
        Whether the probability has to exceed the cut-off (strictly), or to fall short of it.
    cutoff : float
        Between 0 and 1.
    """

    quantity: Quantity
    above: bool
    cutoff: float

    def __str__(self) -> str:
        return f"{self.quantity} {'>' if self.above else '<'} {significant(self.cutoff, 6)}"

    def margin(self, posteriors: Posteriors) -> FloatArray:
        """Return by how much every posterior meets the condition; it is met above zero, shape (reports,)."""
        apart = posteriors.probability(self.quantity) - self.cutoff
        return apart if self.above else -apart


@dataclass(frozen=True)
class Rule:
    """A success criterion: all clauses have to hold."""

    clauses: tuple[Clause, ...]

    def __str__(self) -> str:
        return " and ".join(map(str, self.clauses))

    def margin(self, posteriors: Posteriors) -> FloatArray:
        """Return the least margin of all clauses, shape (reports,); the rule holds above zero."""
        return np.asarray(np.min([clause.margin(posteriors) for clause in self.clauses], axis=0))

    def holds(self, posteriors: Posteriors) -> NDArray[np.bool_]:
        """Return for which posteriors the rule holds, shape (reports,)."""
        return np.asarray(self.margin(posteriors) > 0)

    @property
    def claim(self) -> Claim:
        """What success asserts: benefit if any clause does, else harm, else equivalence.

        A type I error is success where the assertion is false. P(benefit), P(>= MCID) above a cut-off and P(harm) below
        one assert benefit; the reverse asserts harm; P(ROPE) above a cut-off asserts equivalence.
        """
        found = {ASSERTS.get((clause.quantity, ">" if clause.above else "<")) for clause in self.clauses}
        return next(claim for claim in FIRST if claim in found)

    def check(self, thresholds: Thresholds, name: str) -> None:
        """Raise NotFormable where a threshold of the rule is not stated for an outcome."""
        needed = {clause.quantity for clause in self.clauses}
        if "p_mcid" in needed and thresholds.mcid is None:
            raise NotFormable(f"{name}: the rule {self} needs an MCID, which is not stated")
        if "p_rope" in needed and thresholds.rope is None:
            raise NotFormable(f"{name}: the rule {self} needs a region of practical equivalence, which is not stated")


def parse_rule(text: str) -> Rule:
    """Read a decision rule.

    Parameters
    ----------
    text : str
        Such as "p_benefit > 0.95" or "p_benefit > 0.975 and p_mcid > 0.5".

    Raises
    ------
    InvalidInput
        Listing every clause that cannot be read, with what is accepted.
    """
    clauses: list[Clause] = []
    mistakes: list[str] = []
    for part in re.split(r"\band\b", text):
        found = CLAUSE.fullmatch(part)
        problem = _problem(part, found)
        if problem is not None or found is None:
            mistakes.append(f"{problem}; {GRAMMAR}")
            continue
        quantity = next(name for name in QUANTITIES if name == found[1])
        clauses.append(Clause(quantity, found[2] == ">", float(found[3])))
    if not mistakes and not any((c.quantity, ">" if c.above else "<") in ASSERTS for c in clauses):
        mistakes.append(
            "p_rope below a cut-off alone asserts neither benefit, harm nor equivalence; accepted: p_rope >"
        )
    if mistakes:
        raise InvalidInput(f"rule {text!r}", mistakes)
    return Rule(tuple(clauses))


def _problem(part: str, found: re.Match[str] | None) -> str | None:
    """Return what is wrong with a clause, or None."""
    if found is None:
        return f"cannot read {part.strip()!r}"
    name, sign, number = found.groups()
    if name not in QUANTITIES:
        return f"{name!r} is not a probability of a rule{did_you_mean(name, QUANTITIES)}"
    if sign not in (">", "<"):
        return f"found {sign} in {part.strip()!r}"
    try:
        value = float(number)
    except ValueError:
        return f"{number!r} is not a number"
    return None if 0 < value < 1 else f"the cut-off {number} is not a probability"

"""The ledger of an outcome: compares printed with implied numbers, counts the checks and keeps the findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from math import isfinite

from bayes.checks.finding import INCONSISTENT, NOT_CHECKABLE, ONLY_ROUNDING, Finding
from bayes.checks.rounding import Implied, distance, meets, rounds_to, shown
from bayes.paper.annotations import Acknowledged
from bayes.paper.trial import Outcome

PrintedNumber = Decimal | str
NOTHING_FOUND = "acknowledged, but no check has a finding here"


class Ledger:
    """The checks made on an outcome.

    Attributes
    ----------
    findings : list of Finding
    checks : int
        Number of comparisons, including those that agree.
    explained : set of str
        Paths of printed numbers that the data of the report reproduce, and that need no further check.
    """

    def __init__(self, outcome: Outcome) -> None:
        self.trial = outcome.trial.id
        self.outcome = outcome.id
        self.findings: list[Finding] = []
        self.checks = 0
        self.explained: set[str] = set()

    def compare(
        self,
        path: str,
        printed: PrintedNumber | tuple[PrintedNumber | None, ...],
        candidates: Iterable[Implied | None],
        basis: str,
        doubt: str = "",
        remark: str = "",
    ) -> bool:
        """Compare a printed number, or the limits of an interval, with the results of named calculations.

        Parameters
        ----------
        path : str
            Field within the outcome.
        printed : number, bound such as "<0.001", or a tuple of limits
            A limit that is None is not printed and not compared.
        candidates : iterable of Implied or None
            Tried in turn until one agrees; None stands for a calculation without a result.
        basis : str
            What the calculations are based on: the subject of the sentence in a finding.
        doubt : str
            Why disagreement would not be an error (adjusted v unadjusted, a test that cannot be recomputed).
        remark : str
            Added to the sentence in parentheses.

        Returns
        -------
        bool
            True if a calculation agrees, at least within rounding.
        """
        several = printed if isinstance(printed, tuple) else (printed,)
        kept = [i for i, number in enumerate(several) if number is not None]
        numbers = tuple(number for number in several if number is not None)
        self.checks += 1
        tried: list[Implied] = []
        for implied in candidates:
            if implied is None:
                continue
            implied = Implied(implied.name, tuple(implied.parts[i] for i in kept))
            if all(rounds_to(n, part.value) for n, part in zip(numbers, implied.parts, strict=True)):
                self._explain(path, doubt)
                return True
            tried.append(implied)
        within = [i for i in tried if all(meets(n, part) for n, part in zip(numbers, i.parts, strict=True))]
        if within and doubt:
            return True
        self._write(path, numbers, within, tried, basis, doubt, remark)
        if within:
            self._explain(path, doubt)
        return bool(within)

    def note(self, path: str, verdict: str, printed: object, implied: str, units: float | None, text: str) -> None:
        """Add a finding that does not compare a number with calculations."""
        if units is not None:
            units = round(units, 2) if isfinite(units) else None
        self.findings.append(Finding(self.trial, self.outcome, path, verdict, str(printed), implied, units, text))

    def acknowledge(self, known: Iterable[Acknowledged]) -> None:
        """Add the reasons given in the trial file; an acknowledgement without a finding becomes a finding itself."""
        for entry in known:
            hits = [f.path == entry.finding or f.path.startswith(f"{entry.finding}.") for f in self.findings]
            self.findings = [
                replace(f, acknowledged=f.acknowledged or entry.reason) if hit else f
                for f, hit in zip(self.findings, hits, strict=True)
            ]
            if not any(hits):
                self.note(entry.finding, NOT_CHECKABLE, "", "", None, NOTHING_FOUND)

    def _explain(self, path: str, doubt: str) -> None:
        if not doubt:
            self.explained.add(path)

    def _write(
        self,
        path: str,
        numbers: tuple[PrintedNumber, ...],
        within: list[Implied],
        tried: list[Implied],
        basis: str,
        doubt: str,
        remark: str,
    ) -> None:
        said = " to ".join(str(n) for n in numbers)
        if not tried:
            reason = doubt or f"{basis} no value to compare"
            return self.note(path, NOT_CHECKABLE, said, "", None, f"printed {said}; {reason}")
        apart, nearest = min(
            ((max(distance(n, p.value) for n, p in zip(numbers, i.parts, strict=True)), i) for i in within or tried),
            key=lambda pair: pair[0],
        )
        implied = "; ".join(_said(i, numbers) for i in dict.fromkeys([nearest, *tried]))
        verdict = ONLY_ROUNDING if within else NOT_CHECKABLE if doubt else INCONSISTENT
        gap = f"{apart:.1f} units of the last digit apart" if isfinite(apart) else "infinitely far apart"
        end = doubt or ("equal only within rounding" if within else gap)
        text = f"printed {said}; {basis}: {implied}; {end}" + (f" ({remark})" if remark else "")
        return self.note(path, verdict, said, implied, apart, text)


def _said(implied: Implied, numbers: tuple[PrintedNumber, ...]) -> str:
    """Format a calculation as `Welch 0.020 (0.019 to 0.022)`, or the limits of an interval without their ranges."""
    pairs = list(zip(implied.parts, numbers, strict=True))
    values = " to ".join(_told(part.value, n) for part, n in pairs)
    part, number = pairs[0]
    low, high = shown(part.low, number), shown(part.high, number)
    spread = f" ({low} to {high})" if len(pairs) == 1 and low != high else ""
    return f"{implied.name} {values}{spread}".strip()


def _told(value: float, printed: PrintedNumber) -> str:
    """Format a value with the digits of the printed number, or one more digit if it would look equal to it."""
    text = shown(value, printed)
    if isfinite(value) and text == str(printed) and not rounds_to(printed, value):
        return f"{value:.{len(text.partition('.')[2]) + 1}f}"
    return text

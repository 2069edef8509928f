"""Minimum Bayes factors: how much, at most, a p-value or a z-value may say against no effect, whatever the alternative.

    any alternative         exp(-z^2 / 2)               (Goodman 1999, Ann Intern Med 130:1005-13)
    normal alternatives     sqrt(e) |z| exp(-z^2 / 2)   |z| > 1, else 1; centred on no effect (Berger and Sellke 1987)
    the p-value alone       -e p ln p                   p < 1/e, else 1 (Sellke, Bayarri, Berger 2001, Am Stat 55:62)

Each is a Bayes factor of no effect against an effect: 0.41 means that the odds of no effect fall to 0.41 of what they
were, at most. At p = .05 they are 0.147, 0.473 and 0.407; a p-value overstates what all three say.
"""

from __future__ import annotations

from math import e, erfc, exp, log, sqrt

from bayes.base.measures import normal_quantile
from bayes.base.numbers import significant
from bayes.sensitivity.peak import uninformed
from bayes.sensitivity.subject import Row, Subject


def minimum_bayes_factors(subject: Subject) -> list[Row]:
    """Rows of the three bounds, where a z-value or an exact p-value stands for the report; with the reason elsewhere.

    The p-value is the printed one where one is printed to its digits, else that of the z-value; the z-value is that of
    the normal likelihood, else of the p-value. A direction is not needed.

    Returns
    -------
    list of rows
        As `reverse_bayes`: `quantity` min_bf, min_bf_local or min_bf_p, `value` the Bayes factor, `natural` empty.
    """
    printed = _printed_p(subject)
    if printed is None and subject.normal is None:
        why = None if subject.is_synthesis else uninformed(subject.target)
        why = why or "neither a normal likelihood nor a p-value to its digits stands for the report"
        return [_row(name, None, f"not defined: {why}") for name in ("min_bf", "min_bf_local", "min_bf_p")]
    if subject.normal is None:
        z, origin = normal_quantile(1 - printed / 2), "of the printed p-value"
    else:
        y, s = subject.normal[:2]
        z, origin = abs(y - subject.null) / s, "of the estimate and its standard error"
    p = erfc(z / sqrt(2)) if printed is None else printed
    said = "printed" if printed is not None else "of that z-value"
    return [
        _row("min_bf", exp(-(z**2) / 2), f"at most this is left of the odds of no effect, at |z| = {z:.2f} {origin}"),
        _row("min_bf_local", local(z), "of normal alternatives centred on no effect"),
        _row("min_bf_p", of_p(p), f"-e p ln p, p = {significant(p, 2)} {said}"),
    ]


def _printed_p(subject: Subject) -> float | None:
    """A two-sided p-value printed to its digits; None where there is none, or a bound only."""
    evidence = None if subject.is_synthesis else subject.target.evidence
    p = getattr(evidence, "p", None)
    if p is None or isinstance(p, str):
        return None
    two_sided = float(p) if getattr(evidence, "sides", 2) == 2 else 2 * min(float(p), 1 - float(p))
    return two_sided if 0 < two_sided < 1 else None


def _row(quantity: str, value: float | None, reason: str) -> Row:
    return {"quantity": quantity, "value": value, "natural": None, "reason": reason}


def local(z: float) -> float:
    """sqrt(e) |z| exp(-z^2 / 2): the least over normal alternatives centred on no effect; 1 where |z| is at most 1."""
    return sqrt(e) * abs(z) * exp(-(z**2) / 2) if abs(z) > 1 else 1.0


def of_p(p: float) -> float:
    """-e p ln p: the least over alternatives under which the p-value is beta(x, 1); 1 from p = 1/e on."""
    if p == 0:  # beyond what a number can hold
        return 0.0
    return -e * p * log(p) if p < 1 / e else 1.0

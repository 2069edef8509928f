"""Minimum Bayes factors: the strongest evidence that a p-value or z-value can provide against no effect.

    any alternative         exp(-z^2 / 2)               (Goodman 1999, Ann Intern Med 130:1005-13)
    normal alternatives     sqrt(e) |z| exp(-z^2 / 2)   |z| > 1, else 1; centred on no effect (Berger and Sellke 1987)
    the p-value alone       -e p ln p                   p < 1/e, else 1 (Sellke, Bayarri, Berger 2001, Am Stat 55:62)

Each is a lower bound on the Bayes factor of no effect against an effect: 0.41 means that the data can reduce the odds
of no effect to 0.41 of their prior value, but not further. At p = .05 the bounds are 0.147, 0.473 and 0.407: by all
three, the evidence is weaker than the p-value suggests.
"""

from __future__ import annotations

from math import e, erfc, exp, log, sqrt

from bayes.base.measures import normal_quantile
from bayes.base.numbers import significant
from bayes.sensitivity.quantities import ReverseBayesRow, quantity_row
from bayes.sensitivity.subject import Subject


def minimum_bayes_factors(subject: Subject) -> list[ReverseBayesRow]:
    """List the three bounds if the report has a z-value or an exact p-value, else the reason why it has neither.

    The p-value is the printed one if it is printed as a number, else that of the z-value. The z-value is that of the
    normal likelihood, else that of the printed p-value. The direction of the effect is not needed.

    Returns
    -------
    list of rows
        As for `reverse_bayes`: `quantity` min_bf, min_bf_local or min_bf_p; `value` the Bayes factor; `natural` empty.
    """
    printed = _printed_p(subject)
    if subject.normal is not None:
        y, s = subject.normal
        z, origin = abs(y - subject.null) / s, "from the estimate and its standard error"
    elif printed is not None:
        z, origin = normal_quantile(1 - printed / 2), "from the printed p-value"
    else:
        why = subject.why_uninformed
        why = why or "the report has neither a normal likelihood nor a p-value printed as a number"
        return [quantity_row(name, None, f"not defined: {why}") for name in ("min_bf", "min_bf_local", "min_bf_p")]
    p = erfc(z / sqrt(2)) if printed is None else printed
    said = "as printed" if printed is not None else "from this z-value"
    least = "the data multiply the odds of no effect by at least this factor"
    return [
        quantity_row("min_bf", exp(-(z**2) / 2), f"{least}, whatever the alternative: |z| = {z:.2f} {origin}"),
        quantity_row("min_bf_local", local(z), f"{least}, for normal alternatives centred on no effect"),
        quantity_row(
            "min_bf_p", of_p(p), f"{least}, from the p-value alone: -e p ln p with p = {significant(p, 2)} {said}"
        ),
    ]


def _printed_p(subject: Subject) -> float | None:
    """Return the two-sided p-value printed as a number, or None if there is only a bound or no p-value."""
    p = None if subject.evidence is None else subject.evidence.two_sided_p
    return p if p is not None and 0 < p < 1 else None


def local(z: float) -> float:
    """Return sqrt(e) |z| exp(-z^2 / 2), the minimum over normal alternatives centred on no effect; 1 if |z| <= 1."""
    return sqrt(e) * abs(z) * exp(-(z**2) / 2) if abs(z) > 1 else 1.0


def of_p(p: float) -> float:
    """Return -e p ln p, the minimum over alternatives under which the p-value is beta(x, 1); 1 if p >= 1/e."""
    if p == 0:  # underflow
        return 0.0
    return -e * p * log(p) if p < 1 / e else 1.0

"""The heterogeneity of a synthesis: tau under several priors, and the usual descriptive statistics."""

from __future__ import annotations

import numpy as np

from bayes.analysis.subgroups import cochran
from bayes.base.distributions import Distribution
from bayes.pooling.view import PooledView
from bayes.posterior.explanation import Descriptives, HeterogeneityRow
from bayes.priors.tau import NamedHeterogeneity
from bayes.quadrature.densities import quantiles


def under_each_prior(view: PooledView) -> list[HeterogeneityRow]:
    """Return one row per prior of tau: the stated one first, then those of the set, and last none (one shared effect).

    Parameters
    ----------
    view : View

    Returns
    -------
    list of HeterogeneityRow
    """
    stated = view.analysis.heterogeneity
    seen: dict[str, NamedHeterogeneity] = {}
    for named in (*([stated] if stated else []), *view.analysis.other_heterogeneity):
        seen.setdefault(str(named.distribution), named)
    rows = [
        _row(view, named.name, named.distribution, float(quantiles(named.distribution, [0.5])[0]))
        for named in seen.values()
    ]
    return [*rows, _row(view, "none", None, 0.0)]


def _row(view: PooledView, name: str, prior: Distribution | None, median: float) -> HeterogeneityRow:
    written = "tau = 0" if prior is None else str(prior)
    return {"heterogeneity": name, "distribution": written, "prior_median": median, **view.row(view.under(prior))}


def descriptives(view: PooledView) -> Descriptives:
    """Return Cochran's Q, I-squared and the DerSimonian-Laird tau; no inference uses them.

    Each report with an estimate enters with its own estimate and standard error (`Curve.estimate`; Higgins and Thompson
    2002, Stat Med 21:1539-58). Reports without a direction, with only a bound, or with an arm in which none or all had
    the event have no estimate and are left out.

    Parameters
    ----------
    view : View

    Returns
    -------
    dict
        `tau_dersimonian_laird` on the analysis scale; None where fewer than two reports have an estimate.
    """
    used = [curve.estimate for curve in view.plane.curves if curve.estimate is not None]
    if len(used) < 2:
        return {"trials": len(used), "q": None, "df": None, "p": None, "i_squared": None, "tau_dersimonian_laird": None}
    found = cochran([(own.value, own.standard_error) for own in used])
    w, q, df = np.array([own.standard_error for own in used]) ** -2.0, found.q, found.df
    tau_squared = max(0.0, (q - df) / float(w.sum() - w @ w / w.sum()))
    return {
        "trials": len(used),
        "q": q,
        "df": df,
        "p": found.p,
        "i_squared": max(0.0, (q - df) / q) if q > 0 else 0.0,
        "tau_dersimonian_laird": tau_squared**0.5,
    }

"""Comparison of all likelihoods that can read a report: the conclusion from each, and how well each fits.

There are three criteria, each used where it is meaningful: the exact marginal likelihood under the stated priors; DIC,
for counts; and leave-one-patient-out cross-validation (PSIS-LOO), for ordinal tables, in which the patients of a cell
are exchangeable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from bayes import quadrature
from bayes.analysis.analysis import Analysis, Settings
from bayes.analysis.curves import likelihood_curves
from bayes.analysis.plan import make_plan
from bayes.analysis.targets import Target, resolve
from bayes.errors import InvalidInput, NotFormable
from bayes.fitting.until_sound import sample_posterior
from bayes.likelihoods.choice import alternatives
from bayes.paper.evidence.arms import ARMS
from bayes.paper.evidence.counts import Binary, Events
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut
from bayes.paper.trial import Outcome
from bayes.posterior.record import PosteriorRecord
from bayes.posterior.rows import rows_of
from bayes.posterior.told import told
from bayes.priors.sets import SomePriorSet, as_set

CELLS = 4_000_000  # patients x draws that LOO may keep in memory; longer runs are thinned


def compare(
    target: Target,
    prior: str = "neutral",
    *,
    likelihoods: Sequence[str] | None = None,
    prior_set: SomePriorSet = "default",
    settings: Settings | None = None,
    seed: int | None = None,
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """Fit an outcome under every likelihood that can read its report (METHODS 0).

    Parameters
    ----------
    target : Outcome, Trial, str or path
        One outcome, as `bayes.resolve` accepts it.
    prior : str
        The prior of the effect: a name from the set, a rule, or an expression on the analysis scale.
    likelihoods : sequence of str, optional
        The likelihoods to fit; all by default, starting with the outcome's own.
    prior_set, settings, seed, priors
        As in `bayes.fit`.

    Returns
    -------
    DataFrame
        One row per likelihood: posterior `mean` and `sd` (analysis scale), `estimate` with the limits `estimate_low`
        and `estimate_high` of its 95% credible interval (natural scale), `p_benefit`, `status`; `log_evidence`, the
        exact log marginal likelihood, whose differences are log Bayes factors under these priors; `dic` and `p_dic`
        (Gelman's variance form; smaller is better); `elpd_loo` and `p_loo`, with the difference `elpd_diff` from the
        best likelihood and its standard error `se_diff` (larger is better). A criterion that does not apply is empty:
        a single reported number, for example, has no LOO.

    Raises
    ------
    InvalidInput, NotFormable
        As for `bayes.fit`; also if the target is a synthesis or a table of adverse events.

    Examples
    --------
    >>> import bayes
    >>> found = bayes.compare("mesems:gel_24w")
    >>> found.index.tolist(), float(round(found["p_benefit"].iloc[0], 1))
    (['reported_estimate'], 0.6)
    """
    outcome = resolve(target)
    if not isinstance(outcome, Outcome) or outcome.rows:
        what = "a table of adverse events" if isinstance(outcome, Outcome) else "a synthesis"
        raise InvalidInput(outcome.name, [f"this is {what}; likelihoods are compared for a single outcome"])
    chosen, settings = as_set(prior_set, priors), Settings.seeded(settings, seed)
    rows, pointwise = [], {}
    for name in likelihoods or alternatives(outcome):
        plan = make_plan([outcome], chosen, [prior], settings, likelihood=name)
        if plan.skipped:
            raise NotFormable(f"prior {prior!r} for {outcome.name}: {plan.skipped[0].reason}")
        analysis = plan.analyses[0]
        tree = sample_posterior(analysis)
        rows.append(_row(name, analysis, tree))
        if isinstance(outcome.evidence, Ordinal | OrdinalCut):
            pointwise[name] = loo_of_patients(tree, outcome.evidence)
    frame = pd.DataFrame(rows).set_index("likelihood")
    return frame.join(_differences(pointwise)) if pointwise else frame


def _row(name: str, analysis: Analysis, tree: xr.DataTree) -> dict[str, object]:
    stored = told(rows_of(PosteriorRecord.from_tree(tree))[0])
    (curve,) = likelihood_curves(analysis)
    row: dict[str, object] = {
        "likelihood": name,
        "mean": stored["mean"],
        "sd": stored["sd"],
        "estimate": stored["estimate"],
        "estimate_low": stored["estimate_low"],
        "estimate_high": stored["estimate_high"],
        "p_benefit": stored["p_benefit"],
        "status": stored["status"],
        "log_evidence": quadrature.integrate(curve, analysis.effect_prior, analysis.target.null).log_evidence,
    }
    return row | _dic(tree) if isinstance(analysis.outcome.evidence, Ordinal | OrdinalCut | Events | Binary) else row


def _dic(tree: xr.DataTree) -> dict[str, float]:
    """Compute the deviance information criterion, with half the variance of the deviance as effective parameters."""
    deviance = -2 * np.asarray(tree["log_likelihood"]["report"])
    p = float(deviance.var() / 2)
    return {"dic": float(deviance.mean()) + p, "p_dic": p}


def loo_of_patients(tree: xr.DataTree, evidence: Ordinal | OrdinalCut) -> tuple[float, float, NDArray[np.float64]]:
    """Compute PSIS-LOO over the patients of an ordinal table.

    Returns
    -------
    (float, float, ndarray)
        The expected log predictive density (elpd), the effective number of parameters, and every patient's elpd.
    """
    import arviz as az

    posterior = tree["posterior"]
    counts = dict(zip(ARMS, np.array([(t, c) for _, t, c in evidence.observed]).T, strict=True))
    total = sum(int(n.sum()) for n in counts.values())
    size = posterior.sizes["chain"] * posterior.sizes["draw"]
    every = slice(None, None, max(1, int(np.ceil(total * size / CELLS))))
    cells = [np.log(np.asarray(posterior[f"p_category_{arm}"]))[:, every] for arm in ARMS]
    of_patients = np.concatenate(
        [np.repeat(p, counts[arm], axis=-1) for arm, p in zip(ARMS, cells, strict=True)], axis=-1
    )
    data = {"patient": (("chain", "draw", "it"), of_patients)}
    effect = {"effect": (("chain", "draw"), np.asarray(posterior["effect"])[:, every])}
    found = az.loo(
        xr.DataTree.from_dict({"/posterior": xr.Dataset(effect), "/log_likelihood": xr.Dataset(data)}), pointwise=True
    )
    return float(found.elpd), float(found.p), np.asarray(found.elpd_i)


def _differences(pointwise: Mapping[str, tuple[float, float, NDArray[np.float64]]]) -> pd.DataFrame:
    best = max(pointwise.values(), key=lambda found: found[0])[2]
    rows = {}
    for name, (elpd, p, each) in pointwise.items():
        difference = each - best
        se = float(np.sqrt(len(each) * difference.var()))
        rows[name] = {"elpd_loo": elpd, "p_loo": p, "elpd_diff": float(difference.sum()), "se_diff": se}
    return pd.DataFrame.from_dict(rows, orient="index")

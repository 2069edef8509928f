"""One trial with one effect.

    theta ~ prior                    the effect, on the analysis scale
    data  ~ likelihood(theta, ...)   any file in `likelihoods`, with a trial axis of length one

Known: the trial's report and the prior. Estimated: theta (`effect`) and the likelihood's own parameters. If the data
contain a `selection`, the likelihood is divided by the probability that the report was published. `support = "point"`
fixes theta at the null: the spike of a spike-and-slab prior.
"""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.models.shared import priors, selection


def build(likelihood: ModuleType, data: dict[str, np.ndarray], prior: dict[str, np.ndarray], support: str) -> pm.Model:
    """Build the PyMC model; every number enters as `pm.Data` and can be replaced without recompiling.

    Parameters
    ----------
    likelihood : module
        A file of `bayes.models.likelihoods`.
    data : dict of ndarray, shape (1, ...)
        With a leading trial axis of length one.
    prior : dict of ndarray
        As `priors.table` returns it, on the analysis scale, plus `unit` (for an interval `low` and `high` instead, for
        a point only `value`).
    support : {"real", "positive", "interval", "point"}
    """
    with pm.Model() as model:
        known = {name: pm.Data(f"prior_{name}", value) for name, value in prior.items()}
        report = {name: pm.Data(name, value) for name, value in data.items()}
        if support == "point":
            theta = pm.Deterministic("effect", known["value"] * pt.ones(1))
        else:
            theta = priors.declare("effect", known, support, shape=(1,), unit=known.get("unit"))
        log_l = likelihood.log_likelihood(theta, report)
        if "selection" in report:
            log_l = log_l - selection.log_chance(theta, report)
        pm.Potential("report", pm.Deterministic("log_likelihood", log_l).sum())
    return model

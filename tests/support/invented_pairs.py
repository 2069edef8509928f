"""Invented pairs of an early and a later trial with a planted truth, prior sets in memory, and rows of a calibration."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bayes.calibration import Calibration, calibrate
from bayes.priors.sets import PriorSet

REASON = {"rationale": "invented", "source": "invented"}


def prior_set(effect: Mapping[str, object], heterogeneity: Mapping[str, object] | None = None) -> PriorSet:
    """A set of distributions by name, or of tables with a rule."""

    def tables(of):
        return {name: REASON | (dict(one) if isinstance(one, Mapping) else {"distribution": one}) for name, one in of.items()}

    return PriorSet.model_validate({"id": "invented", "effect": tables(effect), "heterogeneity": tables(heterogeneity or {})})


def pairs(n: int, sd: float = 0.3, tau: float = 0.0, seed: int = 3, each: int = 2, **columns: object) -> pd.DataFrame:
    """Pairs whose effects are normal around no effect with an sd, those of a pair apart by |Normal(0, tau)|.

    The truth is planted: an analysis under normal(0, sd) with half_normal(tau) predicts with the right coverage.
    """
    random = np.random.default_rng(seed)
    mu, apart = random.normal(0, sd, n), abs(random.normal(0, tau, n))
    s, later = random.uniform(0.15, 0.5, n), random.uniform(0.05, 0.15, n)
    y, y_later = (random.normal(random.normal(mu, apart), error) for error in (s, later))
    frame = pd.DataFrame({"group": [f"g{i // each}" for i in range(n)], "y": y, "se": s, "y_later": y_later, "se_later": later})
    return frame.assign(**columns)


def counted(n: int, seed: int = 4) -> pd.DataFrame:
    """Pairs whose early trials are 2 x 2 tables of 40 to 120 patients an arm, with effects of normal(0, 0.3)."""
    random = np.random.default_rng(seed)
    theta, p0 = random.normal(0, 0.3, n), random.uniform(0.05, 0.4, n)
    n1, n0 = random.integers(40, 120, (2, n))
    p1 = 1 / (1 + np.exp(-np.log(p0 / (1 - p0)) - theta))
    later = random.uniform(0.05, 0.15, n)
    return pd.DataFrame(
        {"group": [f"g{i // 2}" for i in range(n)], "events_t": random.binomial(n1, p1), "n_t": n1,
         "events_c": random.binomial(n0, p0), "n_c": n0, "y_later": random.normal(theta, later), "se_later": later}
    )  # fmt: skip


def small(**columns: object) -> Calibration:
    """A calibration of 400 invented pairs of four fields and two periods, under two priors and one of tau."""
    frame = pairs(400, 0.3, 0.3, mcid=1.3, **columns)
    frame["year"] = 1990 + np.arange(400) % 20
    frame["field"] = np.array(["stroke", "cancer", "<b>lungs</b>", "heart"])[np.arange(400) // 2 % 4]
    chosen = prior_set({"wide": "normal(0, 3)", "narrow": "normal(0, 0.3)"}, {"half_normal": "half_normal(0.3)"})
    return calibrate(frame, chosen, samples=200, jobs=1)

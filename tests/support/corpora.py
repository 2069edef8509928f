"""Invented corpora: tables of results and of meta-analyses with planted effects."""

import numpy as np
import pandas as pd


def results(rows, seed=1):
    """Estimates with 95% intervals under hazard and odds ratios; every third has an MCID."""
    random = np.random.default_rng(seed)
    y, s = random.normal(-0.1, 0.3, rows), random.uniform(0.05, 0.5, rows)
    limits = (np.exp(y + z * s).round(4) for z in (0, -1.96, 1.96))
    estimate, low, high = limits
    return pd.DataFrame(
        {
            "id": [f"r{i}" for i in range(rows)],
            "measure": random.choice(["hazard_ratio", "odds_ratio"], rows),
            "benefit": "lower",
            "estimate": estimate,
            "ci_low": low,
            "ci_high": high,
            "mcid": np.where(np.arange(rows) % 3 == 0, 0.85, np.nan),
        }
    )


def analyses(number, seed=2, counts=True, studies=4):
    """Two-by-two tables, or mean differences with standard errors, of one to `studies` studies an analysis."""
    random = np.random.default_rng(seed)
    rows = []
    for i in range(number):
        mu, tau = random.normal(-0.1, 0.3), abs(random.normal(0, 0.2))
        for j in range(1 + i % studies):
            row = {"analysis": f"a{i}", "study": f"s{j}", "benefit": "lower", "year": 1990 + j,
                   "field": "Cardiology"}  # fmt: skip
            theta = random.normal(mu, tau)
            if counts:
                n1, n0 = random.integers(20, 200, 2)
                p0 = random.uniform(0.05, 0.5)
                p1 = 1 / (1 + np.exp(-np.log(p0 / (1 - p0)) - theta))
                row |= {"measure": "odds_ratio", "n_t": n1, "n_c": n0}
                row |= {"events_t": random.binomial(n1, p1), "events_c": random.binomial(n0, p0)}
            else:
                s = random.uniform(0.1, 0.5)
                row |= {"measure": "standardised_mean_difference", "estimate": random.normal(theta, s), "se": s}
            rows.append(row)
    return pd.DataFrame(rows)

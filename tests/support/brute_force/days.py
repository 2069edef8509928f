"""log L(theta) of days alive and free: the exact probability of whole ranks, patient by patient, over a grid of the prior."""

import numpy as np

from support.brute_force.sums import log_sum

ARMS = ("treatment", "control")
PRIORS = ((0.0, 2.5), (-1.5, 1.5), (0.0, 1.5), (0.0, 0.75))  # of a, c, m and log b
NODES = {3: 35, 4: 27}


def log_likelihood(measure, benefit, evidence, theta):
    sign = 1 if benefit == "higher" else -1
    shape, weight = _grid(evidence["floor"])
    found = []
    for x in sign * np.asarray(theta, float):
        arms = (_of_arm(evidence, evidence[arm], side * x / 2, shape) for arm, side in zip(ARMS, (1, -1), strict=True))
        found.append(log_sum(sum(np.log(np.maximum(p, 1e-300)) for p in arms) + weight))
    return np.array(found)


def _grid(floor):
    """Parameters on an even grid of their priors, (node, 4), and the log of their prior mass; c far below where it is not there."""
    used = [i for i in range(4) if i != 1 or floor < 0]
    z = np.linspace(-5.5, 5.5, NODES[len(used)])
    mesh = np.stack(np.meshgrid(*[z] * len(used), indexing="ij"), axis=-1).reshape(-1, len(used))
    shape = np.full((len(mesh), 4), -50.0)
    for column, i in enumerate(used):
        mean, sd = PRIORS[i]
        shape[:, i] = mean + sd * mesh[:, column]
    weight = -0.5 * (mesh**2).sum(axis=1)
    return shape, weight - log_sum(weight)


def upto(evidence, shift, shape):
    """P(at most d days) for every d from the floor to the maximum: shares of shares, as the model says it in words."""
    a, c, m, log_b = shape.T
    died, none = 1 / (1 + np.exp(-a)), 1 / (1 + np.exp(-c))
    columns = [died]
    for d in range(evidence["floor"] + 1, evidence["maximum"]):
        share = d / evidence["maximum"]
        some = 1 / (1 + np.exp(-np.exp(log_b) * (np.log(share / (1 - share)) - m))) if d > 0 else 0.0
        columns.append(died + (1 - died) * (none + (1 - none) * some))
    odds = np.array(columns) / (1 - np.array(columns)).clip(1e-300) * np.exp(-shift)
    return np.concatenate([odds / (1 + odds), np.ones((1, len(shape)))])


def _of_arm(evidence, arm, shift, shape):
    """P(the printed quantiles and count) by the number of patients with at most d days, one day after another."""
    n, below = arm["n"], upto(evidence, shift, shape)
    p = np.diff(below, axis=0, prepend=0.0)
    quantiles = {k: arm["quartiles"][i] for k, i in ((1, 0), (3, 1)) if arm.get("quartiles")} | {2: arm["median"]}
    ways = np.zeros((n + 1, p.shape[1]))
    ways[0] = 1.0
    for day, share in zip(range(evidence["floor"], evidence["maximum"] + 1), p, strict=True):
        after = np.zeros_like(ways)
        for here in range(n + 1):  # patients with this number of days
            term = share**here * _over_factorial(here)
            after[here:] += ways[: n + 1 - here] * term
        ways = after
        allowed = np.array([_allowed(count, day, n, quantiles) for count in range(n + 1)])
        if day == evidence["floor"] and arm.get("at_floor") is not None:
            allowed &= np.arange(n + 1) == arm["at_floor"]
        ways *= allowed[:, None]
    return ways[n] * float(np.prod(np.arange(1, n + 1, dtype=float)))


def _allowed(count, day, n, quantiles):
    """Whether so many patients with at most `day` days agree with every printed quantile."""
    for k, x in quantiles.items():
        rank = k * (n + 1) / 4
        if x != int(x):  # between two days: at most the lower one have those below the rank
            if day == int(np.floor(x)) and count != int(rank):
                return False
        elif not (count >= rank if day >= x else count < rank):
            return False
    return True


def _over_factorial(count):
    return 1.0 / float(np.prod(np.arange(1, count + 1, dtype=float)))

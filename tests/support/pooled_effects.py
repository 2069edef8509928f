"""Pooled effects in closed form, as systematic reviews print them: the oracle of imported analyses.

Mantel-Haenszel (Greenland and Robins 1985, Biometrics 41:55-68), Peto (Yusuf et al. 1985), inverse variance, and
DerSimonian and Laird 1986 (Control Clin Trials 7:177-88), with Q about the Mantel-Haenszel estimate where that is the
method (Deeks and Higgins 2010, Statistical algorithms in Review Manager 5). Everything is on the analysis scale.
"""

from math import log, sqrt


def corrected(a, n1, c, n0):
    """Add 1/2 to every cell if one is empty, as RevMan does for a ratio of odds or of risks."""
    return (a + 0.5, n1 + 1, c + 0.5, n0 + 1) if min(a, n1 - a, c, n0 - c) == 0 else (a, n1, c, n0)


def of_table(table, measure):
    """Return the effect and its variance in one table (events, n, events, n)."""
    a, n1, c, n0 = corrected(*table)
    if measure == "odds_ratio":
        return log(a * (n0 - c) / (c * (n1 - a))), 1 / a + 1 / (n1 - a) + 1 / c + 1 / (n0 - c)
    if measure == "risk_ratio":
        return log(a * n0 / (c * n1)), 1 / a - 1 / n1 + 1 / c - 1 / n0
    a, n1, c, n0 = table
    return a / n1 - c / n0, a * (n1 - a) / n1**3 + c * (n0 - c) / n0**3


def mantel_haenszel(tables, measure):
    """Return the effect and its standard error."""
    if measure == "odds_ratio":
        r = s = pr = psqr = qs = 0.0
        for a, n1, c, n0 in tables:
            b, d, n = n1 - a, n0 - c, n1 + n0
            x, y, p, q = a * d / n, b * c / n, (a + d) / n, (b + c) / n
            r, s, pr, psqr, qs = r + x, s + y, pr + p * x, psqr + p * y + q * x, qs + q * y
        return log(r / s), sqrt(pr / (2 * r**2) + psqr / (2 * r * s) + qs / (2 * s**2))
    if measure == "risk_ratio":
        r = sum(a * n0 / (n1 + n0) for a, n1, c, n0 in tables)
        s = sum(c * n1 / (n1 + n0) for a, n1, c, n0 in tables)
        p = sum((n1 * n0 * (a + c) - a * c * (n1 + n0)) / (n1 + n0) ** 2 for a, n1, c, n0 in tables)
        return log(r / s), sqrt(p / (r * s))
    weights = [n1 * n0 / (n1 + n0) for _, n1, _, n0 in tables]
    effects = [a / n1 - c / n0 for a, n1, c, n0 in tables]
    j = sum((a * (n1 - a) * n0**3 + c * (n0 - c) * n1**3) / (n1 * n0 * (n1 + n0) ** 2) for a, n1, c, n0 in tables)
    total = sum(weights)
    return sum(w * y for w, y in zip(weights, effects, strict=True)) / total, sqrt(j / total**2)


def peto(tables):
    """Return the effect and its standard error."""
    score = variance = 0.0
    for a, n1, c, n0 in tables:
        n, events = n1 + n0, a + c
        score += a - n1 * events / n
        variance += n1 * n0 * events * (n - events) / (n**2 * (n - 1))
    return score / variance, variance**-0.5


def inverse_variance(effects, tau2=0.0):
    """Return the effect and its standard error, of pairs of an effect and its variance."""
    weights = [1 / (v + tau2) for _, v in effects]
    return sum(w * y for w, (y, _) in zip(weights, effects, strict=True)) / sum(weights), sum(weights) ** -0.5


def dersimonian_laird(effects, about=None):
    """Return tau squared; Q is taken about a pooled effect, by default that of inverse variances."""
    weights = [1 / v for _, v in effects]
    centre = inverse_variance(effects)[0] if about is None else about
    q = sum(w * (y - centre) ** 2 for w, (y, _) in zip(weights, effects, strict=True))
    spread = sum(weights) - sum(w**2 for w in weights) / sum(weights)
    return max(0.0, (q - (len(effects) - 1)) / spread) if spread else 0.0

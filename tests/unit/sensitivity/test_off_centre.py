"""An estimate off the centre of its interval, or beside the counts of a sparse table: other readings, said and shown."""

from math import log, sqrt

import numpy as np
import pytest
from scipy import integrate
from scipy.special import expit
from scipy.stats import binom, norm, t
from support.printed_reports import check_outcome, found, outcome, printed
from support.trials import make_outcome

from bayes.checks import NOT_CHECKABLE
from bayes.sensitivity import likelihood

PRIOR = "normal(0, 0.355)"


def rows(evidence, measure="hazard_ratio", benefit="lower", prior=PRIOR, **more):
    frame = likelihood(make_outcome(measure, benefit, {"kind": "estimate"} | evidence, **more), prior=prior)
    return {(row["question"], row["variation"]): row["p_benefit"] for _, row in frame.iterrows()}


def off(found_rows):
    return [p for (question, _), p in found_rows.items() if question == "interval off centre"]


def normal(y, s, sd=0.355):
    w = 1 / s**2 + 1 / sd**2
    return norm.cdf(0, y / s**2 / w, w**-0.5)


def by_hand(density, sd=0.355):
    def f(x):
        return density(x) * norm.pdf(x, 0, sd)

    below, above = (integrate.quad(f, *ends, limit=400, points=None)[0] for ends in ((-6, 0), (0, 6)))
    return below / (below + above)


def test_a_hazard_ratio_off_its_centre():
    """0.62 (0.31 to 1.02): .884 around the estimate, .925 around the centre (closed forms); two-piece by quadrature."""
    y, low, high = np.log([0.62, 0.31, 1.02])
    q = norm.ppf(0.975)
    s = (high - low) / (2 * q)
    found_rows = rows({"estimate": 0.62, "ci": [0.31, 1.02]})
    assert next(iter(found_rows.values())) == pytest.approx(normal(y, s), abs=1e-4) == pytest.approx(0.884, abs=5e-4)
    centre, two_piece = off(found_rows)
    assert centre == pytest.approx(normal((low + high) / 2, s), abs=1e-4) == pytest.approx(0.925, abs=5e-4)

    def density(x):
        side = (y - low) / q if x < y else (high - y) / q
        return np.exp(-0.5 * ((x - y) / side) ** 2)

    assert two_piece == pytest.approx(by_hand(density), abs=1e-4)


def test_the_same_report_told_the_other_way_round():
    a = rows({"estimate": 0.62, "ci": [0.31, 1.02]})
    b = rows({"estimate": 1 / 0.62, "ci": [1 / 1.02, 1 / 0.31], "compares": "control_vs_treatment"})
    assert off(a) == pytest.approx(off(b), abs=1e-6)


def test_degrees_of_freedom_are_kept():
    """MD -4 (-14 to 2), df 9: both pieces and the centre are Student-t."""
    sd, q = 5.0, t.ppf(0.975, 9)
    found_rows = rows({"estimate": -4, "ci": [-14, 2], "df": 9}, "mean_difference", prior="normal(0, 5)", sd_ref=12)
    s = 16 / (2 * q)

    def p(density):
        f = [integrate.quad(lambda x: density(x) * norm.pdf(x, 0, sd), *e, limit=400)[0] for e in ((-60, 0), (0, 60))]
        return f[0] / sum(f)

    centre, two_piece = off(found_rows)
    assert centre == pytest.approx(p(lambda x: t.pdf((x + 6) / s, 9)), abs=2e-4)
    assert two_piece == pytest.approx(p(lambda x: t.pdf((x + 4) / ((10 if x < -4 else 6) / q), 9)), abs=2e-4)


@pytest.mark.parametrize(
    "evidence",
    [
        {"estimate": 0.75, "ci": [0.55, 1.02]},  # centred within rounding
        {"estimate": 0.8, "ci": [0.6, 1.0]},  # 0.77: one digit explains it
        {"estimate": 0.62, "ci": ["none", 1.02]},
        {"estimate": 0.62, "se": 0.3},
    ],
)
def test_no_row_where_rounding_explains_it(evidence):
    assert off(rows(evidence)) == []


def test_hodges_lehmann():
    """Wang 2020, days of ventilation -4.0 (-14.0 to 2.0), prior normal(0, 2.35): 0.687 around the estimate."""
    found_rows = rows({"estimate": -4.0, "ci": [-14.0, 2.0]}, "mean_difference", prior="normal(0, 2.34)", sd_ref=12)
    s = 16 / (2 * norm.ppf(0.975))
    assert next(iter(found_rows.values())) == pytest.approx(normal(-4, s, 2.34), abs=1e-4)
    assert off(found_rows)[0] == pytest.approx(normal(-6, s, 2.34), abs=1e-4)


# Sparse tables -------------------------------------------------------------------------------------------------------

SPARSE = printed("percent = { treatment = 5.0, control = 30.0 }")  # 1/20 v 6/20
WOOLF = sqrt(1 + 1 / 19 + 1 / 6 + 1 / 14)
ESTIMATE = f'kind = "estimate", estimate = 0.123, se = {WOOLF:.4f}'


@pytest.mark.slow
def test_an_estimate_of_a_sparse_table_says_so():
    """1/20 v 6/20: P .707 from the estimate, .793 from the counts (baseline N(0, 2.5), by quadrature on a grid)."""
    one = outcome(ESTIMATE, SPARSE, benefit="lower", n1=20, n0=20)
    (finding,) = [f for f in check_outcome(one) if "sparse" in f.text]
    assert (finding.path, finding.verdict) == ("printed.percent", NOT_CHECKABLE) and "1/20 v 6/20" in finding.text
    found_rows = {v: p for v, p in likelihood(one, prior=PRIOR)[["variation", "p_benefit"]].to_numpy()}
    theta, base = np.meshgrid(np.linspace(-3, 3, 1201), np.linspace(-12, 12, 1201), indexing="ij")
    joint = binom.pmf(1, 20, expit(base + theta / 2)) * binom.pmf(6, 20, expit(base - theta / 2))
    joint = (joint * norm.pdf(base, 0, 2.5)).sum(1) * norm.pdf(theta[:, 0], 0, 0.355)
    by_counts = (joint[theta[:, 0] < 0].sum() + joint[600] / 2) / joint.sum()
    assert found_rows["1/20 v 6/20, from the printed percentages"] == pytest.approx(by_counts, abs=1e-3)
    assert found_rows["reported_estimate"] == pytest.approx(normal(log(0.123), WOOLF), abs=1e-3)
    assert (found_rows["reported_estimate"], by_counts) == pytest.approx((0.707, 0.793), abs=2e-3)
    assert by_counts > found_rows["reported_estimate"] + 0.05


def test_an_estimate_beside_many_events_says_nothing():
    many = printed("percent = { treatment = 23.1, control = 8.2 }")  # 15/65 v 5/61
    said = found('kind = "estimate", estimate = 3.36, ci = [1.14, 9.90]', many, n1=65, n0=61)
    assert said == {"printed.percent": NOT_CHECKABLE}  # only that the percentage is not recomputed
    one = outcome('kind = "estimate", estimate = 3.36, ci = [1.14, 9.90]', many, n1=65, n0=61)
    assert not [f for f in check_outcome(one) if "sparse" in f.text]

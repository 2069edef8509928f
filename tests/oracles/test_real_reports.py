"""Reports of real papers as a user would write them: the numbers that follow, by quadrature, and what `check` says."""

import json
from decimal import Decimal

import pytest
from scipy import stats
from support.printed_reports import binary, check_outcome, found, outcome, printed
from support.trials import make_outcome

from bayes.base.measures import to_analysis
from bayes.checks import INCONSISTENT, grim
from bayes.checks.two_by_two import intervals
from bayes.sensitivity.subject import Subject


def judged(measure, benefit, evidence, **more):
    return Subject.of(make_outcome(measure, benefit, evidence, **more), prior="neutral").probabilities()


def estimate(value, low, high, **more):
    return {"kind": "estimate", "estimate": value, "ci": [low, high], **more}


def test_costop_whichever_arm_is_the_treatment():
    """COSTOP (PMC6312229), table 3: HR 0.70 (0.59 to 0.82) of placebo against cotrimoxazole; closed form."""
    stop = judged("hazard_ratio", "lower", estimate(0.7, 0.59, 0.82))
    go_on = judged("hazard_ratio", "lower", estimate(0.7, 0.59, 0.82, compares="control_vs_treatment"))
    assert (stop["mean"], stop["sd"]) == pytest.approx((-0.33777, 0.081721), abs=2e-4)
    assert go_on["mean"] == pytest.approx(-stop["mean"], abs=1e-6)
    assert stop["p_benefit"] == pytest.approx(0.9999821, abs=2e-6)
    assert go_on["p_benefit"] == pytest.approx(1.788e-5, abs=2e-6)


PRONOUNCE = {  # PMC9004319, table 2: hazard ratio with its interval -> y, s on the log scale
    (1.283, 0.589, 2.794): (0.24920, 0.39715),
    (0.665, 0.336, 1.317): (-0.40797, 0.34848),
    (0.186, 0.022, 1.595): (-1.68201, 1.09277),
    (0.899, 0.181, 4.457): (-0.10647, 0.81729),
}


@pytest.mark.parametrize(("report", "expected"), PRONOUNCE.items())
def test_pronounce(report, expected):
    one = make_outcome("hazard_ratio", "lower", estimate(*report))
    assert one.evidence.on_analysis_scale("hazard_ratio") == pytest.approx(expected, abs=1e-5)


def test_victoria():
    """PMC9789902: 0.90 (0.82 to 0.98) and 0.90 (0.81 to 1.00), MCID 0.90, neutral prior; closed form."""
    mcid = {"value": 0.90, "rationale": "as judged"}
    for report, expected in (
        ((0.90, 0.82, 0.98), (-0.103660, 0.045104, 0.989226, 0.484960)),
        ((0.90, 0.81, 1.00), (-0.102999, 0.053150, 0.973681, 0.482279)),
    ):
        row = judged("hazard_ratio", "lower", estimate(*report), mcid=mcid)
        names = ("mean", "sd", "p_benefit", "p_mcid")
        assert [row[name] for name in names] == pytest.approx(expected, abs=2e-4)


CEREBRAL_PALSY = {  # Stem Cell Res Ther 2020 (s13287-019-1545-x), table 4: mean (SEM, n), printed p, sd_ref, expected
    "gmfm": ((64.526, 41.85, 19), (36.800, 39.36, 20), 40, (0.045, 0.0400833), (6.50256, 6.93505, 0.82608)),
    "adl": ((22.974, 12.80, 19), (12.775, 11.02, 20), 12, (0.009, 0.0116297), (2.39124, 2.09926, 0.87234)),
}


@pytest.mark.parametrize(("t", "c", "sd_ref", "p", "expected"), CEREBRAL_PALSY.values(), ids=list(CEREBRAL_PALSY))
def test_standard_deviations_of_standard_errors(t, c, sd_ref, p, expected):
    """SD = SEM sqrt(n); Welch's p by scipy; neutral prior, both SDs integrated out by another quadrature."""
    welch = stats.ttest_ind_from_stats(*t, *c, equal_var=False).pvalue
    assert welch == pytest.approx(p[1], abs=1e-4)
    arms = {arm: dict(zip(("mean", "sd", "n"), x, strict=True)) for arm, x in (("treatment", t), ("control", c))}
    row = judged("mean_difference", "higher", {"kind": "means", **arms}, sd_ref=sd_ref)
    assert row["mean"] == pytest.approx(expected[0], abs=0.02) and row["sd"] == pytest.approx(expected[1], abs=0.02)
    assert row["p_benefit"] == pytest.approx(expected[2], abs=0.002)
    body = ", ".join(
        f"{arm} = {{ mean = {x[0]}, sd = {x[1]}, n = {x[2]} }}" for arm, x in (("treatment", t), ("control", c))
    )
    said = found(f'kind = "means", {body}', printed(f"p = {p[0]}"), measure="mean_difference")
    assert said == {"printed.p": INCONSISTENT}  # 0.045 is not 0.040: the paper's own


def test_grim_of_a_barthel_index():
    """Sci Rep 2017;7:15244 (PMC5681502), table 2: 67.62 fits 21 patients in steps of 5, not 22."""
    fits = {
        ("67.62", 22, "5"): False, ("67.62", 21, "5"): True, ("80.75", 20, "5"): True, ("66.82", 22, "5"): True,
        ("68.50", 20, "5"): True, ("3.23", 22, "1"): True, ("3.65", 20, "1"): True, ("1.73", 22, "1"): True,
        ("2.00", 20, "1"): True,
    }  # fmt: skip
    for (mean, n, step), expected in fits.items():
        assert bool(grim.totals(Decimal(mean), n, Decimal(step))) == expected, (mean, n)


def test_grim_of_pigs():
    """lhdjung/scrutiny, README, pigs1 (means of whole numbers) and pigs2 (percentages of 150)."""
    means = "7.22 4.74 5.23 2.57 6.77 2.68 7.01 7.38 3.14 6.89 5.00 0.24".split()
    sizes = (32, 25, 29, 24, 27, 28, 29, 26, 27, 31, 25, 28)
    right = [True, False, False, False, False, True, False, True, False, False, True, False]
    assert [bool(grim.totals(Decimal(m), n, Decimal(1))) for m, n in zip(means, sizes, strict=True)] == right
    for percent, fits in zip("67.4 54.2 54.0 69.8 68.1 55.4".split(), (0, 0, 1, 0, 0, 0), strict=True):
        arms = f"treatment = {{ percent = {percent}, n = 150 }}, control = {{ events = 75, n = 150 }}"
        assert (found(f'kind = "binary", {arms}', n1=150, n0=150) == {}) == bool(fits), percent


WANG = {  # Lancet 2020;395:1569-78 (PMC7190303), table 3: Hodges-Lehmann differences, sd_ref -> y, s, mean, sd, P(benefit)
    (-4.0, -14.0, 2.0, 12): (4.08171, -0.98945, 2.03006, 0.68701),
    (-12.0, -41.0, 25.0, 20): (16.83704, -0.61106, 3.79941, 0.56389),
    (0.0, -4.0, 4.0, 14): (2.04085, 0.0, 1.63459, 0.5),
}


@pytest.mark.parametrize(("report", "expected"), WANG.items())
def test_differences_of_medians(report, expected):
    value, low, high, sd_ref = report
    one = make_outcome("mean_difference", "lower", estimate(value, low, high), sd_ref=sd_ref)
    assert one.evidence.on_analysis_scale("mean_difference")[1] == pytest.approx(expected[0], abs=1e-4)
    row = judged("mean_difference", "lower", estimate(value, low, high), sd_ref=sd_ref)
    assert [row[name] for name in ("mean", "sd", "p_benefit")] == pytest.approx(expected[1:], abs=2e-3)
    said = f'kind = "estimate", estimate = {value}, ci = [{low}, {high}]'
    for more in ("", ', interval = "hodges_lehmann"'):
        hits = check_outcome(outcome(said + more, measure="mean_difference", benefit="lower"))
        assert not [f for f in hits if f.verdict == INCONSISTENT]
    json.dumps([f.units for f in hits], allow_nan=False)


def test_deaths_of_the_same_trial():
    """22/158 v 10/78: 1.1 points (-8.1 to 10.3), Wald."""
    low, high = intervals("risk_difference", 0.95)["Wald"](22, 158, 10, 78)
    assert (low, high) == pytest.approx((-0.080717, 0.102788), abs=1e-5)
    body = printed("estimate = 0.011, ci = [-0.081, 0.103]")
    assert found(binary(22, 158, 10, 78), body, measure="risk_difference", benefit="lower") == {}


def test_the_risk_ratio_of_thirteen_in_nineteen():
    """easystats/effectsize, issue 584: 13/19 v 16/41 is 1.7533."""
    assert to_analysis(13 / 19 / (16 / 41), "risk_ratio") == pytest.approx(
        to_analysis(1.7532894736842106, "risk_ratio")
    )

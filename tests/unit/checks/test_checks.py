"""The arithmetic of a report: what is found in one, what is left alone, and the known oddities of the shipped files."""

import json
import subprocess
import sys
from decimal import Decimal

import pytest
from scipy import stats
from support.printed_reports import HEAD, binary, found, outcome, printed, ratio

from bayes import check, load_trial
from bayes.base.toml import shipped
from bayes.checks import INCONSISTENT, NOT_CHECKABLE, ONLY_ROUNDING, check_outcome, examine
from bayes.checks.rounding import Range, box, distance, extent, meets, rounds_to, shown

# Rounding ------------------------------------------------------------------------------------------------------------


def test_a_box_is_half_a_unit_either_side():
    assert box(Decimal("1.50")) == Range(1.5, 1.495, 1.505) and box(Decimal("12")) == Range(12, 11.5, 12.5)


def test_a_half_may_be_rounded_either_way_and_a_bound_is_missed_from_above():
    p = Decimal("0.78")
    assert rounds_to(p, 0.785) and rounds_to(p, 0.775) and not rounds_to(p, 0.7851)
    assert distance(p, 0.80) == pytest.approx(2) and distance("<0.001", 0.0005) == 0
    assert (
        rounds_to("<0.001", 0.0009)
        and not rounds_to("<0.001", 0.0011)
        and distance("<0.001", 0.003) == pytest.approx(2)
    )
    assert (
        meets(p, Range(0.9, 0.70, 0.95))
        and not meets(p, Range(0.9, 0.79, 0.95))
        and meets("<0.001", Range(0.002, 0.0009, 0.003))
    )


def test_the_range_of_a_function_reaches_its_turning_points():
    assert extent(abs, Range(0.2, -1, 1), through=[[0.0]]) == (0.2, 0.0, 1)


def test_small_numbers_are_shown_with_a_digit():
    assert (
        shown(0.0004, Decimal("0.04")) == "0.0004"
        and shown(1e-12, Decimal("0.04")) == "<0.000001"
        and shown(1.234, Decimal("0.5")) == "1.2"
        and shown(0.0, Decimal("0.1")) == "0.0"
    )


# One effect against itself -------------------------------------------------------------------------------------------


def test_andromeda_shock():
    """METHODS 1: 0.75 (0.55 to 1.02) implies p 0.068, range 0.056 to 0.081, so the printed 0.06 is consistent."""
    out = outcome('kind = "estimate", estimate = 0.75, ci = [0.55, 1.02], p = 0.06', measure="hazard_ratio")
    (finding,) = check_outcome(out)
    assert (finding.path, finding.verdict, finding.printed) == (
        "evidence.p",
        ONLY_ROUNDING,
        "0.06",
    ) and finding.implied.startswith("0.07 (0.0")
    assert finding.units == pytest.approx(0.79, abs=0.01)  # z = 0.28768 / 0.15756, p 0.0679: (0.0679 - 0.06) / 0.01


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("estimate = 0.75, ci = [0.55, 1.02], p = 0.07", {}),
        ("estimate = 0.75, ci = [0.55, 1.02], p = 0.03", {"evidence.p": INCONSISTENT}),
        ("estimate = 0.80, ci = [0.55, 1.02]", {"evidence.estimate": INCONSISTENT}),  # centre sqrt(0.55 * 1.02) = 0.749
        ("estimate = 0.75, ci = [0.55, 1.02], se = 0.158", {}),  # log(1.02 / 0.55) / (2 * 1.95996) = 0.15756
        (
            "estimate = 0.75, ci = [0.55, 1.02], se = 0.155",
            {"evidence.se": ONLY_ROUNDING},
        ),  # rounding allows 0.1540 to 0.1611
        ("estimate = 0.75, ci = [0.55, 1.02], se = 0.31", {"evidence.se": INCONSISTENT}),
        ("estimate = 0.50, ci = [0.37, 0.68], level = 0.95, p = '<0.001'", {}),
        ("estimate = 0.75, ci = [0.55, 1.02], p = '<0.001'", {"evidence.p": INCONSISTENT}),
        ("estimate = 1.00, ci = [0.80, 1.25], p = 1.00", {}),
        ("estimate = 1.00, ci = [0.80, 1.25], p = 0.99", {"evidence.p": ONLY_ROUNDING}),
        (
            "estimate = 0.75, ci = [0.50, 1.13], level = 0.99, p = 0.07",
            {},
        ),  # log(1.13/0.50)/(2*2.5758) = 0.1583, z 1.817
        (
            "estimate = 0.75, ci = [0.50, 1.13], level = 0.95, p = 0.07",
            {"evidence.p": INCONSISTENT},
        ),  # read as 95%: p 0.17
        ("estimate = 0.75, se = 0.158, p = 0.07", {}),
        ("estimate = 0.75, se = 0.158, p = 0.01", {"evidence.p": INCONSISTENT}),
    ],
)
def test_ratios(body, expected):
    assert ratio(body) == expected


def test_a_mean_difference_with_degrees_of_freedom():
    """By hand: 10 -/+ 2.365 * 4 at 7 df; t = 2.5, p 0.041 (scipy.stats.t); the normal would say 0.038."""
    assert 2 * stats.t.sf(2.5, 7) == pytest.approx(0.0410, abs=1e-4)
    told = "estimate = 10.00, ci = [0.54, 19.46], df = 7, p = "
    assert ratio(told + "0.041", measure="mean_difference") == {}
    assert ratio(told + "0.012", measure="mean_difference") == {"evidence.p": INCONSISTENT}
    assert ratio("estimate = 10.00, ci = [0.54, 19.46], p = 0.041", measure="mean_difference") == {
        "evidence.p": INCONSISTENT
    }  # normal: 0.038
    assert ratio("estimate = 11.0, ci = [0.54, 19.46], df = 7", measure="mean_difference") == {
        "evidence.estimate": INCONSISTENT
    }


def test_a_printed_result_is_checked_like_evidence():
    base = 'kind = "significance", significant = false, favours = "unknown", se = 0.2'

    def say(body):
        return found(base, printed(body), measure="rate_ratio")

    assert say("estimate = 1.40, ci = [0.55, 1.02]") == {"printed.estimate": INCONSISTENT}
    assert say("estimate = 0.75, ci = [1.02, 0.55]") == {"printed.ci": INCONSISTENT}
    assert say("estimate = -0.75, p = 0.2") == {"printed.estimate": INCONSISTENT}
    assert say("estimate = 0.10, ci = [0.00, 1.30], p = 0.50") is not None  # a limit of 0.00 does not crash
    assert say("ci = [0.55, 1.02], p = 0.30") == {"printed.p": INCONSISTENT}
    assert say('estimate = 0.75, ci = [0.55, 1.02], p = 0.30, test = "log-rank"') == {"printed.p": NOT_CHECKABLE}
    assert say('estimate = 0.75, ci = [0.55, 1.02], p = 0.30, test = "mixed model"') == {"printed.p": INCONSISTENT}
    assert say("percent = { treatment = 10.0, control = 20.0 }") == {"printed.percent": NOT_CHECKABLE}
    two = "printed = [{ estimate = 0.75, ci = [0.55, 1.02] }, { estimate = 0.75, ci = [0.55, 1.02], p = 0.3, adjusted = true }]"
    assert found(base, two, measure="rate_ratio") == {"printed.1.p": INCONSISTENT}  # adjusted: still against itself


# Acknowledgements, the shipped files and the command -----------------------------------------------------------------


def test_an_acknowledged_finding_keeps_its_verdict_and_carries_the_reason():
    rest = (
        printed("percent = { treatment = 30.0, control = 8.2 }, p = 0.9")
        + '\nacknowledged = [{ finding = "printed.percent", reason = "why" }, { finding = "printed.ci", reason = "stale" }]'
    )
    by_path = {f.path: f for f in check_outcome(outcome(binary(15, 65, 5, 61), rest))}
    assert (
        by_path["printed.percent.treatment"].acknowledged == "why"
        and by_path["printed.percent.treatment"].verdict == INCONSISTENT
    )
    assert by_path["printed.p"].acknowledged is None
    assert by_path["printed.ci"].verdict == NOT_CHECKABLE and "no check has a finding" in by_path["printed.ci"].text


def test_agreeing_checks_are_counted():
    assert (
        examine(outcome(binary(15, 65, 5, 61), printed("estimate = 3.36, p = 0.02"))).checks == 5
    )  # two sizes, effect, p, and that both lie on one side


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped("trials"))
def test_every_shipped_file_is_consistent_or_says_why_not(name):
    findings = check(load_trial(name))
    assert not [f for f in findings if f.verdict == INCONSISTENT and f.acknowledged is None]
    assert not [f for f in findings if "no check has a finding here" in f.text]
    for finding in findings:
        json.dumps(finding.units, allow_nan=False)


@pytest.mark.parametrize(
    ("trial", "outcome", "path", "verdict", "said"),
    [
        ("mesems", "gel_24w", "evidence.p", ONLY_ROUNDING, ["printed 0.78", "0.80 (0.78 to 0.82)"]),
        (
            "starting2",
            "motricity_leg_90d",
            "printed.0.p",
            INCONSISTENT,
            ["printed 0.023", "Welch 0.020 (0.019 to 0.022)", "Student 0.067"],
        ),
        (
            "starting2",
            "motricity_leg_90d",
            "printed.1.p",
            NOT_CHECKABLE,
            ["printed 0.129", "adjusted v unadjusted"],
        ),
        (
            "treasure",
            "mrs_90d",
            "printed.p",
            INCONSISTENT,
            ["printed 0.62", "proportional odds, Wald 0.37", "Wilcoxon 0.37"],
        ),
        ("ist3", "mrs_6m", "printed.estimate", NOT_CHECKABLE, ["printed 1.27", "1.10", "adjusted v unadjusted"]),
    ],
)
def test_the_known_oddities_are_shown(trial, outcome, path, verdict, said):
    hits = [f for f in check_outcome(load_trial(trial).outcomes[outcome]) if f.path == path and f.verdict == verdict]
    assert hits and all(part in hits[0].text for part in said), hits
    assert hits[0].acknowledged or verdict == NOT_CHECKABLE


def run(*arguments: str, cwd=None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "bayes", "check", *arguments], capture_output=True, text=True, timeout=120, cwd=cwd
    )


@pytest.mark.slow
def test_the_command_ends_with_0_1_or_2(tmp_path):
    text = (
        HEAD.format(measure="odds_ratio", benefit="higher", n1=65, n0=61)
        + printed("p = 0.9")
        + f"\nevidence = {{ {binary(15, 65, 5, 61)} }}\n"
    )
    path = tmp_path / "demo.toml"
    path.write_text(text)
    done = run(str(path))
    assert done.returncode == 1 and not done.stderr and "demo:x" in done.stdout and "printed 0.9" in done.stdout
    assert (
        done.stdout.splitlines()[-1]
        == "1 file, all valid; 3 checks: 1 inconsistent, 0 only consistent with rounding, 0 not checkable"
    )
    (row,) = json.loads(run(str(path), "--json").stdout)
    assert set(row) == {"trial", "outcome", "path", "verdict", "printed", "implied", "units", "text", "acknowledged"}
    path.write_text(
        text.replace('source = "s"', 'source = "s"\nacknowledged = [{ finding = "printed.p", reason = "r" }]')
    )
    done = run(str(path))
    assert done.returncode == 0 and "acknowledged: r" in done.stdout
    bad = tmp_path / "bad.toml"
    bad.write_text(text.replace('"demo"', '"bad"').replace("year = 2020", "yeer = 2020"))
    done = run(str(path), str(bad))
    assert (
        done.returncode == 2
        and "did you mean 'year'" in done.stderr
        and "printed 0.9" in done.stdout
        and "Traceback" not in done.stderr
    )
    first, *rest = json.loads(run(str(path), str(bad), "--json").stdout)
    assert first["path"].startswith(str(bad)) and rest[-1]["path"] == "printed.p"


@pytest.mark.slow
def test_everything_shipped_ends_with_0():
    done = run()
    assert done.returncode == 0 and not done.stderr
    assert "files, all valid" in done.stdout.splitlines()[-1]


def test_importing_the_checks_loads_no_scipy():
    code = "from bayes.checks import check_outcome; import sys; assert not {'scipy', 'pymc', 'arviz'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0

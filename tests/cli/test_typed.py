"""A report typed on the command line is the outcome of `bayes.outcome`, and what is missing is said before anything is fitted."""

import json
from math import log

import pytest
from click.testing import CliRunner
from scipy import stats

from bayes.cli.fit_ import command

RATIO = "--measure hazard_ratio --estimate 0.75 --ci 0.55 1.02 --benefit lower".split()


def ran(*words):
    return CliRunner().invoke(command, words)


@pytest.mark.nuts
def test_a_ratio_with_its_interval():
    """Against the normal approximation on the log scale, in closed form: the prior is flat over what the report allows."""
    done = ran(*RATIO, "--prior", "vague", "--json")
    (row,) = json.loads(done.stdout)
    y, s = log(0.75), log(1.02 / 0.55) / (2 * stats.norm.ppf(0.975))
    precision = 1 / s**2 + 1 / 25
    exact = stats.norm.cdf(0, y / s**2 / precision, precision**-0.5)
    assert done.exit_code == 0 and row["exact_p_benefit"] == pytest.approx(exact, abs=1e-6)
    assert (row["trial"], row["outcome"], row["measure"]) == ("typed", "report", "hazard_ratio")


@pytest.mark.nuts
def test_a_threshold_has_a_column_and_an_inconsistent_report_a_line():
    """P(hazard ratio at most 0.8) in closed form, to the three decimals shown; an interval of 0.55 to 1.02 has p = 0.07."""
    done = ran(*RATIO, "--prior", "vague", "--threshold", "0.8", "--p", "0.001")
    y, s = log(0.75), log(1.02 / 0.55) / (2 * stats.norm.ppf(0.975))
    (row,) = [line.split() for line in done.output.splitlines() if line.strip().startswith("vague")]
    assert done.exit_code == 0 and "P(0.8 or" in done.output and "better)" in done.output
    assert "P(≥ MCID)" not in done.output
    assert float(row[-1]) == pytest.approx(stats.norm.cdf(log(0.8), y, s), abs=0.03)  # four standard errors of a share
    assert "typed:report" in done.output and "p = 0.001" in done.output.replace("printed 0.001", "p = 0.001")


@pytest.mark.nuts
def test_several_names_have_the_column_too():
    done = ran("mesems:gel_24w", "mesems:sae_24w", "--prior", "neutral", "--threshold", "0.8")
    assert done.exit_code == 0 and "P(0.8 or" in done.output and "better)" in done.output, done.output


@pytest.mark.nuts
def test_counts_with_a_threshold_of_relevance():
    done = ran(*"--measure odds_ratio --treatment 0 69 --control 7 75 --benefit lower --mcid 0.80 --prior neutral".split())
    assert done.exit_code == 0, done.output
    assert "odds ratio, lower is better" in done.output and "P(≥ MCID)" in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nothing to fit; accepted: a name such as mesems:gel_24w"),
        (["mesems:gel_24w", "--estimate", "0.75"], "found mesems:gel_24w and --estimate"),
        (["--estimate", "0.75"], "a report of your own needs --measure and --benefit"),
        (RATIO[:-2], "a report of your own needs --benefit"),
        ([*RATIO, "--control", "7", "seven"], "'seven' is not a valid integer"),
    ],
)
def test_what_is_missing_is_said(words, said):
    done = ran(*words)
    assert done.exit_code == 2 and said in done.output


def test_mistakes_are_those_of_a_file():
    done = ran("--measure", "HR", *RATIO[2:])
    assert "measure: 'HR' is not accepted; accepted: odds_ratio" in str(done.exception)
    done = ran(*RATIO[:2], "--estimate", "0.75", "--ci", "0.80", "1.02", "--benefit", "lower")
    assert "typed:report" in str(done.exception) and "0.75" in str(done.exception)

"""Elicited priors: exact where statements are those of a normal, least squares elsewhere, and read back from their file."""

from math import exp, log

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats

import bayes
from bayes.cli.elicit_ import command
from bayes.errors import InvalidInput
from bayes.priors.elicitation import read_statement

GEL = "mesems:gel_24w"  # a rate ratio


def test_the_quantiles_of_a_normal_give_it_back():
    belief = stats.norm(-0.3, 0.25)
    stated = {p: exp(belief.ppf(p)) for p in (0.05, 0.2, 0.5, 0.9)}
    found = bayes.elicit(GEL, {"A": stated}, "Asked.")
    assert found.pooled.args == pytest.approx((-0.3, 0.25), abs=1e-6)
    assert found.beliefs[0].fitted == pytest.approx(list(stated.values()), rel=1e-5)


def test_other_statements_are_met_by_least_squares_on_the_analysis_scale():
    stated = {0.05: 0.5, 0.5: 0.8, 0.95: 1.2}
    mean, sd = bayes.elicit(GEL, {"A": stated}, "Asked.").pooled.args

    def off(mean, sd):
        return sum((mean + sd * stats.norm.ppf(p) - log(x)) ** 2 for p, x in stated.items())

    rng = np.random.default_rng(1)
    assert all(off(mean, sd) <= off(mean + a, sd + b) for a, b in rng.normal(0, 0.01, (200, 2)))


def test_chips_are_statements_about_the_edges_of_their_bins():
    chips = [(0.8, 1.0, 3), (0.4, 0.6, 2), (0.6, 0.8, 5), (1.0, 1.2, 0)]
    by_chips = bayes.elicit(GEL, {"A": chips}, "Asked.").pooled
    assert by_chips == bayes.elicit(GEL, {"A": {0.2: 0.6, 0.7: 0.8}}, "Asked.").pooled


def test_several_experts_are_pooled_linearly_and_the_file_is_a_prior_set(tmp_path):
    experts = {"Dr. Ä": {0.1: 0.5, 0.9: 1.1}, "Dr. A": {0.1: 0.7, 0.9: 1.3}}
    found = bayes.elicit(GEL, experts, 'Asked "both".', weights=[3, 1])
    path = tmp_path / "experts.toml"
    path.write_text(found.to_toml(), encoding="utf-8")
    read = bayes.load_priors(path)
    assert list(read.effect) == ["dr", "dr_a", "experts"]
    assert read.effect["experts"].distribution == str(found.pooled) and found.pooled.parts[0][0] == 0.75
    assert 'Asked "both". Stated: 10% below 0.5' in read.effect["dr"].rationale and "Dr. Ä" in read.effect["dr"].source
    table = bayes.sensitivity.named_priors(GEL, prior_set=path)
    assert {"dr", "dr_a", "experts"} <= set(table["prior"])


@pytest.mark.parametrize(
    ("experts", "said"),
    [
        ({"A": {0.5: 0.8}}, "found 1 statements; accepted: at least two quantiles"),
        ({"A": {0.1: 0.8, 0.9: 0.7}}, "a larger probability needs a larger value"),
        ({"A": {0.1: -1, 0.9: 0.7}}, "-1 is not a rate ratio; accepted: 0 to inf"),
        ({"A": {0.0: 0.1, 0.9: 0.7}}, "found a probability of 0; accepted: between 0 and 1"),
        ({"A": {0.1: 0.7, 1.5: 0.9}}, "found a probability of 1.5; accepted: between 0 and 1"),
        ({"A": [(0.5, 0.7, 4)]}, "found 0 statements"),
        ({"A": [(0.4, 0.8, 2), (0.6, 1, 3), (1, 1.2, 1)]}, "bins from 0.4 and from 0.6 overlap"),
        ({"A": [(0.8, 0.4, 2)]}, "a bin from 0.8 to 0.4; accepted: from the lower limit up"),
        ({"A": [(0.4, 0.6, -2), (0.6, 0.8, 3)]}, "-2 chips on a bin; accepted: 0 or more"),
        ({}, "none has stated anything"),
    ],
)
def test_what_cannot_be_a_belief_is_refused(experts, said):
    with pytest.raises(InvalidInput, match=said):
        bayes.elicit(GEL, experts, "Asked.")


@pytest.mark.parametrize("weights", [[1, 0], [1, -0.5], [1], [1, 1, 1]])
def test_every_expert_has_a_positive_weight(weights):
    experts = {name: {0.1: 0.6, 0.9: 1.1} for name in "AB"}
    with pytest.raises(InvalidInput, match=f"found {len(weights)} weights for 2 experts; accepted: a positive one for each"):
        bayes.elicit(GEL, experts, "Asked.", weights=weights)


def test_bins_may_leave_a_gap_and_may_touch():
    touching, apart = ([(0.4, 0.6, 2), (low, 0.9, 3), (0.9, 1.2, 1)] for low in (0.6, 0.7))
    assert bayes.elicit(GEL, {"A": touching}, "Asked.") and bayes.elicit(GEL, {"A": apart}, "Asked.")


def test_all_mistakes_are_said_at_once():
    with pytest.raises(InvalidInput) as refused:
        bayes.elicit(GEL, {"A": {0.5: 0.8}, "B": {0.1: 2, 0.9: 1}}, " ", weights=[1])
    assert [mistake.path for mistake in refused.value.mistakes] == ["A", "B", "rationale", "weights"]


def test_statements_are_read_as_they_are_typed():
    assert read_statement("A. B = 5% 0.5, 95 % 1.2") == ("A. B", {0.05: 0.5, 0.95: 1.2})
    assert read_statement("B=-10 to -5: 2, -5 to 5: 3") == ("B", [(-10.0, -5.0, 2.0), (-5.0, 5.0, 3.0)])
    with pytest.raises(InvalidInput, match="states a probability twice"):
        read_statement("A = 5% 0.5, 5% 0.6")
    for text in ("A: 5% 0.5", "= 5% 0.5", "A = 5%", "A = 5% 0.5, 0.5 to 0.7: 3", "A = 5% 1.2.3, 50% 2"):
        with pytest.raises(InvalidInput, match="cannot be read; accepted: NAME ="):
            read_statement(text)


def test_the_command_writes_a_set_and_says_how_to_use_it(tmp_path):
    path = tmp_path / "set.toml"
    asked = [GEL, "--expert", "A = 5% 0.5, 95% 1.2", "--rationale", "Asked.", "--out", str(path)]
    run = CliRunner().invoke(command, asked)
    assert run.exit_code == 0 and f"bayes fit {GEL} --priors {path}" in run.stderr
    assert list(bayes.load_priors(path).effect) == ["a"]
    twice = CliRunner().invoke(command, [*asked[:3], "--expert", "A = 5% 0.6, 95% 1.3", *asked[3:]])
    assert twice.exit_code == 2 and "two experts have the same name" in twice.stderr

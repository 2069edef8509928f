"""The rungs between a full table and nothing: percentages, merged categories, contrasts, priors of arms, derived values."""

import json
from math import inf

import numpy as np
import pytest
from support.trials import make_outcome

import bayes
from bayes.base.numbers_needed import number_needed
from bayes.checks import check_outcome
from bayes.errors import InvalidInput, NotFormable
from bayes.paper.evidence.ordinal import whole_shares
from bayes.paper.ordinal_scale import summaries, win_probability
from bayes.paper.scales import scales
from bayes.paper.templates import KINDS, synthesis_skeleton, trial_skeleton
from bayes.paper.trial import load_trial
from bayes.priors.sets import load_priors
from bayes.synthesis.file import load_synthesis


def test_percentages_become_the_nearest_count_and_keep_their_rounding():
    """15 of 65 and 5 of 61 print as 23.1% and 8.2%; a whole percent of 300 leaves three counts open."""
    arms = {"treatment": {"percent": 23.1, "n": 65}, "control": {"percent": 33, "n": 300}}
    evidence = make_outcome("odds_ratio", "higher", {"kind": "binary"} | arms).evidence
    assert (evidence.treatment.events, [*evidence.treatment.possible]) == (15, [15])
    assert (evidence.control.events, [*evidence.control.possible]) == (99, [98, 99, 100])
    assert str(evidence.control.percent) == "33"


def test_an_ordinal_table_in_percent_sums_to_n():
    shares = {"treatment": [3, 9, 21, 18, 22, 6, 21], "control": [0, 6, 13, 16, 30, 12, 23]}
    table = {
        "kind": "ordinal",
        "categories": list("0123456"),
        "unit": "percent",
        "n": {"treatment": 233, "control": 267},
    }
    evidence = make_outcome("common_odds_ratio", "higher", table | shares).evidence
    assert sum(evidence.counts("treatment")) == 233 and sum(evidence.counts("control")) == 267
    assert evidence.counts("treatment") == (7, 21, 49, 42, 51, 14, 49)
    assert whole_shares([1, 1, 1], 100) == (34, 33, 33)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"n": None}, "requires n"),
        ({"treatment": [50, 20, 10]}, "sum to 80; accepted: about 100"),
        ({"unit": "count", "treatment": [50.5, 20, 10]}, "whole numbers"),
    ],
)
def test_percentages_that_cannot_be(change, said):
    table = {"kind": "ordinal", "categories": list("abc"), "unit": "percent", "n": {"treatment": 20, "control": 20}}
    table |= {"treatment": [50, 30, 20], "control": [40, 40, 20]} | change
    with pytest.raises(InvalidInput, match=said):
        make_outcome("common_odds_ratio", "higher", {k: v for k, v in table.items() if v is not None})


def test_a_contrast_must_be_named_and_every_mistake_is_told_at_once(tmp_path):
    path = tmp_path / "mine.toml"
    text = trial_skeleton("mine", ["ordinal", "binary"]).replace(
        "[4, 6, 8, 7, 8, 4, 3]", "[10.0, 15.0, 20.0, 17.5, 20.0, 10.0, 7.5]"
    )
    path.write_text(
        text.replace("{ events = 18, n = 40 }", "{ percent = 145.0, n = 40 }").replace(
            'measure = "odds_ratio"', 'measure = "odds_ratio"\ncontrast = "high_dose"'
        )
    )
    with pytest.raises(InvalidInput) as error:
        load_trial(path)
    said = "\n".join(map(str, error.value.mistakes))
    assert len(error.value.mistakes) == 3, said
    for part in (
        "contrast: no contrast named 'high_dose'",
        "whole numbers; for percentages",
        "100 or less, found 145.0",
    ):
        assert part in said


def test_win_probability_against_all_pairs():
    """Every treated patient against every control, ties split; its odds is the generalised odds ratio."""
    t, c = np.array([5, 9, 20, 15, 31, 18, 6]), np.array([3, 8, 12, 17, 39, 20, 3])
    better = sum(t[i] * c[j] * (1 if i < j else 0.5 if i == j else 0) for i in range(7) for j in range(7))
    shown = summaries(t / t.sum(), c / c.sum(), list("0123456"))
    assert win_probability(t / t.sum(), c / c.sum()) == pytest.approx(better / t.sum() / c.sum())
    assert shown["generalised_odds_ratio"] == pytest.approx(better / (t.sum() * c.sum() - better))
    assert shown["mean_mrs_treatment"] == pytest.approx((t * np.arange(7)).sum() / t.sum())
    assert shown["p_mrs_0_2_control"] == pytest.approx(23 / 102)
    assert shown["nnt"] == pytest.approx(1 / (34 / 104 - 23 / 102))
    weights = np.array(scales()["mrs"].scores["utility_chaisinanunkul_2015"])
    assert shown["utility_chaisinanunkul_2015_difference"] == pytest.approx(
        t @ weights / t.sum() - c @ weights / c.sum()
    )


def test_merged_categories_hide_only_what_they_hide():
    """Grades 5 and 6 have one utility of Chaisinanunkul's, two of Wang's, and no common mean."""
    shown = summaries(np.full(6, 1 / 6), np.full(6, 1 / 6), ["0", "1", "2", "3", "4", "5-6"])
    assert "utility_chaisinanunkul_2015_difference" in shown and "p_mrs_0_2_treatment" in shown
    assert "mean_mrs_treatment" not in shown and "utility_wang_2020_difference" not in shown
    assert set(summaries(np.ones(2) / 2, np.ones(2) / 2, ["good", "bad"])) == {
        "win_probability",
        "generalised_odds_ratio",
    }


@pytest.mark.nuts
def test_what_follows_from_an_ordinal_posterior():
    """A worse-category odds ratio and a better-category one of the same counts: the same patients, the same NNT."""
    table = {
        "kind": "ordinal",
        "categories": list("0123456"),
        "treatment": [5, 9, 20, 15, 31, 18, 6],
        "control": [3, 8, 12, 17, 39, 20, 3],
    }
    shown = {}
    for benefit in ("higher", "lower"):
        fit = bayes.fit(make_outcome("common_odds_ratio", benefit, table), "neutral")
        shown[benefit] = json.loads(fit.rows[0]["derived"])
        cells = np.asarray(fit.tree["posterior"]["p_category_treatment"])
        assert cells.sum(axis=-1) == pytest.approx(1)
    for name in ("win_probability", "mean_mrs_difference", "p_mrs_0_2_difference_per_100"):
        assert shown["higher"][name]["median"] == pytest.approx(shown["lower"][name]["median"], abs=0.15)
    assert shown["higher"]["win_probability"]["median"] > 0.5 > 0 > shown["higher"]["mean_mrs_difference"]["median"]
    assert "infinity" in shown["lower"]["nnt"]["text"] and shown["lower"]["nnt"]["text"].startswith("NNTB")


def test_priors_of_arms_share_their_names_and_know_their_evidence(tmp_path):
    both = tmp_path / "both.toml"
    both.write_text(
        '[effect.a]\ndistribution = "normal(0, 1)"\n[arms.a]\ntreatment = "beta(1, 1)"\ncontrol = "beta(1, 1)"\n'
    )
    with pytest.raises(InvalidInput, match="names repeat"):
        load_priors(both)
    both.write_text('[arms.b]\ntreatment = "beta(1, 1)"\ncontrol = "gamma(1, 1)"\n')
    with pytest.raises(InvalidInput, match="beta.a, b. for both risks, gamma"):
        load_priors(both)
    with pytest.raises(NotFormable, match="binary evidence"):
        bayes.fit(bayes.load_trial("mesems").outcomes["gel_24w"], "jeffreys", priors="arms")


def test_an_unknown_likelihood_or_departure_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="likelihood"):
        bayes.fit(bayes.load_trial("mesems").outcomes["gel_24w"], likelihood="means")
    path = tmp_path / "p.toml"
    path.write_text('[departure]\ndistribution = "beta(1, 1)"\n[baseline.ordinal]\ndistribution = "beta(1, 1)"\n')
    with pytest.raises(InvalidInput) as error:
        load_priors(path)
    assert len(error.value.mistakes) == 2


def test_check_sees_a_likelihood_that_cannot_read_the_report(tmp_path):
    from click.testing import CliRunner

    from bayes.cli.check_ import command

    path = tmp_path / "mine.toml"
    path.write_text(
        trial_skeleton("mine", ["ordinal"]).replace(
            'benefit = "higher"', 'benefit = "higher"\nlikelihood = "partial_odds"'
        )
    )
    done = CliRunner().invoke(command, [str(path)])
    assert done.exit_code == 2 and "outcomes.ordinal_example.likelihood: 'partial_odds' is not known" in done.output


def test_a_skeleton_is_a_valid_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(trial_skeleton("mine", KINDS))
    trial = load_trial(path)
    assert {o.evidence.kind for o in trial.outcomes.values()} == set(KINDS)
    assert not [f for o in trial.outcomes.values() for f in check_outcome(o) if f.verdict == "inconsistent"]
    with pytest.raises(InvalidInput, match="not a valid id"):
        trial_skeleton("not an id", KINDS)


def test_a_skeleton_of_a_synthesis_is_valid_with_every_comment_taken_off(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(synthesis_skeleton("mine"))
    assert len(load_synthesis(path).members) == 2
    told = {"correlations", "It", "The"}  # an example of other outcomes, and sentences
    lines = [line.removeprefix("# ") for line in synthesis_skeleton("mine").splitlines()[1:]]
    path.write_text("\n".join(line for line in lines if line.split()[0] not in told and " = " in line))
    assert load_synthesis(path).covariate is not None and load_synthesis(path).outcome_class


def test_residual_units_become_raw_ones_only_by_a_stated_correlation():
    """d_raw = d_residual sqrt(1 - rho^2): the standard error shrinks with it (METHODS 5)."""
    p = {
        "kind": "p_value",
        "p": 0.04,
        "favours": "treatment",
        "n": {"treatment": 80, "control": 90},
        "scale_sd": "residual",
    }
    residual = make_outcome("standardised_mean_difference", "higher", p)
    raw = make_outcome("standardised_mean_difference", "higher", p | {"rho": 0.6})
    assert raw.standard_error == pytest.approx(0.8 * residual.standard_error)
    assert residual.evidence.in_residual_units and not raw.evidence.in_residual_units
    with pytest.raises(InvalidInput, match="scale_sd"):
        make_outcome(
            "standardised_mean_difference", "higher", {k: v for k, v in p.items() if k != "scale_sd"} | {"rho": 0.6}
        )


def test_nothing_is_infinite_in_json():
    """An NNT without a difference is null and its text says infinity."""
    shown = number_needed(-0.1, 0.0, 0.1)
    assert shown["median"] is None and "infinity" in shown["text"] and inf not in shown.values()


def test_an_interval_that_ends_at_no_difference_runs_to_infinity_once():
    assert number_needed(0.0, 0.1, 0.2)["text"] == "NNTB 10 (NNTB 5 to infinity)"
    assert number_needed(-0.1, 0.1, 0.2)["text"] == "NNTB 10 (NNTB 5 to infinity to NNTH 10)"

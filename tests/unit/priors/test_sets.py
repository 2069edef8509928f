"""Named rules against METHODS 2 (formulae recomputed there), prior sets, and the scale guard."""

import pytest
from support.trials import endpoint, make_outcome

from bayes import NotFormable, load_priors
from bayes.errors import InvalidInput
from bayes.priors.effect_rules import Arguments, form
from bayes.priors.sets import find_prior, is_prior_set, resolve

ESTIMATE = {"kind": "estimate", "estimate": 0.94, "ci": [0.58, 1.5]}


def formed(rule, measure="rate_ratio", benefit="lower", evidence=ESTIMATE, arguments=None, **more):
    return form(rule, make_outcome(measure, benefit, evidence, **more), arguments or Arguments()).distribution


def mcid(value):
    return {"mcid": {"value": value, "rationale": "test"}}


def planned(value):
    return {"planned": {"value": value, "source": "test"}}


@pytest.mark.parametrize(("d", "sd"), [(0.9, 0.0641), (0.8, 0.1357), (0.75, 0.1749), (0.67, 0.2435), (0.5, 0.4214)])
def test_sceptical_sd(d, sd):
    mean, found = formed("sceptical", **mcid(d)).args
    assert mean == 0 and found == pytest.approx(sd, abs=5e-5)


def test_sceptical_takes_the_planned_effect_where_there_is_one():
    assert formed("sceptical", **mcid(0.75), **planned(0.5)).args[1] == pytest.approx(0.4214, abs=5e-5)


def test_enthusiast_and_pessimist_mirror_each_other():
    e, p = formed("enthusiastic", **mcid(0.75)), formed("pessimistic", **mcid(0.75))
    assert e.args[0] == pytest.approx(-0.28768, abs=1e-5)
    assert p.args == (-e.args[0], e.args[1])
    assert e.args[1] == pytest.approx(0.1749, abs=5e-5)


def test_rules_turn_towards_benefit():
    higher = formed(
        "enthusiastic", "common_odds_ratio", "higher", {"kind": "estimate", "estimate": 1.2, "se": 0.2}, **mcid(1.2)
    )
    assert higher.args[0] > 0 > formed("enthusiastic", **mcid(0.8)).args[0]


@pytest.mark.parametrize(("strength", "sd"), [("weak", 0.549), ("moderate", 0.278), ("strong", 0.175)])
def test_optimistic_strengths(strength, sd):
    """Zampieri 2021, e = ln 0.75."""
    found = formed("optimistic", arguments=Arguments(strength=strength), **planned(0.75))
    assert found.args[1] == pytest.approx(sd, abs=1e-3)


@pytest.mark.parametrize(
    ("rule", "a", "b"),
    [("neutral", 2.68, 1.32), ("sceptical", 13.3, 5.9), ("enthusiastic", 18.9, 3.6), ("pessimistic", 15.2, 12.5)],
)
def test_beta_priors_of_a_proportion(rule, a, b):
    """Goal 0.7, target 0.85 (METHODS 2)."""
    found = formed(
        rule, "proportion", "higher", {"kind": "proportion", "events": 16, "n": 20, "goal": 0.7}, **mcid(0.85)
    )
    assert found.args == pytest.approx((a, b), abs=0.05)


def test_no_beta_prior_is_said_not_guessed():
    with pytest.raises(NotFormable, match="outside 0 to 1"):
        formed(
            "pessimistic", "proportion", "higher", {"kind": "proportion", "events": 1, "n": 9, "goal": 0.3}, **mcid(0.7)
        )


def test_widths_follow_the_scale():
    means = {"kind": "means", "treatment": {"mean": 1, "sd": 2.0, "n": 20}, "control": {"mean": 0, "sd": 2.0, "n": 20}}
    assert formed("neutral", "mean_difference", "higher", means).args[1] == pytest.approx(0.195 * 2)
    assert formed("vague", "standardised_mean_difference", "higher", means).args[1] == 2.75
    counts = {"kind": "binary", "treatment": {"events": 10, "n": 20}, "control": {"events": 10, "n": 20}}
    assert formed("neutral", "risk_difference", "lower", counts).args[1] == pytest.approx(0.355 / 4)


def test_cochrane_scales_with_the_standard_error_and_is_refused_without():
    assert [round(d.args[1] / 0.2424004449, 4) for _, d in formed("cochrane").components] == [0.61, 1.42, 2.16, 5.64]
    with pytest.raises(NotFormable, match="standard error"):
        formed(
            "cochrane",
            evidence={"kind": "events", "treatment": {"events": 1, "n": 9}, "control": {"events": 2, "n": 9}},
        )


def test_field_tables_stay_on_their_scale():
    arguments = Arguments(field="Stroke")
    counts = {"kind": "binary", "treatment": {"events": 1, "n": 20}, "control": {"events": 3, "n": 20}}
    assert str(formed("field", "odds_ratio", "lower", counts, arguments)) == "student_t(2, 0, 0.22)"
    with pytest.raises(NotFormable, match="no entry for a rate ratio"):
        formed("field", arguments=arguments)
    with pytest.raises(NotFormable, match="not state a Cochrane"):
        formed("field")


def test_rules_without_an_mcid_are_refused():
    for rule in ("sceptical", "enthusiastic", "pessimistic"):
        with pytest.raises(NotFormable, match="no MCID"):
            formed(rule)


@pytest.mark.parametrize(
    "expression",
    [
        "half_normal(0.3)",
        "lognormal(0, 0.5)",
        "uniform(0.5, 2)",
        "normal(1, 0.1)",
        "beta(2, 2)",
        "dirichlet(1)",
        "inverse_gamma(2, 1)",
    ],
)
def test_priors_on_the_wrong_scale_or_side_are_refused(expression):
    outcome = make_outcome("rate_ratio", "lower", ESTIMATE)
    with pytest.raises(InvalidInput):
        resolve(find_prior(expression, load_priors()), outcome)


@pytest.mark.parametrize(
    "expression", ["normal(0, 1000)", "normal(0, 1e-6)", "uniform(-9, 9)", "student_t(1, 0, 50)", "normal(-0.4, 0.2)"]
)
def test_width_is_never_refused(expression):
    resolve(find_prior(expression, load_priors()), make_outcome("rate_ratio", "lower", ESTIMATE))


def test_a_proportion_needs_a_prior_on_zero_to_one():
    outcome = make_outcome("proportion", "higher", {"kind": "proportion", "events": 16, "n": 20, "goal": 0.7})
    resolve(find_prior("beta(1, 1)", load_priors()), outcome)
    with pytest.raises(InvalidInput, match="prior on 0 to 1"):
        resolve(find_prior("normal(0, 1)", load_priors()), outcome)


def test_one_sided_priors_by_leave(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('[effect.harm_only]\ndistribution = "half_normal(0.3)"\nallow_one_sided = true\n')
    priors = load_priors(path)
    assert priors.id == "mine"
    resolve(find_prior("harm_only", priors), make_outcome("rate_ratio", "lower", ESTIMATE))


def test_a_set_lists_all_its_mistakes(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text(
        '[effect.a]\nrule = "septical"\n[effect.b]\ndistribution = "nrmal(0, 1)"\n[effect.c]\nrule = "vague"\ndistribution = "normal(0, 1)"\n'
        '[dispersion]\ndistribution = "beta(1, 1)"\n[heterogeneity.h]\ndistribution = "normal(0, 1)"\n'
    )
    with pytest.raises(InvalidInput) as caught:
        load_priors(path)
    said = str(caught.value)
    for part in (
        "effect.a.rule",
        "did you mean 'normal'",
        "effect.c: found both `rule` and `distribution`; exactly one of them is required",
        "dispersion.distribution: found beta; accepted: normal(mean, sd) or student_t",
        "heterogeneity.h",
    ):
        assert part in said


def test_unknown_priors_name_the_nearest():
    with pytest.raises(InvalidInput, match="did you mean 'sceptical'"):
        find_prior("skeptical", load_priors())


def test_a_sceptic_and_an_enthusiast_of_different_effects_say_so():
    """Spiegelhalter 1994 makes both from one effect; with `planned` and `mcid` stated they are made from one each."""
    about = endpoint("rate_ratio", mcid={"value": 1.3, "rationale": "r"}, planned={"value": 2.0, "source": "s"})
    sceptic, enthusiast, pessimist = (form(rule, about).basis for rule in ("sceptical", "enthusiastic", "pessimistic"))
    assert "the enthusiast is centred on the MCID 1.3" in sceptic and "no mirror" in sceptic
    assert "the sceptic looks at the planned effect 2.0" in enthusiast
    assert pessimist == "centred on harm as large as the MCID 1.3, 5% on the side of benefit"
    alone = endpoint("rate_ratio", mcid={"value": 1.3, "rationale": "r"})
    assert form("sceptical", alone).basis == "centred on no effect, 5% beyond the MCID 1.3"


@pytest.mark.parametrize(("fields", "is_set"), [({"id", "effect"}, True), ({"arms"}, True), ({"heterogeneity", "label"}, True), ({"id", "label"}, False), ({"effect", "outcomes"}, False), ({"measure", "effect"}, False), (set(), False)])
def test_a_file_is_a_prior_set_by_its_tables(fields, is_set):
    assert is_prior_set(dict.fromkeys(fields)) == is_set

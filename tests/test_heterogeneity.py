"""Priors of tau: published tables as data, the rules that read them, and the log-Student-t they need."""

from math import exp, inf, log, pi

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import gammaln

from bayes import exact, load_priors, tables
from bayes.description import describe
from bayes.distributions import parse
from bayes.errors import InvalidInput, NotFormable
from bayes.exact.densities import log_density, quantiles
from bayes.heterogeneity import HeterogeneityPrior, Setting, find_heterogeneity, form_heterogeneity
from bayes.plan import make_plan
from bayes.priors import PriorSet
from bayes.reading import validate
from bayes.synthesis import load_synthesis
from bayes.trial import Endpoint

COMPARISONS = ("pharma_v_placebo", "pharma_v_pharma", "non_pharma")
POSITIVE = [
    "half_normal(0.3)",
    "half_cauchy(0.3)",
    "half_student_t(4, 0.6)",
    "lognormal(0, 1)",
    "lognormal(-1.28, 0.87)",
    "log_student_t(5, 0, 1)",
    "log_student_t(5, -1.72, 1.295)",
    "gamma(2, 3)",
    "inverse_gamma(1.71, 0.4)",
]


def endpoint(measure, **more):
    return Endpoint(label="l", measure=measure, benefit="higher", **more)


def formed(measure, setting=Setting(), sd_ref=None, **prior):  # noqa: B008 (frozen)
    about = endpoint(measure) if sd_ref is None else endpoint(measure, sd_ref=sd_ref)
    return form_heterogeneity("it", HeterogeneityPrior(**prior), about, setting)


# --- the tables -------------------------------------------------------------------------------------------------------


def rhodes_cells():
    cells = tables.rhodes()["cells"]
    return {
        (area, outcome, comparison): [float(x) for x in pair]
        for area, rows in cells.items()
        for outcome, row in rows.items()
        for comparison, pair in row.items()
    }


def test_no_cell_is_missing():
    turner = tables.turner()
    assert len(turner["cells"]) == 16 and {len(row) for row in turner["cells"].values()} == {5}
    assert turner["cells"].keys() == turner["outcomes"].keys()
    assert all(row.keys() == turner["comparisons"].keys() for row in turner["cells"].values())
    cells = rhodes_cells()
    assert len(cells) == 3 * 8 * 3
    assert {c[1] for c in cells} == set(tables.rhodes()["outcomes"]) and {c[2] for c in cells} == set(COMPARISONS)
    fields = tables.cochrane_fields()
    for kind, wanted in (("effect", (47, 54, 54, 54, 1)), ("heterogeneity", (47, 53, 53, 53, 1))):
        columns = ("smd", "log_or", "log_rr", "rd", "log_hr")
        assert tuple(sum(c in row for row in fields[kind].values()) for c in columns) == wanted
    assert fields["effect"].keys() - fields["heterogeneity"].keys() == {"Childhood Cancer"}
    assert set(fields["short_names"].values()) <= fields["effect"].keys()


def test_turner_is_additive():
    """ln tau^2 = outcome + comparison: the offset of a column to the first is the same in all rows but for rounding."""
    rows = tables.turner()["cells"].values()
    first = np.array([float(row["pharma_v_placebo"][0]) for row in rows])
    for comparison, offset in zip(tables.turner()["comparisons"], (0.0, -0.2325, -0.2200, 1.0300, 0.4450), strict=True):
        column = np.array([float(row[comparison][0]) for row in rows])
        assert np.abs(column - first - offset).max() < 0.0126, comparison


def breaks_the_pattern(cells, area, outcome, comparison):
    """Whether a cell cannot be had from its row, its column and the other areas but for rounding."""
    offset = {"pharma_v_placebo": 0.0, "pharma_v_pharma": -0.275, "non_pharma": 0.14}
    other = {"other": 0.0, "respiratory": -1.905, "cancer": 2.555}
    location, scale = cells[area, outcome, comparison]
    # what the eight other cells of this outcome say it should be; the median, because one of them may be wrong itself
    said = [
        pair[0] - offset[c] - other[a] + offset[comparison] + other[area]
        for (a, o, c), pair in cells.items()
        if o == outcome and (a, c) != (area, comparison)
    ]
    wide = {"other": 0.0, "respiratory": 0.02, "cancer": 0.15}[area]
    above = round(scale - cells["other", outcome, comparison][1], 2)
    return abs(location - np.median(said)) > 0.025 or not 0 <= above <= wide


def test_the_suspect_cells_of_rhodes_are_those_that_break_its_pattern():
    """And the one cell in which the two packages differ, though the value shipped fits."""
    cells = rhodes_cells()
    found = {cell for cell in cells if breaks_the_pattern(cells, *cell)}
    assert found == {
        ("other", "mental_health", "non_pharma"),
        ("cancer", "internal_structure", "pharma_v_placebo"),
        ("respiratory", "obstetric", "non_pharma"),
    }
    flagged = {tuple(s["cell"]) for s in tables.rhodes()["suspect"]}
    assert flagged == found | {("cancer", "resource_use", "pharma_v_placebo")}
    assert cells["other", "mental_health", "non_pharma"] == [-3.85, 1.93]  # as printed, not as it should be
    assert cells["cancer", "internal_structure", "pharma_v_placebo"] == [-0.13, 2.61]


@pytest.mark.parametrize(
    ("outcome", "comparison", "median", "low", "high"),
    [
        ("all_cause_mortality", "pharma_v_placebo", 0.139, 0.037, 0.516),
        ("adverse_events", "pharma_v_placebo", 0.393, 0.089, 1.741),
        ("any", None, 0.278, 0.051, 1.53),
    ],
)
def test_turner_priors_have_the_published_quantiles_of_tau(outcome, comparison, median, low, high):
    """METHODS 7, recomputed there from the table."""
    found = formed("odds_ratio", rule="turner", outcome=outcome, comparison=comparison).distribution
    assert found.name == "lognormal"
    assert quantiles(found, [0.5, 0.025, 0.975]) == pytest.approx([median, low, high], abs=5.1e-4)


def test_rhodes_priors_are_those_of_tau_squared():
    """P(tau^2 < x) by integrating the density of tau, against the t distribution of ln tau^2 in the table."""
    found = formed(
        "standardised_mean_difference", rule="rhodes", outcome="obstetric", comparison="pharma_v_pharma", area="cancer"
    ).distribution
    assert str(found) == "log_student_t(5, -0.925, 1.205)"
    for tau_squared in (0.01, 0.2, 4.0):
        below, _ = integrate.quad(
            lambda z: float(np.exp(log_density(found, np.exp(z)) + z)), -60, 0.5 * log(tau_squared), limit=300
        )
        assert below == pytest.approx(stats.t(5, -1.85, 2.41).cdf(log(tau_squared)), abs=1e-7)


# --- the log-Student-t ------------------------------------------------------------------------------------------------


def test_log_student_t_has_its_textbook_density():
    df, m, s = 5.0, -1.72, 1.295
    x = np.array([1e-3, 0.1, 0.18, 1.0, 30.0])
    z = (np.log(x) - m) / s
    constant = gammaln((df + 1) / 2) - gammaln(df / 2) - 0.5 * log(df * pi) - log(s)
    found = log_density(parse("log_student_t(5, -1.72, 1.295)"), np.concatenate([[-1.0, 0.0], x]))
    assert found[2:] == pytest.approx(constant - np.log(x) - 3 * np.log1p(z**2 / df), rel=1e-12)
    assert (found[:2] == -inf).all()
    assert quantiles(parse("log_student_t(5, -1.72, 1.295)"), [0.5]) == pytest.approx(exp(-1.72))


def test_every_positive_prior_has_one_density_in_the_graph_and_in_scipy():
    """One compiled graph serves them all: the family is data. Its gradient must be finite for each of them."""
    import pytensor
    import pytensor.tensor as pt

    from bayes.models import priors

    assert {parse(e).name for e in POSITIVE} == {*priors.FAMILY["positive"], "half_cauchy"}
    x, numbers = pt.dvector("x"), {name: pt.dvector(name) for name in priors.table(parse(POSITIVE[0]), "positive")}
    density = priors.log_density(x, numbers, "positive")
    graph = pytensor.function([x, *numbers.values()], [density, pt.grad(density.sum(), x)], mode="FAST_COMPILE")
    at = np.array([1e-6, 0.1, 0.5, 3.0, 50.0])
    for expression in POSITIVE:
        values, slopes = graph(at, *priors.table(parse(expression), "positive").values())
        assert values == pytest.approx(log_density(parse(expression), at), rel=1e-10), expression
        assert np.isfinite(slopes).all(), expression


@pytest.mark.parametrize(
    "heterogeneity", ["log_student_t(5, -1.72, 1.295)", "lognormal(-1.27, 0.77)", "inverse_gamma(1.36, 0.21)"]
)
def test_a_synthesis_is_integrated_right_under_the_published_families(heterogeneity, tmp_path):
    """Normal reports: mu integrates out in closed form, and a dense sum over ln tau does the rest."""
    y, s, prior_sd, tau_prior = np.array([0.3, -0.2, 0.1]), np.array([0.15, 0.2, 0.3]), 0.5, parse(heterogeneity)
    text = 'id = "ts"\ntitle = "t"\nyear = 2020\ncondition = "c"\ndesign = "d"\narms = { treatment = "a", control = "b" }\nn = { treatment = 9, control = 9 }\n'
    for i in range(3):
        text += f'[outcomes.o{i}]\nlabel = "l"\nmeasure = "odds_ratio"\nbenefit = "higher"\nsource = "s"\npatients = "p{i}"\n'
        text += f'evidence = {{ kind = "estimate", estimate = {exp(y[i]):.12f}, se = {s[i]} }}\n'
    (tmp_path / "ts.toml").write_text(text)
    names = ", ".join(f'"ts.toml:o{i}"' for i in range(3))
    (tmp_path / "sy.toml").write_text(
        f'id = "sy"\nlabel = "l"\nmeasure = "odds_ratio"\nbenefit = "higher"\noutcomes = [{names}]\n'
    )
    synthesis = load_synthesis(tmp_path / "sy.toml")
    curves = [exact.curve(m, load_priors().nuisance) for m in synthesis.members]
    found = exact.integrate_synthesis(exact.make_plane(curves), parse("normal(0, 0.5)"), tau_prior)

    z = np.linspace(-30, 25, 200001)  # ln tau
    variance = s**2 + np.exp(2 * z)[:, None]
    precision = (1 / variance).sum(axis=1) + prior_sd**-2
    centre = (y / variance).sum(axis=1) / precision
    log_post = -0.5 * (np.log(variance) + y**2 / variance).sum(axis=1) - 0.5 * np.log(precision)
    log_post += 0.5 * precision * centre**2 + log_density(tau_prior, np.exp(z)) + z
    weight = np.exp(log_post - log_post.max())
    weight /= weight.sum()
    assert found.mu_mean == pytest.approx(weight @ centre, abs=2e-5)
    assert found.mu_sd == pytest.approx(
        np.sqrt(weight @ (1 / precision + centre**2) - (weight @ centre) ** 2), abs=5e-5
    )
    assert found.tau_mean == pytest.approx(weight @ np.exp(z), rel=1e-3)
    assert found.tau_quantiles([0.5])[0] == pytest.approx(exp(np.interp(0.5, weight.cumsum(), z)), rel=1e-3)


# --- the rules --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "prior", "expected"),
    [
        ("odds_ratio", {"rule": "default"}, "half_normal(0.3)"),
        ("standardised_mean_difference", {"rule": "default"}, "half_normal(0.2)"),
        ("risk_difference", {"rule": "default"}, "half_normal(0.06)"),
        ("hazard_ratio", {"rule": "default", "width": 0.5}, "half_normal(0.5)"),
        ("risk_difference", {"rule": "default", "width": 0.45}, "half_normal(0.09)"),
        ("rate_ratio", {"rule": "default", "family": "half_cauchy"}, "half_cauchy(0.3)"),
        ("odds_ratio", {"rule": "field", "field": "Stroke"}, "inverse_gamma(1.36, 0.21)"),
        ("risk_ratio", {"rule": "field", "field": "MS & rare CNS"}, "inverse_gamma(1.58, 0.35)"),
        ("risk_difference", {"rule": "field", "field": "Stroke"}, "half_normal(0.06)"),
        ("hazard_ratio", {"rule": "field", "field": "Stroke"}, "inverse_gamma(2.42, 0.3)"),
        ("standardised_mean_difference", {"rule": "field", "field": "Oral Health"}, "inverse_gamma(1.79, 0.28)"),
        (
            "common_odds_ratio",
            {"rule": "turner", "outcome": "pain", "comparison": "non_pharma_v_pharma"},
            "lognormal(-0.4, 0.625)",
        ),
        ("standardised_mean_difference", {"rule": "rhodes", "outcome": "any"}, "log_student_t(5, -1.72, 1.295)"),
        ("odds_ratio", {"distribution": "lognormal(-0.935, 0.76)"}, "lognormal(-0.935, 0.76)"),
    ],
)
def test_rules_form_the_tabled_distribution(measure, prior, expected):
    assert str(formed(measure, **prior).distribution) == expected


def test_mean_differences_scale_with_their_standard_deviation():
    assert str(formed("mean_difference", sd_ref=12.0, rule="default").distribution) == "half_normal(2.4)"
    field = formed("mean_difference", sd_ref=10.0, rule="field", field="Stroke")
    assert str(field.distribution) == "inverse_gamma(1.71, 4)" and "standard deviation 10" in field.basis


def test_the_synthesis_states_what_the_prior_leaves_open():
    setting = Setting(outcome="adverse_events", comparison="non_pharma_v_placebo", field="Heart")
    turner = formed("odds_ratio", setting, rule="turner")
    assert str(turner.distribution) == "lognormal(-1.05, 0.855)"
    assert turner.basis == "Turner 2015, adverse events, non-pharmacological v placebo / control"
    own = formed("odds_ratio", setting, rule="turner", comparison="pharma_v_placebo")
    assert str(own.distribution) == "lognormal(-0.935, 0.76)"
    # Rhodes joins Turner's finer classes
    assert str(formed("standardised_mean_difference", setting, rule="rhodes").distribution) == (
        "log_student_t(5, -1.51, 1.135)"
    )
    assert str(formed("risk_ratio", setting, rule="field").distribution) == "inverse_gamma(1.96, 0.24)"


def test_a_suspect_cell_says_so_in_its_basis():
    about = {"rule": "rhodes", "outcome": "mental_health", "comparison": "non_pharma"}
    assert "cell suspect: location -3.85" in formed("standardised_mean_difference", **about).basis
    assert "suspect" not in formed("standardised_mean_difference", **about, area="cancer").basis


@pytest.mark.parametrize(
    ("measure", "prior", "said"),
    [
        (
            "risk_ratio",
            {"rule": "turner", "outcome": "any"},
            "Turner 2015 is of log odds ratios, and this is a risk_ratio",
        ),
        ("odds_ratio", {"rule": "rhodes", "outcome": "any"}, "Rhodes 2015 is of standardised mean differences"),
        ("mean_difference", {"rule": "rhodes", "outcome": "any"}, "Rhodes 2015 is of standardised mean differences"),
        ("odds_ratio", {"rule": "turner"}, "no outcome class is stated"),
        ("odds_ratio", {"rule": "turner", "outcome": "pain"}, "no `comparison` is stated; accepted: pharma_v_placebo"),
        ("odds_ratio", {"rule": "field"}, "states no Cochrane `field`"),
        ("odds_ratio", {"rule": "field", "field": "Childhood Cancer"}, "heterogeneity table of .* no column"),
        ("rate_ratio", {"rule": "field", "field": "Stroke"}, "no column for a rate_ratio"),
        ("odds_ratio", {"rule": "field", "field": "Strok"}, "did you mean 'Stroke'"),
        ("mean_difference", {"rule": "default"}, "needs `sd_ref`"),
    ],
)
def test_what_cannot_be_formed_is_said(measure, prior, said):
    with pytest.raises(NotFormable, match=f"heterogeneity 'it': .*{said}"):
        formed(measure, **prior)


def test_a_class_that_one_table_lacks_is_refused_by_it_alone():
    setting = Setting(outcome="all_cause_mortality", comparison="non_pharma")
    with pytest.raises(NotFormable, match="no outcome 'all_cause_mortality'"):
        formed("standardised_mean_difference", setting, rule="rhodes")
    with pytest.raises(NotFormable, match="no comparison 'non_pharma'"):
        formed("odds_ratio", setting, rule="turner")


def test_a_set_names_every_mistake_of_its_priors_of_tau():
    wrong = {
        "a": {"rule": "turner", "outcome": "pian"},
        "b": {"rule": "rhodes", "comparison": "pharma_v_placbo"},
        "c": {"rule": "default", "area": "cancer"},
        "d": {"rule": "default", "distribution": "half_normal(1)"},
        "e": {"distribution": "half_normal(1)", "width": 0.5},
        "f": {"rule": "turnr"},
        "g": {"distribution": "mixture(0.5*half_normal(1), 0.5*half_normal(2))"},
    }
    with pytest.raises(InvalidInput) as caught:
        validate(PriorSet, {"heterogeneity": wrong}, "bad.toml")
    said = str(caught.value)
    for part in (
        "heterogeneity.a: outcome 'pian' is not in the table; did you mean 'pain'",
        "heterogeneity.b: comparison 'pharma_v_placbo' is not in the table; did you mean 'pharma_v_placebo'",
        "heterogeneity.c: area: not for rule 'default'",
        "heterogeneity.d: either `rule` or `distribution`",
        "heterogeneity.e: width: not for a distribution",
        "did you mean 'turner'",
        "heterogeneity.g: mixture",
    ):
        assert part in said


def test_a_prior_of_tau_is_found_by_name_rule_or_expression():
    offered = load_priors().heterogeneity
    assert find_heterogeneity("wide", offered)[1].width is not None
    assert find_heterogeneity("field", {})[1].rule == "field"
    name, prior = find_heterogeneity("half_normal(0.30)", offered)
    assert len(name) == 8 and prior.distribution == "half_normal(0.3)"
    with pytest.raises(InvalidInput, match="did you mean 'turner'"):
        find_heterogeneity("tuner", offered)
    with pytest.raises(InvalidInput, match="positive line"):
        find_heterogeneity("normal(0, 1)", offered)


# --- in a plan --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped():
    return load_synthesis("msc_stroke_mrs")


def test_the_default_set_offers_those_that_can_be_formed(shipped):
    (analysis,) = make_plan([shipped], load_priors(), ["neutral"]).analyses
    assert {h.name: str(h.distribution) for h in analysis.other_heterogeneity} == {
        "plain": "half_normal(0.3)",
        "wide": "half_normal(0.5)",
        "half_cauchy": "half_cauchy(0.3)",
        "turner": "lognormal(-1.27, 0.77)",
        "field": "inverse_gamma(1.36, 0.21)",
    }
    assert analysis.not_formed == ()
    assert all(h.rationale and h.source for h in load_priors().heterogeneity.values())


def test_the_basis_reaches_the_rows(shipped):
    (analysis,) = make_plan([shipped], load_priors(), ["neutral"], heterogeneity="turner").analyses
    about = describe(analysis, {})
    assert about["heterogeneity"] == "turner" and about["heterogeneity_distribution"] == "lognormal(-1.27, 0.77)"
    assert about["heterogeneity_basis"].startswith("Turner 2015, quality of life / functioning")
    assert analysis.key == "msc_stroke_mrs--random_effects.turner--neutral"


def test_a_prior_of_tau_that_cannot_be_formed_is_a_row_with_the_reason(shipped):
    plan = make_plan([shipped], load_priors(), ["neutral", "vague"], heterogeneity="rhodes")
    assert not plan.analyses
    assert [s.prior.name for s in plan.skipped] == ["neutral", "vague"]
    assert "heterogeneity 'rhodes': Rhodes 2015 is of standardised mean differences" in plan.skipped[0].reason


def test_one_that_a_set_always_wants_is_missed_aloud(shipped):
    priors = validate(PriorSet, {"heterogeneity": {"always": {"rule": "rhodes", "outcome": "any"}}}, "mine.toml")
    (analysis,) = make_plan([shipped], priors, ["neutral"]).analyses
    assert analysis.other_heterogeneity == ()
    assert any("heterogeneity 'always': Rhodes 2015" in note for note in describe(analysis, {})["notes"])


def test_a_synthesis_file_takes_a_rule_and_checks_its_classes(tmp_path, shipped):
    text = (
        'id = "mine"\nlabel = "l"\nmeasure = "common_odds_ratio"\nbenefit = "higher"\noutcomes = ["treasure:mrs_90d"]\n'
    )
    path = tmp_path / "mine.toml"
    path.write_text(
        text
        + 'outcome_class = "mental_health"\nheterogeneity = { rule = "turner", comparison = "pharma_v_pharma", rationale = "r" }\n'
    )
    (analysis,) = make_plan([load_synthesis(path)], load_priors(), ["neutral"]).analyses
    assert analysis.heterogeneity.name == "stated"
    assert str(analysis.heterogeneity.distribution) == "lognormal(-1.175, 0.8)"
    path.write_text(text + 'outcome_class = "mental_helth"\ncomparison = "pharma"\n')
    with pytest.raises(InvalidInput) as caught:
        load_synthesis(path)
    assert "did you mean 'mental_health'" in str(caught.value) and "comparison 'pharma'" in str(caught.value)

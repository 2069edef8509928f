"""Published tables of heterogeneity as data, and the densities that they need."""

from math import exp, inf, log, pi

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import gammaln
from support.trials import formed

from bayes import load_priors, quadrature
from bayes.base import published_tables
from bayes.base.distributions import parse
from bayes.quadrature.densities import log_density, quantiles
from bayes.synthesis.file import load_synthesis

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
    "lomax(1, 0.08)",
    "uniform_shrinkage(0.08)",
    "inverse_gamma(1.71, 0.4)",
]


# --- the tables -------------------------------------------------------------------------------------------------------


def rhodes_cells():
    cells = published_tables.rhodes()["cells"]
    return {
        (area, outcome, comparison): [float(x) for x in pair]
        for area, rows in cells.items()
        for outcome, row in rows.items()
        for comparison, pair in row.items()
    }


def test_no_cell_is_missing():
    turner = published_tables.turner()
    assert len(turner["cells"]) == 16 and {len(row) for row in turner["cells"].values()} == {5}
    assert turner["cells"].keys() == turner["outcomes"].keys()
    assert all(row.keys() == turner["comparisons"].keys() for row in turner["cells"].values())
    cells = rhodes_cells()
    assert len(cells) == 3 * 8 * 3
    assert {c[1] for c in cells} == set(published_tables.rhodes()["outcomes"]) and {c[2] for c in cells} == set(COMPARISONS)
    fields = published_tables.cochrane_fields()
    for kind, wanted in (("effect", (47, 54, 54, 54, 1)), ("heterogeneity", (47, 53, 53, 53, 1))):
        columns = ("smd", "log_or", "log_rr", "rd", "log_hr")
        assert tuple(sum(c in row for row in fields[kind].values()) for c in columns) == wanted
    assert fields["effect"].keys() - fields["heterogeneity"].keys() == {"Childhood Cancer"}
    assert set(fields["short_names"].values()) <= fields["effect"].keys()


def test_turner_is_additive():
    """ln tau^2 = outcome + comparison: the offset of a column to the first is the same in all rows but for rounding."""
    rows = published_tables.turner()["cells"].values()
    first = np.array([float(row["pharma_v_placebo"][0]) for row in rows])
    for comparison, offset in zip(published_tables.turner()["comparisons"], (0.0, -0.2325, -0.2200, 1.0300, 0.4450), strict=True):
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
    flagged = {tuple(s["cell"]) for s in published_tables.rhodes()["suspect"]}
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_every_positive_prior_has_one_density_in_the_graph_and_in_scipy():
    """One compiled graph serves them all: the family is data. Its gradient must be finite for each of them."""
    import pytensor
    import pytensor.tensor as pt

    from bayes.models.shared import priors
    from bayes.sampler.machine.uncompiled import uncompiled

    assert {parse(e).name for e in POSITIVE} == {*priors.FAMILY["positive"], "half_cauchy"}
    x, numbers = pt.dvector("x"), {name: pt.dvector(name) for name in priors.table(parse(POSITIVE[0]), "positive")}
    density = priors.log_density(x, numbers, "positive")
    with uncompiled():
        graph = pytensor.function([x, *numbers.values()], [density, pt.grad(density.sum(), x)])
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
    curves = [quadrature.curve(m, load_priors().nuisance) for m in synthesis.members]
    found = quadrature.integrate_synthesis(quadrature.make_plane(curves), parse("normal(0, 0.5)"), tau_prior)

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

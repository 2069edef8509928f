"""Figures: what they draw is what the tables say, and on the right side."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.interpolate import RegularGridInterpolator
from support import figures
from support.figures import GOAL, HIGHER, LOWER, TABLE, ends, lines, ticks
from support.trials import make_outcome

import bayes
from bayes import plots, sensitivity
from bayes.analysis.plan import make_plan
from bayes.base import measures
from bayes.base.numbers import number
from bayes.errors import InvalidInput, NotFormable
from bayes.fitting.fitted import Fit
from bayes.plots.axes import ratio_ticks
from bayes.plots.grotta_bars import fitted_shares, observed_shares
from bayes.priors.sets import load_priors
from bayes.sensitivity.subject import Subject


def test_triplot_draws_densities_of_area_one_that_shade_p_benefit():
    figure = plots.triplot(LOWER, prior="normal(0, 0.2)")
    drawn = {name.split(" ")[0]: line.get_xydata() for name, line in lines(figure).items()}
    x, density = drawn["prior"].T
    assert density == pytest.approx(stats.norm(0, 0.2).pdf(np.log(x)))
    x, density = drawn["likelihood"].T
    assert np.trapezoid(density, np.log(x)) == pytest.approx(1), "scaled to one"
    assert x[density.argmax()] == pytest.approx(0.75, rel=0.01)
    y, s = np.log(0.75), np.log(1.02 / 0.55) / 3.919928
    precision = 1 / s**2 + 1 / 0.04
    closed = stats.norm(y / s**2 / precision, precision**-0.5)
    x, density = drawn["posterior"].T
    assert density == pytest.approx(closed.pdf(np.log(x)), abs=0.02)
    (shaded,) = figure.axes[0].collections
    corners = shaded.get_paths()[0].vertices
    assert corners[:, 0].max() <= 1.0 and corners[:, 0].min() == pytest.approx(x.min())
    assert shaded.get_label() == f"P(benefit) {closed.cdf(0):.2f}"


def test_what_is_infinite_at_a_bound_does_not_flatten_the_rest():
    none_of_twenty = {"kind": "proportion", "events": 0, "n": 20, "goal": 0.1}
    figure = plots.triplot(make_outcome("proportion", "lower", none_of_twenty), prior="beta(0.5, 0.5)")
    drawn = {name.split(" ")[0]: line.get_xydata()[:, 1] for name, line in lines(figure).items()}
    top = figure.axes[0].get_ylim()[1]
    assert drawn["posterior"].max() > 10 * top and drawn["prior"].max() > 2 * top
    assert top / 3 < drawn["likelihood"].max() < top
    flat = plots.triplot(make_outcome("proportion", "lower", none_of_twenty), prior="beta(1, 1)")
    highest = max(line.get_xydata()[:, 1].max() for line in lines(flat).values())
    assert highest < flat.axes[0].get_ylim()[1], "a finite peak at the bound is shown whole"


def test_a_spike_is_said_and_a_prior_of_both_arms_refused():
    counted = figures.counted()
    found = lines(plots.triplot(LOWER, prior="spike_slab(0.5, normal(0, 0.35))"))
    assert any(re.search(r"prior, and 0.50 on exactly no effect", name) for name in found)
    analysis = make_plan([counted.analysis.target], load_priors("arms"), None).analyses[0]
    with pytest.raises(NotFormable, match="not a prior of the effect alone"):
        plots.triplot(Fit(counted.tree, analysis))


@pytest.mark.slow
@pytest.mark.parametrize(
    "outcome, left, right",
    [
        (LOWER, "← favours new", "favours old →"),
        (HIGHER, "← favours old", "favours new →"),
        (GOAL, "← worse than the goal", "better than the goal →"),
    ],
    ids=["lower", "higher", "goal"],
)
def test_directions_stand_on_the_side_that_is_good(outcome, left, right):
    for figure in (plots.triplot(outcome), plots.threshold_curve(outcome), plots.prior_heatmap(outcome)):
        assert ends(figure) == {"left": left, "right": right}
    assert ends(plots.tipping_plot(outcome), 1) == {"left": left, "right": right}
    assert ends(plots.forest(outcome)) == {"left": left, "right": right}


def a_report(measure, benefit):
    """An outcome of any measure whose report lies on the side of benefit."""
    if measure == "proportion":
        evidence = {"kind": "proportion", "events": 16 if benefit == "higher" else 2, "n": 20, "goal": 0.3}
        return make_outcome(measure, benefit, evidence)
    better = 0.2 if benefit == "higher" else -0.2
    natural = np.exp if measures.is_log(measure) else float
    ends = [round(float(natural(better + 0.5 * side)), 4) for side in (0, -1, 1)]
    evidence = {"kind": "estimate", "estimate": ends[0], "ci": ends[1:]}
    return make_outcome(measure, benefit, evidence, sd_ref=1.0 if measure == "mean_difference" else None)


def lines_at(figure, panel, x):
    """Upright lines across a panel at this place."""
    upright = [line.get_xdata() for line in figure.axes[panel].lines if len(set(line.get_xdata())) == 1]
    return [xs for xs in upright if len(xs) == 2 and xs[0] == pytest.approx(x)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("measure", "benefit"), [(measure, ("lower", "higher")[i % 2]) for i, measure in enumerate(measures.MEASURES)]
)
def test_every_axis_takes_no_effect_and_direction_from_the_outcome(measure, benefit):
    """The null of a proportion is its goal: a forest of summary rows once drew it at 0, for want of a column."""
    outcome = a_report(measure, benefit)
    null = 0.3 if measure == "proportion" else 1.0 if measures.is_log(measure) else 0.0
    named = sensitivity.named_priors(outcome).dropna(subset="estimate")
    rows = named.assign(
        trial="example", outcome="it", parameter="effect", label="it", measure=measure, benefit=benefit, null=null, mcid=None
    )
    figures_ = {
        "triplot": (plots.triplot(outcome), 0),
        "threshold_curve": (plots.threshold_curve(outcome), 0),
        "prior_heatmap": (plots.prior_heatmap(outcome), 0),
        "tipping_plot": (plots.tipping_plot(outcome), 1),
        "forest": (plots.forest(outcome), 0),
        "forest of rows": (plots.forest(rows), 0),
    }
    good = "right" if benefit == "higher" else "left"
    bad = "left" if good == "right" else "right"
    better, worse = ("better than the goal", "worse than the goal") if measure == "proportion" else ("favours new", "favours old")
    for name, (figure, panel) in figures_.items():
        assert lines_at(figure, panel, null), name
        said = ends(figure, panel)
        if name == "forest of rows" and measure != "proportion":
            assert "favours treatment" in said[good] and "favours control" in said[bad]
        else:
            assert better in said[good] and worse in said[bad], name
    row = bayes.plots.axes.EffectScale.of_row(rows.iloc[0])
    medians = rows["estimate"].to_numpy(float)
    beyond = medians > row.null if row.benefit == "higher" else medians < row.null
    assert (beyond == (rows["p_benefit"].to_numpy(float) > 0.5)).all(), "a median on the good side is probably a benefit"


@pytest.mark.slow
def test_rows_carry_the_null_of_their_measure():
    """Read from the tree's own description, not from the measure."""
    fit = figures.fit_of(GOAL, "neutral", {"effect": np.random.default_rng(1).beta(16, 4, (2, 500))})
    assert fit.rows[0]["null"] == GOAL.null != 0
    counted = figures.counted().rows[0]
    assert counted["null"] == 1.0
    joined = {row["parameter"]: row["null"] for row in figures.joined().rows}
    assert joined.pop("tau") is None and set(joined.values()) == {1.0}


def test_ticks_of_ratios_are_those_that_readers_know():
    assert sorted(ratio_ticks(0.45, 2.2, 6)) == pytest.approx([0.5, 2 / 3, 1, 1.5, 2])
    assert sorted(ratio_ticks(0.9, 1.11, 6)) == pytest.approx([1 / 1.1, 1 / 1.05, 1, 1.05, 1.1])
    assert sorted(ratio_ticks(0.002, 400, 6)) == pytest.approx([0.01, 0.1, 1, 10, 100])
    figure = plots.triplot(LOWER)
    assert figure.axes[0].get_xscale() == "log"
    assert set(ticks(figure.axes[0].xaxis)) >= {"0.5", "1"} and "0.6666" not in ticks(figure.axes[0].xaxis)
    assert plots.triplot(GOAL).axes[0].get_xscale() == "linear"
    for low, high in ((0.3, 3), (0.7, 1.3), (0.95, 1.04), (0.001, 1000), (1.1, 1.9), (2.1, 2.9)):
        found = ratio_ticks(low, high, 5)
        assert 2 <= len(found) <= 5 and all(low * 0.95 <= t <= high * 1.05 for t in found), (low, high)


def test_numbers_keep_what_a_reader_needs():
    shown = [number(x) for x in (0.944, 0.0058, 12.34, 123.4, -6.789, 0)]
    assert shown == ["0.94", "0.0058", "12.3", "123", "-6.79", "0"]


def test_threshold_curve_passes_through_the_probabilities_of_the_tables():
    figure = plots.threshold_curve(LOWER, ["sceptical", "neutral"])
    assert len(figure.axes[0].get_legend().texts) == 2
    table = sensitivity.named_priors(LOWER).set_index("prior")
    for name, line in lines(figure).items():
        if not name.startswith("_"):
            row = table.loc[name.split(":")[0]]
            x, p = line.get_xydata().T
            assert np.all(np.diff(p) >= -1e-12), "a better effect is less probable"
            assert np.interp(0, np.log(x), p) == pytest.approx(row["p_benefit"], abs=2e-3)
            assert np.interp(np.log(0.85), np.log(x), p) == pytest.approx(row["p_mcid"], abs=2e-3)


@pytest.mark.slow
def test_forest_draws_every_row_of_its_table():
    table = sensitivity.named_priors(LOWER)
    ax = plots.forest(LOWER, table).axes[0]
    formed = table.dropna(subset="estimate").reset_index(drop=True)
    points = {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}
    assert list(points) == list(formed["prior"])
    assert [text.get_text() for text in ax.get_yticklabels()] == list(formed["prior"])
    spans = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2 and line.get_linewidth() == 2.0]
    for i, row in formed.iterrows():
        assert points[row["prior"]].get_xydata()[0] == pytest.approx((row["estimate"], i))
        assert spans[i] == pytest.approx((row["estimate_low"], row["estimate_high"]))
    assert "credible interval" in ax.figure.get_supxlabel()
    skipped = table.loc[table["estimate"].isna(), "prior"]
    assert len(skipped) and all(name in ax.figure.get_supxlabel().replace("\n", " ") for name in skipped)


def test_forest_of_summary_rows_and_what_it_refuses():
    counted = figures.counted()
    frame = pd.concat([counted.summary().to_frame().T, counted.summary().to_frame().T.assign(prior="again")])
    ax = plots.forest(frame).axes[0]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["neutral", "again"]
    assert ends(ax.figure) == {"left": "← favours treatment", "right": "favours control →"}
    with pytest.raises(InvalidInput, match="of several"):
        plots.forest(pd.concat([frame, frame.assign(outcome="another")]))
    with pytest.raises(InvalidInput, match="no column 'measure'"):
        plots.forest(sensitivity.named_priors(LOWER))


@pytest.mark.slow
def test_heat_map_has_the_grid_and_its_contours():
    grid = sensitivity.prior_grid(LOWER, 21)
    ax = plots.prior_heatmap(LOWER, grid).axes[0]
    bands, contours = ax.collections
    assert list(contours.levels) == [0.1, 0.5, 0.9]
    subject, cells = Subject.of(LOWER), grid.pivot(index="prior_sd", columns="prior_natural", values="p_benefit")
    between = RegularGridInterpolator((cells.index, cells.columns), cells.to_numpy())
    edges = [(grid[name].min(), grid[name].max()) for name in ("prior_natural", "prior_sd")]
    for level, path in zip(contours.levels, contours.get_paths(), strict=True):
        assert len(path.vertices) > 10
        inside = np.clip(path.vertices, *np.transpose(edges))
        assert inside == pytest.approx(path.vertices, rel=1e-12), "a line ends at the edge of the grid, to rounding"
        off = abs(between(inside[:, ::-1]) - level)
        assert sum(off > 1e-9) <= 2 and off.max() < 0.02, "the table, between its cells; a label cuts the line twice"
    assert ax.get_xlim() == pytest.approx((grid["prior_natural"].min(), grid["prior_natural"].max()))
    assert ax.get_ylim() == pytest.approx((grid["prior_sd"].min(), grid["prior_sd"].max()))
    (cross,) = [line for line in ax.lines if line.get_marker() == "P"]
    assert cross.get_xydata()[0] == pytest.approx((1, subject.prior.args[1]))
    with pytest.raises(InvalidInput, match="p_mcid is empty"):
        plots.prior_heatmap(HIGHER, probability="p_mcid")
    with pytest.raises(InvalidInput, match="accepted: p_benefit"):
        plots.prior_heatmap(HIGHER, probability="p_null")


@pytest.mark.slow
def test_tipping_points_lie_on_their_curves():
    table = sensitivity.tipping(LOWER)
    figure = plots.tipping_plot(LOWER, table)
    for panel, vary in enumerate(("prior_sd", "prior_mean")):
        rows = table[(table["vary"] == vary) & (table["probability"] == "p_benefit")]
        shown = lines(figure, panel)
        (curve,) = [line.get_xydata() for line in shown.values() if len(line.get_xdata()) > 100]
        for row in rows.to_dict("records"):
            (label,) = [name for name in shown if name.startswith(f"{row['target']:g}:")]
            if pd.isna(row["value"]):
                assert label.endswith("never") and not len(shown[label].get_xdata())
                continue
            x = row["value"] if panel == 0 else np.exp(row["value"])
            assert shown[label].get_xydata()[0] == pytest.approx((x, row["target"]))
            assert np.interp(np.log(x), np.log(curve[:, 0]), curve[:, 1]) == pytest.approx(row["target"], abs=2e-3)
    assert {"0.9: sd 0.155", "0.975: never"} <= {name.split(" [")[0] for name in lines(figure)}, "METHODS 6: ANDROMEDA"


@pytest.mark.slow
def test_stacked_bars_are_the_printed_and_the_fitted_shares():
    tabled = figures.tabled()
    figure = plots.stacked_bars(tabled)
    blocks = observed_shares(TABLE.evidence), fitted_shares(tabled)
    assert blocks[0]["treatment"] == pytest.approx(np.array([5, 9, 20, 15, 31, 18, 6]) / 104)
    for ax, shares in zip(figure.axes, blocks, strict=True):
        for place, arm in enumerate(("treatment", "control")):
            bars = ax.patches[place::2]
            assert [bar.get_width() for bar in bars] == pytest.approx(100 * shares[arm])
            assert bars[-1].get_x() + bars[-1].get_width() == pytest.approx(100)
    greys = [np.dot(bar.get_facecolor()[:3], (0.3, 0.59, 0.11)) for bar in figure.axes[0].patches[::2]]
    assert np.all(np.diff(greys) < -0.03), "each worse category is darker, in grey too"
    assert len(plots.stacked_bars(TABLE).axes) == 1
    with pytest.raises(InvalidInput, match="accepted: ordinal"):
        plots.stacked_bars(LOWER)


@pytest.mark.slow
def test_synthesis_forest_is_the_summary_and_the_reports_alone():
    joined = figures.joined()
    ax = plots.synthesis_forest(joined).axes[0]
    rows = joined.summary().set_index("parameter")
    points = {line.get_label().split("\n")[0]: line for line in ax.lines}
    for drawn, parameter in (
        ("treasure:mrs_90d", "effect[treasure:mrs_90d]"),
        ("mean effect", "mu"),
        ("new trial (prediction)", "new_trial"),
    ):
        assert points[drawn].get_xdata()[0] == pytest.approx(rows.loc[parameter, "estimate"])
    own = joined.table("trials").dropna(subset="own")
    assert list(own["trial"]) == ["treasure:mrs_90d"], "the others print no direction"
    squares = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "s"]
    assert squares == pytest.approx(list(own["own"]))
    assert ends(ax.figure) == {"left": "← favours control", "right": "favours treatment →"}


@pytest.mark.parametrize("benefit", ["lower", "higher"])
def test_adverse_events_show_increases_whatever_is_good(benefit):
    counted = figures.counted()
    good, bad = ("p_harm", "p_benefit") if benefit == "higher" else ("p_benefit", "p_harm")
    row = counted.summary().to_frame().T.assign(benefit=benefit)
    names = ["Infections/any", "Nervous system/headache", "Infections/sepsis", "Nervous system/dizziness"]
    table = pd.concat([row.assign(parameter=f"effect[{n}]", **{bad: p, good: 1 - p}) for n, p in zip(names, (0.2, 0.95, 0.5, 0.7), strict=True)])  # fmt: skip
    ax = plots.adverse_event_dots(table).axes[0]
    dots = {
        line.get_ydata()[0]: (line.get_xdata()[0], line.get_marker()) for line in ax.lines if len(line.get_xdata()) == 1
    }
    assert dots == {1: (0.2, "o"), 2: (0.5, "o"), 4: (0.95, "s"), 5: (0.7, "o")}, "terms stand under their system"
    labels = [text.get_text().strip() for text in ax.get_yticklabels()]
    assert labels == ["Infections", "any", "sepsis", "Nervous system", "headache", "dizziness"]
    with pytest.raises(InvalidInput, match="is not a row of a table"):
        plots.adverse_event_dots(counted.summary().to_frame().T)
    some = plots.adverse_event_dots(table, terms=["Nervous system/dizziness", "Infections/any"]).axes[0]
    assert [text.get_text().strip() for text in some.get_yticklabels()] == ["Infections", "any", "Nervous system", "dizziness"]
    with pytest.raises(InvalidInput, match="'Infections/sepsi' is not a row of the table.*Infections/sepsis"):
        plots.adverse_event_dots(table, terms=["Infections/sepsi"])
    with pytest.raises(InvalidInput, match="no row is named"):
        plots.adverse_event_dots(table, terms=[])

"""Figures of a calibration: what they draw is what its tables say."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer, ErrorbarContainer
from scipy import stats
from support.invented_pairs import small

from bayes import plots
from bayes.errors import InvalidInput, UnknownName
from bayes.plots.predictive_places import band
from bayes.plots.style import BLUE

WIDTHS = (7.0, 4.5, 3.6)


@pytest.fixture(scope="module")
def found():
    return small()


@pytest.fixture(scope="module")
def many(found):
    """Seven priors with long names, each with four priors of tau, as a large set has them."""
    names = ("vague", "neutral", "sceptical", "enthusiastic", "pessimistic", "cochrane_wide", "of_the_field")
    taus = ("none", "half_normal", "half_cauchy", "turner_of_subjective_outcomes")

    def spread(rows):
        own = [row for row in rows if (row["prior"], row["heterogeneity"]) == ("narrow", "half_normal")]
        return [row | {"prior": p, "heterogeneity": t} for p in names for t in taus for row in own]

    return replace(found, scores=spread(found.scores), curves=spread(found.curves), pits=spread(found.pits))


def under(rows, prior, tau):
    return [row for row in rows if (row["prior"], row["heterogeneity"]) == (prior, tau)]


def titled(figure, prior):
    return next(ax for ax in figure.axes if ax.get_title(loc="left") == prior)


def shown(axis):
    """The labels of the ticks in view."""
    low, high = sorted(axis.get_view_interval())
    return [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("number", ["few", "many"])
def test_no_words_overlap_or_leave_the_figure(found, many, number, width):
    of = found if number == "few" else many
    drawn = [plots.calibration_curve(of, event, width=width) for event in ("direction", "mcid", "significant")]
    for figure in [*drawn, plots.calibration_pit(of, width=width), plots.calibration_coverage(of, width=width)]:
        FigureCanvasAgg(figure).draw()
        frame, boxes = figure.bbox, []
        for ax in figure.axes:
            texts = [*ax.texts, ax.title, ax._left_title, *(ax.get_legend().get_texts() if ax.get_legend() else ())]
            if ax.axison:
                texts += [*shown(ax.xaxis), *shown(ax.yaxis), ax.xaxis.label, ax.yaxis.label]
            boxes += [(t.get_text(), t.get_window_extent()) for t in texts if t.get_text() and ax.get_visible() and t.get_visible()]
        boxes += [(t.get_text(), t.get_window_extent()) for t in (figure._suptitle, figure._supxlabel) if t is not None]
        for place, (text, box) in enumerate(boxes):
            assert box.x0 >= frame.x0 - 1 and box.x1 <= frame.x1 + 1 and box.y0 >= frame.y0 - 1 and box.y1 <= frame.y1 + 1, text
            for other, beside in boxes[place + 1 :]:
                shared = min(box.x1, beside.x1) - max(box.x0, beside.x0), min(box.y1, beside.y1) - max(box.y0, beside.y0)
                assert min(shared) < 1.5, (text, other)


@pytest.mark.parametrize("event", ["direction", "mcid", "significant"])
def test_the_curves_are_the_rows(found, event):
    figure = plots.calibration_curve(found, event, "none")
    for prior in ("wide", "narrow"):
        rows = [row for row in under(found.curves, prior, "none") if row["event"] == event]
        ax = titled(figure, prior)
        (drawn,) = [c for c in ax.containers if isinstance(c, ErrorbarContainer)]
        assert drawn.lines[0].get_xydata() == pytest.approx(np.array([(row["stated"], row["seen"]) for row in rows]))
        ends = [segment[:, 1].tolist() for segment in drawn.lines[2][0].get_segments()]
        assert ends == [pytest.approx([row["seen_low"], row["seen_high"]]) for row in rows]
        x, y = ax.lines[0].get_data()
        assert list(x) == list(y), "the diagonal"
        bars = figure.axes[figure.axes.index(ax) + len({a.get_title(loc="left") for a in figure.axes} - {""})]
        (counted,) = [c for c in bars.containers if isinstance(c, BarContainer)]
        assert [bar.get_height() for bar in counted] == [row["n"] for row in rows]


def test_the_histograms_are_the_rows_and_the_band_is_binomial(found):
    figure = plots.calibration_pit(found, "half_normal")
    for prior in ("wide", "narrow"):
        ax, rows = titled(figure, prior), under(found.pits, prior, "half_normal")
        (bars,) = [c for c in ax.containers if isinstance(c, BarContainer)]
        assert [bar.get_height() for bar in bars] == pytest.approx([row["share"] for row in rows])
        (outline,) = [patch for patch in ax.patches if patch not in list(bars)]
        assert outline.get_data().values == pytest.approx([row["share"] for row in under(found.pits, prior, "none")])
        low, high = stats.binom.ppf([0.005, 0.995], 400, 0.05) / 400
        levels = sorted(line.get_ydata()[0] for line in ax.lines)
        assert levels == pytest.approx([low, 0.05, high])
        beyond = [to_hex(bar.get_facecolor()).upper() == BLUE for bar in bars]
        assert beyond == [not low <= row["share"] <= high for row in rows]
    for n, share in ((20, 0.05), (399, 0.05), (5000, 0.1)):
        assert band(n, share) == pytest.approx(tuple(stats.binom.ppf([0.005, 0.995], n, share) / n))


def test_the_points_are_the_scores(found):
    figure = plots.calibration_coverage(found)
    for title, name, nominal in (("95% intervals", "coverage_95", 0.95), ("50% intervals", "coverage_50", 0.5)):
        ax = titled(figure, title)
        points = {tuple(line.get_xydata()[0]) for line in ax.lines if line.get_marker() not in ("None", "", None)}
        assert points == {(row["width_95"], row[name]) for row in found.scores}
        assert ax.lines[0].get_ydata()[0] == nominal
        ends = sorted(tuple(segment[:, 1]) for lines in ax.collections for segment in lines.get_segments())
        assert np.array(ends) == pytest.approx(np.array(sorted((row[f"{name}_low"], row[f"{name}_high"]) for row in found.scores)))
    names = [text.get_text() for ax in figure.axes if ax.get_legend() for text in ax.get_legend().get_texts()]
    assert names == ["wide", "narrow", "no heterogeneity", "half normal"]


def test_by_default_the_heterogeneity_is_that_of_the_best_pair(found):
    assert found.best["heterogeneity"] == "half_normal"
    note = " ".join(plots.calibration_pit(found)._supxlabel.get_text().split())
    assert "Heterogeneity: half normal." in note and "Outline: without." in note
    note = " ".join(plots.calibration_pit(found, "none")._supxlabel.get_text().split())
    assert "Without heterogeneity." in note and "Outline" not in note


def test_what_is_not_there_is_not_drawn(found):
    with pytest.raises(UnknownName, match="accepted: none, half_normal"):
        plots.calibration_pit(found, "half_norml")
    with pytest.raises(UnknownName, match="accepted: direction, significant"):
        plots.calibration_curve(replace(found, curves=[row for row in found.curves if row["event"] != "mcid"]), "mcid")
    nothing = replace(found, scores=[row | {"n": 0} for row in found.scores])
    for draw in (plots.calibration_curve, plots.calibration_pit, plots.calibration_coverage):
        with pytest.raises(InvalidInput, match="nothing to draw"):
            draw(nothing)

"""Figures of a corpus: what they draw is what the tables of its summary say."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.container import ErrorbarContainer
from scipy import stats
from support.figures import lines
from support.invented_corpora import analyses, answer, results

from bayes import plots
from bayes.corpus.summary.summarising import summarise
from bayes.errors import InvalidInput, UnknownName

WIDTHS = (7.0, 4.5)


@pytest.fixture(scope="module")
def summary(tmp_path_factory):
    """Six hundred meta-analyses in three periods; scepticism halves effects, and optimism turns thirty of them round."""
    random = np.random.default_rng(5)
    rows = []
    for i, z in enumerate(random.normal(0, 2, 600)):
        stated = {"analysis": f"a{i}", "row": i + 1, "year": 2000.0 + 5 * (i % 3), "field": ("stroke", "cancer")[i % 2]}
        for prior, factor in (("vague", 1.0), ("sceptical", 0.5), ("optimistic", -1.0 if i < 30 else 1.0)):
            for heterogeneity in ("plain", None):
                p = float(stats.norm.cdf(factor * z))
                rows.append(answer(p, prior=prior, heterogeneity=heterogeneity, mean=-factor * z * 0.5, **stated))
    return summarise(analyses(tmp_path_factory.mktemp("corpus"), rows))


def all_figures(summary, width):
    """Every figure that can be drawn."""
    yield plots.corpus_probabilities(summary, width=width)
    yield plots.corpus_changes(summary, width=width)
    yield plots.corpus_changes(summary, "common effect", width=width)
    yield plots.corpus_shrinkage(summary, width=width)
    for by in ("period", "field", "measure"):
        yield plots.corpus_groups(summary, by, width=width)


def shown(axis):
    """The labels of the ticks in view."""
    low, high = sorted(axis.get_view_interval())
    return [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_words_overlap_or_leave_the_figure(summary, width):
    for figure in all_figures(summary, width):
        FigureCanvasAgg(figure).draw()
        frame = figure.bbox
        boxes = []
        for ax in figure.axes:
            texts = [*ax.texts, *shown(ax.xaxis), *shown(ax.yaxis), ax.xaxis.label, ax.yaxis.label, ax.title, ax._left_title]
            boxes += [(t.get_text(), t.get_window_extent()) for t in texts if t.get_text() and ax.get_visible() and t.get_visible()]
        for place, (text, box) in enumerate(boxes):
            assert box.x0 >= frame.x0 - 1 and box.x1 <= frame.x1 + 1, text
            for other, beside in boxes[place + 1 :]:
                shared = min(box.x1, beside.x1) - max(box.x0, beside.x0), min(box.y1, beside.y1) - max(box.y0, beside.y0)
                assert min(shared) < 1.5, (text, other)


def test_the_histograms_are_the_distribution(summary):
    figure = plots.corpus_probabilities(summary)
    drawn = {ax.get_title(loc="left"): [bar.get_height() for bar in ax.patches[:40]] for ax in figure.axes if ax.get_visible()}
    assert list(drawn) == ["vague", "sceptical", "optimistic"]
    for prior, heights in drawn.items():
        counted = [row["n"] for row in summary.distribution if (row["prior"], row["heterogeneity"]) == (prior, "plain")]
        assert heights == pytest.approx(np.array(counted) / 600)
    with pytest.raises(UnknownName, match="accepted: mu"):
        plots.corpus_probabilities(summary, "new_trial")


def test_the_bars_are_the_transitions(summary):
    ax = plots.corpus_changes(summary).axes[0]
    for place, row in enumerate([row for row in summary.changes if row["question"] == "prior"]):
        own = [bar for bar in ax.patches if abs(bar.get_y() + bar.get_height() / 2 - place) < 0.01]
        assert sum(abs(bar.get_width()) for bar in own) == pytest.approx(row["share"])
        assert sum(-bar.get_width() for bar in own if bar.get_width() < 0) == pytest.approx(row["lost"] / row["n"])
    assert sum(row["reversed"] for row in summary.changes if row["prior"] == "optimistic") > 0
    assert [label.get_text().split(",")[0] for label in ax.get_yticklabels()] == ["sceptical", "sceptical", "optimistic", "optimistic"]
    with pytest.raises(UnknownName, match="normal approximation"):
        plots.corpus_changes(summary, "normal approximation")


def test_the_ribbon_of_halved_effects_has_half_the_slope(summary):
    figure = plots.corpus_shrinkage(summary)
    x, y = next(ax for ax in figure.axes if ax.get_title(loc="left") == "sceptical").lines[-1].get_xydata().T
    assert len(x) > 6 and y == pytest.approx(x / 2, abs=0.13), "the median of an interval of half an sd is near its middle"


def test_the_intervals_are_those_of_the_groups(summary):
    ax = plots.corpus_groups(summary, "field").axes[0]
    drawn = {c.get_label(): c.lines[0].get_xdata() for c in ax.containers if isinstance(c, ErrorbarContainer)}
    for prior in ("sceptical", "optimistic"):
        own = {r["group"]: r["changed"] for r in summary.groups if (r["by"], r["prior"], r["heterogeneity"]) == ("field", prior, "plain")}
        assert sorted(drawn[prior]) == pytest.approx(sorted(own.values()))
    assert [label.get_text() for label in plots.corpus_groups(summary).axes[0].get_xticklabels()] == ["2000\n–04", "2005\n–09", "2010\n–14"]
    with pytest.raises(UnknownName, match="accepted: field, measure, period"):
        plots.corpus_groups(summary, "outcome_class")


def test_a_small_corpus_has_no_ribbon(tmp_path):
    rows = [answer(0.6, id=f"r{i}", row=i + 1, prior=prior) for i in range(5) for prior in ("vague", "sceptical")]
    small = summarise(results(tmp_path, rows))
    with pytest.raises(InvalidInput, match="20 effects"):
        plots.corpus_shrinkage(small)
    ax = plots.corpus_changes(small).axes[0]
    assert not ax.patches and ax.get_legend().get_texts()[0].get_text() == "no conclusion changes"
    assert lines(plots.corpus_changes(small))

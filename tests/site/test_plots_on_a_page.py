"""Every figure on a page and on a telephone: nothing cut off, a sound SVG, the same bytes every time."""

import re
import subprocess
import sys
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from support import figures
from support.figures import GOAL, LOWER, lines, outside, overlapping
from support.paths import TESTS
from support.trials import make_outcome

from bayes import plots
from bayes.base.numbers import probability
from bayes.calibration.operating import operating
from bayes.plots.style import length, wrapped


def every(width):
    """One figure of each kind."""
    counted = figures.counted()
    tabled = figures.tabled()
    joined = figures.joined()
    rows = (
        counted.summary()
        .to_frame()
        .T.assign(parameter="effect[General disorders and administration site conditions/pain]")
    )
    return {
        "triplot": plots.triplot(LOWER, width=width),
        "power_curves": plots.power_curves(operating(LOWER), width=width),
        "threshold_curve": plots.threshold_curve(LOWER, ["neutral", "sceptical"], width=width),
        "forest": plots.forest(LOWER, width=width),
        "prior_heatmap": plots.prior_heatmap(LOWER, width=width),
        "tipping_plot": plots.tipping_plot(LOWER, width=width),
        "stacked_bars": plots.stacked_bars(tabled, width=width),
        "survival_curves": plots.survival_curves(TESTS / "files/curves/cll8.toml", width=width),
        "synthesis_forest": plots.synthesis_forest(joined, width=width),
        "predictive_bars": plots.predictive_bars(counted, width=width),
        "adverse_event_dots": plots.adverse_event_dots(rows, width=width),
    }


@pytest.mark.slow
@pytest.mark.parametrize("width", [7.0, 3.6])
def test_every_figure_fits_a_page_and_a_telephone(width):
    drawn = every(width)
    of_many = {name for name in plots.__all__ if name.startswith(("corpus_", "calibration_"))}  # drawn in unit/plots
    assert set(drawn) == {*plots.__all__} - {"to_svg"} - of_many, "a new figure belongs here, too"
    for name, figure in drawn.items():
        assert isinstance(figure, Figure) and figure.get_figwidth() == width
        assert not outside(figure), name
        assert not overlapping(figure), name
        page = figure.get_figwidth()
        for ax in figure.axes:
            if ax.get_label() != "<colorbar>":
                assert ax.get_position().width * page > (0.25 if width > 5 else 0.4) * page, (name, "axes are squeezed")
        words = [text.get_text().lower() for text in figure.findobj(matplotlib.text.Text)]
        assert not any("confidence" in text for text in words)


@pytest.mark.slow
def test_svg_is_an_element_of_a_page():
    used: dict[str, set] = {}
    for name, figure in every(7.0).items():
        svg = plots.to_svg(figure, f"{name} & <title>", "What it shows")
        assert svg == plots.to_svg(figure, f"{name} & <title>", "What it shows"), "the same every time"
        root = ElementTree.fromstring(svg)
        space = root.tag.removesuffix("svg")
        assert root.get("role") == "img" and root[0].tag == f"{space}title" and root[1].tag == f"{space}desc"
        assert root[0].text == f"{name} & <title>" and root[1].text == "What it shows"
        assert root.get("aria-labelledby").split() == [root[0].get("id"), root[1].get("id")]
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        assert len(ids) == len(set(ids)) and not any(re.search(r"\s", found) for found in ids)
        used[name] = set(ids)
        assert not {e.tag for e in root.iter()} & {
            f"{space}{t}" for t in ("script", "image", "metadata", "foreignObject")
        }
        references = [v for e in root.iter() for k, v in e.attrib.items() if k.endswith("href")]
        references += [f"#{found}" for found in re.findall(r"url\(#([^)]*)\)", svg)]
        assert all(ref.startswith("#") and ref[1:] in used[name] for ref in references)
        assert not re.search(r"<\?xml|<!DOCTYPE|20\d\d-\d\d-\d\d", svg)
        assert re.search(r"<text[^>]*>", svg), "text stays text"
        for rule in re.findall(r"<style[^>]*>(.*?)</style>", svg, re.S):
            assert rule.strip().startswith(f"#{root.get('id')} "), "a style that reaches no other element of the page"
    assert sum(map(len, used.values())) == len(set().union(*used.values())), "no id twice on a page"


def test_two_runs_draw_the_same_bytes():
    first, second = (plots.to_svg(plots.triplot(LOWER), "t", "d") for _ in range(2))
    assert first == second


def test_settings_of_a_notebook_neither_matter_nor_change():
    plain = plots.to_svg(plots.triplot(LOWER), "t", "d")
    with matplotlib.rc_context({"font.size": 25, "axes.facecolor": "red", "xtick.labelsize": 3}):
        assert plots.to_svg(plots.triplot(LOWER), "t", "d") == plain
        assert matplotlib.rcParams["font.size"] == 25


def test_a_probability_is_never_rounded_to_certainty():
    shown = [probability(p) for p in (0.5, 0.994, 0.996, 0.9999, 1.0, 0.004, 0.0001)]
    assert shown == ["0.50", "0.994", "0.996", ">0.999", ">0.999", "0.004", "<0.001"]


@pytest.mark.slow
def test_a_report_that_says_next_to_nothing_and_a_prior_without_bound_leave_the_posterior_visible():
    nothing = make_outcome("odds_ratio", "lower", {"kind": "binary", "treatment": {"events": 0, "n": 20}, "control": {"events": 0, "n": 20}})  # fmt: skip
    for figure in (plots.triplot(nothing), plots.triplot(GOAL, prior="beta(0.5, 0.5)")):
        (posterior,) = [line.get_ydata() for name, line in lines(figure).items() if name.startswith("posterior")]
        assert 0.5 < posterior.max() / figure.axes[0].get_ylim()[1] <= 1
        assert np.mean(posterior > 0.05 * posterior.max()) > 0.15, "it fills a good part of the axis"


def test_words_wrap_to_their_width():
    text = "one two three four five six seven eight nine ten\nand again"
    for line in (broken := wrapped(text, 1.2, 9).split("\n")):
        assert length(line, 9) <= 1.2
    assert " ".join(broken) == text.replace("\n", " ") and broken[-1] == "and again"


@pytest.mark.slow
def test_plots_are_loaded_when_asked_for_and_pyplot_never():
    code = "import sys, bayes; assert 'matplotlib' not in sys.modules; bayes.plots.triplot; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr


def test_a_notebook_shows_a_figure_that_stands_last_in_a_cell():
    """Without pyplot, as a picture of the figure's size on the page and with its title for those who do not see it."""
    figure = plots.triplot(LOWER)
    picture, about = figure._repr_png_()
    assert picture.startswith(b"\x89PNG") and b"Software" not in picture
    assert about["width"] == 700 and about["height"] == round(100 * figure.get_figheight())
    assert about["alt"] == " ".join(figure.get_suptitle().split()) != ""

"""Power curves: the numbers of the rows, no effect and the MCID marked, and bands where they are simulated."""

import pytest
from support.figures import HIGHER, LOWER, ends, lines

import bayes
from bayes import plots
from bayes.calibration.operating import Operating, operating
from bayes.errors import NotFormable


def test_curves_are_the_rows_of_the_table():
    found = operating(LOWER, "p_benefit > 0.9", prior=["neutral", "sceptical"])
    figure = plots.power_curves(found)
    drawn = {name.split(":")[0]: line.get_xydata().T.tolist() for name, line in lines(figure).items() if not name.startswith("_")}
    assert set(drawn) == {"neutral", "sceptical"}
    for prior, (x, p) in drawn.items():
        rows = [row for row in found.rows if row["prior"] == prior and row["characteristic"] == "p_success"]
        assert x == [row["effect"] for row in rows] and p == [row["value"] for row in rows]
    upright = [line.get_xdata()[0] for line in figure.axes[0].lines if len(set(line.get_xdata())) == 1]
    assert upright == pytest.approx([1.0, 0.85])
    assert "p_benefit > 0.9" in figure.get_supxlabel()
    assert not figure.axes[0].collections


def test_directions_stand_on_the_side_that_is_good():
    for outcome, good in ((LOWER, "left"), (HIGHER, "right")):
        assert "favours new" in ends(plots.power_curves(operating(outcome, prior="neutral")))[good]


def test_a_simulated_curve_has_a_band():
    outcome = bayes.outcome(kind="means", measure="mean_difference", benefit="higher", treatment={"mean": 1, "sd": 2, "n": 30}, control={"mean": 0, "sd": 2, "n": 30}, mcid=1)
    figure = plots.power_curves(operating(outcome, prior="neutral", simulations=60))
    assert len(figure.axes[0].collections) == 1
    assert "Bands: 1.96 Monte Carlo standard errors" in figure.get_supxlabel()


def test_without_a_prior_there_is_nothing_to_plot():
    found = operating(LOWER, prior="neutral")
    with pytest.raises(NotFormable, match="nothing to plot"):
        plots.power_curves(Operating(found.outcome, found.rule, ()))

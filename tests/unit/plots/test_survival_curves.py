"""The figure of digitised curves: steps of the reconstructed patients, the readings, and the printed numbers at risk."""

import numpy as np
import pytest
from support.reports import REPORTS
from support.trials import make_outcome

from bayes import plots
from bayes.base.kaplan_meier import KaplanMeier
from bayes.errors import InvalidInput


def test_the_steps_are_the_reconstructed_patients_and_the_points_what_was_read():
    outcome = make_outcome(*REPORTS["digitised curve"])
    figure = plots.survival_curves(outcome)
    above, below = figure.axes
    steps = [line for line in above.lines if line.get_drawstyle() == "steps-post"]
    points = [line for line in above.lines if line.get_marker() == "."]
    for line, dots, arm in zip(steps, points, ("treatment", "control"), strict=True):
        curve = KaplanMeier.of(outcome.evidence.reconstructed[arm].patients)
        assert line.get_ydata()[1:-1] == pytest.approx(100 * curve.survival) and line.get_xdata()[1:-1] == pytest.approx(curve.times)
        read = getattr(outcome.evidence, arm)
        assert dots.get_ydata() == pytest.approx(np.array(read.survival, dtype=float)) and len(dots.get_xdata()) == len(read.times)
    assert [text.get_text() for text in below.texts] == ["40", "35", "29", "21", "12", "40", "33", "26", "18", "9"]


def test_other_reports_have_no_curves_to_draw():
    with pytest.raises(InvalidInput, match="evidence of kind estimate; accepted: digitised_curve"):
        plots.survival_curves(make_outcome(*REPORTS["estimate"]))

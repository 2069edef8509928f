"""What a terminal shows while `bayes fit` samples: the numbers of the quadrature, until the rows take their place."""

import io
import re

import pytest

from bayes.analysis.plan import make_plan
from bayes.analysis.targets import find_targets
from bayes.cli.first_answer import MARK, in_short
from bayes.cli.fit_ import command
from bayes.priors.sets import load_priors


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def analysis_of(name, prior):
    return make_plan(find_targets([name]), load_priors(), [prior]).analyses[0]


def test_the_line_has_the_numbers_of_the_quadrature():
    """A normal likelihood under a normal prior: rate ratio 0.87 with standard error ~0.27 shrunk by sd 0.355."""
    line = in_short(analysis_of("mesems:gel_24w", "sceptical"))
    assert re.fullmatch(r"mesems:gel_24w, sceptical, rate ratio 0\.\d\d to 1\.\d\d \(95%\), P\(benefit\) 0\.\d\d", line)


def test_a_table_has_no_line():
    assert in_short(analysis_of("mesems:ae_table", "neutral")) is None


@pytest.mark.nuts
def test_a_terminal_sees_the_quadrature_first_and_a_file_never(monkeypatch):
    asked = ["mesems:gel_24w", "--prior", "sceptical"]
    for stream, seen in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr("sys.stdout", stream)
        with pytest.raises(SystemExit) as ended:
            command.main(asked)
        monkeypatch.undo()
        text = stream.getvalue()
        assert ended.value.code == 0 and (MARK in text) is seen
        if seen:
            before, _, after = text.partition(MARK)
            assert "P(benefit)" not in before
            assert "\x1b[2K" in after and after.rindex("\x1b[2K") < after.rindex("sceptical")  # erased, then the table

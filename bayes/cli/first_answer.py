"""The answer of the quadrature, which a terminal shows at once and takes away when the sampled rows are there."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bayes.base import measures
from bayes.base.numbers import alike, number, probability

if TYPE_CHECKING:
    from bayes.analysis.analysis import Analysis

MARK = "By quadrature; NUTS is sampling to check it:"


@contextmanager
def meanwhile(analyses: Sequence[Analysis]) -> Iterator[None]:
    """Show what quadrature finds for as long as the context lasts, on a terminal; elsewhere show nothing."""
    if not sys.stdout.isatty():
        yield
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    with Live(console=Console(highlight=False), auto_refresh=False, transient=True) as live:
        lines = [MARK]
        for analysis in analyses:
            if line := in_short(analysis):
                lines.append(line)
                live.update(Text("\n".join(lines)), refresh=True)
        yield


def in_short(analysis: Analysis) -> str | None:
    """Return one line on the effect, or on the mean of a synthesis; None where there is no answer by quadrature."""
    from bayes.posterior.cross_check import exact_answers
    from bayes.posterior.names import EFFECT, MU

    if analysis.rows:  # a table of adverse events has an effect for every row
        return None
    answers, target = exact_answers(analysis), analysis.target
    found = answers.get(MU) or answers.get(EFFECT)
    if found is None:
        return None
    said = [f"{target.name}, {analysis.prior.name}"]
    if found.ci_low is not None and found.ci_high is not None:
        low, high = (measures.to_natural(end, target.measure) for end in (found.ci_low, found.ci_high))
        _, least, most = alike((low + high) / 2, low, high, number)
        said.append(f"{target.measure.replace('_', ' ')} {least} to {most} (95%)")
    if target.has_headline:
        said.append(f"P(benefit) {probability(found.p_benefit)}")
    return ", ".join(said)

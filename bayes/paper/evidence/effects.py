"""What reports have in common from which an effect and its standard error follow in closed form."""

from __future__ import annotations

from abc import abstractmethod
from math import sqrt

from bayes.base import measures
from bayes.base.measures import TestStatistic
from bayes.paper.evidence.reported import Reported, Tested


def effect_and_error(evidence: Reported, measure: str) -> tuple[float, float]:
    """Return the effect and its standard error on the analysis scale, of evidence from which both follow.

    Raises
    ------
    TypeError
        If the evidence is of another kind: its likelihood was chosen wrongly.
    """
    if not isinstance(evidence, EffectAndError):
        raise TypeError(f"{type(evidence).__name__} where an effect and its standard error were expected")
    return evidence.on_analysis_scale(measure)


def effect_error_and_df(evidence: Reported, measure: str) -> tuple[float, float, float]:
    """Return the effect and its standard error on the analysis scale, and the degrees of freedom of the error.

    Raises
    ------
    TypeError
        If the evidence is of another kind, or its standard error is taken as known: its likelihood was chosen wrongly.
    """
    y, s = effect_and_error(evidence, measure)
    df = evidence.statistic(measure).df if isinstance(evidence, Tested) else None
    if df is None:
        raise TypeError(f"{type(evidence).__name__} without degrees of freedom where they were expected")
    return y, s, df


class EffectAndError(Tested):
    """A report that gives an effect and its standard error on the analysis scale; its likelihood is normal there."""

    @abstractmethod
    def on_analysis_scale(self, measure: str) -> tuple[float, float]:
        """Return the effect of treatment against control and its standard error, on the analysis scale (METHODS 1)."""

    def standard_error(self, measure: str) -> float:
        return self.on_analysis_scale(measure)[1]

    def own_estimate(self, measure: str) -> tuple[float, float]:
        return self.on_analysis_scale(measure)

    def statistic(self, measure: str) -> TestStatistic:
        """Return the distribution of the effect over its standard error: normal."""
        return TestStatistic()

    def why_no_estimate(self, measure: str) -> None:
        """Return None: the report determines an estimate."""
        return None

    def _sd_behind_the_difference(self) -> float | None:
        """Return the standard deviation of observations that gives a difference of means its error; None without n."""
        if (n := self.sizes) is None:
            return None
        return self.standard_error("mean_difference") / measures.se_standardised_mean_difference(n.treatment, n.control)


class TwoArms(EffectAndError):
    """An effect that follows from a summary of either arm, apart from the other's."""

    def on_analysis_scale(self, measure: str) -> tuple[float, float]:
        """Return the difference of the arms and its standard error; the arms are independent."""
        (y1, s1), (y0, s0) = self._arms(measure)
        return y1 - y0, sqrt(s1**2 + s0**2)

    def variance_of_control(self, measure: str) -> float:
        """Return the variance of the summary of the control arm."""
        return self._arms(measure)[1][1] ** 2

    @abstractmethod
    def _arms(self, measure: str) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the summary of treatment and control, with standard errors."""

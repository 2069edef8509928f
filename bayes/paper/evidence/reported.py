"""What every kind of evidence can be asked, with the answer of a kind that has nothing of the sort."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from bayes.base.closed import Closed
from bayes.base.measures import Measure, TestStatistic
from bayes.paper.evidence.arms import ArmSizes


class Reported(Closed, ABC):
    """Evidence of any kind.

    Attributes
    ----------
    measures : tuple of str
        The measures of effect about which this kind informs.
    """

    measures: ClassVar[tuple[Measure, ...]]

    @abstractmethod
    def standard_error(self, measure: str) -> float | None:
        """Return the standard error of the effect on the analysis scale, or None if the report does not imply one."""

    @abstractmethod
    def why_no_estimate(self, measure: str) -> str | None:
        """Return the reason why the report does not determine an estimate, or None if it does."""

    def own_estimate(self, measure: str) -> tuple[float, float] | None:
        """Return the effect and its standard error on the analysis scale, or None without a closed form of both."""
        return None

    def variance_of_control(self, measure: str) -> float | None:
        """Return the part of the effect's variance that is the control arm's (analysis scale), or None if unknown.

        It is the covariance of two contrasts that share this control arm.
        """
        return None

    @property
    def sizes(self) -> ArmSizes | None:
        """The patients per arm whom the evidence counts; None if it does not say how many (or has a single arm)."""
        return None

    @property
    def pooled_sd(self) -> float | None:
        """The standard deviation of one observation in both arms together; None if the report does not give it."""
        return None

    @property
    def no_event(self) -> bool:
        """Return whether events are counted and none occurred in either arm."""
        return False

    @property
    def everybody(self) -> bool:
        """Return whether persons with the event are counted and all of both arms had it."""
        return False

    @property
    def direction_unknown(self) -> bool:
        """Return whether the report does not say which arm it favours."""
        return False

    @property
    def in_residual_units(self) -> bool:
        """Return whether a standardised effect is in residual standard deviations, not converted to raw ones."""
        return False

    @property
    def two_sided_p(self) -> float | None:
        """The p-value of the report, as of a two-sided test; None if there is only a bound or none."""
        return None


class Tested(Reported):
    """A printed result of a test: an effect with its standard error, or a p-value or statement of significance alone.

    The other kinds are crude data: counts and means, from which the effect follows.
    """

    @abstractmethod
    def statistic(self, measure: str) -> TestStatistic:
        """Return the distribution of the test statistic (METHODS 5)."""

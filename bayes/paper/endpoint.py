"""The endpoint: the fields that an outcome and a synthesis have in common."""

from __future__ import annotations

from collections.abc import Iterator

from bayes.base import measures
from bayes.base.closed import Closed, check
from bayes.base.measures import Measure
from bayes.base.written_numbers import Positive, Printed
from bayes.errors import Mistake
from bayes.paper.annotations import Judged, Margin, Planned, Threshold
from bayes.paper.evidence.design import Benefit
from bayes.paper.mismatches import misplaced

DEFAULT_ROPE: dict[Measure, tuple[float, float]] = {
    "standardised_mean_difference": (-0.05, 0.05),
    "risk_difference": (-0.01, 0.01),
    **dict.fromkeys(measures.LOG_MEASURES, (1 / 1.1, 1.1)),
}


class Endpoint(Closed):
    """An endpoint: a measure, its good direction and the thresholds that matter.

    Fields are on the measure's own scale. Properties and methods answer on the analysis scale (the logarithm for
    ratios), for the effect of treatment against control, unless they say otherwise.

    Attributes
    ----------
    label : str
        What was measured, in words.
    measure : str
        Measure of effect (`measures.MEASURES`).
    benefit : {"higher", "lower"}
        The direction of the effect that is good for the patient.
    mcid : Judged, optional
        Minimal clinically important difference.
    planned : Planned, optional
        Effect for which the trial was powered.
    margin : Margin, optional
        Non-inferiority or equivalence margin.
    rope : (Decimal, Decimal), optional
        Limits of the region of practical equivalence.
    sd_ref : Decimal, optional
        Standard deviation that scales priors on a mean difference, in the paper's units.
    """

    label: str
    measure: Measure
    benefit: Benefit
    mcid: Judged | None = None
    planned: Planned | None = None
    margin: Margin | None = None
    rope: tuple[Printed, Printed] | None = None
    sd_ref: Positive | None = None

    @property
    def name(self) -> str:
        """The name on the command line; the label of an endpoint on its own."""
        return self.label

    @property
    def cochrane_field(self) -> str | None:
        """The Cochrane field of its trials, for priors from field tables; None if it is not stated."""
        return None

    @property
    def standard_error(self) -> float | None:
        """The standard error of the effect on the analysis scale; None unless a single report implies one."""
        return None

    @property
    def sign(self) -> int:
        """+1 if a higher effect is good for the patient, -1 if a lower effect is."""
        return 1 if self.benefit == "higher" else -1

    @property
    def null(self) -> float:
        """The value of no effect, on the analysis scale."""
        return 0.0

    @property
    def reference_sd(self) -> tuple[float | None, str]:
        """The standard deviation that scales priors on mean differences, and its source in words."""
        return (float(self.sd_ref), "sd_ref") if self.sd_ref is not None else (None, "")

    @property
    def rope_natural(self) -> tuple[float, float] | None:
        """The limits of the region of practical equivalence, on the measure's own scale (METHODS 2)."""
        if self.rope is not None:
            return float(self.rope[0]), float(self.rope[1])
        sd, _ = self.reference_sd
        if self.measure == "mean_difference" and sd is not None:
            return -0.05 * sd, 0.05 * sd
        return DEFAULT_ROPE.get(self.measure)

    @property
    def errors_of_reports(self) -> dict[str, float | None]:
        """The standard errors of the reports in a synthesis, by name; None for a report that does not imply one.

        They are on the analysis scale. The mapping is empty unless this is a synthesis.
        """
        return {}

    def threshold(self, name: Threshold) -> float | None:
        """Return the MCID, the planned effect or the margin on the analysis scale, or None if it is not stated."""
        stated: Judged | Planned | Margin | None = getattr(self, name)
        return None if stated is None else measures.to_analysis(float(stated.value), self.measure)

    @property
    def _in_short(self) -> list[tuple[str, str | None]]:
        """The measure, its good direction and the thresholds, for display in a notebook."""
        mcid, planned, margin = self.mcid, self.planned, self.margin
        return [
            ("measure", f"{self.measure.replace('_', ' ')}, {self.benefit} is better"),
            ("MCID", f"{mcid.value} ({mcid.rationale})" if mcid else "not stated"),
            ("planned effect", f"{planned.value} ({planned.source})" if planned else "not stated"),
            *((("margin", f"{margin.value} ({margin.source})"),) if margin else ()),
        ]

    @check
    def _thresholds_make_sense(self) -> Iterator[Mistake]:
        yield from misplaced(self)

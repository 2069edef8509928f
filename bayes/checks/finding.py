"""The result of a check: a finding, with one of four verdicts."""

from __future__ import annotations

from dataclasses import dataclass

INCONSISTENT = "inconsistent"
ONLY_ROUNDING = "only consistent with rounding"
NOT_CHECKABLE = "not checkable"
UNDOCUMENTED = "not documented"
VERDICTS = (INCONSISTENT, ONLY_ROUNDING, NOT_CHECKABLE, UNDOCUMENTED)
ERRORS = (INCONSISTENT, UNDOCUMENTED)  # these give exit code 1 unless they are acknowledged


@dataclass(frozen=True)
class Finding:
    """A printed number that does not simply follow from the others, or a prior or a design without its statement.

    Attributes
    ----------
    trial, outcome : str
        Ids of the trial and the outcome, or of the prior set and the prior.
    path : str
        Field within the outcome, such as `evidence.p` or `printed.1.ci` (with an index only if several are printed).
    verdict : str
        One of `VERDICTS`.
    printed, implied : str
        The number as printed, and the value implied by the rest of the report.
    units : float or None
        Distance between them, in units of the last printed digit; None if it is not defined.
    text : str
        A sentence for the reader.
    acknowledged : str or None
        The reason given in the trial file if the oddity is known.
    """

    trial: str
    outcome: str
    path: str
    verdict: str
    printed: str
    implied: str
    units: float | None
    text: str
    acknowledged: str | None = None

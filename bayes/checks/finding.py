"""What a check has to say: one finding, with one of four verdicts."""

from __future__ import annotations

from dataclasses import dataclass

INCONSISTENT = "inconsistent"
ONLY_ROUNDING = "only consistent with rounding"
NOT_CHECKABLE = "not checkable"
UNDOCUMENTED = "not documented"
VERDICTS = (INCONSISTENT, ONLY_ROUNDING, NOT_CHECKABLE, UNDOCUMENTED)
ERRORS = (INCONSISTENT, UNDOCUMENTED)  # what ends with exit code 1 unless it is acknowledged


@dataclass(frozen=True)
class Finding:
    """A printed number that does not simply follow from the others of its report; or a prior without its reasons.

    Attributes
    ----------
    trial, outcome : str
        Ids; of a prior set its own, and the table that lacks something.
    path : str
        Field within the outcome, such as `evidence.p` or `printed.1.ci` (an index only where several are printed).
    verdict : str
        One of `VERDICTS`.
    printed, implied : str
        The number as printed, and what the rest of the report gives instead.
    units : float or None
        How far apart they are, in units of the last printed digit; None where no distance can be given.
    text : str
        One sentence for a reader.
    acknowledged : str or None
        The reason given in the trial file, where the oddity is known.
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

"""Why a result of a record is not imported: a small vocabulary, by which the summary groups them."""

from __future__ import annotations

from bayes.importing.drafts import Status

# decisions that a person can take
BENEFIT = "the direction of benefit is not stated; decide `benefit`"
TREATMENT = "which arm is the treatment is not stated; decide `treatment`"
NOT_THE_ARMS = "the groups are not the randomised arms; decide `treatment` and `control`"
FIRST = "which arm the posted effect puts first is not stated; decide `treatment`"
# what a record cannot say
NOT_RANDOMISED = "not randomised"
SINGLE_ARM = "a single group"
NOT_POSTED = "no result is posted"
NO_NUMBERS = "no number is posted for both arms"
PAIRED = "crossover: the same participants in both arms, and no paired data are posted"
POSTERIOR = "a posterior, not a likelihood"
BASELINE = "a baseline value, not an outcome"
UNITS = "the units analysed are not participants"
LEFT_OUT = "left out by a decision"


class Unusable(Exception):
    """A result that is not imported as it stands.

    Parameters
    ----------
    reason : str
        One clause of the vocabulary, with specifics after a colon.
    status : {"refused", "offered"}
    """

    def __init__(self, reason: str, status: Status = "refused") -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


def undecided(reason: str) -> Unusable:
    """Return the exception for a result that lacks a decision."""
    return Unusable(reason, "offered")

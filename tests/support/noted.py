"""The remarks on a posterior in words, for tests of what a reader is told."""

from bayes.posterior.remarks import remarks_on


def noted(analysis, prior_sd, posterior_sd) -> list[str]:
    """The notes of a row."""
    return [str(remark) for remark in remarks_on(analysis, prior_sd, posterior_sd)]

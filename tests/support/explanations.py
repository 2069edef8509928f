"""The explanation of a synthesis with its text, by name."""

from bayes.pooling import explained
from bayes.pooling.words import sentences


def explain(analysis) -> dict:
    """Every table, the descriptive statistics, and the paragraphs as `text`."""
    found = explained.explain(analysis)
    return found.to_dict() | {"text": sentences(analysis, found)}

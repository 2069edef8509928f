"""What is a posterior: its numbers hold a prior as well as the data, and are never a likelihood.

A record says so in the parameter, the method, the comments on the p-value or the estimate, the description of the
outcome measure, or once for the whole study. One analysis that is called Bayesian makes those beside it suspect,
because single analyses of a Bayesian outcome are often filed under another method.
"""

from __future__ import annotations

import re

from bayes.importing.ctgov.record import Analysis, Measure, Node

# "posterior" alone also is a wall of the heart and a capsule of the eye
BAYESIAN = re.compile(
    r"\bbayes|\bcredible|\bcredibility interval|\bcr\.?i\b|\bhpd\b|\bhighest (?:posterior )?density|\bmcmc\b|"
    r"\bposterior (?:\w+ )?(?:distribution|probabilit|mean|median|mode|odds|ratio|adjusted|difference|estimate|biv|sd|"
    r"standard|predictive|hazard)|"
    r"\bmarkov chain|\b(?:predictive|prior) (?:probabilit|distribution)|\b(?:informative|vague|flat) prior",
    re.IGNORECASE,
)
OF_PARAMETER = re.compile(r"\bposterior", re.IGNORECASE)  # a parameter has no anatomy
NOT_BAYESIAN = re.compile(r"\b(?:non|not)[- ]bayes\w*|\bbayesian information criterion", re.IGNORECASE)
PROBABILITY = re.compile(
    r"\bprobability that\b[^.]{0,80}\b(?:ratio|difference|effect|treatment|mean|median|rate|odds|hazard)\b",
    re.IGNORECASE,
)
WHOLE_STUDY = ("officialTitle", "briefTitle"), ("briefSummary", "detailedDescription")


def speaks_of_posteriors(text: str) -> bool:
    """Return whether a text names a Bayesian analysis."""
    return BAYESIAN.search(NOT_BAYESIAN.sub(" ", text)) is not None


def is_posterior(analysis: Analysis) -> bool:
    """Return whether the words about an analysis make it a posterior."""
    if OF_PARAMETER.search(analysis.parameter) or OF_PARAMETER.search(analysis.method):
        return True
    return (
        speaks_of_posteriors(analysis.said)
        or PROBABILITY.search(analysis.comments.get("pValueComment", "")) is not None
    )


def of_measure(measure: Measure) -> bool:
    """Return whether an outcome measure, or any of its analyses, is said to be Bayesian."""
    return speaks_of_posteriors(measure.said) or any(map(is_posterior, measure.analyses))


def of_study(record: Node, measures: tuple[Measure, ...]) -> bool:
    """Return whether the study is said to be Bayesian, in its title, its description or by most of its analyses."""
    titles, descriptions = WHOLE_STUDY
    identity, about = (
        record.at("protocolSection", "identificationModule"),
        record.at("protocolSection", "descriptionModule"),
    )
    said = " \n".join([*map(identity.text, titles), *map(about.text, descriptions)])
    analyses = [one for measure in measures for one in measure.analyses]
    most = 2 * sum(map(is_posterior, analyses)) > len(analyses)
    return most or speaks_of_posteriors(said)

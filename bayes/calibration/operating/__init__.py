"""Operating characteristics of a decision rule: how often it succeeds if the same trial were repeated."""

from bayes.calibration.operating.characteristics import Operating, operating
from bayes.calibration.operating.rule import Rule, parse_rule

__all__ = ["Operating", "Rule", "operating", "parse_rule"]

"""What posteriors promise, held against later trials and against repeated trials.

pairs             an early and a later trial of the same question, read and checked
predicting        what the posterior of the early trial says of the later estimate
scores            coverage, log density and Brier scores, with a bootstrap over groups
tables            what a row of each table says
tabulating        the tables
verbs             `calibrate`, and `write` into a folder
"""

from bayes.calibration.verbs import Calibration, calibrate, write

__all__ = ["Calibration", "calibrate", "write"]

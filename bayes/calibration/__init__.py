"""What posteriors promise, held against later trials and against repeated trials.

pairs             an early and a later trial of the same question, read and checked
predicting        the distribution of the later estimate, by the posterior of the early trial
scores            coverage, log density and Brier scores, with a bootstrap over groups
tables            what a row of each table says
tabulating        the tables
calibrated        the result
layout, wording   the tables as text; what they say in sentences, and what they cannot show
folder            the files in a results folder: `write` and `read`
verbs             `calibrate`
operating/        a decision rule in repeated trials: power, errors, assurance
"""

from bayes.calibration.calibrated import Calibration
from bayes.calibration.folder import read, write
from bayes.calibration.pairs import Pairs, read_pairs
from bayes.calibration.predicting import Predicted, Predictions, predict
from bayes.calibration.verbs import calibrate

__all__ = [
    "Calibration", "Pairs", "Predicted", "Predictions", "calibrate", "predict", "read", "read_pairs", "write",
]  # fmt: skip

"""Records of posteriors written by hand, whose rows are those of `support.results_folders.row`."""

from math import log

from bayes.analysis.analysis import Settings
from bayes.posterior.names import EFFECT, MU
from bayes.posterior.parameter import Parameter, Probabilities, Share
from bayes.posterior.record import Believed, Gate, PosteriorRecord, Reported


def record(synthesis: bool = False, explanation=None) -> PosteriorRecord:
    """The record of a sound posterior."""
    outcome = "" if synthesis else "gel"
    reported = Reported(
        "demo", outcome, "Lesions", ("estimate",), "rate_ratio", "lower", 0.0, 0.75, None, None, None, (), True, True
    )
    found = Probabilities(
        Share(0.6, 0.004), Share(0.4, 0.004), Share(0.11, 0.003), Share(0.06, 0.003), beyond=((0.75, 0.11), (1.0, 0.6))
    )
    effect = Parameter(
        MU if synthesis else EFFECT, -0.05, 0.2, log(0.95), log(0.643), log(1.408), 0.002, 10000.0, 8000.0, found
    )
    return PosteriorRecord(
        key="demo.gel--single_trial--neutral",
        reported=reported,
        model="random_effects" if synthesis else "single_trial",
        likelihoods=("reported_estimate",),
        omega=None,
        prior=Believed("neutral", "normal(0, 0.355)", None),
        heterogeneity=None,
        settings=Settings(),
        parameters=(effect,),
        gate=Gate(1.0, 0, None),
        remarks=(),
        explanation=explanation,
    )

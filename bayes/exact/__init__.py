"""The independent answer: likelihood curves of the effect and their integrals, without PyMC and without sampling.

`curve(outcome, nuisance)` is L(theta), the likelihood with every other parameter integrated out; it is the same for
every prior on theta. `integrate` turns a curve and a prior into posterior numbers, and `pieces` into the unimodal
components, with exact weights, that the sampler visits one by one. Written from the mathematics, not from the models.
"""

from bayes.exact.answer import Answer, Piece, integrate, pieces
from bayes.exact.curves import Curve, curve
from bayes.exact.synthesis import SynthesisAnswer, integrate_synthesis

__all__ = ["Answer", "Curve", "Piece", "SynthesisAnswer", "curve", "integrate", "integrate_synthesis", "pieces"]

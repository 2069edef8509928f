"""The independent answer: likelihood curves of the effect and their integrals, without PyMC and without sampling.

`curve(outcome, nuisance)` is L(theta), the likelihood with every other parameter integrated out; it is the same for
every prior on theta. `integrate` turns a curve and a prior into posterior summaries, and `pieces` into the unimodal
components, with exact weights, that are sampled one by one. The code follows the mathematics and shares none with the
models.
"""

from bayes.quadrature.answer import Answer, UnimodalComponent, integrate, nodes, p_at_least, pieces
from bayes.quadrature.arms import CONJUGATE, effect_of_arms, integrate_arms, prior_sd_of_arms
from bayes.quadrature.curves import curve
from bayes.quadrature.densities import landmarks, log_density, log_prior_density
from bayes.quadrature.likelihood_curve import Curve, landmarks_of, smoothed
from bayes.quadrature.plane import Plane, make_plane, replace_curves
from bayes.quadrature.synthesis import SynthesisAnswer, curve_of_mean, directions, integrate_synthesis
from bayes.quadrature.tabled import Posterior, PriorBatch, Tabled, spots_of, table

__all__ = [
    "CONJUGATE",
    "Answer",
    "Curve",
    "PriorBatch",
    "UnimodalComponent",
    "Plane",
    "Posterior",
    "SynthesisAnswer",
    "Tabled",
    "curve",
    "curve_of_mean",
    "directions",
    "effect_of_arms",
    "integrate",
    "integrate_arms",
    "integrate_synthesis",
    "landmarks",
    "landmarks_of",
    "log_density",
    "log_prior_density",
    "make_plane",
    "nodes",
    "p_at_least",
    "pieces",
    "prior_sd_of_arms",
    "replace_curves",
    "smoothed",
    "spots_of",
    "table",
]

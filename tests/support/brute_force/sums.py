"""Sums of exponentials, written out: SciPy's checks take most of its time on arrays as small as these."""

import numpy as np


def log_sum(values, axis=None):
    """log of the sum of exp(values) over an axis, or over all."""
    values = np.asarray(values, dtype=float)
    top = values.max(axis=axis, keepdims=True)
    top[~np.isfinite(top)] = 0.0  # of nothing but zeros
    terms = values - top
    np.exp(terms, out=terms)
    with np.errstate(divide="ignore"):
        return np.squeeze(np.log(terms.sum(axis=axis, keepdims=True)) + top, axis=axis)[()]

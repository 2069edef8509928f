"""The scatter of effects from the log density in a file from outside the package, a PyTensor graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from bayes.quadrature.scatter import Scatter, of_density

if TYPE_CHECKING:
    from bayes.models.shared.signatures import Tensor


def scatter_of_density(name: str, log_density: Callable[[Tensor], Tensor]) -> Scatter:
    """Return the distribution that a graph of its log density describes.

    Parameters
    ----------
    name : str
    log_density : callable
        (trial,) -> (trial,), in PyTensor.

    Raises
    ------
    InvalidInput
        If it is not a density with mean zero.
    """
    import pytensor.tensor as pt
    from pytensor.compile.maker import function

    e = pt.vector("e", dtype="float64")
    compiled = function([e], log_density(e), mode="FAST_COMPILE")
    return of_density(name, lambda values: np.asarray(compiled(values), dtype=float))

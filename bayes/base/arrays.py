"""The type of an array of real numbers, as signatures name it; its shape is in the docstring."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

"""The types of arrays of real and of whole numbers, as signatures name them; a shape is in the docstring."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
